"""What is noted of who came stays, when the others are noted all at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Presence
from bot.domain.programme import Area
from bot.storage.tables import attendances
from bot.storage.upsert import insert_new


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """Whether somebody came to something. `noted_by` is who said it: `coach` or `participant`."""

    enrolment_id: int
    activity: str
    area: Area
    on: date
    presence: Presence
    noted_by: str = "coach"


class Attendances:
    """Who came to what on which day."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def forget(self, people: Collection[int], activity: str, *, on: date) -> None:
        """Nothing is noted of these enrolments any more."""
        if people:
            await self._connection.execute(
                delete(attendances).where(
                    attendances.c.enrolment_id.in_(sorted(people)),
                    attendances.c.activity == activity,
                    attendances.c.held_on == on,
                )
            )

    async def note_new(self, came: Sequence[Came], *, now: datetime) -> int:
        """Where nothing is noted yet. Gives of how many."""
        if not came:
            return 0
        rows = await self._connection.execute(
            insert_new(self._connection, attendances).returning(attendances.c.id),
            [
                {
                    "enrolment_id": one.enrolment_id,
                    "activity": one.activity,
                    "area": one.area,
                    "held_on": one.on,
                    "presence": one.presence,
                    "noted_by": one.noted_by,
                    "noted_at": now,
                }
                for one in came
            ],
        )
        return len(rows.all())
