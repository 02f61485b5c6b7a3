"""One database, SQLite or PostgreSQL, with the same promises: a transaction holds all of a change or none of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.sealing import Sealer


class Database:
    """Connections and transactions. `sealer` hashes and encrypts addresses; `is_sqlite` says which of the two it is."""

    sealer: Sealer
    is_sqlite: bool

    def __init__(self, url: str, *, key: bytes, synchronous: str = "FULL", process: str = "") -> None:
        """`process` names this process in leases; a random name by default."""
        raise NotImplementedError

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed on leaving, rolled back if raised. A nested one is refused at once."""
        raise NotImplementedError
        yield

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading only: it never waits for a writer and cannot write."""
        raise NotImplementedError
        yield

    async def close(self) -> None:
        """Give back every connection and the lock file."""
        raise NotImplementedError
