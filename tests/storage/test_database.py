"""A transaction holds all of a change or none of it, on SQLite and on PostgreSQL alike."""

import pytest
from sqlalchemy import text

from bot.storage.database import Database


async def _names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(text("SELECT name FROM cursors ORDER BY name"))).scalars())


_KEEP = text("INSERT INTO cursors (name, value) VALUES (:name, 1)")


async def test_what_a_transaction_wrote_is_there_afterwards(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(_KEEP, {"name": "a"})
    assert await _names(database) == ["a"]


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as connection:
            await connection.execute(_KEEP, {"name": "a"})
            raise RuntimeError
    assert await _names(database) == []
