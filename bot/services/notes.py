"""A coach keeps a note about somebody, and takes their own notes away again."""

from datetime import datetime

from bot.domain.access import By
from bot.services.asked import Asked, done, hold
from bot.storage.database import Database
from bot.storage.notes import NewNote
from bot.storage.unit_of_work import unit_of_work


async def write(database: Database, enrolment: int, new: NewNote, *, by: By, now: datetime) -> int:
    """Keep a note about somebody. Gives its id. Raises `NotOnTheRoster`."""
    async with unit_of_work(database) as work:
        person = await hold(work, Asked(enrolment=enrolment, by=by))
        number = await work.notes.add(enrolment, new, coach=by.coach_id, now=now)
        await work.audit.note(done("note-written", person, about=number), by=by, now=now)
    return number


async def remove(database: Database, enrolment: int, note: int, *, by: By, now: datetime) -> bool:
    """Take a note away for good. `False` when it is not theirs, or gone already. Raises `NotOnTheRoster`."""
    async with unit_of_work(database) as work:
        person = await hold(work, Asked(enrolment=enrolment, by=by))
        if not await work.notes.remove(note, enrolment=enrolment, coach=by.coach_id, now=now):
            return False
        await work.audit.note(done("note-removed", person, about=note), by=by, now=now)
    return True
