"""Who came and who did not is noted by category; the latest word counts."""

from datetime import datetime

from bot.domain.access import By
from bot.domain.calendar import zone_of
from bot.domain.day import NewAbsence
from bot.domain.people import Participant
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work


class NotInTheProgramme(Exception):
    """There is no such enrolment in the organisation of whoever asked."""


async def report_absence(database: Database, enrolment: int, absence: NewAbsence, *, by: By, now: datetime) -> int:
    """Somebody is not coming, or comes late. Gives the absence's id; the same report twice is one absence.

    The latest word counts: what was reported before of a day that has come is over. Raises `NotInTheProgramme`.
    """
    async with unit_of_work(database) as work:
        person = await _held(work, enrolment, by=by)
        known = await work.absences.same(enrolment, absence)
        if known is not None:
            return known
        if absence.begins_on <= now.astimezone(zone_of(person.zone)).date():
            await work.absences.end_those_on(enrolment, absence.begins_on, now=now)
        number = await work.absences.add(enrolment, absence, now=now)
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


def _done(what: str, person: Participant, about: object) -> Done:
    return Done(what=what, programme_id=person.programme_id, participant_id=person.id, about=str(about))


async def _held(work: Work, enrolment: int, *, by: By) -> Participant:
    person = (await work.participants.enrolled([enrolment])).get(enrolment)
    if person is None or person.organisation_id != by.organisation_id:
        raise NotInTheProgramme(f"there is no enrolment {enrolment}")
    await work.participants.lock([person.id])
    return person
