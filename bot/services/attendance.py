"""Who came and who did not is noted by category; the latest word counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.access import By
from bot.domain.calendar import zone_of
from bot.domain.day import NewAbsence
from bot.domain.people import Participant, Presence
from bot.domain.programme import Activity
from bot.domain.timetable import Timetable
from bot.storage.absences import Report
from bot.storage.attendances import Came
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work


class NotInTheProgramme(Exception):
    """There is no such enrolment in the organisation of whoever asked."""


class NotHeld(Exception):
    """The activity is not held on that day."""


class NotYet(Exception):
    """The day has not come: nobody can have been there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noting:
    """An activity of a programme on a day, about which something is to be noted."""

    programme_id: int
    timetable: Timetable
    activity: Activity
    on: date

    @property
    def about(self) -> str:
        """What the log says of it."""
        return f"{self.on}/{self.activity.slug}"[:64]


async def note(
    database: Database, noting: Noting, came: Mapping[int, Presence | None], *, by: By, now: datetime
) -> None:
    """Whether these people came, by enrolment: the coach's word counts, whatever was noted or assumed before.

    `None`: nothing is noted of them any more. Raises `NotInTheProgramme`, `NotHeld` and `NotYet`.
    """
    async with unit_of_work(database) as work:
        await _check(work, noting, by=by, now=now)
        people = await _people(work, noting, came, by=by)
        activity = noting.activity
        noted = {one: presence for one in people if (presence := came[one]) is not None}
        rows = [(one, activity.slug, activity.area.value, noting.on, noted[one].value) for one in noted]
        await work.calendar.note_presence(rows, noted_by="coach", now=now)
        await work.attendances.forget(people.keys() - noted.keys(), activity.slug, on=noting.on)
        for person in people.values():
            await work.audit.note(_done("attendance-noted", person, noting.about), by=by, now=now)


async def note_others(database: Database, noting: Noting, others: Iterable[int], *, by: By, now: datetime) -> int:
    """These people were there, but for those of whom something is noted already.

    Whose absence was reported for the day is noted by that report. Gives how many were noted. Raises
    `NotInTheProgramme`, `NotHeld` and `NotYet`.
    """
    async with unit_of_work(database) as work:
        zone = await _check(work, noting, by=by, now=now)
        people = await _people(work, noting, others, by=by)
        reported = await work.absences.reported(people, on=noting.on, zone=zone)
        came = [_came(one, noting, reported.get(one)) for one in people]
        noted = await work.attendances.note_new(came, now=now)
        done = Done(what="attendance-noted", programme_id=noting.programme_id, about=noting.about)
        await work.audit.note(done, by=by, now=now)
    return noted


async def report_absence(database: Database, enrolment: int, absence: NewAbsence, *, by: By, now: datetime) -> int:
    """Somebody is not coming, or comes late. Gives the absence's id; the same report twice is one absence.

    The latest word counts: what was reported before of a day that has come is over. Raises `NotInTheProgramme`.
    """
    async with unit_of_work(database) as work:
        person = await _held(work, enrolment, by=by)
        today = now.astimezone(zone_of(person.zone)).date()
        number, news = await work.absences.report(enrolment, absence, today=today, now=now)
        if news:
            await work.audit.note(_done("absence-reported", person, number), by=by, now=now)
        return number


async def end_absence(database: Database, absence_id: int, *, by: By, now: datetime) -> bool:
    """Somebody is back. `False` when somebody else had said so already. Raises `NotInTheProgramme`."""
    async with unit_of_work(database) as work:
        whose = await work.absences.whose(absence_id)
        if whose is None:
            raise NotInTheProgramme(f"there is no absence {absence_id}")
        person = await _held(work, whose, by=by)
        ended = await work.absences.end(absence_id, now=now)
        if ended:
            await work.audit.note(_done("absence-ended", person, absence_id), by=by, now=now)
        return ended


async def _check(work: Work, noting: Noting, *, by: By, now: datetime) -> ZoneInfo:
    """The time zone of whoever notes, if there is anything to be noted."""
    if all(one.activity.slug != noting.activity.slug for one in noting.timetable.on(noting.on)):
        raise NotHeld(f"{noting.activity.slug} is not held on {noting.on}")
    coach = (await work.coaches.these([by.coach_id]))[by.coach_id]
    zone = zone_of(coach.zone)
    if noting.on > now.astimezone(zone).date():
        raise NotYet(f"{noting.on} has not come")
    return zone


async def _people(work: Work, noting: Noting, wanted: Iterable[int], *, by: By) -> dict[int, Participant]:
    ids = set(wanted)
    people = await work.participants.enrolled(ids)
    strangers = [
        one
        for one in people.values()
        if one.organisation_id != by.organisation_id or one.programme_id != noting.programme_id
    ]
    if strangers or ids != people.keys():
        raise NotInTheProgramme(f"not all of these are in programme {noting.programme_id}")
    return people


def _came(enrolment: int, noting: Noting, reported: Report | None) -> Came:
    return Came(
        enrolment_id=enrolment,
        activity=noting.activity.slug,
        area=noting.activity.area,
        on=noting.on,
        presence=reported.category if reported else Presence.PRESENT,
        noted_by=reported.reported_by if reported else "coach",
    )


def _done(what: str, person: Participant, about: object) -> Done:
    return Done(what=what, programme_id=person.programme_id, participant_id=person.id, about=str(about))


async def _held(work: Work, enrolment: int, *, by: By) -> Participant:
    person = (await work.participants.enrolled([enrolment])).get(enrolment)
    if person is None or person.organisation_id != by.organisation_id:
        raise NotInTheProgramme(f"there is no enrolment {enrolment}")
    await work.participants.lock([person.id])
    return person
