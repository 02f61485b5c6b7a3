"""Nobody gets two places in a programme at one address, even when two colleagues take them in at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, or_, select, update
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


_newer = addresses.alias("newer")
# Of several numbers of one person the newest is written to.
_OLDER = exists().where(
    _newer.c.participant_id == addresses.c.participant_id,
    _newer.c.channel == addresses.c.channel,
    _newer.c.id > addresses.c.id,
    _newer.c.state != AddressState.WRONG,
)
_TAKES_PART = exists().where(
    enrolments.c.participant_id == addresses.c.participant_id,
    or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= bindparam("today")),
)
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
        ~_OLDER,
    )
)
_LET_GO = (
    update(addresses)
    .where(
        addresses.c.organisation_id == bindparam("organisation"),
        addresses.c.participant_id.is_not(None),
        addresses.c.hash.in_(bindparam("hashes", expanding=True)),
        addresses.c.state != AddressState.WRONG,
        or_(_OLDER, ~_TAKES_PART),
    )
    .values(state=AddressState.WRONG, state_at=bindparam("freed_at"))
    .returning(addresses.c.id, addresses.c.hash)
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
        """The enrolments of those in a programme who are reached at these addresses already.

        A number that was replaced by another is free.
        """
        hashes = {self._sealer.hash(*one): one for one in wanted}
        if not hashes:
            return {}
        values = {"programme": programme_id, "today": today, "hashes": list(hashes)}
        return {hashes[row.hash]: row.id for row in await self._connection.execute(_WHO_HAS, values)}

    async def let_go(
        self, organisation_id: int, wanted: Iterable[tuple[ChannelName, str]], *, today: date, now: datetime
    ) -> dict[int, bytes]:
        """Whoever has another number by now, or left, has these no more. Gives the freed addresses and their hashes."""
        hashes = [self._sealer.hash(*one) for one in wanted]
        if not hashes:
            return {}
        values = {"organisation": organisation_id, "today": today, "hashes": hashes, "freed_at": now}
        return {row.id: row.hash for row in await self._connection.execute(_LET_GO, values)}

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
