"""Whether anybody serves is seen from outside, without asking them."""

from bot.storage import sqlite
from bot.storage.copies import served_by_others
from bot.storage.database import Database


async def is_served(database: Database, url: str) -> bool:
    """Whether another process writes to this database just now. `database` is opened for reading."""
    if database.is_sqlite:
        return sqlite.is_locked(sqlite.path_of(url, must_exist=True))
    async with database.reading() as connection:
        return await served_by_others(connection)
