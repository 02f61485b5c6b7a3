"""Who saw or changed what is written down here; a row is added and never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import By
from bot.storage.tables import audit


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """Something that was seen or changed. `what` is a slug such as `person-read`, `about` an id or a slug: no words."""

    what: str
    programme_id: int | None = None
    participant_id: int | None = None
    about: str | None = None


class Audit:
    """The log of the console."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, done: Done, *, by: By, now: datetime) -> None:
        """Write it down, in the same unit of work as what was done."""
        await self._note(
            done, organisation_id=by.organisation_id, coach_id=by.coach_id, came_from=by.came_from, now=now
        )

    async def noted(self, done: Done, *, by: By, since: datetime) -> bool:
        """Whether the same is written down of the same coach since then."""
        return bool(
            await self._connection.scalar(
                select(
                    exists().where(
                        audit.c.participant_id == done.participant_id,
                        audit.c.what == done.what,
                        audit.c.programme_id == done.programme_id,
                        audit.c.coach_id == by.coach_id,
                        audit.c.done_at > since,
                    )
                )
            )
        )

    async def note_stranger(self, what: str, *, organisation_id: int, came_from: str, now: datetime) -> None:
        """Something that nobody who is signed in did, such as a sign-in that was refused."""
        await self._note(Done(what=what), organisation_id=organisation_id, coach_id=None, came_from=came_from, now=now)

    async def _note(
        self, done: Done, *, organisation_id: int, coach_id: int | None, came_from: str, now: datetime
    ) -> None:
        await self._connection.execute(
            insert(audit).values(
                organisation_id=organisation_id,
                coach_id=coach_id,
                what=done.what,
                programme_id=done.programme_id,
                participant_id=done.participant_id,
                about=done.about,
                came_from=came_from[:64],
                done_at=now,
            )
        )
