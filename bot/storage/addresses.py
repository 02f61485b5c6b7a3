"""An address is found by its hash, told by its ciphertext, and says whether words may go there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, and_, bindparam, func, insert, select, update
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


# A number that was called wrong is nobody's of ours any more: whoever has it now starts clean.
_BY_HASH = select(addresses).where(
    addresses.c.hash.in_(bindparam("hashes", expanding=True)), addresses.c.state != AddressState.WRONG
)
_twin = addresses.alias("twin")
_TWINS = (
    select(_twin.c.id, _twin.c.participant_id)
    .join(addresses, and_(addresses.c.hash == _twin.c.hash, addresses.c.channel == _twin.c.channel))
    .where(addresses.c.id == bindparam("address"), _twin.c.state != AddressState.WRONG)
    .order_by(_twin.c.id)
)
_OF_PERSON = select(addresses).where(addresses.c.participant_id == bindparam("person")).order_by(addresses.c.id.desc())
# Only its own person or a coach takes a number back that was called wrong: see `revive`. No late receipt does.
_NOT_WRONG = and_(addresses.c.id == bindparam("address"), addresses.c.state != AddressState.WRONG)
_ADDRESS_STATE = (
    update(addresses).where(_NOT_WRONG).values(state=bindparam("new_state"), state_at=bindparam("changed_at"))
)


_BLOCKED = (
    update(addresses)
    .where(_NOT_WRONG)
    .values(state=bindparam("new_state"), state_at=bindparam("changed_at"), blocked_at=bindparam("new_blocked_at"))
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

    async def revive(self, channel: ChannelName, value: str, *, person: int, now: datetime) -> Address | None:
        """The address of theirs that was called wrong is theirs after all; `None` if there is no such."""
        found = await self._connection.scalar(
            update(addresses)
            .where(
                addresses.c.participant_id == person,
                addresses.c.channel == channel,
                addresses.c.hash == self._sealer.hash(channel, value),
                addresses.c.state == AddressState.WRONG,
            )
            .values(state=AddressState.ACTIVE, state_at=now, blocked_at=None)
            .returning(addresses.c.id)
        )
        return None if found is None else Address(id=int(found), channel=channel, value=value)

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

    async def block(self, address_ids: Iterable[int], *, now: datetime) -> None:
        """The provider itself sends nothing there any more."""
        await self._blocked([(one, AddressState.STOPPED, now) for one in address_ids], now=now)

    async def unblock(self, address_ids: Iterable[int], *, now: datetime) -> None:
        """The person lifted it, by writing from there."""
        await self._blocked([(one, AddressState.ACTIVE, None) for one in address_ids], now=now)

    async def twins(self, address_id: int) -> list[tuple[int, int | None]]:
        """All addresses that are the same telephone or chat, and whose (participant) they are. It is one of them."""
        rows = await self._connection.execute(_TWINS, {"address": address_id})
        return [(row.id, row.participant_id) for row in rows]

    async def _blocked(self, each: list[tuple[int, AddressState, datetime | None]], *, now: datetime) -> None:
        if each:
            await self._connection.execute(
                _BLOCKED,
                [
                    {"address": one, "new_state": state, "new_blocked_at": since, "changed_at": now}
                    for one, state, since in each
                ],
            )


def address_of(row: Row[Any], sealer: Sealer) -> Address:
    """A row of an address."""
    return Address(
        id=row.id,
        channel=ChannelName(row.channel),
        value=sealer.unseal(row.cipher).decode(),
        state=AddressState(row.state),
        blocked_at=row.blocked_at,
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
