"""One person's page begins with how they stand: phase, coach, ways to reach them, milestones, other programmes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, select

from bot.domain.access import Role
from bot.domain.people import Address, ChannelName, Participant
from bot.storage.addresses import address_of
from bot.storage.people import WHOLE, participant_of
from bot.storage.tables import (
    addresses,
    appointments,
    changes,
    coaches,
    deep_links,
    enrolments,
    inbox,
    milestones,
    participants,
)
from bot.storage.views.agreement import Asking, Sharing, asking, sharing
from bot.storage.views.sight import Look

HANDED_FOR = timedelta(days=30)
"""How long both coaches are reminded that somebody was handed over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MilestoneSeen:
    """A milestone with a date."""

    slug: str
    due_on: date | None
    reached_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """Who accompanied the person before, who does now, and since when."""

    before: str
    after: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Another programme of the same person that the reader sees."""

    enrolment_id: int
    programme_id: int
    phase: str


@dataclass(frozen=True, kw_only=True)
class OnePerson:
    """How somebody stands. `addresses` are all known ones, the newest first; `coaches` the others of the programme."""

    participant: Participant
    channel: ChannelName
    phase_since: date
    phase_until: date | None
    coach_since: date
    coaches_before: int
    ended_reason: str | None
    enrolled_at: datetime
    answered_at: datetime | None
    linked_at: datetime | None
    last_heard_at: datetime | None
    addresses: tuple[Address, ...]
    milestones: dict[str, MilestoneSeen]
    elsewhere: tuple[Place, ...]
    handed: Handed | None
    coaches: dict[int, str]
    asking: Asking
    sharers: tuple[Sharing, ...]
    fallback_hours: int | None

    @property
    def enrolment_id(self) -> int:
        """The place this page is about."""
        return self.participant.enrolment_id


async def person(look: Look, enrolment: int, *, now: datetime) -> OnePerson | None:
    """Somebody the reader sees; `None` for everybody else, and for nobody."""
    row = (await look.connection.execute(_HEAD.where(enrolments.c.id == enrolment, look.sees))).first()
    if row is None:
        return None
    known = participant_of(row, look.sealer)
    return OnePerson(
        participant=known,
        channel=ChannelName(row.preferred_channel),
        phase_since=row.phase_since,
        phase_until=row.phase_until,
        coach_since=row.coach_since,
        coaches_before=row.coaches_before,
        ended_reason=row.ended_reason,
        enrolled_at=row.created_at,
        answered_at=row.answered_at,
        linked_at=row.linked_at,
        last_heard_at=row.last_heard_at,
        addresses=await _addresses(look, enrolment),
        milestones=await _milestones(look, enrolment),
        elsewhere=await _elsewhere(look, known),
        handed=await _handed(look, enrolment, now=now),
        coaches=await _coaches(look, known),
        asking=await asking(look, enrolment),
        sharers=await sharing(look, known.id),
        fallback_hours=row.fallback_hours,
    )


async def seen(look: Look, enrolment: int) -> Participant | None:
    """Only who it is: for what is sent from a form."""
    row = (await look.connection.execute(_ONE.where(enrolments.c.id == enrolment, look.sees))).first()
    return None if row is None else participant_of(row, look.sealer)


async def handed_by_reader(look: Look, enrolment: int, *, now: datetime) -> tuple[str, Handed] | None:
    """Whom the reader accompanied until somebody else took over, not long ago: the first name, and who it is now."""
    row = (
        await look.connection.execute(
            _HANDED.add_columns(participants.c.first_name)
            .join(participants, participants.c.id == enrolments.c.participant_id)
            .where(
                enrolments.c.id == enrolment,
                enrolments.c.organisation_id == look.sight.organisation_id,
                enrolments.c.programme_id.in_(sorted(look.sight.coaches_in)),
                changes.c.was == str(look.sight.coach_id),
                changes.c.changed_at >= now - HANDED_FOR,
            )
        )
    ).first()
    return None if row is None else (row.first_name, _as_handed(row))


async def _addresses(look: Look, enrolment: int) -> tuple[Address, ...]:
    rows = await look.connection.execute(
        select(addresses)
        .join(enrolments, enrolments.c.participant_id == addresses.c.participant_id)
        .where(enrolments.c.id == enrolment, look.sees)
        .order_by(addresses.c.id.desc())
    )
    return tuple(address_of(row, look.sealer) for row in rows)


async def _milestones(look: Look, enrolment: int) -> dict[str, MilestoneSeen]:
    rows = await look.connection.execute(
        select(milestones.c.slug, milestones.c.due_on, milestones.c.reached_on)
        .join(enrolments, enrolments.c.id == milestones.c.enrolment_id)
        .where(enrolments.c.id == enrolment, look.sees)
    )
    return {row.slug: MilestoneSeen(**row._mapping) for row in rows}


async def _elsewhere(look: Look, known: Participant) -> tuple[Place, ...]:
    rows = await look.connection.execute(
        select(enrolments.c.id.label("enrolment_id"), enrolments.c.programme_id, enrolments.c.phase)
        .where(enrolments.c.participant_id == known.id, enrolments.c.id != known.enrolment_id, look.sees)
        .order_by(enrolments.c.id)
    )
    return tuple(Place(**row._mapping) for row in rows)


async def _handed(look: Look, enrolment: int, *, now: datetime) -> Handed | None:
    row = (
        await look.connection.execute(
            _HANDED.where(enrolments.c.id == enrolment, look.sees, changes.c.changed_at >= now - HANDED_FOR)
        )
    ).first()
    return None if row is None else _as_handed(row)


def _as_handed(row: Any) -> Handed:
    return Handed(before=row.before or "", after=row.after or "", at=row.changed_at)


async def _coaches(look: Look, known: Participant) -> dict[int, str]:
    rows = await look.connection.execute(
        select(coaches.c.id, coaches.c.first_name)
        .join(appointments, appointments.c.coach_id == coaches.c.id)
        .where(
            appointments.c.programme_id == known.programme_id,
            appointments.c.role == Role.COACH,
            coaches.c.organisation_id == look.sight.organisation_id,
            coaches.c.removed_at.is_(None),
            coaches.c.id != known.coach_id,
        )
        .order_by(coaches.c.first_name, coaches.c.id)
    )
    return {row.id: row.first_name for row in rows}


_before, _after = coaches.alias("before"), coaches.alias("after")
_ONE: Select[Any] = WHOLE.order_by(addresses.c.id.desc()).limit(1)
_HEAD: Select[Any] = _ONE.add_columns(
    enrolments.c.phase_since,
    enrolments.c.phase_until,
    enrolments.c.coach_since,
    participants.c.fallback_hours,
    enrolments.c.ended_reason,
    select(func.count())
    .where(changes.c.enrolment_id == enrolments.c.id, changes.c.what == "coach")
    .scalar_subquery()
    .label("coaches_before"),
    select(func.min(inbox.c.received_at))
    .where(inbox.c.participant_id == participants.c.id)
    .scalar_subquery()
    .label("answered_at"),
    select(func.min(deep_links.c.used_at))
    .where(deep_links.c.participant_id == participants.c.id)
    .scalar_subquery()
    .label("linked_at"),
)
_HANDED: Select[Any] = (
    select(_before.c.first_name.label("before"), _after.c.first_name.label("after"), changes.c.changed_at)
    .select_from(changes)
    .join(enrolments, enrolments.c.id == changes.c.enrolment_id)
    .outerjoin(_before, cast(_before.c.id, String) == changes.c.was)
    .outerjoin(_after, cast(_after.c.id, String) == changes.c.became)
    .where(changes.c.what == "coach")
    .order_by(changes.c.id.desc())
    .limit(1)
)
