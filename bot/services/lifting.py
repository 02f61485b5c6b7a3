"""What a provider blocks only the person can lift: they are told how where they are reached, or else the coach is."""

from datetime import datetime, timedelta

from bot.domain.alerts import AlertKind
from bot.domain.messages import Priority, Purpose
from bot.domain.people import Address, AddressState, ChannelName, Participant
from bot.engine.folding import bare, fold
from bot.services.callers import Turn
from bot.services.pile import Pile, alert_about
from bot.services.published import Plan
from bot.services.wording import Occasion, drafts, say
from bot.storage.unit_of_work import Work

LASTS = timedelta(days=1)

_LIFTING = frozenset({"start", "unstop", "yes"})
"""What Twilio itself understands: in no other language, and with nothing around it."""


async def lift(work: Work, turn: Turn, *, now: datetime) -> bool:
    """Where somebody writes from is open again, if they wrote what opens it there. Whether it is open now."""
    shared = [one.address for one in turn.sharers]
    if all(one.blocked_at is None for one in shared):
        return True
    by_sms = turn.address.channel is ChannelName.SMS
    if by_sms and turn.message.opt_out != "START" and bare(fold(turn.message.words)) not in _LIFTING:
        return False
    await work.addresses.unblock((one.id for one in shared), now=now)
    return True


async def tell_how_to_lift(work: Work, plan: Plan, person: Participant, pile: Pile, *, at: datetime) -> bool:
    """Say which word lifts the block of where they are written to. False if nothing is blocked there.

    `at` is when it may be said.
    """
    blocked = person.address
    if blocked is None or blocked.blocked_at is None:
        return False
    once = f"{AlertKind.PROVIDER_BLOCKS}/{blocked.id}/{blocked.blocked_at:%Y%m%dT%H%M%S}"
    other = _other(await work.addresses.of(person.id), than=blocked)
    if other is None:
        pile.alerts.append(alert_about(person, AlertKind.PROVIDER_BLOCKS, once=once))
        return True
    occasion = Occasion(once=once, purpose=Purpose.CONFIRMATION, priority=Priority.REPLY, expires_at=at + LASTS, now=at)
    key = "phrases/sms-blocked" if blocked.channel is ChannelName.SMS else "phrases/telegram-blocked"
    pile.drafts += drafts([say(plan, key, participant=person)], participant=person, address=other, occasion=occasion)
    return True


def _other(known: list[Address], *, than: Address) -> Address | None:
    return next(
        (one for one in known if one.channel is not than.channel and one.state is AddressState.ACTIVE),
        None,
    )
