"""An address is found by its hash, told by its ciphertext, and says whether words may go there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address, AddressState, ChannelName
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, participants


@dataclass(frozen=True, kw_only=True, slots=True)
class Belongs:
    """Whom a new address belongs to: a participant, a coach or, with neither, a stranger."""

    organisation_id: int
    participant_id: int | None = None
    coach_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Whose an address is. With neither person it is a stranger's."""

    address: Address
    organisation_id: int
    participant_id: int | None
    coach_id: int | None


_BY_HASH = select(addresses).where(addresses.c.hash.in_(bindparam("hashes", expanding=True)))
_OF_PERSON = select(addresses).where(addresses.c.participant_id == bindparam("person")).order_by(addresses.c.id.desc())
_ADDRESS_STATE = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(state=bindparam("new_state"), state_at=bindparam("changed_at"))
)


class Addresses:
    """Where people are reached."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def behind(self, hashes: Sequence[bytes]) -> dict[bytes, list[Owner]]:
        """Whose these addresses are, by hash. One address may belong to two people."""
        if not hashes:
            return {}
        found: dict[bytes, list[Owner]] = {}
        for row in await self._connection.execute(_BY_HASH, {"hashes": list(hashes)}):
            owner = Owner(
                address=address_of(row, self._sealer),
                organisation_id=row.organisation_id,
                participant_id=row.participant_id,
                coach_id=row.coach_id,
            )
            found.setdefault(row.hash, []).append(owner)
        return found

    async def at(self, channel: ChannelName, value: str) -> list[Owner]:
        """Everybody who has this address, and whoever wrote from it as a stranger."""
        found = (await self.behind([self._sealer.hash(channel, value)])).values()
        return [one for several in found for one in several]

    async def of(self, participant: int) -> list[Address]:
        """All addresses of a person, the newest first."""
        rows = await self._connection.execute(_OF_PERSON, {"person": participant})
        return [address_of(row, self._sealer) for row in rows]

    async def add(self, channel: ChannelName, value: str, *, of: Belongs, now: datetime) -> Address:
        """A new address of a person, a coach or a stranger."""
        row = await self._connection.scalar(
            insert(addresses)
            .values(
                organisation_id=of.organisation_id,
                participant_id=of.participant_id,
                coach_id=of.coach_id,
                channel=channel,
                hash=self._sealer.hash(channel, value),
                cipher=self._sealer.seal(value.encode()),
                state_at=now,
            )
            .returning(addresses.c.id)
        )
        return Address(id=int(row or 0), channel=channel, value=value)

    async def move(self, address_id: int, *, channel: ChannelName, value: str, now: datetime) -> None:
        """The same person under a new id (a Telegram chat that moved)."""
        await self._connection.execute(
            update(addresses)
            .where(addresses.c.id == address_id)
            .values(
                hash=self._sealer.hash(channel, value),
                cipher=self._sealer.seal(value.encode()),
                state_at=now,
            )
        )

    async def set_state(self, states: Sequence[tuple[int, AddressState]], *, now: datetime) -> None:
        """May words go there, from now on?"""
        if states:
            await self._connection.execute(
                _ADDRESS_STATE,
                [{"address": address, "new_state": state, "changed_at": now} for address, state in states],
            )


def address_of(row: Row[Any], sealer: Sealer) -> Address:
    """A row of an address."""
    return Address(
        id=row.id,
        channel=ChannelName(row.channel),
        value=sealer.unseal(row.cipher).decode(),
        state=AddressState(row.state),
    )


def newest_address() -> ScalarSelect[Any]:
    """The id of the address a participant is written to: of several on the preferred channel the newest counts."""
    other = addresses.alias("other")
    return (
        select(func.max(other.c.id))
        .where(other.c.participant_id == participants.c.id, other.c.channel == participants.c.preferred_channel)
        .correlate(participants)
        .scalar_subquery()
    )
