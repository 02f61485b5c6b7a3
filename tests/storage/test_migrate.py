"""A database that is in use is brought to the next schema without losing a row."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from bot.storage import schema, tables
from bot.storage.database import Database
from bot.storage.migrate import REVISIONS, migrate, refuse_difference
from bot.storage.sqlite import BrokenReferences
from tests.builders import a_participant, a_rating
from tests.databases import KEY, Databases

_REVISION = '''
"""A revision of the tests."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''

# On SQLite this copies the table, drops the old one and renames the new: every rating hangs on both of the dropped
# ones, and the views read one of them.
_REBUILD = """with op.batch_alter_table("participants") as batch:
        batch.alter_column("first_name", existing_type=sa.Text(), nullable=True)
        batch.add_column(sa.Column("nickname", sa.Text()))
    with op.batch_alter_table("enrolments") as batch:
        batch.alter_column("ended_reason", existing_type=sa.String(64), type_=sa.Text())"""

_ORPHAN = """op.execute("DELETE FROM participants")"""


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """A database in which nothing was ever made."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/empty.db" if is_sqlite else await databases.empty_postgresql()
    made = Database(url, key=KEY)
    yield made
    await made.close()
    if not is_sqlite:
        await databases.gone(url)


async def test_an_empty_database_gets_every_table_and_says_from_where_to_where(empty: Database) -> None:
    assert await schema.pending(empty)
    assert await migrate(empty) == (None, schema.HEAD)
    assert not await schema.pending(empty)
    assert await migrate(empty) == (schema.HEAD, schema.HEAD)
    async with empty.reading() as connection:
        for table in tables.metadata.sorted_tables:
            await connection.execute(select(table))


async def test_processes_that_start_together_migrate_once(databases: Databases) -> None:
    url = await databases.empty_postgresql()
    started = [Database(url, key=KEY) for _ in range(3)]
    try:
        said = await asyncio.gather(*(migrate(one) for one in started))
        assert {after for _, after in said} == {schema.HEAD}
    finally:
        for one in started:
            await one.close()
        await databases.gone(url)


async def test_the_tables_are_those_the_revisions_make(database: Database) -> None:
    await refuse_difference(database)


async def test_a_forgotten_revision_is_noticed(database: Database) -> None:
    async with database.rebuilding() as connection:
        await connection.execute(text("ALTER TABLE pauses DROP COLUMN reason"))
    with pytest.raises(Exception, match="reason"):
        await refuse_difference(database)


def test_the_newest_revision_is_the_one_the_program_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(REVISIONS.parent))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


async def test_a_table_that_others_refer_to_is_rebuilt_without_losing_a_row(database: Database, tmp_path: Path) -> None:
    await a_rating(database, await a_participant(database), value=4)
    before = await _counts(database)
    assert sum(before.values()) >= len(before) and min(before.values()) == 1
    assert await migrate(database, revisions=(REVISIONS, _written(tmp_path, _REBUILD))) == (schema.HEAD, "9999")
    assert await _counts(database) == before
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(nickname), count(*) FROM participants"))).one() == (0, 1)
        assert (await connection.execute(text("SELECT value FROM ratings"))).scalar_one() == 4
    assert await schema.pending(database)


async def test_foreign_keys_are_kept_again_after_a_rebuild(sqlite_database: Database, tmp_path: Path) -> None:
    await migrate(sqlite_database, revisions=(REVISIONS, _written(tmp_path, _REBUILD)))
    async with sqlite_database.transaction() as connection:
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
        assert (await connection.exec_driver_sql("PRAGMA legacy_alter_table")).scalar_one() == 0


async def test_a_revision_that_would_leave_orphans_is_rolled_back(sqlite_database: Database, tmp_path: Path) -> None:
    await a_rating(sqlite_database, await a_participant(sqlite_database), value=4)
    before = await _counts(sqlite_database)
    with pytest.raises(BrokenReferences, match="given_ratings"):
        await migrate(sqlite_database, revisions=(REVISIONS, _written(tmp_path, _ORPHAN)))
    assert await _counts(sqlite_database) == before
    assert await schema.version(sqlite_database) == schema.HEAD


def _written(place: Path, body: str) -> Path:
    revisions = place / "revisions"
    revisions.mkdir()
    (revisions / "v9999_test.py").write_text(_REVISION.format(head=schema.HEAD, body=body))
    return revisions


async def _counts(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (tables.organisations, tables.participants, tables.enrolments, tables.given_ratings)
        }
