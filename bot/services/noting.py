"""What sends led to is noted for the words, their address, their channel and whoever must hear of it, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from bot.channels.channel import Absent, Found, SendFailed, Unknown
from bot.domain.alerts import AlertKind
from bot.domain.messages import OutboxAct, OutboxMessage, OutboxStatus, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.services.budget import give_back
from bot.services.claiming import Claim
from bot.services.pile import alert_about
from bot.services.silences import silence
from bot.storage.alerts import NewAlert
from bot.storage.outbox_rows import Outcome
from bot.storage.pauses import AWAY, TAKEN_FOR_AWAY
from bot.storage.unit_of_work import Work

HELP_IS_LATE = 2
"""When help in a crisis was refused more often than this, somebody is called as if it would never arrive."""

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of a claim. `failed` is what the channel said against it; without one and not sent, it was let go."""

    claim: Claim
    outcome: Outcome
    failed: SendFailed | None = None

    @property
    def was_away(self) -> bool:
        """Whether the provider gave no answer of its own."""
        return self.failed is not None and (self.failed.away or self.failed.unsettled)

    @property
    def was_answered(self) -> bool:
        """Whether the provider is there, whatever it said."""
        return self.outcome.status is OutboxStatus.SENT or (self.failed is not None and not self.was_away)


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """By which process, and when, in programme time and in machine time."""

    holder: str
    now: datetime
    machine_now: datetime


async def note(work: Work, channel: ChannelName, results: Sequence[Result], *, by: Noted) -> None:
    """Note results in the order in which they came."""
    now, machine_now = by.now, by.machine_now
    outcomes = [one.outcome for one in results]
    await work.sending.note(outcomes, holder=by.holder, now=now, machine_now=machine_now)
    unsent = [one for one in results if one.outcome.status in (OutboxStatus.QUEUED, OutboxStatus.FAILED)]
    await give_back(work, [one.claim.cost for one in unsent if one.claim.cost is not None])
    await _channel_news(work, channel, results, machine_now=machine_now)
    failures = [(one.claim.message, one.failed) for one in results if one.failed is not None]
    for message, failed in failures:
        await _address_news(work, message, failed, now=now)
    over = {one.id for one in outcomes if one.status in (OutboxStatus.UNCERTAIN, OutboxStatus.FAILED)}
    words = [message for message, why in failures if message.act is OutboxAct.SEND and not why.gone]
    late = [message for message, _ in failures if message.id in over or message.attempts >= HELP_IS_LATE]
    await work.alerts.raise_these([undelivered(one, now=now) for one in late if one.purpose is Purpose.CRISIS], now=now)
    await work.alerts.raise_these(
        [alert(message, AlertKind.UNCERTAIN) for message in words if message.id in over],
        now=now,
    )


async def _channel_news(work: Work, channel: ChannelName, results: Sequence[Result], *, machine_now: datetime) -> None:
    """A provider that asks for it, or no longer answers, is left alone; one that answers is believed again."""
    if any(one.was_answered for one in results):
        await work.pauses.answered(channel, machine_now=machine_now)
    answered = [place for place, one in enumerate(results) if one.was_answered]
    since = results[answered[-1] + 1 :] if answered else results
    away = [one for one in since if one.was_away]
    if away:
        await _count(work, channel, away, machine_now=machine_now)
    waits = [one.failed.retry_after for one in results if one.failed and one.failed.retry_after is not None]
    if waits:
        await work.pauses.set(channel, until=machine_now + max(waits), reason="provider")


async def _count(work: Work, channel: ChannelName, away: Sequence[Result], *, machine_now: datetime) -> None:
    before = await work.pauses.failures(channel, machine_now=machine_now)
    if before >= TAKEN_FOR_AWAY and not any(one.claim.probe for one in away):
        # On its way since before the channel was left alone: no news.
        return
    failures = before + 1 if before >= TAKEN_FOR_AWAY else min(before + len(away), TAKEN_FOR_AWAY)
    if failures < TAKEN_FOR_AWAY:
        await work.pauses.count(channel, failures=failures)
        return
    pause = min(FIRST_PAUSE * 2 ** min(failures - TAKEN_FOR_AWAY, 10), LONGEST_PAUSE)
    # Not every channel and every process at the same moment.
    until = machine_now + pause * uniform(0.8, 1)
    await work.pauses.set(channel, until=until, reason=AWAY, failures=failures)


async def _address_news(work: Work, message: OutboxMessage, failed: SendFailed, *, now: datetime) -> None:
    """What a refusal says about the address itself."""
    if failed.moved_to is not None:
        await work.addresses.move(message.address_id, channel=message.channel, value=failed.moved_to, now=now)
    elif failed.stopped:
        await blocked(work, message.address_id, about=message.id, now=now)
    elif failed.gone:
        await work.addresses.set_state([(message.address_id, AddressState.BAD)], now=now)
        if message.participant_id is not None:
            await work.alerts.raise_these([alert(message, AlertKind.BOUNCING)], now=now)


async def own_each(
    work: Work, messages: Sequence[OutboxMessage], looked_up: Sequence[Found | Absent | Unknown]
) -> list[Found | Absent | Unknown]:
    """What was found, each for one message only: the same words, said twice, are two messages at the provider.

    What is still being sent is asked for before what is known to be sent: it may become so meanwhile.
    """
    addresses = {message.address_id for message in messages}
    waiting = await work.sending.waiting_for_twins([message.id for message in messages])
    names = {name for one in looked_up if isinstance(one, Found) for name in (one.provider_id, *one.also)}
    taken = await work.sending.names_taken(names, at=addresses)
    own: list[Found | Absent | Unknown] = []
    for message, one in zip(messages, looked_up, strict=True):
        if message.id in waiting:
            own.append(Unknown())
        elif isinstance(one, Found):
            # The oldest first, as the messages are.
            free = [name for name in (*reversed(one.also), one.provider_id) if name not in taken]
            taken |= set(free[:1])
            own.append(Found(provider_id=free[0]) if free else Absent())
        else:
            own.append(one)
    return own


async def blocked(work: Work, address: int, *, about: int, now: datetime) -> None:
    """The person stopped us at the provider: that is a stop like any other, for everybody with this telephone."""
    twins = await work.addresses.twins(address)
    await work.addresses.block((one for one, _ in twins), now=now)
    people = await work.participants.people(person for _, person in twins if person is not None)
    going = [one for one, places in people.items() if places[0].stopped_at is None]
    await silence(work, going, now=now)
    # Whoever had stopped us already is no news.
    await work.alerts.raise_these(
        [alert_about(people[one][0], AlertKind.BLOCKED, once=f"out/{about}/{one}", about=about) for one in going],
        now=now,
    )


def undelivered(message: OutboxMessage | Any, *, now: datetime) -> NewAlert:
    """Help in a crisis did not arrive: somebody must call now. It may be the row of a receipt."""
    return NewAlert(
        organisation_id=message.organisation_id,
        programme_id=message.programme_id,
        participant_id=message.participant_id,
        kind=AlertKind.CRISIS_UNDELIVERED,
        about=message.id,
        once=f"crisis-undelivered/out/{message.id}",
        escalates_at=now,
    )


def alert(message: OutboxMessage, kind: AlertKind) -> NewAlert:
    return NewAlert(
        organisation_id=message.organisation_id,
        programme_id=message.programme_id,
        participant_id=message.participant_id,
        coach_id=message.coach_id,
        kind=kind,
        about=message.id,
        once=f"{kind}/out/{message.id}",
    )
