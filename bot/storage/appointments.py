"""What somebody is to a programme is given and taken here."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Appointment, Role
from bot.storage.tables import appointments
from bot.storage.upsert import insert_new


class Appointments:
    """Roles, by coach."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def give(self, coach_id: int, appointment: Appointment, *, now: datetime) -> None:
        """From now on. Giving it twice changes nothing."""
        await self._connection.execute(
            insert_new(self._connection, appointments).values(
                coach_id=coach_id, role=appointment.role, programme_id=appointment.programme_id, since=now
            )
        )

    async def take(self, coach_id: int, appointment: Appointment) -> None:
        """No longer."""
        await self._connection.execute(
            delete(appointments).where(
                appointments.c.coach_id == coach_id,
                appointments.c.role == appointment.role,
                appointments.c.programme_id.is_(appointment.programme_id)
                if appointment.programme_id is None
                else appointments.c.programme_id == appointment.programme_id,
            )
        )

    async def of(self, coach_id: int) -> frozenset[Appointment]:
        """All that somebody is."""
        rows = await self._connection.execute(select(appointments).where(appointments.c.coach_id == coach_id))
        return frozenset(Appointment(role=Role(row.role), programme_id=row.programme_id) for row in rows)
