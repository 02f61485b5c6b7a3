"""Every test has its own migrated database, no network but this machine, and no clock but the one it passes in."""

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from bot.storage.database import Database
from tests.databases import KEY, Databases

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "house")

_TESTS = Path(__file__).parent
_HERE = ("127.0.0.1", "::1", "localhost", "", None)


class NetworkIsOff(Exception):
    """A test tried to reach another machine."""


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _HERE:
        raise NetworkIsOff(f"{event}: {host}")


# An audit hook sees every socket of the process, whichever library opens it.
sys.addaudithook(_only_loopback)


_ALWAYS_ON_BOTH = ("storage", "services", "house")
"""Rooms whose tests are about the database: they are tried on PostgreSQL one by one, every time."""

_DEAR = ("process", "cli")
"""Rooms whose tests start processes: not even the first case of a file is tried on PostgreSQL every time."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make verify` what comes on PostgreSQL after the first case of a file, or starts processes there.

    Everything is tried on SQLite by `make test`, and everything on both by the two together: twice as many tests as
    five minutes hold differ in nothing but the database.
    """
    tried: set[Path] = set()
    for item in items:
        room = item.path.relative_to(_TESTS).parts[0]
        if "postgresql" not in item.name.partition("[")[2] or room in _ALWAYS_ON_BOTH:
            continue
        if item.path in tried or room in _DEAR:
            item.add_marker(pytest.mark.slow)
        tried.add(item.path)


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(scope="session")
async def databases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Databases]:
    """Makes fresh databases of either kind."""
    made = Databases(tmp_path_factory.mktemp("templates"))
    yield made
    await made.close()


@pytest.fixture
async def sqlite_url(databases: Databases, tmp_path: Path) -> str:
    """A migrated SQLite file of this test alone."""
    return await databases.sqlite(tmp_path)


@pytest.fixture
async def postgresql_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated PostgreSQL database of this test alone."""
    url = await databases.postgresql()
    yield url
    await databases.gone(url)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """A migrated database of this test alone: the test runs once on each kind."""
    url = await (databases.sqlite(tmp_path) if request.param == "sqlite" else databases.postgresql())
    yield url
    if request.param == "postgresql":
        await databases.gone(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened: the test runs once on each kind."""
    async with _opened(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """For what is true of SQLite alone."""
    async with _opened(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def postgresql_database(postgresql_url: str) -> AsyncIterator[Database]:
    """For what is true of PostgreSQL alone."""
    async with _opened(postgresql_url) as opened:
        yield opened


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    opened = Database(url, key=KEY, synchronous="NORMAL")
    try:
        yield opened
    finally:
        await opened.close()
