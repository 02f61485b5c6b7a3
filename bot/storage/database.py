"""One database, SQLite or PostgreSQL, with the same promises: a transaction holds all of a change or none of it."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import postgresql, sqlite
from bot.storage.away import DatabaseAway, is_away
from bot.storage.sealing import Sealer


class NestedTransaction(Exception):
    """A task asked for a transaction while it holds one: on SQLite it would wait for itself."""


class ReadOnly(Exception):
    """The database was opened for reading, and something was to be written."""


class Database:
    """Connections and transactions. `sealer` hashes and encrypts addresses; `is_sqlite` says which of the two it is."""

    sealer: Sealer
    is_sqlite: bool
    process: str

    def __init__(
        self, url: str, *, key: bytes, synchronous: str = "FULL", process: str = "", read_only: bool = False
    ) -> None:
        """`process` names this process in leases; a random name by default.

        An SQLite file belongs to one process: raises `DatabaseBusy` while another has it. With `read_only` a file
        that is there can be read beside that process, and nothing can be written.
        """
        self.sealer = Sealer(key)
        self.process = process or secrets.token_hex(8)
        self.is_sqlite = url.startswith("sqlite")
        self._read_only = read_only
        self._lock: int | None = None
        # Kept by task and not by context: a task that is started inside a transaction may write later.
        self._writing: set[asyncio.Task[Any] | None] = set()
        if self.is_sqlite:
            path = sqlite.path_of(url, must_exist=read_only)
            self._lock = None if read_only else sqlite.lock(path)
            self._writer = sqlite.writer(path, synchronous=synchronous)
            self._reader = sqlite.reader(path)
        else:
            self._writer = postgresql.writer(url)
            self._reader = postgresql.reader(url)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed on leaving, rolled back if raised. A nested one is refused at once.

        Raises `DatabaseAway` when the database cannot be reached; if it went away during the commit, whether the
        change was kept is not known.
        """
        with self._one_writer_a_task():
            async with _open(self._writer, writing=True) as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading only, all of one moment: it never waits for a writer and cannot write.

        Raises `DatabaseAway` when the database cannot be reached.
        """
        async with _open(self._reader, writing=False) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def rebuilding(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which tables may be rebuilt: SQLite would otherwise delete what refers to them."""
        with self._one_writer_a_task():
            async with _open(self._writer, writing=True) as connection:
                if not self.is_sqlite:
                    async with connection.begin():
                        yield connection
                    return
                async with sqlite.loose_tables(connection), connection.begin():
                    yield connection
                    await sqlite.refuse_broken_references(connection)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[Any]:
        """The writing driver's own connection (aiosqlite, asyncpg), for one statement that commits by itself."""
        with self._one_writer_a_task():
            async with _open(self._writer, writing=True) as connection:
                raw = await connection.get_raw_connection()
                try:
                    yield raw.driver_connection
                except asyncio.CancelledError:
                    if not self.is_sqlite and raw.driver_connection is not None:
                        # Whoever gave up waiting must not wait for the farewell of a server that says nothing.
                        raw.driver_connection.terminate()
                        await connection.invalidate()
                    raise
                except Exception as error:
                    if not self.is_sqlite and is_away(error, writing=True):
                        # SQLAlchemy saw nothing of it, and would hand the same dead connection out again.
                        await connection.invalidate()
                    raise

    async def close(self) -> None:
        """Give back every connection and the lock file."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def _one_writer_a_task(self) -> Iterator[None]:
        if self._read_only:
            raise ReadOnly("this database was opened for reading only")
        task = asyncio.current_task()
        if task in self._writing:
            raise NestedTransaction("this task already holds a transaction: pass its connection down instead")
        self._writing.add(task)
        try:
            yield
        finally:
            self._writing.discard(task)


@asynccontextmanager
async def _open(engine: AsyncEngine, *, writing: bool) -> AsyncIterator[AsyncConnection]:
    with _away_is_said(writing=writing):
        connection = await engine.connect().start()
        try:
            yield connection
        finally:
            # A task that is cancelled here must still give its connection back.
            await asyncio.shield(connection.close())


@contextmanager
def _away_is_said(*, writing: bool) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_away(error, writing=writing):
            raise DatabaseAway(_kind(error)) from error
        raise


def _kind(error: BaseException) -> str:
    """What the driver calls it, below what SQLAlchemy made of it: `TooManyConnectionsError`, say."""
    while isinstance(error, DBAPIError) or type(error).__module__.startswith("sqlalchemy.dialects"):
        below = error.orig if isinstance(error, DBAPIError) else error.__cause__
        if below is None:
            break
        error = below
    return type(error).__name__
