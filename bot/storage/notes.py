"""Notes stand here with who may read them; one that is removed keeps no words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notes import Visibility
from bot.storage.tables import notes


@dataclass(frozen=True, kw_only=True, slots=True)
class NewNote:
    """Words about somebody, and for whom they are."""

    visibility: Visibility
    words: str


class Notes:
    """What coaches keep about somebody in words."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, enrolment: int, new: NewNote, *, coach: int, now: datetime) -> int:
        """Keep it. Gives its id."""
        number = await self._connection.scalar(
            insert(notes)
            .values(
                enrolment_id=enrolment,
                coach_id=coach,
                visibility=new.visibility,
                words=new.words,
                written_at=now,
            )
            .returning(notes.c.id)
        )
        return int(number or 0)

    async def remove(self, note: int, *, enrolment: int, coach: int, now: datetime) -> bool:
        """Its words are gone. `False` when it is none of this coach's about this person, or gone already."""
        gone = await self._connection.execute(
            update(notes)
            .where(
                notes.c.id == note,
                notes.c.enrolment_id == enrolment,
                notes.c.coach_id == coach,
                notes.c.removed_at.is_(None),
            )
            .values(words="", removed_at=now)
        )
        return bool(gone.rowcount)
