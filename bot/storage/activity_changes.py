"""What is otherwise with an activity on one of its days stands here, with what was told about it."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timetable import Change, ChangeKind
from bot.storage.tables import activity_changes

_STAMPS = (
    select(activity_changes.c.programme_id, func.sum(activity_changes.c.number).label("stamp"))
    .where(activity_changes.c.programme_id.in_(bindparam("programmes", expanding=True)))
    .group_by(activity_changes.c.programme_id)
)
_OF = select(activity_changes).where(activity_changes.c.programme_id == bindparam("programme"))


class ActivityChanges:
    """By programme."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stamps(self, programmes: Iterable[int]) -> dict[int, int]:
        """A number for each programme that grows whenever anything of it changes; a programme without is not there."""
        rows = await self._connection.execute(_STAMPS, {"programmes": sorted(set(programmes))})
        return {row.programme_id: int(row.stamp) for row in rows}

    async def of(self, programme: int) -> list[Change]:
        """Every change of a programme."""
        rows = await self._connection.execute(_OF, {"programme": programme})
        return [
            Change(
                activity=row.activity,
                held_on=row.held_on,
                what=ChangeKind(row.what),
                new_on=row.new_on,
                begins=row.begins,
                ends=row.ends,
                place=row.place,
                number=row.number,
            )
            for row in rows
        ]
