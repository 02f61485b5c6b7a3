"""Free days are worked out by the library seldom, never twice for the same years, and never while people wait."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bot.content.almanac import Almanac, mark_of_days
from bot.services.almanac import look_up, recall
from bot.storage.database import Database
from bot.storage.tables import almanacs
from tests.almanac import almanac
from tests.databases import KEY, Databases

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NEW_YEAR = datetime(2028, 1, 1, 0, 0, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    url = await (databases.sqlite(tmp_path) if request.param == "sqlite" else databases.postgresql())
    made = Database(url, key=KEY)
    async with made.transaction() as connection:
        await connection.execute(delete(almanacs))
    yield made
    await made.close()


async def kept(database: Database) -> list[tuple[str, datetime]]:
    async with database.reading() as connection:
        rows = await connection.execute(select(almanacs.c.mark, almanacs.c.kept_at))
        return [(row.mark, row.kept_at) for row in rows]


async def test_the_second_start_reads_what_the_first_one_kept(database: Database) -> None:
    first = await look_up(database, Almanac(), now=NOW)
    async with database.transaction() as connection:
        compiled = await connection.scalar(select(almanacs.c.compiled))
        assert compiled is not None
        await connection.execute(update(almanacs).values(compiled=compiled.replace("Julafton", "Dan före dan")))
    again = await look_up(database, Almanac(), now=NOW)
    assert first.red["SE"][date(2026, 12, 24)].name == "Julafton"
    assert again.red["SE"][date(2026, 12, 24)].name == "Dan före dan"
    assert (await recall(database, now=NOW)).red == again.red
    assert len(await kept(database)) == 1


async def test_what_is_known_and_reaches_is_looked_up_nowhere(database: Database) -> None:
    known = await look_up(database, Almanac(), now=NOW)
    async with database.transaction() as connection:
        await connection.execute(delete(almanacs))
    assert await look_up(database, known, now=NOW) is known
    assert await kept(database) == []


async def test_a_new_year_is_noticed_while_the_program_runs(database: Database) -> None:
    known = await look_up(database, Almanac(), now=NOW)
    later = await look_up(database, known, now=NEW_YEAR)
    assert max(known.red["SE"]).year == 2029
    assert max(later.red["SE"]).year == 2031
    assert date(2028, 6, 23) in later.red["SE"]
    assert len(await kept(database)) == 1


async def test_a_country_that_came_since_is_kept_beside_the_others(database: Database) -> None:
    known = await look_up(database, Almanac(), now=NOW)
    more = await look_up(database, known.with_country("FI"), now=NOW)
    assert {"SE", "FI"} == more.red.keys()
    assert (await look_up(database, Almanac(), now=NOW)).red == more.red
    # Whoever knows less reads what another process kept, and takes nothing away.
    assert (await look_up(database, Almanac(red={"NO": {}}), now=NOW)).red.keys() == {"SE", "FI", "NO"}


async def test_what_an_older_program_kept_is_worked_out_anew(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(almanacs.insert().values(mark="0" * 64, compiled="{}", kept_at=NOW))
    await look_up(database, Almanac(), now=NOW)
    assert [mark for mark, _ in await kept(database)] == [mark_of_days()]


@pytest.mark.parametrize("rubbish", ["", "{}", "no json", '{"first": 1, "last": 2, "red": 3, "kept": []}'])
async def test_what_cannot_be_read_any_more_is_worked_out_again(database: Database, rubbish: str) -> None:
    whole = await look_up(database, Almanac(), now=NOW)
    async with database.transaction() as connection:
        await connection.execute(update(almanacs).values(compiled=rubbish))
    assert (await recall(database, now=NOW)).red == whole.red
    assert await look_up(database, Almanac(), now=NOW) == whole
    assert await look_up(database, Almanac(), now=NOW) == whole


async def test_people_are_answered_while_days_are_worked_out(database: Database) -> None:
    longest, done = 0.0, asyncio.Event()

    async def others() -> None:
        nonlocal longest
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    beside = asyncio.create_task(others())
    await look_up(database, Almanac(), now=NOW)
    done.set()
    await beside
    assert longest < 0.05


STARTS = """
import asyncio, sys
from datetime import UTC, datetime
from bot.content.almanac import Almanac
from bot.services.almanac import look_up
from bot.storage.database import Database

async def start(url):
    database = Database(url, key=bytes(range(32)))
    try:
        return await look_up(database, Almanac(), now=datetime(2026, 11, 25, tzinfo=UTC))
    finally:
        await database.close()

found = asyncio.run(start(sys.argv[1]))
assert len(found.red["SE"]) == 85, len(found.red["SE"])
assert not {"holidays", "dateutil"} & sys.modules.keys()
"""


async def test_a_program_whose_days_are_kept_never_carries_the_library(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite(tmp_path)
    subprocess.run([sys.executable, "-c", STARTS, url], cwd=ROOT, check=True, timeout=60)


def test_the_days_of_the_tests_reach_as_far_as_the_tests_do() -> None:
    assert almanac().reaches(NOW)
    assert almanac().reaches(datetime.now(UTC))
