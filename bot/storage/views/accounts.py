"""The accounts of one organisation are shown without any person they accompany."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Appointment, Role
from bot.storage.sessions import Sessions, SessionSeen
from bot.storage.tables import appointments, coaches, credentials, programmes, recovery_codes, sessions, sign_in_links
from bot.storage.views.sight import Look
from bot.storage.views.urgent import told_at_once


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSeen:
    """Somebody who may sign in. `signed_in_at` is when they last did, in machine time."""

    id: int
    first_name: str
    email: str
    language: str
    away_until: date | None
    has_password: bool
    has_second_factor: bool
    invited: bool
    signed_in_at: datetime | None
    deputy: str | None
    told_at_once: bool
    appointments: frozenset[Appointment]

    @property
    def standing(self) -> str:
        """The roles, as a form brings them back."""
        return " ".join(sorted(word_of(one) for one in self.appointments))

    @property
    def is_told_late(self) -> bool:
        """Whether it is theirs to be told of what is urgent, and nothing but mail reaches them."""
        return not self.told_at_once and any(one.role in (Role.COACH, Role.LEADER) for one in self.appointments)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeSeen:
    """A programme somebody may be given a role in."""

    id: int
    slug: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnSeen:
    """One's own account, with everything its page shows."""

    deputy_id: int | None
    away_until: date | None
    has_password: bool
    has_second_factor: bool
    recovery_codes: int
    sessions: Sequence[SessionSeen]
    deputies: Sequence[tuple[int, str]]


_deputies = coaches.alias("deputies")
_links = exists().where(
    sign_in_links.c.coach_id == coaches.c.id,
    sign_in_links.c.used_at.is_(None),
    sign_in_links.c.expires_at > bindparam("machine_now"),
)
_SIGNED_IN = (
    select(func.max(sessions.c.whole_at))
    .where(sessions.c.coach_id == coaches.c.id)
    .correlate(coaches)
    .scalar_subquery()
)
_ACCOUNTS = (
    select(
        coaches.c.id,
        coaches.c.first_name,
        coaches.c.email,
        coaches.c.language,
        coaches.c.away_until,
        credentials.c.password_hash.is_not(None).label("has_password"),
        credentials.c.totp_cipher.is_not(None).label("has_second_factor"),
        _links.label("invited"),
        _SIGNED_IN.label("signed_in_at"),
        _deputies.c.first_name.label("deputy"),
        told_at_once(coaches.c.id).label("told_at_once"),
    )
    .outerjoin(credentials, credentials.c.coach_id == coaches.c.id)
    .outerjoin(_deputies, _deputies.c.id == coaches.c.deputy_id)
    .where(coaches.c.organisation_id == bindparam("organisation"), coaches.c.removed_at.is_(None))
    .order_by(func.lower(coaches.c.first_name), coaches.c.id)
)
_ROLES = (
    select(appointments.c.coach_id, appointments.c.role, appointments.c.programme_id)
    .join(coaches, coaches.c.id == appointments.c.coach_id)
    .where(coaches.c.organisation_id == bindparam("organisation"), coaches.c.removed_at.is_(None))
)
_PROGRAMMES = (
    select(programmes.c.id, programmes.c.slug)
    .where(programmes.c.organisation_id == bindparam("organisation"))
    .order_by(programmes.c.id)
)
_OWN = (
    select(
        coaches.c.deputy_id,
        coaches.c.away_until,
        credentials.c.password_hash.is_not(None).label("has_password"),
        credentials.c.totp_cipher.is_not(None).label("has_second_factor"),
        select(func.count())
        .where(recovery_codes.c.coach_id == coaches.c.id, recovery_codes.c.used_at.is_(None))
        .correlate(coaches)
        .scalar_subquery()
        .label("recovery_codes"),
    )
    .outerjoin(credentials, credentials.c.coach_id == coaches.c.id)
    .where(coaches.c.id == bindparam("coach"))
)
_DEPUTIES = (
    select(coaches.c.id, coaches.c.first_name)
    .where(
        coaches.c.organisation_id == bindparam("organisation"),
        coaches.c.removed_at.is_(None),
        coaches.c.id != bindparam("coach"),
        exists().where(
            appointments.c.coach_id == coaches.c.id,
            or_(appointments.c.role == Role.COACH, appointments.c.role == Role.LEADER),
        ),
    )
    .order_by(func.lower(coaches.c.first_name), coaches.c.id)
)


async def accounts(look: Look, *, machine_now: datetime) -> list[AccountSeen]:
    """Everybody of the organisation who may sign in, by first name."""
    return await _accounts(look, machine_now=machine_now)


async def account(look: Look, coach_id: int, *, machine_now: datetime) -> AccountSeen | None:
    """One of them; `None` for whoever is not there, or of another organisation."""
    return next(iter(await _accounts(look, machine_now=machine_now, only=coach_id)), None)


async def programmes_of(look: Look) -> list[ProgrammeSeen]:
    """The programmes of the organisation."""
    rows = await look.connection.execute(_PROGRAMMES, {"organisation": look.sight.organisation_id})
    return [ProgrammeSeen(id=row.id, slug=row.slug) for row in rows]


async def own_account(look: Look, *, machine_now: datetime) -> OwnSeen:
    """One's own."""
    mine, connection = {"coach": look.sight.coach_id}, look.connection
    row = (await connection.execute(_OWN, mine)).one()
    deputies = await connection.execute(_DEPUTIES, {**mine, "organisation": look.sight.organisation_id})
    return OwnSeen(
        deputy_id=row.deputy_id,
        away_until=row.away_until,
        has_password=bool(row.has_password),
        has_second_factor=bool(row.has_second_factor),
        recovery_codes=row.recovery_codes,
        sessions=await Sessions(connection).of(look.sight.coach_id, now=machine_now),
        deputies=[(one.id, one.first_name) for one in deputies],
    )


def word_of(one: Appointment) -> str:
    """A role as a form's value: `coach/12`, `administrator`."""
    return one.role if one.programme_id is None else f"{one.role}/{one.programme_id}"


async def _accounts(look: Look, *, machine_now: datetime, only: int | None = None) -> list[AccountSeen]:
    asked, roles_asked = _ACCOUNTS, _ROLES
    if only is not None:
        asked, roles_asked = asked.where(coaches.c.id == only), roles_asked.where(coaches.c.id == only)
    organisation = {"organisation": look.sight.organisation_id}
    rows = (await look.connection.execute(asked, {**organisation, "machine_now": machine_now})).all()
    roles = await _roles(look.connection, roles_asked, organisation)
    return [
        AccountSeen(
            id=row.id,
            first_name=row.first_name,
            email=row.email,
            language=row.language,
            away_until=row.away_until,
            has_password=bool(row.has_password),
            has_second_factor=bool(row.has_second_factor),
            invited=bool(row.invited),
            signed_in_at=row.signed_in_at,
            deputy=row.deputy,
            told_at_once=bool(row.told_at_once),
            appointments=frozenset(roles.get(row.id, ())),
        )
        for row in rows
    ]


async def _roles(
    connection: AsyncConnection, asked: Select[Any], organisation: dict[str, int]
) -> dict[int, set[Appointment]]:
    found: dict[int, set[Appointment]] = {}
    for row in await connection.execute(asked, organisation):
        found.setdefault(row.coach_id, set()).add(Appointment(role=Role(row.role), programme_id=row.programme_id))
    return found
