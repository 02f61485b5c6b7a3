"""A coach makes a meeting with somebody, moves it or calls it off; the person hears of each once, and in good time."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import ChangedMeanwhile
from bot.domain.alerts import AlertKind
from bot.domain.calendar import first_awake
from bot.domain.meetings import MEETING, Hour, MeetingState, Wrong, wrong_with
from bot.domain.messages import Priority, Purpose
from bot.domain.people import Participant
from bot.services.asked import Asked, NotOnTheRoster, done, hold, note
from bot.services.inviting import invite, values_of
from bot.services.published import Plan, Shelf
from bot.services.wording import Occasion, drafts, say
from bot.storage.database import Database
from bot.storage.meetings import Meeting
from bot.storage.talk import BEHIND
from bot.storage.unit_of_work import Work, looking, unit_of_work

_ABOUT_MEETINGS = (AlertKind.MEETING_DECLINED, AlertKind.MEETING_OTHER_TIME)


class NotThen(Exception):
    """Nobody can meet at this hour: `why` says what is wrong with it."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True, slots=True)
class Which:
    """A meeting as it was shown to whoever changes it: `number` and `state` tell whether it is still so."""

    meeting: int
    number: int
    state: MeetingState


@dataclass(frozen=True, kw_only=True, slots=True)
class Moving:
    """Which meeting is to take place when instead."""

    which: Which
    hour: Hour


async def make(database: Database, shelf: Shelf, asked: Asked, hour: Hour, *, now: datetime) -> int:
    """Make a meeting, and ask the person as soon as they may be asked. Gives its id.

    Raises `NotThen`, `NotOnTheRoster` and `ChangedMeanwhile`.
    """
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        _check(hour, plan, now=now)
        coach = person.coach_id if asked.by is None else asked.by.coach_id
        number = await work.meetings.add(asked.enrolment, hour, coach=coach, now=now)
        await note(work, done("meeting-made", person, about=number), asked=asked, now=now)
        await invite(work, shelf, [number], now=now)
    return number


async def move(database: Database, shelf: Shelf, asked: Asked, moving: Moving, *, now: datetime) -> None:
    """Another day, hour or place holds: the person is told and asked anew. Nothing happens if it is the same.

    Raises `NotThen`, `NotOnTheRoster` and `ChangedMeanwhile`.
    """
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        meeting, hour = await _as_shown(work, asked, moving.which), moving.hour
        if hour == meeting.hour:
            return
        _check(hour, plan, now=now)
        await _leave_behind(work, meeting, now=now)
        await work.meetings.move(meeting.id, hour)
        await note(work, done("meeting-moved", person, about=meeting.id), asked=asked, now=now)
        await invite(work, shelf, [meeting.id], now=now)


async def call_off(database: Database, shelf: Shelf, asked: Asked, which: Which, *, now: datetime) -> bool:
    """The meeting does not take place. Whether the person is told: who knows of it and may be written to is.

    Raises `NotOnTheRoster` and `ChangedMeanwhile`.
    """
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        meeting = await _as_shown(work, asked, which)
        await _leave_behind(work, meeting, now=now)
        await work.meetings.call_off(meeting.id)
        await note(work, done("meeting-called-off", person, about=meeting.id), asked=asked, now=now)
        told = meeting.state is not MeetingState.DECLINED and await work.meetings.is_known(meeting)
        return told and await _tell_off(work, plan, person, meeting, now=now)


async def must_be_with(database: Database, asked: Asked, number: int) -> None:
    """Raises `NotOnTheRoster` unless the meeting of this number is with that person."""
    async with looking(database) as work:
        found = (await work.meetings.these([number])).get(number)
    if found is None or found.enrolment_id != asked.enrolment:
        raise NotOnTheRoster(f"there is no meeting {number}")


def is_asked_by_itself(plan: Plan) -> bool:
    """Whether the programme has the flow in which people are asked about meetings."""
    return MEETING in plan.flows


def _check(hour: Hour, plan: Plan, *, now: datetime) -> None:
    if wrong := wrong_with(hour, zone=plan.programme.zone, now=now):
        raise NotThen(wrong)


async def _as_shown(work: Work, asked: Asked, which: Which) -> Meeting:
    meeting = (await work.meetings.these([which.meeting])).get(which.meeting)
    if meeting is None or meeting.enrolment_id != asked.enrolment:
        raise NotOnTheRoster(f"there is no meeting {which.meeting}")
    # Whoever called it off, or answered, after it was shown is not written over unseen.
    if (meeting.number, meeting.state) != (which.number, which.state) or meeting.state is MeetingState.CALLED_OFF:
        raise ChangedMeanwhile
    return meeting


async def _leave_behind(work: Work, meeting: Meeting, *, now: datetime) -> None:
    """Nothing more is said about the hour it had, and no answer about that hour counts any more."""
    await work.meetings.take_back(meeting, now=now)
    if meeting.conversation_id is not None:
        await work.conversations.end_these([meeting.conversation_id], outcome=BEHIND, now=now)
    # What the person answered about the hour has been seen to by changing it.
    await work.alerts.take_back(_ABOUT_MEETINGS, participant=meeting.participant_id, now=now)


async def _tell_off(work: Work, plan: Plan, person: Participant, meeting: Meeting, *, now: datetime) -> bool:
    begins = meeting.hour.begins_at(plan.programme.zone)
    at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
    if begins <= now or person.address is None or not person.may_be_written_to(now=now):
        return False
    occasion = Occasion(
        once=f"meeting-off/{meeting.id}",
        purpose=Purpose.CANCELLATION,
        priority=Priority.REPLY,
        expires_at=begins,
        # Who would come early in the morning must know before: only then the night waits.
        now=at if at < begins else now,
    )
    values = values_of(meeting, plan, language=person.language)
    said = say(plan, "phrases/meeting-called-off", participant=person, values=values)
    await work.outbox.queue(drafts([said], participant=person, address=person.address, occasion=occasion), now=now)
    return True


async def _held(work: Work, shelf: Shelf, asked: Asked) -> tuple[Participant, Plan]:
    person = await hold(work, asked)
    return person, (await shelf.plans(work, [person.programme_id]))[person.programme_id]
