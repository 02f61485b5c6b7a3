"""Who is not coming, from when to when, is kept here by category, and never with a reason in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Row, and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import moment
from bot.domain.day import NewAbsence
from bot.domain.messages import OutboxStatus, Purpose
from bot.domain.people import Presence
from bot.storage.tables import absences, outbox

ABSENT = "absent"
"""Why something was not sent or not begun: the person is away that day."""

_BEGUN_BY_US = (Purpose.REMINDER, Purpose.NUDGE, Purpose.QUESTION)
_IS_AWAY = and_(absences.c.ended_at.is_(None), absences.c.category != Presence.LATE)
_AWAY = select(absences.c.enrolment_id, absences.c.begins_on, absences.c.ends_on).where(
    absences.c.enrolment_id.in_(bindparam("ids", expanding=True)),
    _IS_AWAY,
    absences.c.begins_on <= bindparam("last"),
    or_(absences.c.ends_on.is_(None), absences.c.ends_on >= bindparam("first")),
)
_ASKABLE = select(
    absences.c.id,
    absences.c.enrolment_id,
    absences.c.category,
    absences.c.begins_on,
    absences.c.ends_on,
    absences.c.asked_back_at,
).where(_IS_AWAY)
_NOT_OVER = _ASKABLE.where(
    or_(
        and_(absences.c.ends_on.is_(None), absences.c.begins_on >= bindparam("since")),
        absences.c.ends_on >= bindparam("since"),
    )
).order_by(absences.c.id)
_ASKED = _ASKABLE.where(
    absences.c.enrolment_id.in_(bindparam("ids", expanding=True)), absences.c.asked_back_at >= bindparam("since")
).order_by(absences.c.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """That somebody is not coming, and who said so."""

    category: Presence
    reported_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Away:
    """On which days these enrolments are away, each as the first day and the last (`None`: nobody knows yet)."""

    days: Mapping[int, tuple[tuple[date, date | None], ...]]

    def on(self, enrolment: int, *days: date) -> bool:
        """Whether somebody is away on any of these days."""
        return any(
            begins <= day and (ends is None or day <= ends)
            for begins, ends in self.days.get(enrolment, ())
            for day in days
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """An absence of which its person may be asked whether it is over. `asked_at`: when they last were."""

    id: int
    enrolment_id: int
    category: Presence
    begins_on: date
    ends_on: date | None
    asked_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hush:
    """Somebody to whom what we begin in a programme is not sent from a moment until another, both if known."""

    participant_id: int
    programme_id: int
    since: datetime | None
    until: datetime | None


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

    async def report(self, enrolment: int, absence: NewAbsence, *, today: date, now: datetime) -> tuple[int, bool]:
        """Somebody is not coming. Gives the absence's id, and whether it is news: the same report twice is one.

        The latest word counts: what was reported before of a day that has come is over, and an absence that only goes
        on longer, or less long, is still the same one. `today` is the person's.
        """
        known = await self.same(enrolment, absence)
        if known is not None:
            return known, False
        going_on = await self._going_on(enrolment, absence)
        if absence.begins_on <= today:
            await self.end_those_on(enrolment, absence.begins_on, but=going_on, now=now)
        if going_on is None:
            return await self.add(enrolment, absence, now=now), True
        await self.last_until(going_on, absence.last_day)
        return going_on, True

    async def _going_on(self, enrolment: int, absence: NewAbsence) -> int | None:
        """The absence of the same kind that this one continues: it holds on that day, or ended the day before."""
        before = absence.begins_on - timedelta(days=1)
        found = await self._connection.scalar(
            select(absences.c.id)
            .where(
                absences.c.enrolment_id == enrolment,
                absences.c.category == absence.category,
                absences.c.category != Presence.LATE,
                absences.c.begins_on <= absence.begins_on,
                or_(absences.c.ends_on.is_(None), absences.c.ends_on >= before),
                absences.c.ended_at.is_(None),
            )
            .order_by(absences.c.id.desc())
            .limit(1)
        )
        return None if found is None else int(found)

    async def last_until(self, absence: int, day: date | None) -> None:
        """The absence lasts until this day (included); `None`: until somebody says that it is over."""
        await self._connection.execute(update(absences).where(absences.c.id == absence).values(ends_on=day))

    async def end_those_on(self, enrolment: int, day: date, *, now: datetime, but: int | None = None) -> int:
        """End every absence of somebody that would hold on this day. Gives how many there were."""
        done = await self._connection.execute(
            update(absences)
            .where(
                absences.c.enrolment_id == enrolment,
                _holds_on(day, absences),
                absences.c.ended_at.is_(None),
                absences.c.id != (but or 0),
            )
            .values(ended_at=now)
        )
        return done.rowcount

    async def away(self, people: Iterable[int], *, first: date, last: date) -> Away:
        """When these enrolments are away from the first day to the last: coming late is coming."""
        wanted = sorted(set(people))
        found: dict[int, list[tuple[date, date | None]]] = {}
        if wanted:
            rows = await self._connection.execute(_AWAY, {"ids": wanted, "first": first, "last": last})
            for row in rows:
                found.setdefault(row.enrolment_id, []).append((row.begins_on, row.ends_on))
        return Away(days={enrolment: tuple(spans) for enrolment, spans in found.items()})

    async def away_about(self, people: Iterable[int], *, now: datetime) -> Away:
        """When these enrolments are away by now, whatever day it is where they live."""
        today = now.date()
        return await self.away(people, first=today - timedelta(days=1), last=today + timedelta(days=1))

    async def not_over(self, *, since: date) -> list[Asking]:
        """What nobody has ended and what began, or was to end, on this day or later."""
        rows = await self._connection.execute(_NOT_OVER, {"since": since})
        return [_asking(row) for row in rows]

    async def asked_of(self, people: Iterable[int], *, since: datetime) -> list[Asking]:
        """The absences of these enrolments about which they were asked since then, and that nobody has ended."""
        rows = await self._connection.execute(_ASKED, {"ids": sorted(set(people)), "since": since})
        return [_asking(row) for row in rows]

    async def note_asked(self, ids: Iterable[int], *, now: datetime) -> None:
        """The people were asked about these just now."""
        wanted = sorted(set(ids))
        if wanted:
            await self._connection.execute(update(absences).where(absences.c.id.in_(wanted)).values(asked_back_at=now))

    async def reported(self, people: Iterable[int], *, on: date, zone: ZoneInfo) -> dict[int, Report]:
        """What was reported of these enrolments for a day: the latest word, by enrolment."""
        rows = await self._connection.execute(
            select(absences.c.enrolment_id, absences.c.category, absences.c.reported_by)
            .where(absences.c.enrolment_id.in_(sorted(people)), was_reported_for(on, zone=zone))
            .order_by(absences.c.id)
        )
        return {row.enrolment_id: Report(category=Presence(row.category), reported_by=row.reported_by) for row in rows}

    async def hush(self, one: Hush, *, now: datetime) -> set[int]:
        """What waits to leave in this time is cancelled. Gives the conversations whose question nobody will see."""
        which = [
            *(outbox.c.participant_id == one.participant_id, outbox.c.programme_id == one.programme_id),
            *(outbox.c.status == OutboxStatus.QUEUED, outbox.c.purpose.in_(_BEGUN_BY_US)),
        ]
        which += [outbox.c.available_at >= one.since] if one.since is not None else []
        which += [outbox.c.available_at < one.until] if one.until is not None else []
        rows = await self._connection.execute(
            update(outbox)
            .where(*which)
            .values(status=OutboxStatus.CANCELLED, error=ABSENT, settled_at=now)
            .returning(outbox.c.conversation_id, outbox.c.purpose)
        )
        return {row.conversation_id for row in rows if row.conversation_id and row.purpose != Purpose.NUDGE}

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


def _asking(row: Row[*tuple[Any, ...]]) -> Asking:
    return Asking(
        id=row.id,
        enrolment_id=row.enrolment_id,
        category=Presence(row.category),
        begins_on=row.begins_on,
        ends_on=row.ends_on,
        asked_at=row.asked_back_at,
    )


def _holds_on(day: date, table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.begins_on <= day, or_(table.c.ends_on.is_(None), table.c.ends_on >= day))
