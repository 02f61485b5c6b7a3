"""What nobody has seen to yet is read here by how much it needs somebody: alerts, questions and doubtful sends."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Subquery, and_, case, exists, func, or_, select

from bot.domain.alerts import TELLS_WORDS, TOLD_AS_UNREACHABLE, WANTS_ANSWER, AlertKind, kind_of
from bot.domain.messages import InboundKind, OutboxStatus
from bot.storage.tables import addresses, alerts, enrolments, inbox, outbox
from bot.storage.unsigned import UNSIGNED
from bot.storage.views.sight import Look
from bot.storage.views.today_people import PLACES, Part, PersonSeen, Section, person_columns, person_of
from bot.storage.views.today_silent import is_unreachable


class Kept(StrEnum):
    """The sections of the day that are made of alerts."""

    ALERTS = "alerts"
    QUESTIONS = "questions"
    UNCERTAIN = AlertKind.UNCERTAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertSeen:
    """Something nobody has seen to. `person` is `None` when it is about no participant.

    `words` are what was written, as it came; `status` is of the message it is about; `has_it` is the coach it was
    given to.
    """

    id: int
    kind: AlertKind
    raised_at: datetime
    has_it: int | None
    words: str | None
    status: str | None
    person: PersonSeen | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertPlace:
    """An alert the reader may do something about, and the enrolment through which they see it, if it has one."""

    id: int
    enrolment_id: int | None


async def open_alerts(look: Look, part: Part, *, today: date, now: datetime) -> dict[Kept, Section[AlertSeen]]:
    """All that is open, by section, in the order in which it needs somebody."""
    numbered = _numbered(look, today=today, now=now)
    sent = and_(outbox.c.id == alerts.c.about, alerts.c.kind == AlertKind.UNCERTAIN)
    rows = await look.connection.execute(
        select(
            alerts.c.id,
            alerts.c.kind,
            alerts.c.raised_at,
            alerts.c.coach_id.label("has_it"),
            inbox.c.words,
            outbox.c.status,
            numbered.c.section,
            numbered.c.total,
            *person_columns(),
        )
        .select_from(
            numbered.join(alerts, alerts.c.id == numbered.c.id)
            .outerjoin(PLACES, enrolments.c.id == numbered.c.place_seen)
            .outerjoin(inbox, _told())
            .outerjoin(outbox, sent)
        )
        .where(numbered.c.place > part.skip, numbered.c.place <= part.skip + part.most)
        .order_by(numbered.c.place)
    )
    found: dict[Kept, list[Row[Any]]] = {one: [] for one in Kept}
    for row in rows:
        found[Kept(row.section)].append(row)
    return {
        section: Section(lines=tuple(_alert(row, look) for row in several), total=several[0].total if several else 0)
        for section, several in found.items()
    }


async def alert_seen(look: Look, alert: int) -> AlertPlace | None:
    """This alert, open or not, if the reader may see it."""
    place = _place(look).label("enrolment_id")
    row = (
        await look.connection.execute(
            select(alerts.c.id, place).where(alerts.c.id == alert, or_(place.is_not(None), _nobodys(look)))
        )
    ).first()
    return None if row is None else AlertPlace(id=row.id, enrolment_id=row.enrolment_id)


def _numbered(look: Look, *, today: date, now: datetime) -> Subquery:
    seen = (
        select(
            alerts.c.id,
            alerts.c.participant_id,
            alerts.c.raised_at,
            _section().label("section"),
            _urgency().label("urgency"),
            _place(look).label("place_seen"),
        )
        .where(
            alerts.c.organisation_id == look.sight.organisation_id,
            alerts.c.acknowledged_at.is_(None),
            or_(alerts.c.later_until.is_(None), alerts.c.later_until <= now),
            ~_settled(),
            ~_told_elsewhere(today),
            or_(alerts.c.participant_id.is_not(None), _nobodys(look)),
        )
        .subquery()
    )
    order_by = (seen.c.urgency, seen.c.raised_at, seen.c.id)
    return (
        select(
            seen.c.id,
            seen.c.section,
            seen.c.place_seen,
            func.count().over(partition_by=seen.c.section).label("total"),
            func.row_number().over(partition_by=seen.c.section, order_by=order_by).label("place"),
        )
        .where(or_(seen.c.place_seen.is_not(None), seen.c.participant_id.is_(None)))
        .subquery()
    )


def _section() -> ColumnElement[str]:
    return case(
        (alerts.c.kind.in_(WANTS_ANSWER), Kept.QUESTIONS.value),
        (alerts.c.kind == AlertKind.UNCERTAIN, Kept.UNCERTAIN.value),
        else_=Kept.ALERTS.value,
    )


def _urgency() -> ColumnElement[int]:
    order = tuple(AlertKind)
    return case(*((alerts.c.kind == kind, place) for place, kind in enumerate(order)), else_=order.index(AlertKind.OWN))


def _told() -> ColumnElement[bool]:
    """True of an alert and the message it is about, if its words are to be read with it."""
    return and_(
        inbox.c.id == alerts.c.about,
        # What nobody signed is for the coaches of all who may have written it.
        or_(
            inbox.c.participant_id == alerts.c.participant_id,
            and_(inbox.c.state == UNSIGNED, alerts.c.kind == AlertKind.UNSIGNED),
        ),
        inbox.c.kind.in_((InboundKind.WORDS, InboundKind.EDIT)),
        # Of an alert that a flow raised, `about` is a conversation.
        alerts.c.kind.in_(TELLS_WORDS),
    )


def _place(look: Look) -> ScalarSelect[Any]:
    """The enrolment through which the reader sees whom an alert is about: their first, of several."""
    return (
        select(func.min(enrolments.c.id))
        .where(
            enrolments.c.participant_id == alerts.c.participant_id,
            or_(alerts.c.programme_id.is_(None), alerts.c.programme_id == enrolments.c.programme_id),
            look.sees,
        )
        .correlate(alerts)
        .scalar_subquery()
    )


def _nobodys(look: Look) -> ColumnElement[bool]:
    """What is about no participant is everybody's to see, unless it was meant for one coach."""
    whose = sorted({look.sight.coach_id, *look.sight.stands_in_for})
    return and_(
        alerts.c.organisation_id == look.sight.organisation_id,
        alerts.c.participant_id.is_(None),
        or_(alerts.c.coach_id.is_(None), alerts.c.coach_id.in_(whose)),
    )


