"""What a coach's day holds is read here in a fixed number of questions, however many people there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, func, literal, or_, select, union_all

from bot.domain.day import AsideLine, TakingPart
from bot.domain.people import Presence
from bot.domain.summaries import Ahead
from bot.storage.absences import was_reported_for
from bot.storage.memberships import MEMBERSHIPS, holds, memberships_of
from bot.storage.put_asides import not_aside
from bot.storage.tables import absences, attendances, coaches, enrolments, memberships, milestones, participants
from bot.storage.views.sight import Look
from bot.storage.views.today_people import (
    PLACES,
    Part,
    PersonSeen,
    Section,
    person_columns,
    person_of,
    takes_part,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsentSeen:
    """Somebody who is not coming today, or comes late."""

    id: int
    category: Presence
    begins_on: date
    ends_on: date | None
    late_minutes: int | None
    reported_by: str
    person: PersonSeen


@dataclass(frozen=True, kw_only=True, slots=True)
class DateSeen:
    """Something that happens to somebody this week. `slug` is a milestone's."""

    what: Ahead
    on: date
    slug: str
    person: PersonSeen


@dataclass(frozen=True, kw_only=True, slots=True)
class ColleagueSeen:
    """A coach, and who stands in for them."""

    id: int
    first_name: str
    away_until: date | None
    deputy: str | None


async def taking_part(look: Look, *, on: date) -> dict[int, TakingPart]:
    """How many people the reader sees who take part that day, by programme."""
    rows = await look.connection.execute(
        select(enrolments.c.programme_id, enrolments.c.phase, func.count().label("people"))
        .where(look.sees, takes_part(on))
        .group_by(enrolments.c.programme_id, enrolments.c.phase)
        .order_by(enrolments.c.programme_id)
    )
    phases: dict[int, dict[str, int]] = {}
    for row in rows:
        phases.setdefault(row.programme_id, {})[row.phase] = row.people
    rows = await look.connection.execute(
        select(enrolments.c.programme_id, memberships.c.block, enrolments.c.phase, func.count().label("people"))
        .join(memberships, memberships.c.enrolment_id == enrolments.c.id)
        .where(look.sees, takes_part(on), holds(on))
        .group_by(enrolments.c.programme_id, memberships.c.block, enrolments.c.phase)
    )
    members: dict[int, dict[tuple[str, str], int]] = {}
    for row in rows:
        members.setdefault(row.programme_id, {})[row.block, row.phase] = row.people
    return {one: TakingPart(phases=found, members=members.get(one, {})) for one, found in phases.items()}


async def programmes_seen(look: Look) -> set[int]:
    """The programmes of everybody the reader sees."""
    rows = await look.connection.execute(select(enrolments.c.programme_id).where(look.sees).distinct())
    return set(rows.scalars())


async def noted(
    look: Look, *, on: date, activities: Iterable[str]
) -> dict[int, dict[tuple[str, str, tuple[str, ...]], int]]:
    """Of how many it is noted whether they came that day: by programme, then by activity, phase now and blocks then."""
    belongs = MEMBERSHIPS.label("belongs")
    rows = await look.connection.execute(
        select(enrolments.c.programme_id, attendances.c.activity, enrolments.c.phase, belongs)
        .join(attendances, attendances.c.enrolment_id == enrolments.c.id)
        # The activities are named so that a year of other notes need not be looked through.
        .where(look.sees, takes_part(on), attendances.c.held_on == on, attendances.c.activity.in_(sorted(activities)))
    )
    found: dict[int, dict[tuple[str, str, tuple[str, ...]], int]] = {}
    for row in rows:
        blocks = tuple(one.block for one in memberships_of(row.belongs) if one.holds(on))
        mine, key = found.setdefault(row.programme_id, {}), (row.activity, row.phase, blocks)
        mine[key] = mine.get(key, 0) + 1
    return found


