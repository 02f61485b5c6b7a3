"""The people somebody sees are listed a page at a time, narrowed as they ask, and nobody else is counted."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from bot.domain.people import AddressState, Agreement
from bot.storage.addresses import newest_address
from bot.storage.newcomers import COACHES_OF, CoachThere
from bot.storage.tables import addresses, coaches, enrolments, participants
from bot.storage.views.names import name_like
from bot.storage.views.sight import Look

A_PAGE = 25


class There(StrEnum):
    """Whether somebody is still in the programme."""

    PRESENT = "present"
    LEFT = "left"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """What counts as silence in a programme now: no word since `heard_before`, nor begun after `began_by`."""

    programme_id: int
    today: date
    heard_before: datetime
    began_by: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a list is narrowed to. `number` is the keyed hash of a whole phone number; `name` a part of a first name."""

    today: date
    now: datetime
    there: There = There.PRESENT
    programme_id: int | None = None
    coach_id: int | None = None
    phase: str = ""
    language: str = ""
    name: str = ""
    number: bytes | None = None
    silent_in: tuple[Rhythm, ...] | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One person in one programme. `reach` is the state of the preferred address, `None` without one."""

    enrolment_id: int
    participant_id: int
    programme_id: int
    first_name: str
    language: str
    channel: str
    reach: AddressState | None
    phase: str
    coach_id: int
    coach: str
    started_on: date
    ended_on: date | None
    stopped_at: datetime | None
    paused_until: datetime | None
    held_at: datetime | None
    protected: bool
    last_heard_at: datetime | None
    agreement: Agreement


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """Who accompanies whom where, of all that somebody sees: what a list can be narrowed to."""

    programme_id: int
    coach_id: int
    coach: str
    language: str


_LISTED: Select[Any] = (
    select(
        enrolments.c.id.label("enrolment_id"),
        participants.c.id.label("participant_id"),
        enrolments.c.programme_id,
        participants.c.first_name,
        participants.c.language,
        participants.c.preferred_channel.label("channel"),
        addresses.c.state.label("reach"),
        enrolments.c.phase,
        enrolments.c.coach_id,
        coaches.c.first_name.label("coach"),
        enrolments.c.started_on,
        enrolments.c.ended_on,
        participants.c.stopped_at,
        participants.c.paused_until,
        participants.c.held_at,
        participants.c.protected,
        participants.c.last_heard_at,
        enrolments.c.agreement,
    )
    .select_from(enrolments)
    .join(participants, participants.c.id == enrolments.c.participant_id)
    .join(coaches, coaches.c.id == enrolments.c.coach_id)
    .outerjoin(addresses, addresses.c.id == newest_address())
)


async def listed(look: Look, wanted: Wanted, *, page: int = 1, most: int = A_PAGE) -> list[Listed]:
    """One page of those who are wanted, by name."""
    rows = await look.connection.execute(
        _LISTED.where(*_conditions(look, wanted))
        .order_by(func.lower(participants.c.first_name), enrolments.c.id)
        .limit(most)
        .offset((page - 1) * most)
    )
    return [_one(row._mapping) for row in rows]


async def how_many(look: Look, wanted: Wanted) -> int:
    """How many there are of them."""
    counted = _LISTED.with_only_columns(func.count()).where(*_conditions(look, wanted))
    return int(await look.connection.scalar(counted) or 0)


async def one(look: Look, enrolment_id: int) -> Listed | None:
    """This place, if they see it."""
    row = (await look.connection.execute(_LISTED.where(enrolments.c.id == enrolment_id, look.sees))).first()
    return None if row is None else _one(row._mapping)


async def around(look: Look) -> list[Around]:
    """The programmes, coaches and languages of those they see; each once."""
    rows = await look.connection.execute(
        select(
            enrolments.c.programme_id,
            enrolments.c.coach_id,
            coaches.c.first_name.label("coach"),
            participants.c.language,
        )
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .where(look.sees)
        .distinct()
        .order_by(coaches.c.first_name, enrolments.c.coach_id, enrolments.c.programme_id, participants.c.language)
    )
    return [Around(**row._mapping) for row in rows]


async def coaches_of(look: Look, programme_id: int) -> list[CoachThere]:
    """The coaches of a programme, if it is theirs to lead."""
    if programme_id not in look.sight.leads:
        return []
    rows = await look.connection.execute(COACHES_OF, {"programme": programme_id})
    return [CoachThere(**row._mapping) for row in rows]


def _one(values: Any) -> Listed:
    return Listed(
        **{
            **values,
            "reach": AddressState(values["reach"]) if values["reach"] else None,
            "agreement": Agreement(values["agreement"]),
        }
    )


def _conditions(look: Look, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [look.sees, *_there(wanted)]
    for column, value in (
        (enrolments.c.programme_id, wanted.programme_id),
        (enrolments.c.coach_id, wanted.coach_id),
        (enrolments.c.phase, wanted.phase or None),
        (enrolments.c.agreement, wanted.agreement),
        (participants.c.language, wanted.language or None),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.name:
        found.append(name_like(participants.c.first_name, wanted.name, dialect=look.connection.dialect.name))
    if wanted.number is not None:
        has = select(addresses.c.participant_id).where(
            addresses.c.hash == wanted.number,
            addresses.c.channel == "sms",
            addresses.c.state != AddressState.WRONG,
        )
        found.append(participants.c.id.in_(has))
    if wanted.silent_in is not None:
        found += [_may_be_heard(wanted), or_(false(), *(_silent(one) for one in wanted.silent_in))]
    return found


def _there(wanted: Wanted) -> list[ColumnElement[bool]]:
    match wanted.there:
        case There.PRESENT:
            return [or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= wanted.today)]
        case There.LEFT:
            return [enrolments.c.ended_on < wanted.today]
        case There.ALL:
            return []


def _may_be_heard(wanted: Wanted) -> ColumnElement[bool]:
    """`domain/silence.py` says the same of one person."""
    return and_(
        participants.c.protected.is_(False),
        participants.c.stopped_at.is_(None),
        participants.c.held_at.is_(None),
        or_(participants.c.paused_until.is_(None), participants.c.paused_until <= wanted.now),
        addresses.c.state == AddressState.ACTIVE,
    )


def _silent(rhythm: Rhythm) -> ColumnElement[bool]:
    return and_(
        enrolments.c.programme_id == rhythm.programme_id,
        enrolments.c.started_on <= rhythm.began_by,
        or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= rhythm.today),
        or_(participants.c.last_heard_at.is_(None), participants.c.last_heard_at <= rhythm.heard_before),
    )
