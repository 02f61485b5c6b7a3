"""A transaction holds all of a change or none of it, on SQLite and on PostgreSQL alike."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.storage import postgresql
from bot.storage.away import DatabaseAway
from bot.storage.database import Database, NestedTransaction, ReadOnly
from bot.storage.sqlite import DatabaseBusy
from bot.storage.tables import pauses
from tests.databases import KEY, Databases

_KEEP = text("INSERT INTO cursors (name, value) VALUES (:name, 1)")
_NAMES = text("SELECT name FROM cursors ORDER BY name")
_MORE = text("UPDATE cursors SET value = :value WHERE name = 'a'")
_VALUE = text("SELECT value FROM cursors WHERE name = 'a'")
_LOCKED = text("SELECT value FROM cursors WHERE name = 'a' FOR UPDATE")


async def _keep(database: Database, name: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(_KEEP, {"name": name})


async def _names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(_NAMES)).scalars())


async def test_what_a_transaction_wrote_is_there_afterwards(database: Database) -> None:
    await _keep(database, "a")
    assert await _names(database) == ["a"]


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as connection:
            await connection.execute(_KEEP, {"name": "a"})
            raise RuntimeError
    assert await _names(database) == []


async def test_a_cancelled_transaction_leaves_nothing_and_gives_its_connection_back(database: Database) -> None:
    wrote = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.transaction() as connection:
            await connection.execute(_KEEP, {"name": "a"})
            wrote.set()
            await asyncio.Event().wait()

    for _ in range(11):
        task = asyncio.create_task(write_and_wait())
        await wrote.wait()
        wrote.clear()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await _keep(database, "b")
    assert await _names(database) == ["b"]


async def test_a_transaction_inside_a_transaction_is_refused_at_once(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(NestedTransaction):
            async with asyncio.timeout(1):
                await _keep(database, "inner")
        await connection.execute(_KEEP, {"name": "outer"})
    assert await _names(database) == ["outer"]
    await _keep(database, "later")


async def test_a_task_begun_inside_a_transaction_may_write_after_it(database: Database) -> None:
    async with database.transaction() as connection:
        later = asyncio.create_task(_keep(database, "later"))
        await connection.execute(_KEEP, {"name": "now"})
    await later
    assert await _names(database) == ["later", "now"]


async def test_a_reader_does_not_wait_for_a_writer_nor_see_what_is_not_committed(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(_KEEP, {"name": "a"})
        assert await asyncio.wait_for(_names(database), timeout=1) == []


async def test_what_one_reader_sees_is_of_one_moment(database: Database) -> None:
    async with database.reading() as connection:
        assert (await connection.execute(_NAMES)).all() == []
        await _keep(database, "a")
        assert (await connection.execute(_NAMES)).all() == []


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading() as connection:
            await connection.execute(_KEEP, {"name": "a"})
    assert await _names(database) == []


async def test_many_who_read_then_write_lose_nothing(database: Database) -> None:
    await _keep(database, "a")

    async def one_more() -> None:
        async with database.transaction() as connection:
            value = (await connection.execute(_VALUE if database.is_sqlite else _LOCKED)).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(_MORE, {"value": value + 1})

    await asyncio.gather(*(one_more() for _ in range(50)))
    async with database.reading() as connection:
        assert (await connection.execute(_VALUE)).scalar_one() == 51


async def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(
                text(
                    "INSERT INTO programmes (organisation_id, slug, created_at) VALUES (77, 'stega', CURRENT_TIMESTAMP)"
                )
            )


async def test_a_moment_comes_back_as_it_went_in_utc_and_a_naive_one_is_refused(database: Database) -> None:
    moment = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.transaction() as connection:
        await connection.execute(insert(pauses), {"channel": "sms", "until": moment, "reason": "rate"})
    async with database.reading() as connection:
        found = (await connection.execute(select(pauses.c.until))).scalar_one()
    assert found == moment and found.tzinfo is UTC
    with pytest.raises(StatementError, match="time zone"):
        async with database.transaction() as connection:
            naive = {"channel": "telegram", "until": moment.replace(tzinfo=None), "reason": "rate"}
            await connection.execute(insert(pauses), naive)


async def test_an_error_does_not_tell_the_words_it_was_about(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction() as connection:
            for _ in range(2):
                await connection.execute(text("INSERT INTO cursors (name, value) VALUES (:name, 1)"), {"name": "hush"})
    assert "parameters hidden" in str(caught.value)


async def test_a_second_process_is_refused_the_file_and_told_which(sqlite_url: str, sqlite_database: Database) -> None:
    code = (
        "import sys\nfrom bot.storage.database import Database\nfrom bot.storage.sqlite import DatabaseBusy\n"
        "try:\n    Database(sys.argv[1], key=bytes(32))\nexcept DatabaseBusy as busy:\n    print(busy)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    assert sqlite_url.removeprefix("sqlite:///") in said and "in use" in said


async def test_the_file_is_free_again_after_closing(sqlite_url: str) -> None:
    first = Database(sqlite_url, key=KEY)
    with pytest.raises(DatabaseBusy):
        Database(sqlite_url, key=KEY)
    await first.close()
    await Database(sqlite_url, key=KEY).close()


async def test_reading_alone_needs_no_lock_and_cannot_write(sqlite_url: str, sqlite_database: Database) -> None:
    await _keep(sqlite_database, "a")
    beside = Database(sqlite_url, key=KEY, read_only=True)
    try:
        assert await _names(beside) == ["a"]
        with pytest.raises(ReadOnly):
            await _keep(beside, "b")
    finally:
        await beside.close()
    await _keep(sqlite_database, "c")


async def test_reading_a_file_that_is_not_there_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not there"):
        Database(f"sqlite:///{tmp_path}/missing/framsteg.db", key=KEY, read_only=True)
    assert list(tmp_path.iterdir()) == []


async def test_the_directory_of_a_new_file_is_made_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/var/deep/framsteg.db", key=KEY)
    await database.close()
    assert (tmp_path / "var/deep/framsteg.db").stat().st_mode & 0o077 == 0


async def test_sqlite_keeps_what_the_settings_promise(sqlite_url: str) -> None:
    database = Database(sqlite_url, key=KEY)
    try:
        async with database.transaction() as connection:
            asked = [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert asked == ["wal", 2, 1]
    finally:
        await database.close()


async def test_a_full_disk_is_a_database_away_and_passes(sqlite_database: Database) -> None:
    async with sqlite_database.driver() as driver:
        await driver.execute("PRAGMA max_page_count=1")
    with pytest.raises(DatabaseAway):
        async with sqlite_database.transaction() as connection:
            for number in range(200):
                await connection.execute(_KEEP, {"name": f"{number}-" * 100})
    async with sqlite_database.driver() as driver:
        await driver.execute("PRAGMA max_page_count=1000000")
    await _keep(sqlite_database, "a")
    assert await _names(sqlite_database) == ["a"]


async def test_connections_the_server_dropped_are_replaced(postgresql_database: Database) -> None:
    await _keep(postgresql_database, "a")
    await _drop_connections(postgresql_database)
    await _keep(postgresql_database, "b")
    assert await _names(postgresql_database) == ["a", "b"]


async def test_a_connection_lost_in_the_middle_is_a_database_away(postgresql_database: Database) -> None:
    with pytest.raises(DatabaseAway):
        async with postgresql_database.transaction() as connection:
            await connection.execute(_KEEP, {"name": "a"})
            await _drop_connections(postgresql_database)
            await connection.execute(_KEEP, {"name": "b"})
    assert await _names(postgresql_database) == []


async def test_a_server_that_is_gone_is_a_database_away_for_readers_and_writers(
    databases: Databases, postgresql_url: str, postgresql_database: Database
) -> None:
    await _keep(postgresql_database, "a")
    await databases.gone(postgresql_url)
    with pytest.raises(DatabaseAway):
        await _keep(postgresql_database, "b")
    with pytest.raises(DatabaseAway):
        await _names(postgresql_database)


async def test_nobody_listening_is_a_database_away() -> None:
    database = Database("postgresql://framsteg@127.0.0.1:1/framsteg", key=KEY)
    with pytest.raises(DatabaseAway):
        await _keep(database, "a")
    await database.close()


def test_a_hosters_address_is_understood() -> None:
    engine = postgresql.writer("postgres://anna:secret@db.example.se:5433/framsteg?sslmode=require&channel_binding=x")
    assert engine.url.render_as_string() == ("postgresql+asyncpg://anna:***@db.example.se:5433/framsteg?ssl=require")


async def _drop_connections(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    # The other end needs a moment to learn of it.
    await asyncio.sleep(0.1)


async def test_rows_can_be_read_one_by_one_some_at_a_time_and_as_they_come(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(_KEEP, [{"name": name} for name in "abcde"])
    async with database.reading() as connection:
        result = await connection.execute(_NAMES)
        assert [result.scalars().first()] == ["a"]
        assert (await connection.execute(_NAMES)).fetchmany(2) == [("a",), ("b",)]
        assert [row.name async for row in await connection.stream(_NAMES)] == list("abcde")


async def test_a_change_says_how_many_rows_it_changed_and_which(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(_KEEP, [{"name": name} for name in "abc"])
        assert (await connection.execute(text("UPDATE cursors SET value = 2 WHERE name < 'c'"))).rowcount == 2
        gone = await connection.execute(text("DELETE FROM cursors WHERE value = 2 RETURNING name"))
        assert sorted(gone.scalars()) == ["a", "b"]
