"""An SQLite file has one process, one writing connection and a few that can only read."""

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.sqlite_driver import connected

_BUSY_MS = 10_000


class DatabaseBusy(Exception):
    """Another process has the SQLite file: the message names the file and what to do."""


class BrokenReferences(Exception):
    """A change of the schema would leave rows that refer to nothing: it is rolled back."""


def path_of(url: str, *, must_exist: bool) -> Path:
    """The file of an SQLite address, its directory made. Raises `ValueError` if there is none."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise ValueError("an SQLite database needs a file: sqlite:///path/to/framsteg.db")
    path = Path(name).expanduser().resolve()
    if must_exist and not path.exists():
        raise ValueError(f"{path} is not there: `framsteg migrate` makes it")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def lock(path: Path) -> int:
    """Hold `<path>.lock` until the descriptor is closed or the process ends; the file is there afterwards.

    Raises `DatabaseBusy`.
    """
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DatabaseBusy(
            f"{path} is in use by another framsteg process: stop that one first (several at once need PostgreSQL)"
        ) from None
    # Nobody else on the machine has a reason to read it; the WAL takes its rights from this file.
    path.touch(mode=0o600)
    return descriptor


def is_locked(path: Path) -> bool:
    """Whether a process has this file for itself just now."""
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        # Let go of at once, so that nobody who starts just now is refused.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def writer(path: Path, *, synchronous: str) -> AsyncEngine:
    """The one connection that writes. More than one would wait for each other, and Debian 12's SQLite could
    corrupt the file (the WAL-reset bug, fixed in 3.51.3) if one wrote a checkpoint while another commits."""
    pragmas = ("journal_mode=WAL", f"synchronous={synchronous}", f"busy_timeout={_BUSY_MS}", "foreign_keys=ON")
    return _engine(path, mode="rwc", pragmas=pragmas, connections=1, begin="BEGIN IMMEDIATE")


def reader(path: Path) -> AsyncEngine:
    """Connections that cannot write and never write a checkpoint."""
    pragmas = (f"busy_timeout={_BUSY_MS}", "query_only=ON", "wal_autocheckpoint=0")
    return _engine(path, mode="rw", pragmas=pragmas, connections=4, begin="BEGIN")


@asynccontextmanager
async def loose_tables(connection: AsyncConnection) -> AsyncIterator[None]:
    """Foreign keys are off and views are not looked at, so that a table can be rebuilt: to be entered before BEGIN."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.execute("PRAGMA foreign_keys=OFF")
    await driver.execute("PRAGMA legacy_alter_table=ON")
    try:
        yield
    finally:
        await driver.execute("PRAGMA legacy_alter_table=OFF")
        await driver.execute("PRAGMA foreign_keys=ON")


async def refuse_broken_references(connection: AsyncConnection) -> None:
    """Raises `BrokenReferences` if a row refers to one that is not there."""
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise BrokenReferences(f"{len(broken)} rows of {tables} would refer to rows that are gone")


def _engine(path: Path, *, mode: str, pragmas: tuple[str, ...], connections: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        async_creator=partial(connected, path, mode=mode),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_BUSY_MS / 1000,
        pool_reset_on_return=None,
        query_cache_size=1000,
        # Otherwise the words of a message could stand in an error, and errors are logged.
        hide_parameters=True,
    )
    core = engine.sync_engine

    @event.listens_for(core, "connect")
    def _(connection: Any, record: Any) -> None:
        # Python's own transactions begin late and upgrade: with them, 60 % of the updates of two tasks were lost.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(core, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(core, "reset")
    def _(connection: Any, record: Any, state: Any) -> None:
        # Almost always nothing is open any more, and asking is free; a rollback costs two switches of thread.
        if connection.driver_connection.in_transaction:
            connection.rollback()

    return engine
