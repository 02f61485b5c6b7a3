"""What is otherwise with an activity on one of its days stands here, with what was told about it."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timetable import Change, ChangeKind
from bot.storage.tables import activity_changes

_OF = select(activity_changes).where(activity_changes.c.programme_id == bindparam("programme"))


class ActivityChanges:
    """By programme."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

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
