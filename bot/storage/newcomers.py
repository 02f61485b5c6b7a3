"""Nobody gets two places in a programme at one address, even when two colleagues take them in at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Role
from bot.domain.people import AddressState, ChannelName
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, appointments, coaches, enrolments, programmes


@dataclass(frozen=True, kw_only=True, slots=True)
class CoachThere:
    """A coach of a programme."""

    id: int
    first_name: str
    email: str


# Not against who only refers to the programme: nobody else waits for this.
_HOLD = select(programmes.c.id).where(programmes.c.id == bindparam("programme")).with_for_update(key_share=True)
_WHO_HAS = (
    select(addresses.c.hash, enrolments.c.id)
    .join(enrolments, enrolments.c.participant_id == addresses.c.participant_id)
    .where(
        enrolments.c.programme_id == bindparam("programme"),
        or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= bindparam("today")),
        addresses.c.hash.in_(bindparam("hashes", expanding=True)),
        addresses.c.state != AddressState.WRONG,
    )
)
COACHES_OF = (
    select(coaches.c.id, coaches.c.first_name, coaches.c.email)
    .join(appointments, appointments.c.coach_id == coaches.c.id)
    .where(
        appointments.c.programme_id == bindparam("programme"),
        appointments.c.role == Role.COACH,
        coaches.c.removed_at.is_(None),
    )
    .order_by(coaches.c.first_name, coaches.c.id)
)
"""The coaches of a programme who have not been removed."""


class Newcomers:
    """What must be known before somebody gets a place."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def hold(self, programme_id: int) -> None:
        """Nobody else gives places in this programme until the end of the unit of work."""
        if self._connection.dialect.name != "sqlite":
            await self._connection.execute(_HOLD, {"programme": programme_id})

    async def who_has(
        self, programme_id: int, wanted: Iterable[tuple[ChannelName, str]], *, today: date
    ) -> dict[tuple[ChannelName, str], int]:
        """The enrolments of those in a programme who have these addresses already."""
        hashes = {self._sealer.hash(*one): one for one in wanted}
        if not hashes:
            return {}
        values = {"programme": programme_id, "today": today, "hashes": list(hashes)}
        return {hashes[row.hash]: row.id for row in await self._connection.execute(_WHO_HAS, values)}

    async def came_by(self, import_id: int, enrolment_ids: Iterable[int]) -> None:
        """This import gave them their places."""
        ids = list(enrolment_ids)
        if ids:
            await self._connection.execute(
                update(enrolments).where(enrolments.c.id.in_(ids)).values(import_id=import_id)
            )

    async def coaches_of(self, programme_id: int) -> list[CoachThere]:
        """The coaches of a programme, by name."""
        rows = await self._connection.execute(COACHES_OF, {"programme": programme_id})
        return [CoachThere(**row._mapping) for row in rows]
