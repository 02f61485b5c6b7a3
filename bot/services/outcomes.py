"""What a try to send means for the message: sent, to be tried again, to be settled, or over."""

from datetime import datetime, timedelta
from random import uniform

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.domain.messages import OutboxMessage, OutboxStatus, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.storage.outbox_rows import Outcome

SETTLE_AFTER = timedelta(seconds=20)
SETTLE_WITHIN = timedelta(minutes=10)
"""A receipt comes, or the look-up knows, within this time; after it the send is uncertain."""

LONGEST_PAUSE = timedelta(minutes=5)
MOST_ATTEMPTS = 100
"""With pauses that grow to `LONGEST_PAUSE`, a provider may be away for eight hours; most words lose their meaning
before that, and then they expire."""

LOOKED_UP = (ChannelName.SMS,)
REPEATED = (Purpose.CRISIS, Purpose.CANCELLATION, Purpose.ALERT)
"""What is sent again even when it may have left already: twice is better than not at all."""

STOPPED_BY_PERSON = "21610"
BAD_NUMBERS = frozenset({"21211", "21614", "21217", "30005", "30006"})


def after_delivery(message: OutboxMessage, delivered: Delivered) -> Outcome:
    """The provider took it."""
    return Outcome(
        id=message.id,
        claimed_at=message.claimed_at,
        status=OutboxStatus.SENT,
        provider_id=delivered.provider_id,
        parts=delivered.parts,
    )


def let_go(message: OutboxMessage) -> Outcome:
    """Nothing was begun, as too little was left of the lease: it is anybody's again."""
    return Outcome(id=message.id, claimed_at=message.claimed_at, status=OutboxStatus.QUEUED, no_try=True)


def after_failure(message: OutboxMessage, failed: SendFailed) -> Outcome:
    """A refusal is waited out, repeated later or final; an answer that was lost is settled before any repeat."""
    claimed = message.claimed_at
    if failed.unsettled:
        return _in_doubt(message, failed.code)
    if failed.retry_after is not None:
        # The provider asked the whole channel to wait: that is nobody's fault, and no attempt.
        return Outcome(
            id=message.id,
            claimed_at=claimed,
            status=OutboxStatus.QUEUED,
            error=failed.code,
            retry_in=failed.retry_after,
            no_try=True,
        )
    if failed.permanent or failed.gone or message.attempts + 1 >= MOST_ATTEMPTS:
        return Outcome(id=message.id, claimed_at=claimed, status=OutboxStatus.FAILED, error=failed.code)
    pause = min(timedelta(seconds=5 * 2 ** min(message.attempts, 10)), LONGEST_PAUSE)
    return Outcome(
        id=message.id,
        claimed_at=claimed,
        status=OutboxStatus.QUEUED,
        error=failed.code,
        # Not all at the same moment.
        retry_in=pause * uniform(0.8, 1),
    )


def _in_doubt(message: OutboxMessage, code: str) -> Outcome:
    if message.purpose in REPEATED:
        status, retry_in = OutboxStatus.QUEUED, timedelta(seconds=5)
    elif message.channel in LOOKED_UP:
        status, retry_in = OutboxStatus.UNSETTLED, SETTLE_AFTER
    else:
        return Outcome(id=message.id, claimed_at=message.claimed_at, status=OutboxStatus.UNCERTAIN, error=code)
    return Outcome(id=message.id, claimed_at=message.claimed_at, status=status, error=code, retry_in=retry_in)


def can_be_looked_up(message: OutboxMessage) -> bool:
    """Whether the provider can say what became of a send whose answer was lost, and it matters."""
    return message.channel in LOOKED_UP and message.purpose not in REPEATED


def after_look_up(message: OutboxMessage, found: Found | Absent | Unknown, *, machine_now: datetime) -> Outcome:
    """What is known now of a send whose answer was lost; after `SETTLE_WITHIN` it stays uncertain."""
    claimed = message.claimed_at
    if message.purpose in REPEATED:
        return Outcome(id=message.id, claimed_at=claimed, status=OutboxStatus.QUEUED, error="repeated")
    match found:
        case Found(provider_id=provider_id):
            return Outcome(id=message.id, claimed_at=claimed, status=OutboxStatus.SENT, provider_id=provider_id)
        case Absent():
            return Outcome(id=message.id, claimed_at=claimed, status=OutboxStatus.QUEUED, error="never-arrived")
        case Unknown():
            too_late = machine_now - (claimed or machine_now) > SETTLE_WITHIN
            uncertain = message.channel not in LOOKED_UP or too_late
            return Outcome(
                id=message.id,
                claimed_at=claimed,
                status=OutboxStatus.UNCERTAIN if uncertain else OutboxStatus.UNSETTLED,
                error="answer-lost",
                retry_in=None if uncertain else SETTLE_AFTER,
            )


def address_state_by(code: str | None) -> AddressState | None:
    """What an error code of the provider says about the address itself, if anything."""
    if code == STOPPED_BY_PERSON:
        return AddressState.STOPPED
    return AddressState.BAD if code in BAD_NUMBERS else None
