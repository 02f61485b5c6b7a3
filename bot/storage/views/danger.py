"""Whether nothing is begun with somebody because of words of danger is read here, and what of it nobody has yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, or_, select

from bot.domain.alerts import URGENT, AlertKind
from bot.domain.people import Participant
from bot.storage.tables import alerts, enrolments, participants
from bot.storage.views.sight import Look
from bot.storage.views.today_people import PLACES, Part, PersonSeen, Section, person_columns, person_of

_CRY = and_(
    alerts.c.participant_id == participants.c.id,
    alerts.c.kind == AlertKind.CRISIS,
    # What was held, resumed and then held again by a coach is no longer held for what was written before.
    alerts.c.raised_at >= participants.c.held_at,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DangerSeen:
    """`held`: nothing is begun because of words of danger. `cry` and `unreached` are alerts nobody has yet, if any."""

    held: bool
    cry: int | None
    unreached: int | None


async def danger_of(look: Look, one: Participant) -> DangerSeen:
    """How it stands with somebody the reader sees."""
    row = (
        await look.connection.execute(
            select(
                select(alerts.c.id).where(_CRY).correlate(participants).exists().label("held"),
                _first_open(AlertKind.CRISIS, one).label("cry"),
                _first_open(AlertKind.CRISIS_UNDELIVERED, one).label("unreached"),
            ).where(participants.c.id == one.id)
        )
    ).one()
    return DangerSeen(held=bool(row.held), cry=row.cry, unreached=row.unreached)


async def held_people(look: Look, part: Part, *, now: datetime) -> Section[PersonSeen]:
    """Those the reader sees with whom nothing is begun after words of danger that somebody has taken on."""
    waits = and_(
        alerts.c.participant_id == participants.c.id,
        alerts.c.kind.in_(URGENT),
        alerts.c.acknowledged_at.is_(None),
        or_(alerts.c.later_until.is_(None), alerts.c.later_until <= now),
    )
    first = (
        select(func.min(enrolments.c.id))
        .select_from(PLACES)
        .where(participants.c.held_at.is_not(None), look.sees)
        .group_by(enrolments.c.participant_id)
        .correlate(None)
    )
    columns = [*person_columns(), func.count().over().label("total")]
    rows = (
        await look.connection.execute(
            select(*columns)
            .select_from(PLACES)
            .where(
                enrolments.c.id.in_(first),
                select(alerts.c.id).where(_CRY).correlate(participants).exists(),
                ~select(alerts.c.id).where(waits).correlate(participants).exists(),
            )
            .order_by(participants.c.held_at, enrolments.c.id)
            .limit(part.most)
            .offset(part.skip)
        )
    ).all()
    return Section(lines=tuple(person_of(row, look.sealer) for row in rows), total=int(rows[0].total) if rows else 0)


def _first_open(kind: AlertKind, one: Participant) -> ScalarSelect[Any]:
    return (
        select(func.min(alerts.c.id))
        .where(
            alerts.c.participant_id == one.id,
            or_(alerts.c.programme_id.is_(None), alerts.c.programme_id == one.programme_id),
            alerts.c.kind == kind,
            alerts.c.acknowledged_at.is_(None),
        )
        .scalar_subquery()
    )
