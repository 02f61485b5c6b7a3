"""Who is expected at an activity, and whether they came, is read here a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true

from bot.domain.calendar import zone_of
from bot.domain.day import Attended, attended
from bot.domain.people import Presence
from bot.domain.programme import Activity
from bot.storage.absences import was_reported_for
from bot.storage.memberships import expects
from bot.storage.tables import absences, attendances, coaches, enrolments, participants
from bot.storage.views.sight import Look
from bot.storage.views.today_people import takes_part


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One activity on one day, where the reader lives."""

    programme_id: int
    activity: Activity
    on: date
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedSeen:
    """Somebody who is expected, or was and has been noted, and whether they came."""

    enrolment_id: int
    first_name: str
    coach_id: int
    coach: str
    attended: Attended
    late_minutes: int | None
    reported_by: str | None
    noted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """A page of them in name order, how many there are in all, and of how many it is noted whether they came."""

    people: tuple[ExpectedSeen, ...] = ()
    total: int = 0
    noted: int = 0


async def expected(look: Look, held: Held, *, most: int, skip: int = 0) -> Expected:
    """Who is expected, of those the reader sees."""
    query = _expected(look, held).limit(most).offset(skip)
    rows = (await look.connection.execute(query)).all()
    if not rows:
        return Expected()
    return Expected(people=tuple(_one(row) for row in rows), total=rows[0].total, noted=rows[0].noted)


async def expected_one(look: Look, held: Held, enrolment: int) -> ExpectedSeen | None:
    """One of them; `None` if nobody expects them there, or the reader does not see them."""
    row = (await look.connection.execute(_expected(look, held, only=enrolments.c.id == enrolment))).first()
    return None if row is None else _one(row)


async def counted(look: Look, held: Held) -> tuple[int, int]:
    """How many are expected, and of how many it is noted whether they came."""
    row = (await look.connection.execute(_expected(look, held).limit(1))).first()
    return (0, 0) if row is None else (row.total, row.noted)


def _expected(look: Look, held: Held, *, only: ColumnElement[bool] | None = None) -> Select[Any]:
    wanted = and_(takes_part(held.on), expects(held.activity, held.on))
    came = and_(
        attendances.c.enrolment_id == enrolments.c.id,
        attendances.c.activity == held.activity.slug,
        attendances.c.held_on == held.on,
    )
    return (
        select(
            enrolments.c.id,
            enrolments.c.coach_id,
            participants.c.first_name,
            coaches.c.first_name.label("coach"),
            attendances.c.presence,
            attendances.c.noted_by,
            absences.c.category,
            absences.c.late_minutes,
            absences.c.reported_by,
            func.count().over().label("total"),
            func.count(attendances.c.id).over().label("noted"),
        )
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .outerjoin(attendances, came)
        .outerjoin(absences, absences.c.id == _reported(held))
        .where(
            look.sees,
            enrolments.c.programme_id == held.programme_id,
            # Whoever was noted before they moved to another phase was expected then.
            or_(wanted, attendances.c.id.is_not(None)),
            true() if only is None else only,
        )
        .order_by(func.lower(participants.c.first_name), enrolments.c.id)
    )


def _reported(held: Held) -> ColumnElement[Any]:
    """The latest absence that was reported for the day and not taken back before it was over."""
    reports = absences.alias("reports")
    return (
        select(func.max(reports.c.id))
        .where(
            reports.c.enrolment_id == enrolments.c.id,
            was_reported_for(held.on, zone=zone_of(held.zone), table=reports),
        )
        .correlate(enrolments)
        .scalar_subquery()
    )


def _one(row: Row[Any]) -> ExpectedSeen:
    return ExpectedSeen(
        enrolment_id=row.id,
        first_name=row.first_name,
        coach_id=row.coach_id,
        coach=row.coach,
        attended=attended(
            None if row.presence is None else Presence(row.presence),
            noted_by=row.noted_by,
            reported=None if row.category is None else Presence(row.category),
        ),
        late_minutes=row.late_minutes,
        reported_by=row.reported_by,
        noted=row.presence is not None,
    )
