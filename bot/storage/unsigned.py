"""What was written from a telephone that several share waits here until somebody says who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox, unsigned

ASKING = "asking"
"""The state of an arrival whose writer was asked for."""

UNSIGNED = "unsigned"
"""The state of an arrival whose writer nobody named: the coaches of all who share the telephone have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """That we asked who writes, and how many arrivals wait for the answer."""

    id: int
    sender_hash: bytes
    asked_at: datetime
    kept: int


_OPEN = (
    select(unsigned.c.id, unsigned.c.sender_hash, unsigned.c.asked_at, func.count(inbox.c.id).label("kept"))
    .outerjoin(inbox, (inbox.c.sender_hash == unsigned.c.sender_hash) & (inbox.c.state == ASKING))
    .where(unsigned.c.sender_hash.in_(bindparam("hashes", expanding=True)), unsigned.c.settled_at.is_(None))
    .group_by(unsigned.c.id, unsigned.c.sender_hash, unsigned.c.asked_at)
)
_OLD = (
    select(unsigned.c.sender_hash)
    .where(unsigned.c.settled_at.is_(None), unsigned.c.asked_at <= bindparam("before"))
    .order_by(unsigned.c.id)
    .with_for_update(skip_locked=True)
)
_SETTLE = (
    update(unsigned)
    .where(unsigned.c.sender_hash == bindparam("sender"), unsigned.c.settled_at.is_(None))
    .values(settled_at=bindparam("now"))
)
_SIGN = (
    update(inbox)
    .where(inbox.c.sender_hash == bindparam("sender"), inbox.c.state == ASKING)
    .values(state="waiting", participant_id=bindparam("person"), handled_at=None)
)
_GIVE_UP = (
    update(inbox)
    .where(inbox.c.sender_hash == bindparam("sender"), inbox.c.state == ASKING)
    .values(state=UNSIGNED, handled_at=bindparam("now"))
    .returning(inbox.c.id)
)


class Unsigned:
    """One open question for each telephone."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_for(self, hashes: Sequence[bytes]) -> dict[bytes, Question]:
        """The open questions to these senders."""
        if not hashes:
            return {}
        rows = await self._connection.execute(_OPEN, {"hashes": list(hashes)})
        return {row.sender_hash: Question(**row._mapping) for row in rows}

    async def ask(self, sender: bytes, *, arrival: int, now: datetime) -> None:
        """We ask who writes, because of this arrival."""
        await self._connection.execute(insert(unsigned).values(sender_hash=sender, arrival_id=arrival, asked_at=now))

    async def sign(self, sender: bytes, *, person: int, now: datetime) -> None:
        """All that was kept is this person's: it is handled as theirs, in the order in which it came."""
        # The question before what was kept, here and below: whoever comes second waits, and nobody for each other.
        await self._connection.execute(_SETTLE, {"sender": sender, "now": now})
        await self._connection.execute(_SIGN, {"sender": sender, "person": person})

    async def give_up(self, sender: bytes, *, now: datetime) -> list[int]:
        """Nobody says who it was. Gives the arrivals that were kept."""
        await self._connection.execute(_SETTLE, {"sender": sender, "now": now})
        given_up = list(await self._connection.scalars(_GIVE_UP, {"sender": sender, "now": now}))
        return sorted(given_up)

    async def too_old(self, *, before: datetime) -> list[bytes]:
        """The telephones that were asked before then and have not said, held until the end of the unit of work."""
        return list(await self._connection.scalars(_OLD, {"before": before}))
