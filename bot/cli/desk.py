"""A command works at a desk: the database, what is published, and the hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.app import machine_clock
from bot.app import opened as opened_database
from bot.cli.terminal import refuse, settings
from bot.services import almanac
from bot.services.published import Shelf
from bot.services.vocabulary import learn, recall
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.key import key_fits
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

    async def programmes(self, work: Work, slug: str) -> list[ProgrammeRow]:
        """The programmes of this slug, of any organisation; refuses when there is none."""
        rows = await work.programmes.named(slug)
        if not rows:
            refuse(f"there is no programme '{slug}': `framsteg programme publish DIR` makes one")
        return rows


@asynccontextmanager
async def opened(*, read_only: bool = False) -> AsyncIterator[Desk]:
    """A desk at a migrated database, closed afterwards.

    Raises `DatabaseBusy` while another process has the SQLite file and something is to be written.
    """
    chosen = settings()
    database = opened_database(chosen, read_only=read_only)
    try:
        await _must_fit(database)
        now = machine_clock()
        shelf = Shelf({})
        known = recall(database, chosen.content) if read_only else learn(database, chosen.content, now=now)
        shelf.learn(await known)
        days = almanac.recall(database, now=now) if read_only else almanac.look_up(database, shelf.almanac, now=now)
        shelf.mark_days(await days)
        yield Desk(settings=chosen, database=database, shelf=shelf, now=now)
    finally:
        await database.close()


async def _must_fit(database: Database) -> None:
    """Refuse to go on with an old or empty database, or with a key that is not its own."""
    if await pending(database):
        refuse("the database is not up to date: run `framsteg migrate`")
    if not await key_fits(database):
        refuse("FRAMSTEG_KEY is not the key that this database was made with: use that one")
