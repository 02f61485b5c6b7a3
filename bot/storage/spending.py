"""What a programme's text messages cost in a day is one number, which grows in the transaction that claims them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Role
from bot.storage.tables import appointments, coaches, spending
from bot.storage.upsert import insert_into, insert_new

_HELD = (
    select(spending.c.parts)
    .where(spending.c.programme_id == bindparam("programme"), spending.c.on_day == bindparam("day"))
    .with_for_update()
)
_LEADERS = (
    select(appointments.c.coach_id)
    .join(coaches, coaches.c.id == appointments.c.coach_id)
    .where(
        appointments.c.programme_id == bindparam("programme"),
        appointments.c.role == Role.LEADER,
        coaches.c.removed_at.is_(None),
    )
    .order_by(appointments.c.coach_id)
)


class Spending:
    """Parts of SMS, by programme and day where the programme is."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def held(self, days: Mapping[int, date]) -> dict[int, int]:
        """What each of these programmes spent on its day; held until the end of the unit of work."""
        found: dict[int, int] = {}
        # Everybody takes them in one order, so that no two wait for each other.
        for programme, day in sorted(days.items()):
            first = insert_new(self._connection, spending).values(programme_id=programme, on_day=day)
            await self._connection.execute(first)
            values = {"programme": programme, "day": day}
            found[programme] = (await self._connection.execute(_HELD, values)).scalar_one()
        return found

    async def add(self, programme: int, day: date, *, parts: int = 0, refused: int = 0) -> None:
        """So many parts more (or fewer: they did not leave), so many messages more kept back."""
        first = insert_into(self._connection, spending).values(
            programme_id=programme, on_day=day, parts=parts, refused=refused
        )
        sums = {"parts": spending.c.parts + parts, "refused": spending.c.refused + refused}
        await self._connection.execute(
            first.on_conflict_do_update(index_elements=["programme_id", "on_day"], set_=sums)
        )

    async def leaders(self, programme: int) -> list[int]:
        """Who leads a programme, and is told when its money is spent."""
        return list((await self._connection.execute(_LEADERS, {"programme": programme})).scalars())
