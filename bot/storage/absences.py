"""Who is not coming, from when to when, is kept here by category, and never with a reason in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import moment
from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.storage.tables import absences


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """That somebody is not coming, and who said so."""

    category: Presence
    reported_by: str


class Absences:
    """Reported, and ended when somebody is back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, enrolment: int, absence: NewAbsence, *, now: datetime) -> int:
        """Somebody is not coming. Gives the absence's id."""
        number = await self._connection.scalar(
            insert(absences)
            .values(
                enrolment_id=enrolment,
                category=absence.category,
                begins_on=absence.begins_on,
                ends_on=absence.last_day,
                late_minutes=absence.late_minutes,
                reported_by=absence.reported_by,
                reported_at=now,
            )
            .returning(absences.c.id)
        )
        return int(number or 0)

    async def same(self, enrolment: int, absence: NewAbsence) -> int | None:
        """An absence just like this one that nobody has ended, if there is one."""
        found = await self._connection.scalar(
            select(absences.c.id).where(
                absences.c.enrolment_id == enrolment,
                absences.c.category == absence.category,
                absences.c.begins_on == absence.begins_on,
                absences.c.ends_on.is_not_distinct_from(absence.last_day),
                absences.c.late_minutes.is_not_distinct_from(absence.late_minutes),
                absences.c.ended_at.is_(None),
            )
        )
        return None if found is None else int(found)

    async def end_those_on(self, enrolment: int, day: date, *, now: datetime) -> None:
        """End every absence of somebody that would hold on this day."""
        await self._connection.execute(
            update(absences)
            .where(absences.c.enrolment_id == enrolment, _holds_on(day, absences), absences.c.ended_at.is_(None))
            .values(ended_at=now)
        )

    async def reported(self, people: Iterable[int], *, on: date, zone: ZoneInfo) -> dict[int, Report]:
        """What was reported of these enrolments for a day: the latest word, by enrolment."""
        rows = await self._connection.execute(
            select(absences.c.enrolment_id, absences.c.category, absences.c.reported_by)
            .where(absences.c.enrolment_id.in_(sorted(people)), was_reported_for(on, zone=zone))
            .order_by(absences.c.id)
        )
        return {row.enrolment_id: Report(category=Presence(row.category), reported_by=row.reported_by) for row in rows}

    async def whose(self, absence: int) -> int | None:
        """The enrolment of whoever this absence is of."""
        found = await self._connection.scalar(select(absences.c.enrolment_id).where(absences.c.id == absence))
        return None if found is None else int(found)

    async def end(self, absence: int, *, now: datetime) -> bool:
        """Somebody is back. `False` when that was known already."""
        done = await self._connection.execute(
            update(absences).where(absences.c.id == absence, absences.c.ended_at.is_(None)).values(ended_at=now)
        )
        return bool(done.rowcount)


def was_reported_for(day: date, *, zone: ZoneInfo, table: FromClause = absences) -> ColumnElement[bool]:
    """True of the absences that hold on this day, and that nobody ended before it was over."""
    over = moment(day + timedelta(days=1), time(0), zone)
    # Whoever came late and has come was late all the same.
    lasts = or_(table.c.ended_at.is_(None), table.c.ended_at >= over, table.c.category == Presence.LATE)
    return and_(_holds_on(day, table), lasts)


def _holds_on(day: date, table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.begins_on <= day, or_(table.c.ends_on.is_(None), table.c.ends_on >= day))
