"""Whoever has a meeting is asked whether the hour suits as soon as they may be, once for every hour it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.texts import clock, day
from bot.domain.calendar import is_quiet, zone_of
from bot.domain.meetings import MEETING, MeetingState
from bot.domain.people import Participant
from bot.engine.state import State
from bot.services import conversation
from bot.services.conversation import Opening, Start
from bot.services.farewells import seen_off
from bot.services.published import Plan, Shelf
from bot.storage.absences import Away
from bot.storage.database import Database
from bot.storage.meetings import Meeting
from bot.storage.talk import BEHIND
from bot.storage.unit_of_work import Work, looking, unit_of_work

MOST_AT_ONCE = 200

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of the people of a batch."""

    people: Mapping[int, Participant]
    plans: Mapping[int, Plan]
    busy: set[int]
    seen_off: set[int]
    away: Away


async def invite_waiting(database: Database, shelf: Shelf, *, now: datetime) -> int:
    """Ask everybody about whose meeting nobody has been asked, if they may be now. Gives how many were.

    Safe to call as often as you like, in any number of processes. A meeting that has begun is asked about no more.
    """
    await _close_begun(database, shelf, now=now)
    asked, after, more = 0, 0, True
    while more:
        async with looking(database) as work:
            # A day is over everywhere when it has been over for one here.
            ids = await work.meetings.to_be_asked(since=now.date() - _A_DAY, after=after, most=MOST_AT_ONCE)
        if ids:
            async with unit_of_work(database) as work:
                asked += await invite(work, shelf, ids, now=now)
        more, after = len(ids) == MOST_AT_ONCE, ids[-1] if ids else after
    return asked


async def invite(work: Work, shelf: Shelf, ids: Sequence[int], *, now: datetime) -> int:
    """Ask about these meetings whoever may be asked now: nobody at night, in a conversation or away.

    Gives how many were asked. The others wait.
    """
    owners = [one.participant_id for one in (await work.meetings.these(ids)).values()]
    await work.participants.lock(owners)
    # Read again, for what was read before the lock may have been moved.
    found = [one for one in (await work.meetings.these(ids)).values() if _waits(one)]
    if not found:
        return 0
    known = await _known(work, shelf, found, now=now)
    starts: dict[int, tuple[Meeting, Start]] = {}
    for one in sorted(found, key=lambda one: (one.hour.on, one.hour.begins, one.id)):
        if one.participant_id not in starts and _may_be_asked(one, known, now=now):
            starts[one.participant_id] = (one, await _start(work, one, known))
    lives = await conversation.begin(work, [start for _, start in starts.values()], now=now)
    await work.meetings.asked_in(
        [(one.id, live.id) for (one, _), live in zip(starts.values(), lives, strict=True) if live is not None]
    )
    return len(starts)


def opening(meeting: Meeting, plan: Plan, *, language: str, known: bool) -> Opening:
    """What is said before the question: when and where, as news or as a change to whoever knows another hour."""
    return Opening(
        key="phrases/meeting-moved" if known else "phrases/meeting-asked",
        values=values_of(meeting, plan, language=language),
    )


def values_of(meeting: Meeting, plan: Plan, *, language: str) -> dict[str, str]:
    """What words about a meeting may name."""
    spoken = plan.language_of(language)
    return {
        "coach": meeting.coach,
        "day": day(meeting.hour.on, spoken),
        "time": clock(meeting.hour.begins),
        "place": meeting.hour.place,
    }


async def _close_begun(database: Database, shelf: Shelf, *, now: datetime) -> None:
    """Nobody is asked about an hour that has come, nor reminded to answer."""
    async with looking(database) as work:
        begun = await _begun(work, shelf, now=now)
    if not begun:
        return
    async with unit_of_work(database) as work:
        await work.participants.lock(one.participant_id for one in begun)
        talks = [one.conversation_id for one in await _begun(work, shelf, now=now) if one.conversation_id is not None]
        await work.conversations.end_these(talks, outcome=BEHIND, now=now)
        await work.outbox.cancel_nudges(talks, now=now)


async def _begun(work: Work, shelf: Shelf, *, now: datetime) -> list[Meeting]:
    found = await work.meetings.open_until(now.date() + _A_DAY)
    plans = await shelf.plans(work, {one.programme_id for one in found}) if found else {}
    return [one for one in found if one.hour.begins_at(plans[one.programme_id].programme.zone) <= now]


def _waits(one: Meeting) -> bool:
    return one.state is MeetingState.ASKED and one.conversation_id is None


async def _known(work: Work, shelf: Shelf, found: Sequence[Meeting], *, now: datetime) -> _Known:
    people = await work.participants.enrolled(one.enrolment_id for one in found)
    live = await work.conversations.open_with(one.id for one in people.values())
    states = {person: State.from_text(one.state) for person, one in live.items()}
    return _Known(
        people=people,
        plans=await shelf.plans(work, {one.programme_id for one in found}),
        busy=set(states),
        seen_off=await seen_off(work, people.values()),
        away=await work.absences.away_about(people, now=now),
    )


def _may_be_asked(one: Meeting, known: _Known, *, now: datetime) -> bool:
    person, plan = known.people[one.enrolment_id], known.plans.get(one.programme_id)
    if plan is None or MEETING not in plan.flows or one.hour.begins_at(plan.programme.zone) <= now:
        return False
    free = person.id not in known.busy and one.enrolment_id not in known.seen_off
    here = person.ended_on is None or one.hour.on <= person.ended_on
    today = now.astimezone(zone_of(person.zone)).date()
    return (
        free
        and here
        and person.may_be_written_to(now=now)
        and not known.away.on(one.enrolment_id, today)
        and not is_quiet(plan.programme.quiet, zone=person.zone, now=now)
    )


async def _start(work: Work, one: Meeting, known: _Known) -> Start:
    person, plan = known.people[one.enrolment_id], known.plans[one.programme_id]
    assert person.address is not None
    is_known = one.number > 1 and await work.meetings.is_known(one)
    return Start(
        participant=person,
        address=person.address,
        plan=plan,
        flow=MEETING,
        once=one.once,
        expires_at=one.hour.begins_at(plan.programme.zone),
        opening=opening(one, plan, language=person.language, known=is_known),
    )
