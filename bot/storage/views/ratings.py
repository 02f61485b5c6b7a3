"""What people said of themselves is read here, with who recorded what they did not write themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from bot.domain.check_ins import RaterKind
from bot.storage.tables import check_ins, coaches, enrolments, given_ratings
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingSeen:
    """One value that counts. `value` is `None` for "I do not want to answer".

    `recorded_by` is the first name of the coach who kept it for the person, `None` when they answered themselves.
    """

    enrolment_id: int
    indicator: str
    value: int | None
    low: int
    high: int
    rater: str
    rated_at: datetime
    recorded_by: str | None = None
    check_in_id: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectedSeen:
    """A value that was said first, and counts no more. `value` is `None` for "I do not want to answer"."""

    value: int | None
    corrected_at: datetime


RATINGS: Select[Any] = (
    select(
        given_ratings.c.enrolment_id,
        given_ratings.c.indicator,
        given_ratings.c.value,
        given_ratings.c.low,
        given_ratings.c.high,
        given_ratings.c.rater,
        given_ratings.c.rated_at,
        given_ratings.c.check_in_id,
        coaches.c.first_name.label("recorded_by"),
    )
    .join(check_ins, check_ins.c.id == given_ratings.c.check_in_id)
    .outerjoin(
        coaches,
        and_(coaches.c.id == check_ins.c.rater_coach_id, given_ratings.c.rater == RaterKind.PARTICIPANT),
    )
    .where(given_ratings.c.corrected_at.is_(None))
    .order_by(given_ratings.c.rated_at, given_ratings.c.id)
)


async def own_ratings(look: Look, wanted: Iterable[int]) -> list[RatingSeen]:
    """The participants' own ratings that count, of these enrolments as far as they are seen, the oldest first."""
    rows = await look.connection.execute(
        RATINGS.join(enrolments, enrolments.c.id == given_ratings.c.enrolment_id).where(
            enrolments.c.id.in_(sorted(set(wanted))),
            look.sees,
            given_ratings.c.rater == RaterKind.PARTICIPANT,
        )
    )
    return [RatingSeen(**row._mapping) for row in rows]


_CORRECTED = (
    select(given_ratings.c.check_in_id, given_ratings.c.indicator, given_ratings.c.value, given_ratings.c.corrected_at)
    .join(enrolments, enrolments.c.id == given_ratings.c.enrolment_id)
    .where(given_ratings.c.corrected_at.is_not(None), given_ratings.c.rater == RaterKind.PARTICIPANT)
    .order_by(given_ratings.c.corrected_at, given_ratings.c.id)
)


async def corrected_ratings(look: Look, enrolment: int) -> dict[tuple[int, str], list[CorrectedSeen]]:
    """What somebody who is seen said first and then corrected, by check-in and indicator, the oldest first."""
    rows = await look.connection.execute(_CORRECTED.where(enrolments.c.id == enrolment, look.sees))
    found: dict[tuple[int, str], list[CorrectedSeen]] = {}
    for row in rows:
        was = CorrectedSeen(value=row.value, corrected_at=row.corrected_at)
        found.setdefault((row.check_in_id, row.indicator), []).append(was)
    return found
