"""Whoever tries too often waits: tries are counted by a keyed hash of what was tried, or of where it came from."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import tries

WITHIN = timedelta(minutes=15)


class Tries:
    """Of machine time. Nothing is kept longer than it counts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, hashes: Sequence[bytes], *, now: datetime) -> list[int]:
        """One try at each of these. Gives their ids."""
        await self._connection.execute(delete(tries).where(tries.c.tried_at <= now - WITHIN))
        added = await self._connection.execute(
            insert(tries).returning(tries.c.id), [{"hash": one, "tried_at": now} for one in hashes]
        )
        return list(added.scalars())

    async def most(self, hashes: Sequence[bytes], *, now: datetime) -> int:
        """How many tries there were at the one of these that was tried most."""
        counted = await self._connection.execute(
            select(func.count()).where(tries.c.hash.in_(hashes), tries.c.tried_at > now - WITHIN).group_by(tries.c.hash)
        )
        return max(counted.scalars(), default=0)

    async def failed(self, ids: Sequence[int], *, now: datetime) -> None:
        """These count from now on, when they turned out wrong."""
        await self._connection.execute(update(tries).where(tries.c.id.in_(ids)).values(tried_at=now))

    async def forgive(self, ids: Sequence[int]) -> None:
        """These were no tries: they succeeded."""
        await self._connection.execute(delete(tries).where(tries.c.id.in_(ids)))
