"""What is otherwise with an activity on one of its days stands here, with what was told about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timetable import Change, ChangeKind
from bot.storage.tables import activity_changes, attendances, enrolments
from bot.storage.upsert import insert_into

_OF = select(activity_changes).where(activity_changes.c.programme_id == bindparam("programme"))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptChange:
    """A change with its number in the database. `told_at`: when everybody had been told of it."""

    id: int
    programme_id: int
    change: Change
    told_at: datetime | None


class ActivityChanges:
    """By programme."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, programme: int) -> list[Change]:
        """Every change of a programme."""
        rows = await self._connection.execute(_OF, {"programme": programme})
        return [_change(row) for row in rows]

    async def at(self, programme: int, activity: str, held_on: date) -> KeptChange | None:
        """The change of an activity on the day on which it would have been held, if there is one."""
        query = _OF.where(activity_changes.c.activity == activity, activity_changes.c.held_on == held_on)
        row = (await self._connection.execute(query, {"programme": programme})).first()
        return None if row is None else _kept(row)

    async def untold(self) -> list[int]:
        """The changes of which not everybody has been told, the oldest first, by number in the database."""
        rows = await self._connection.execute(
            select(activity_changes.c.id).where(activity_changes.c.told_at.is_(None)).order_by(activity_changes.c.id)
        )
        return list(rows.scalars())

    async def hold(self, one: int) -> KeptChange | None:
        """A change of which not everybody has been told, held until the end of the unit of work.

        `None` if everybody has. Waits for another process that tells them just now.
        """
        query: Select[Any] = select(activity_changes).where(
            activity_changes.c.id == one, activity_changes.c.told_at.is_(None)
        )
        row = (await self._connection.execute(query.with_for_update())).first()
        return None if row is None else _kept(row)

    async def keep(self, programme: int, change: Change, *, by: int | None, now: datetime) -> int:
        """Keep a change, which nobody has been told of yet. Gives its number in the database."""
        values: dict[str, Any] = {
            "what": change.what,
            "new_on": change.new_on,
            "begins": change.begins,
            "ends": change.ends,
            "place": change.place,
            "was_on": change.was_on,
            "was_begins": change.was_begins,
            "number": change.number,
            "changed_by": by,
            "changed_at": now,
            "told_at": None,
        }
        found = await self._connection.scalar(
            insert_into(self._connection, activity_changes)
            .values(programme_id=programme, activity=change.activity, held_on=change.held_on, **values)
            .on_conflict_do_update(index_elements=["programme_id", "activity", "held_on"], set_=values)
            .returning(activity_changes.c.id)
        )
        return int(found or 0)

    async def told(self, one: int, *, now: datetime) -> None:
        """Everybody has been told of this change."""
        await self._connection.execute(update(activity_changes).where(activity_changes.c.id == one).values(told_at=now))

    async def is_noted(self, programme: int, activity: str, on: date) -> bool:
        """Whether it is noted of anybody that they came that day, or did not."""
        found = await self._connection.scalar(
            select(func.count())
            .select_from(attendances.join(enrolments, enrolments.c.id == attendances.c.enrolment_id))
            .where(
                enrolments.c.programme_id == programme,
                attendances.c.activity == activity,
                attendances.c.held_on == on,
            )
        )
        return bool(found)


def _kept(row: Row[Any]) -> KeptChange:
    return KeptChange(id=row.id, programme_id=row.programme_id, change=_change(row), told_at=row.told_at)


def _change(row: Row[Any]) -> Change:
    return Change(
        activity=row.activity,
        held_on=row.held_on,
        what=ChangeKind(row.what),
        new_on=row.new_on,
        begins=row.begins,
        ends=row.ends,
        place=row.place,
        was_on=row.was_on,
        was_begins=row.was_begins,
        number=row.number,
    )
