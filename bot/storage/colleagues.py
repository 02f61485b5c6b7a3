"""Those of one organisation who may sign in are held together while one of them changes: somebody administers it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Appointment, Role
from bot.storage.tables import appointments, coaches, enrolments, programmes


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody of the organisation, also when they were removed."""

    id: int
    first_name: str
    email: str
    language: str
    removed_at: datetime | None
    appointments: frozenset[Appointment]

    @property
    def administers(self) -> bool:
        """Whether they are an administrator."""
        return self.removed_at is None and Appointment(role=Role.ADMINISTRATOR) in self.appointments

    @property
    def stands_in(self) -> bool:
        """Whether they may be somebody's deputy: only who knows what accompanying somebody is."""
        roles = {one.role for one in self.appointments}
        return self.removed_at is None and not roles.isdisjoint({Role.COACH, Role.LEADER})


_EVERYBODY = (
    select(
        coaches.c.id,
        coaches.c.first_name,
        coaches.c.email,
        coaches.c.language,
        coaches.c.removed_at,
    )
    .where(coaches.c.organisation_id == bindparam("organisation"))
    .order_by(coaches.c.id)
)
_HELD = _EVERYBODY.with_for_update()
_ROLES = (
    select(appointments.c.coach_id, appointments.c.role, appointments.c.programme_id)
    .join(coaches, coaches.c.id == appointments.c.coach_id)
    .where(coaches.c.organisation_id == bindparam("organisation"))
)
_ACCOMPANIED = (
    select(enrolments.c.programme_id, func.count())
    .where(
        enrolments.c.coach_id == bindparam("coach"),
        or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= bindparam("today")),
    )
    .group_by(enrolments.c.programme_id)
)
_PROGRAMMES = (
    select(programmes.c.id, programmes.c.slug)
    .where(programmes.c.organisation_id == bindparam("organisation"))
    .order_by(programmes.c.id)
)


class Colleagues:
    """Accounts, by organisation."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def held(self, organisation_id: int) -> dict[int, Colleague]:
        """Everybody of an organisation, held until the end of the unit of work."""
        return await self._everybody(organisation_id, held=True)

    async def all(self, organisation_id: int) -> dict[int, Colleague]:
        """Everybody of an organisation, to be looked at."""
        return await self._everybody(organisation_id, held=False)

    async def _everybody(self, organisation_id: int, *, held: bool) -> dict[int, Colleague]:
        rows = (await self._connection.execute(_HELD if held else _EVERYBODY, {"organisation": organisation_id})).all()
        roles: dict[int, set[Appointment]] = {}
        for row in await self._connection.execute(_ROLES, {"organisation": organisation_id}):
            one = Appointment(role=Role(row.role), programme_id=row.programme_id)
            roles.setdefault(row.coach_id, set()).add(one)
        return {row.id: Colleague(**row._mapping, appointments=frozenset(roles.get(row.id, ()))) for row in rows}

    async def accompanied(self, coach_id: int, *, today: date) -> dict[int, int]:
        """How many people who have not left somebody accompanies, by programme."""
        rows = await self._connection.execute(_ACCOMPANIED, {"coach": coach_id, "today": today})
        return {row[0]: row[1] for row in rows}

    async def programmes(self, organisation_id: int) -> dict[int, str]:
        """The programmes of an organisation: their slugs by id."""
        rows = await self._connection.execute(_PROGRAMMES, {"organisation": organisation_id})
        return {row.id: row.slug for row in rows}

    async def stand_in_for_nobody(self, coach_id: int) -> None:
        """Nobody has them as deputy any more."""
        await self._connection.execute(update(coaches).where(coaches.c.deputy_id == coach_id).values(deputy_id=None))

    async def take_every_role(self, coach_id: int) -> None:
        """They are nothing to any programme."""
        await self._connection.execute(delete(appointments).where(appointments.c.coach_id == coach_id))