def _settled() -> ColumnElement[bool]:
    """A send that was in doubt and arrived after all needs nobody, nor does a block that was lifted."""
    arrived = outbox.c.status.in_((OutboxStatus.SENT, OutboxStatus.DELIVERED))
    blocked = and_(addresses.c.participant_id == alerts.c.participant_id, addresses.c.blocked_at.is_not(None))
    return or_(
        and_(alerts.c.kind == AlertKind.UNCERTAIN, exists().where(outbox.c.id == alerts.c.about, arrived)),
        and_(alerts.c.kind == AlertKind.PROVIDER_BLOCKS, ~exists().where(blocked)),
    )


def _told_elsewhere(today: date) -> ColumnElement[bool]:
    lines = select(enrolments.c.id).select_from(PLACES).correlate(alerts)
    return and_(
        alerts.c.kind.in_(TOLD_AS_UNREACHABLE),
        lines.where(enrolments.c.participant_id == alerts.c.participant_id, is_unreachable(today)).exists(),
    )


def _alert(row: Row[Any], look: Look) -> AlertSeen:
    return AlertSeen(
        id=row.id,
        kind=kind_of(row.kind),
        raised_at=row.raised_at,
        has_it=row.has_it,
        words=row.words,
        status=row.status,
        person=None if row.enrolment_id is None else person_of(row, look.sealer),
    )
