"""How far each coach has read what a person wrote is kept here, and never goes back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import bookmarks
from bot.storage.upsert import insert_into

LOGGED_EVERY = timedelta(minutes=15)
"""Somebody who goes in and out of a conversation within this time is reading it once."""

_READ_AT = select(bookmarks.c.read_at).where(
    bookmarks.c.coach_id == bindparam("coach"), bookmarks.c.participant_id == bindparam("person")
)


class Bookmarks:
    """One for each coach and person. `read_at` is when the reading was last written to the log."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def move(self, coach: int, *, person: int, until: int, now: datetime) -> bool:
        """They have read all up to this number of the inbox. True when the reading is to be written to the log."""
        read_at = await self._connection.scalar(_READ_AT, {"coach": coach, "person": person})
        to_log = is_another_reading(read_at, now=now)
        insert = insert_into(self._connection, bookmarks).values(
            coach_id=coach, participant_id=person, read_until=until, read_at=now
        )
        new, old = insert.excluded, bookmarks.c
        # Two windows of one reader may come in either order: whoever has read further counts.
        columns: dict[str, ColumnElement[Any]] = {
            "read_until": case((new.read_until > old.read_until, new.read_until), else_=old.read_until)
        }
        if to_log:
            columns["read_at"] = new.read_at
        await self._connection.execute(
            insert.on_conflict_do_update(index_elements=["coach_id", "participant_id"], set_=columns)
        )
        return to_log


def is_another_reading(read_at: datetime | None, *, now: datetime) -> bool:
    """Whether opening a conversation now is more than coming back to it."""
    return read_at is None or now - read_at >= LOGGED_EVERY