async def absent(look: Look, part: Part, *, on: date, zone: ZoneInfo) -> Section[AbsentSeen]:
    """Who is ill, late or away that day, by name: of several reports the latest counts."""
    latest = (
        select(func.max(absences.c.id))
        .join(enrolments, enrolments.c.id == absences.c.enrolment_id)
        .where(look.sees, takes_part(on), was_reported_for(on, zone=zone), absences.c.ended_at.is_(None))
        .group_by(absences.c.enrolment_id)
    )
    rows = (
        await look.connection.execute(
            select(
                absences.c.id,
                absences.c.category,
                absences.c.begins_on,
                absences.c.ends_on,
                absences.c.late_minutes,
                absences.c.reported_by,
                func.count().over().label("total"),
                *person_columns(),
            )
            .select_from(PLACES.join(absences, absences.c.enrolment_id == enrolments.c.id))
            .where(absences.c.id.in_(latest))
            .order_by(func.lower(participants.c.first_name), absences.c.id)
            .limit(part.most)
            .offset(part.skip)
        )
    ).all()
    lines = tuple(
        AbsentSeen(
            id=row.id,
            category=Presence(row.category),
            begins_on=row.begins_on,
            ends_on=row.ends_on,
            late_minutes=row.late_minutes,
            reported_by=row.reported_by,
            person=person_of(row, look.sealer),
        )
        for row in rows
    )
    return Section(lines=lines, total=rows[0].total if rows else 0)


async def absence_seen(look: Look, absence: int) -> bool:
    """Whether this absence is of somebody the reader sees."""
    found = await look.connection.scalar(
        select(absences.c.id)
        .join(enrolments, enrolments.c.id == absences.c.enrolment_id)
        .where(absences.c.id == absence, look.sees)
    )
    return found is not None


async def dates(look: Look, part: Part, *, week: tuple[date, date], now: datetime) -> Section[DateSeen]:
    """Who begins, who should reach something and whose last day it is, from the first of these days to the last."""
    first, last = week
    enrolment = enrolments.c.id.label("enrolment")
    begins = select(
        enrolment,
        literal(Ahead.START.value, String).label("what"),
        enrolments.c.started_on.label("on"),
        literal("", String).label("slug"),
    ).where(look.sees, enrolments.c.started_on.between(first, last), not_aside(AsideLine.START, now=now))
    reaches = (
        select(enrolment, literal(Ahead.MILESTONE.value, String), milestones.c.due_on, milestones.c.slug)
        .join(milestones, milestones.c.enrolment_id == enrolments.c.id)
        .where(
            look.sees,
            milestones.c.reached_on.is_(None),
            milestones.c.due_on.between(first, last),
            or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= milestones.c.due_on),
            not_aside(AsideLine.MILESTONE, about=milestones.c.slug, now=now),
        )
    )
    ends = select(enrolment, literal(Ahead.LAST_DAY.value, String), enrolments.c.ended_on, literal("", String)).where(
        look.sees, enrolments.c.ended_on.between(first, last), not_aside(AsideLine.LAST_DAY, now=now)
    )
    days = union_all(begins, reaches, ends).subquery()
    rows = (
        await look.connection.execute(
            select(days.c.what, days.c.on, days.c.slug, func.count().over().label("total"), *person_columns())
            .select_from(PLACES.join(days, days.c.enrolment == enrolments.c.id))
            .order_by(
                days.c.on, func.lower(participants.c.first_name), days.c.enrolment, days.c.what.desc(), days.c.slug
            )
            .limit(part.most)
            .offset(part.skip)
        )
    ).all()
    lines = tuple(
        DateSeen(what=Ahead(row.what), on=row.on, slug=row.slug, person=person_of(row, look.sealer)) for row in rows
    )
    return Section(lines=lines, total=rows[0].total if rows else 0)


async def colleagues(look: Look, wanted: Iterable[int]) -> Mapping[int, ColleagueSeen]:
    """These coaches, and who stands in for them."""
    deputies = coaches.alias("deputies")
    rows = await look.connection.execute(
        select(coaches.c.id, coaches.c.first_name, coaches.c.away_until, deputies.c.first_name.label("deputy"))
        .outerjoin(deputies, and_(deputies.c.id == coaches.c.deputy_id, deputies.c.removed_at.is_(None)))
        .where(coaches.c.organisation_id == look.sight.organisation_id, coaches.c.id.in_(sorted(set(wanted))))
        .order_by(coaches.c.first_name, coaches.c.id)
    )
    return {row.id: ColleagueSeen(**row._mapping) for row in rows}


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
