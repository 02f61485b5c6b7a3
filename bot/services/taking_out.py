"""Whoever makes a file of what is kept stands in the log."""

from datetime import datetime

from bot.domain.access import By
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work


async def note_log_taken(database: Database, *, rows: int, by: By, now: datetime) -> None:
    """Somebody took this many lines of the log with them."""
    async with unit_of_work(database) as work:
        await work.audit.note(Done(what="log-downloaded", about=str(rows)), by=by, now=now)
