"""What needs somebody is seen to once, put off until its moment, or handed to a colleague, and all can see who did."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.access import By, ChangedMeanwhile
from bot.domain.alerts import TOLD_AS_UNREACHABLE
from bot.domain.calendar import zone_of
from bot.domain.day import SEEN_TO_FOR, AsideLine, Later, later
from bot.domain.people import Coach, Participant
from bot.storage.alerts import RaisedAlert
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.put_asides import Aside
from bot.storage.unit_of_work import Work, unit_of_work


class NotForYou(Exception):
    """There is no such alert, person or colleague in the organisation of whoever asked, or it is not to be done now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenToAlready:
    """Somebody was faster: nothing was done."""

    by: str
    at: datetime


async def see_to(database: Database, alert: int, *, by: By, now: datetime) -> SeenToAlready | None:
    """It is done. Says who had done it before. Raises `NotForYou`."""
    async with unit_of_work(database) as work:
        raised = await _held(work, alert, by=by)
        if raised.acknowledged_at is not None:
            return SeenToAlready(by=raised.seen_to_by, at=raised.acknowledged_at)
        await work.alerts.acknowledge(alert, coach=by.coach_id, now=now)
        await work.audit.note(_about(raised, "alert-seen-to"), by=by, now=now)
    return None


async def put_off(database: Database, alert: int, until: Later, *, by: By, now: datetime) -> SeenToAlready | None:
    """It comes back this afternoon or tomorrow, by the clock of whoever puts it off. Raises `NotForYou`."""
    async with unit_of_work(database) as work:
        raised = await _held(work, alert, by=by)
        if raised.acknowledged_at is not None:
            return SeenToAlready(by=raised.seen_to_by, at=raised.acknowledged_at)
        await work.alerts.put_off(alert, until=await _until(work, until, by=by, now=now))
        await work.audit.note(_about(raised, "alert-put-off"), by=by, now=now)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handing:
    """To which colleague an alert goes, and as whose place in a programme it is seen."""

    to: int
    enrolment_id: int


async def hand_over(database: Database, alert: int, handing: Handing, *, by: By, now: datetime) -> SeenToAlready | None:
    """A colleague who sees the person has it from now on. Raises `NotForYou` for any other colleague."""
    async with unit_of_work(database) as work:
        raised = await _held(work, alert, by=by)
        person = await _person(work, handing.enrolment_id, by=by)
        if raised.participant_id != person.id:
            raise NotForYou(f"alert {alert} is not about enrolment {handing.enrolment_id}")
        if raised.acknowledged_at is not None:
            return SeenToAlready(by=raised.seen_to_by, at=raised.acknowledged_at)
        today = await _today(work, by=by, now=now)
        if handing.to not in await work.alerts.takers(person.enrolment_id, today=today):
            raise NotForYou(f"coach {handing.to} does not see enrolment {handing.enrolment_id}")
        await work.alerts.hand_to(alert, coach=handing.to)
        await work.audit.note(_about(raised, "alert-handed-over"), by=by, now=now)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Resuming:
    """Who is to be written to again, and since when they were held as the coach was shown it; `None`: not held."""

    enrolment_id: int
    held_at: datetime | None


async def resume(database: Database, resuming: Resuming, *, by: By, now: datetime) -> bool:
    """The person is written to again, after being held or paused. `False` when they were already.

    Whoever said stop is not brought back by this. Raises `NotForYou`, and `ChangedMeanwhile` for whoever was held
    after the coach was shown how they stand: words of danger are never waved through unseen.
    """
    async with unit_of_work(database) as work:
        person = await _person(work, resuming.enrolment_id, by=by)
        if person.held_at is not None and person.held_at != resuming.held_at:
            raise ChangedMeanwhile(f"enrolment {resuming.enrolment_id} is held since then")
        if not await work.participants.resume(person.id, now=now):
            return False
        await work.audit.note(_of(person, "person-resumed"), by=by, now=now)
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class PuttingAside:
    """A line of the day about somebody: seen to, or put off until `later`."""

    enrolment_id: int
    line: AsideLine
    about: str = ""
    later: Later | None = None


async def put_aside(database: Database, putting: PuttingAside, *, by: By, now: datetime) -> None:
    """The line stays away until then; one that was seen to, for `SEEN_TO_FOR`. Raises `NotForYou`."""
    async with unit_of_work(database) as work:
        person = await _person(work, putting.enrolment_id, by=by)
        until = now + SEEN_TO_FOR
        if putting.later is not None:
            until = await _until(work, putting.later, by=by, now=now)
        elif putting.line is AsideLine.UNREACHABLE:
            # The alert that told of it says the same.
            for kind in TOLD_AS_UNREACHABLE:
                await work.alerts.acknowledge_all(kind, participant=person.id, coach=by.coach_id, now=now)
        await work.put_asides.put(
            Aside(enrolment_id=person.enrolment_id, line=putting.line, about=putting.about, until=until),
            coach=by.coach_id,
            now=now,
        )
        await work.audit.note(_of(person, "line-put-aside", about=putting.line), by=by, now=now)


async def be_away(database: Database, by: By, *, until: date, now: datetime) -> str | None:
    """The coach is away through this day: the deputy sees their people too.

    Gives the deputy's first name; `None` if there is none, and then nobody sees them but the leaders.
    """
    async with unit_of_work(database) as work:
        coach = await _coach(work, by=by)
        await work.coaches.change(by.coach_id, away_until=until)
        await work.audit.note(Done(what="away", about=until.isoformat()), by=by, now=now)
        deputy = (await work.coaches.these([coach.deputy_id])) if coach.deputy_id else {}
    return next((one.first_name for one in deputy.values()), None)


async def be_back(database: Database, by: By, *, now: datetime) -> None:
    """The coach is back, and the deputy sees their people no longer."""
    async with unit_of_work(database) as work:
        await work.coaches.change(by.coach_id, away_until=None)
        await work.audit.note(Done(what="back"), by=by, now=now)


async def _held(work: Work, alert: int, *, by: By) -> RaisedAlert:
    raised = await work.alerts.held(alert)
    if raised is None or raised.organisation_id != by.organisation_id:
        raise NotForYou(f"there is no alert {alert}")
    return raised


async def _person(work: Work, enrolment: int, *, by: By) -> Participant:
    person = (await work.participants.enrolled([enrolment])).get(enrolment)
    if person is None or person.organisation_id != by.organisation_id:
        raise NotForYou(f"there is no enrolment {enrolment}")
    await work.participants.lock([person.id])
    return person


async def _until(work: Work, until: Later, *, by: By, now: datetime) -> datetime:
    coach = await _coach(work, by=by)
    found = later(now, zone=coach.zone).get(until)
    if found is None:
        raise NotForYou(f"{until} is over")
    return found


async def _today(work: Work, *, by: By, now: datetime) -> date:
    coach = await _coach(work, by=by)
    return now.astimezone(zone_of(coach.zone)).date()


async def _coach(work: Work, *, by: By) -> Coach:
    return (await work.coaches.these([by.coach_id]))[by.coach_id]


def _about(raised: RaisedAlert, what: str) -> Done:
    return Done(what=what, programme_id=raised.programme_id, participant_id=raised.participant_id, about=str(raised.id))


def _of(person: Participant, what: str, *, about: str | None = None) -> Done:
    return Done(what=what, programme_id=person.programme_id, participant_id=person.id, about=about)
