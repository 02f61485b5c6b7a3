"""What is counted of a programme leaves the database as sums: nobody's row is read for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    String,
    and_,
    case,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.domain.figures import age_band
from bot.domain.people import Presence
from bot.storage.database import Database
from bot.storage.tables import attendances, check_ins, enrolments, given_ratings, participants


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """How often something was so, of how many times, and how many people stand behind it."""

    times: int = 0
    of: int = 0
    people: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Averages:
    """How some people's ratings of one thing began, and where they have come to."""

    first: float
    latest: float
    people: int


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A programme in sums, before it is decided which of them may be told."""

    phases: Mapping[str, int] = field(default_factory=dict)
    genders: Mapping[str, int] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)
    attendance: Part = Part()
    answers: Part = Part()
    ratings: Mapping[str, Averages] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What participants are asked now, and on which scale."""

    indicators: Collection[str]
    low: int
    high: int
    drop_ins: Collection[str] = ()
    """The activities at which nobody is missed, and nobody counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The days that shares are about: `since` and `until` are their first moments, `until` is no longer among them."""

    since: datetime
    until: datetime
    first_day: date
    today: date


async def sums_of(database: Database, programme_id: int, *, asked: Asked, span: Span) -> Sums:
    """One programme, as of `span.until`."""
    async with database.reading() as connection:
        return Sums(
            phases=await _grouped(connection, enrolments.c.phase, programme_id, span),
            genders=await _grouped(connection, func.coalesce(participants.c.gender, "unknown"), programme_id, span),
            ages=await _ages(connection, programme_id, span),
            attendance=await _attendance(connection, programme_id, asked, span),
            answers=await _answers(connection, programme_id, span),
            ratings=await _ratings(connection, programme_id, asked, span),
        )


def _takes_part(programme_id: int, today: date) -> ColumnElement[bool]:
    return and_(
        enrolments.c.programme_id == programme_id,
        enrolments.c.started_on <= today,
        or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= today),
    )


async def _grouped(
    connection: AsyncConnection, by: ColumnElement[str], programme_id: int, span: Span
) -> dict[str, int]:
    rows = await connection.execute(
        select(by.label("name"), func.count())
        .select_from(enrolments.join(participants, participants.c.id == enrolments.c.participant_id))
        .where(_takes_part(programme_id, span.today))
        .group_by(by)
    )
    return {row.name: row[1] for row in rows}


async def _ages(connection: AsyncConnection, programme_id: int, span: Span) -> dict[str, int]:
    rows = await connection.execute(
        select(participants.c.birth_year, func.count())
        .join(enrolments, enrolments.c.participant_id == participants.c.id)
        .where(_takes_part(programme_id, span.today))
        .group_by(participants.c.birth_year)
    )
    found: dict[str, int] = {}
    for row in rows:
        band = age_band(row.birth_year, year=span.today.year)
        found[band] = found.get(band, 0) + row[1]
    return found


async def _attendance(connection: AsyncConnection, programme_id: int, asked: Asked, span: Span) -> Part:
    came = case((attendances.c.presence.in_((Presence.PRESENT, Presence.LATE)), 1), else_=0)
    row = (
        await connection.execute(
            select(func.sum(came), func.count(), func.count(distinct(attendances.c.enrolment_id)))
            .join(enrolments, enrolments.c.id == attendances.c.enrolment_id)
            .where(
                enrolments.c.programme_id == programme_id,
                attendances.c.held_on >= span.first_day,
                attendances.c.held_on < span.today,
                attendances.c.activity.not_in(sorted(asked.drop_ins)),
            )
        )
    ).one()
    return Part(times=row[0] or 0, of=row[1], people=row[2])


async def _answers(connection: AsyncConnection, programme_id: int, span: Span) -> Part:
    answered = exists().where(given_ratings.c.check_in_id == check_ins.c.id, given_ratings.c.corrected_at.is_(None))
    row = (
        await connection.execute(
            select(
                func.sum(case((answered, 1), else_=0)),
                func.count(),
                func.count(distinct(check_ins.c.enrolment_id)),
            )
            .join(enrolments, enrolments.c.id == check_ins.c.enrolment_id)
            .where(
                enrolments.c.programme_id == programme_id,
                # What a coach recorded was asked by the coach: this is about what the program asked.
                check_ins.c.conversation_id.is_not(None),
                check_ins.c.rater == RaterKind.PARTICIPANT,
                check_ins.c.began_at >= span.since,
                check_ins.c.began_at < span.until,
            )
        )
    ).one()
    return Part(times=row[0] or 0, of=row[1], people=row[2])


async def _ratings(connection: AsyncConnection, programme_id: int, asked: Asked, span: Span) -> dict[str, Averages]:
    """Of whoever has rated something on the scale of today."""
    if not asked.indicators:
        return {}
    # An index leads to the first and the latest of each person and indicator: a year of those between is not read.
    names = union_all(*(select(literal(one, String).label("indicator")) for one in asked.indicators)).subquery()
    ends = (
        select(
            names.c.indicator,
            _end(names.c.indicator, asked, span, newest=False).label("first"),
            _end(names.c.indicator, asked, span, newest=True).label("latest"),
        )
        .select_from(enrolments.join(names, true()))
        .where(enrolments.c.programme_id == programme_id)
        .subquery()
    )
    # Whoever never rated it counts nowhere: asked for in a condition, their first would be looked for twice.
    rows = await connection.execute(
        select(ends.c.indicator, func.avg(ends.c.first), func.avg(ends.c.latest), func.count(ends.c.first)).group_by(
            ends.c.indicator
        )
    )
    return {row[0]: Averages(first=float(row[1]), latest=float(row[2]), people=row[3]) for row in rows if row[3]}


def _end(indicator: ColumnElement[str], asked: Asked, span: Span, *, newest: bool) -> ScalarSelect[int]:
    """Somebody's own first or latest value of it that counts."""
    order = (given_ratings.c.rated_at, given_ratings.c.id)
    return (
        select(given_ratings.c.value)
        .where(
            given_ratings.c.enrolment_id == enrolments.c.id,
            given_ratings.c.indicator == indicator,
            given_ratings.c.rater == RaterKind.PARTICIPANT,
            given_ratings.c.corrected_at.is_(None),
            given_ratings.c.value.is_not(None),
            given_ratings.c.low == asked.low,
            given_ratings.c.high == asked.high,
            given_ratings.c.rated_at < span.until,
        )
        .order_by(*((one.desc() for one in order) if newest else order))
        .limit(1)
        .correlate_except(given_ratings)
        .scalar_subquery()
    )
