"""A command works at a desk: the database, what is published, and the hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.cli.terminal import NO_KEY, refuse, settings
from bot.content.reply_words import load_readings
from bot.services.published import Shelf
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.schema import pending
from bot.storage.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One command's own."""

    settings: Settings
    database: Database
    shelf: Shelf
    now: datetime

    @classmethod
    def open(cls, settings: Settings, *, key: bytes, read_only: bool) -> "Desk":
        """Raises `DatabaseBusy` while another process has the SQLite file and something is to be written."""
        database = Database(
            settings.database_url, key=key, synchronous=settings.sqlite_synchronous, read_only=read_only
        )
        shelf = Shelf(load_readings(settings.content))
        return cls(settings=settings, database=database, shelf=shelf, now=datetime.now(UTC))

    async def must_be_migrated(self) -> None:
        """Refuse to go on with an old or empty database."""
        if await pending(self.database):
            refuse("the database is not up to date: run `framsteg migrate`")

    async def programmes(self, work: Work, slug: str) -> list[ProgrammeRow]:
        """The programmes of this slug, of any organisation; refuses when there is none."""
        rows = await work.programmes.named(slug)
        if not rows:
            refuse(f"there is no programme '{slug}': `framsteg programme publish DIR` makes one")
        return rows


@asynccontextmanager
async def opened(*, read_only: bool = False) -> AsyncIterator[Desk]:
    """A desk at a migrated database, closed afterwards."""
    chosen = settings()
    if chosen.key is None:
        refuse(NO_KEY)
    desk = Desk.open(chosen, key=chosen.key, read_only=read_only)
    try:
        await desk.must_be_migrated()
        yield desk
    finally:
        await desk.database.close()
