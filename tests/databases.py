"""Each test has a database of its own: a copy of one that was migrated and knows words and free days, once."""

import itertools
import shutil
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from bot.content.almanac import mark_of_days
from bot.content.vocabulary import mark_of
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import unit_of_work
from tests.almanac import days
from tests.postgres import PostgreSQL
from tests.vocabulary import ROOT, compiled

KEY = bytes(range(32))
_TEMPLATE = "framsteg_template"
_KEPT_AT = datetime(2026, 9, 1, tzinfo=UTC)


class Databases:
    """Makes them when they are asked for: a test of SQLite alone starts no server."""

    def __init__(self, home: Path, *, server: PostgreSQL | None = None) -> None:
        """`server`: one that its owner may restart; otherwise a quick one of our own."""
        self._home = home
        self._server = server or PostgreSQL()
        self._admin: asyncpg.Connection | None = None
        self._numbers = itertools.count(1)

    async def sqlite(self, place: Path) -> str:
        """The address of a fresh SQLite file in `place`."""
        template = self._home / "template.db"
        if not template.exists():
            await _migrated(f"sqlite:///{template}")
        fresh = place / f"framsteg-{next(self._numbers)}.db"
        shutil.copyfile(template, fresh)
        return f"sqlite:///{fresh}"

    async def postgresql(self) -> str:
        """The address of a fresh PostgreSQL database; `gone` removes it."""
        admin = await self._connected()
        name = f"framsteg_{next(self._numbers)}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        return self._server.url(name)

    async def copy(self, url: str, place: Path) -> str:
        """The address of a copy of a database that nobody is connected to."""
        if url.startswith("sqlite"):
            fresh = place / f"framsteg-{next(self._numbers)}.db"
            shutil.copyfile(url.removeprefix("sqlite:///"), fresh)
            return f"sqlite:///{fresh}"
        admin = await self._connected()
        name = f"framsteg_{next(self._numbers)}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]} STRATEGY FILE_COPY")
        return self._server.url(name)

    async def empty_postgresql(self) -> str:
        """The same without tables."""
        admin = await self._connected()
        name = f"framsteg_{next(self._numbers)}"
        await admin.execute(f"CREATE DATABASE {name}")
        return self._server.url(name)

    async def gone(self, url: str) -> None:
        """Remove a PostgreSQL database, whoever is still connected."""
        assert self._admin is not None
        await self._admin.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    async def close(self) -> None:
        """Stop the server."""
        if self._admin is not None:
            await self._admin.close()
        self._server.stop()

    async def _connected(self) -> asyncpg.Connection:
        if self._admin is None:
            self._admin = await asyncpg.connect(self._server.url("postgres"))
            await self._admin.execute(f"CREATE DATABASE {_TEMPLATE}")
            await _migrated(self._server.url(_TEMPLATE))
        return self._admin


async def _migrated(url: str) -> None:
    database = Database(url, key=KEY)
    try:
        await migrate(database)
        async with unit_of_work(database) as work:
            await work.vocabularies.keep(mark_of(ROOT), compiled(), now=_KEPT_AT)
            await work.almanacs.keep(mark_of_days(), days(), now=_KEPT_AT)
    finally:
        await database.close()
