"""What could not leave by Telegram for some hours goes by SMS to whoever chose that, once, if it surely never left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.messages import Draft, Priority
from bot.domain.people import Address, ChannelName, Participant
from bot.domain.sms_parts import sms_parts
from bot.engine import run
from bot.engine.run import Send
from bot.engine.state import State
from bot.services.conversation import flow_for
from bot.services.published import FlowEdition, Plan, Shelf
from bot.services.wording import say_effects
from bot.storage.database import Database
from bot.storage.fallbacks import Stuck
from bot.storage.talk import Live
from bot.storage.unit_of_work import Work, looking, unit_of_work

ANSWERED = "answered"

AT_ONCE = 200
"""Messages that are moved in one transaction."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of whoever is to get words by SMS."""

    people: Mapping[int, Participant]
    numbers: Mapping[int, Address]
    lives: Mapping[int, Live]
    editions: Mapping[int, FlowEdition]
    plans: Mapping[int, Plan]


async def fall_back(database: Database, shelf: Shelf, *, now: datetime) -> int:
    """Move what has waited for as long as its person chose. Gives how many messages go by SMS instead.

    Safe to call as often as you like, in any number of processes: what is being sent just now is left alone, and a
    message goes over once. Night, pause and expiry hold for it as before.
    """
    async with looking(database) as work:
        waits = await work.fallbacks.waits()
    moved = 0
    for hours in waits:
        more = True
        while more:
            async with unit_of_work(database) as work:
                done = await _some(work, shelf, hours, now=now)
            moved, more = moved + done, done > 0
    return moved


async def _some(work: Work, shelf: Shelf, hours: int, *, now: datetime) -> int:
    wanted = await work.fallbacks.people(hours, now=now, most=AT_ONCE)
    # Whoever is just saying stop, or answering, is left for the next time.
    held = await work.participants.lock(wanted, free_only=True) if wanted else set()
    if not held:
        return 0
    numbers = await work.fallbacks.numbers(held)
    stuck = await work.fallbacks.of(numbers, hours, now=now) if numbers else []
    if not stuck:
        return 0
    known = await _known(work, shelf, numbers)
    drafted = [(one, _draft(one, known, now=now)) for one in stuck]
    drafts = [draft for _, draft in drafted if draft is not None]
    await work.fallbacks.take([one.id for one, draft in drafted if draft is not None], now=now)
    await work.fallbacks.take([one.id for one, draft in drafted if draft is None], why=ANSWERED, now=now)
    await work.outbox.queue(drafts, now=now)
    return len(drafted)


async def _known(work: Work, shelf: Shelf, numbers: Mapping[int, Address]) -> _Known:
    places = await work.participants.people(numbers)
    lives = await work.conversations.open_with(numbers)
    return _Known(
        people={person: several[0] for person, several in places.items()},
        numbers=numbers,
        lives=lives,
        editions=await shelf.flows(work, {one.definition_id for one in lives.values()}),
        plans=await shelf.plans(work, {one.programme_id for several in places.values() for one in several}),
    )


def _draft(one: Stuck, known: _Known, *, now: datetime) -> Draft | None:
    """The same words for a telephone; `None` if they cannot be said there."""
    text = _by_sms(one, known)
    if text is None:
        return None
    return Draft(
        organisation_id=one.organisation_id,
        programme_id=one.programme_id,
        participant_id=one.participant_id,
        address_id=known.numbers[one.participant_id].id,
        channel=ChannelName.SMS,
        purpose=one.purpose,
        priority=Priority(one.priority),
        text=text,
        available_at=now,
        expires_at=one.expires_at,
        language=one.language,
        once=f"{one.once}/sms",
        conversation_id=one.conversation_id,
        step=one.step,
        parts=sms_parts(text),
        written_by=one.written_by,
    )


def _by_sms(one: Stuck, known: _Known) -> str | None:
    """A question needs its numbers, and may be worded otherwise where its words could be read by others."""
    if one.step is None:
        return one.text
    live = known.lives.get(one.participant_id)
    if live is None or live.id != one.conversation_id or State.from_text(live.state).at != one.step:
        # It is behind the person, who is not asked what cannot be answered.
        return None
    there, here = (_asked(one, live, known, channel=each) for each in (ChannelName.TELEGRAM, ChannelName.SMS))
    before = one.text.removesuffix(there) if there and one.text.endswith(there) else ""
    return f"{before}{here}"


def _asked(one: Stuck, live: Live, known: _Known, *, channel: ChannelName) -> str:
    """The question that waits, as it is asked on a channel."""
    plan = known.plans[live.programme_id]
    edition = known.editions[live.definition_id].beside(plan.texts)
    # As it was begun in a chat: every question alone.
    edition = replace(edition, flow=flow_for(edition, ChannelName.TELEGRAM))
    again = run.repeat(edition.flow, State.from_text(live.state))
    sends = [effect for effect in again.effects if isinstance(effect, Send)]
    said = say_effects(plan, edition, sends, participant=known.people[one.participant_id], channel=channel)
    return said[-1].text if said else ""
