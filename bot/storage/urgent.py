"""An urgent alert is told to one after the other, and it stands here to whom it was told and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Role
from bot.domain.messages import OutboxStatus, Purpose
from bot.storage.tables import alert_calls, alerts, appointments, coaches, enrolments, outbox, participants

_NEVER_ARRIVED = (OutboxStatus.FAILED, OutboxStatus.EXPIRED, OutboxStatus.CANCELLED)
_BEGUN = (Purpose.REMINDER, Purpose.NUDGE, Purpose.QUESTION)


@dataclass(frozen=True, kw_only=True, slots=True)
class UrgentAlert:
    """An urgent alert as it stands."""

    id: int
    organisation_id: int
    programme_id: int | None
    participant_id: int | None
    coach_id: int | None
    raised_at: datetime
    acknowledged_by: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody who may be told. `is_away`: somebody else is told as well, at once."""

    id: int
    deputy_id: int | None
    is_away: bool
    roles: frozenset[Role]


_COLUMNS = (
    alerts.c.id,
    alerts.c.organisation_id,
    alerts.c.programme_id,
    alerts.c.participant_id,
    alerts.c.coach_id,
    alerts.c.raised_at,
    alerts.c.acknowledged_by,
)
_DUE = (
    select(*_COLUMNS)
    .where(alerts.c.escalates_at <= bindparam("now"))
    .order_by(alerts.c.escalates_at, alerts.c.id)
    .limit(bindparam("most"))
    # Two processes never tell the same: the one that comes second passes it over.
    .with_for_update(skip_locked=True)
)
_CALLS = (
    select(alert_calls.c.coach_id, alert_calls.c.told_at)
    .where(alert_calls.c.alert_id == bindparam("alert"))
    .order_by(alert_calls.c.told_at, alert_calls.c.id)
)
_TOLD_TO = (
    select(*_COLUMNS)
    .join(alert_calls, alert_calls.c.alert_id == alerts.c.id)
    .where(alert_calls.c.coach_id == bindparam("coach"))
    .order_by(alerts.c.acknowledged_at.is_(None).desc(), alert_calls.c.told_at.desc(), alerts.c.id.desc())
    .limit(1)
)
_COLLEAGUES = (
    select(coaches.c.id, coaches.c.deputy_id, coaches.c.away_until, appointments.c.role)
    .outerjoin(
        appointments,
        and_(
            appointments.c.coach_id == coaches.c.id,
            or_(appointments.c.programme_id == bindparam("programme"), appointments.c.programme_id.is_(None)),
        ),
    )
    .where(coaches.c.organisation_id == bindparam("organisation"), coaches.c.removed_at.is_(None))
    .order_by(coaches.c.id)
)
_HOLD = (
    update(participants)
    .where(participants.c.id.in_(bindparam("people", expanding=True)))
    .values(held_at=func.coalesce(participants.c.held_at, bindparam("since", type_=participants.c.held_at.type)))
)
_DROP = (
    update(outbox)
    .where(
        outbox.c.participant_id.in_(bindparam("people", expanding=True)),
        outbox.c.status == OutboxStatus.QUEUED,
        outbox.c.purpose.in_(_BEGUN),
    )
    .values(status=OutboxStatus.CANCELLED, error="held", settled_at=bindparam("since"))
)
_HELPED = select(func.count()).where(
    outbox.c.address_id == bindparam("address"),
    outbox.c.purpose == Purpose.CRISIS,
    outbox.c.once.like(bindparam("begins")),
    outbox.c.queued_at > bindparam("since"),
    outbox.c.status.not_in(_NEVER_ARRIVED),
)


_COACH = (
    select(enrolments.c.coach_id)
    .where(enrolments.c.participant_id == bindparam("person"), enrolments.c.programme_id == bindparam("programme"))
    .limit(1)
)


class Urgent:
    """Urgent alerts, and the people they are about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, *, now: datetime, most: int) -> list[UrgentAlert]:
        """Alerts of which somebody is to be told now, held until the end of the unit of work."""
        rows = await self._connection.execute(_DUE, {"now": now, "most": most})
        return [UrgentAlert(**row._mapping) for row in rows]

    async def calls(self, alert: int) -> dict[int, datetime]:
        """Who was told, and when last, in that order."""
        rows = await self._connection.execute(_CALLS, {"alert": alert})
        return {row.coach_id: row.told_at for row in rows}

    async def note_call(self, alert: int, *, coach: int, as_whom: str, now: datetime) -> None:
        """Somebody is told, for the first time or once more. The alert is held."""
        again = await self._connection.execute(
            update(alert_calls)
            .where(alert_calls.c.alert_id == alert, alert_calls.c.coach_id == coach)
            .values(told_at=now, as_whom=as_whom)
        )
        if not again.rowcount:
            await self._connection.execute(
                insert(alert_calls).values(alert_id=alert, coach_id=coach, as_whom=as_whom, told_at=now)
            )

    async def set_next(self, alert: int, at: datetime | None) -> None:
        """When somebody is to be told again; `None`: never."""
        await self._connection.execute(update(alerts).where(alerts.c.id == alert).values(escalates_at=at))

    async def told_to(self, coach: int, *, number: int | None = None) -> UrgentAlert | None:
        """The alert of this number if this coach was told of it; without one the last that nobody has seen to."""
        which = _TOLD_TO if number is None else _TOLD_TO.where(alerts.c.id == number)
        row = (await self._connection.execute(which, {"coach": coach})).first()
        return None if row is None else UrgentAlert(**row._mapping)

    async def colleagues(self, organisation: int, *, programme: int | None, today: date) -> dict[int, Colleague]:
        """Everybody of the organisation, with what they are to the programme or to the whole organisation."""
        found: dict[int, Colleague] = {}
        values = {"organisation": organisation, "programme": programme}
        for row in await self._connection.execute(_COLLEAGUES, values):
            before = found[row.id].roles if row.id in found else frozenset[Role]()
            found[row.id] = Colleague(
                id=row.id,
                deputy_id=row.deputy_id,
                is_away=row.away_until is not None and row.away_until >= today,
                roles=before | ({Role(row.role)} if row.role else set()),
            )
        return found

    async def coach_of(self, person: int, *, programme: int | None) -> int | None:
        """Who accompanies this person in this programme."""
        return await self._connection.scalar(_COACH, {"person": person, "programme": programme})

    async def hold(self, people: Iterable[int], *, now: datetime) -> None:
        """Nothing is begun with these people until somebody resumes it, and what was begun and waits is not sent."""
        wanted = sorted(set(people))
        await self._connection.execute(_HOLD, {"people": wanted, "since": now})
        await self._connection.execute(_DROP, {"people": wanted, "since": now})

    async def helped(self, address: int, key: str, *, now: datetime, within: timedelta) -> bool:
        """Whether this help (a key) was queued to this address within that time, and did not fail."""
        values = {"address": address, "begins": f"{key}/%", "since": now - within}
        return bool(await self._connection.scalar(_HELPED, values))
