"""A programme that was stopped in the midst of its planning is planned again from the moment it may send."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import programmes
from bot.storage.unit_of_work import unit_of_work
from tests.cli.asking import ask
from tests.databases import KEY
from tests.process.running import ROOT


async def test_a_round_that_was_under_way_is_behind_when_a_programme_sends_again(sqlite_url: str) -> None:
    given, now = {"FRAMSTEG_DATABASE_URL": sqlite_url}, datetime.now(UTC)
    assert (await ask(given, "programme", "publish", str(ROOT / "flows" / "programmes" / "stega"))).code == 0
    database = Database(sqlite_url, key=KEY)
    yesterday = now - timedelta(days=1)
    async with unit_of_work(database) as work:
        (row,) = await work.programmes.all()
        await work.programmes.change(row.id, planned_until=yesterday, planning_until=yesterday, planning_after=7)
    await database.close()
    assert (await ask(given, "resume", "nothing")).code == 2
    assert (await ask(given, "resume", "stega", "--from", "2026-11-23T08:00+01:00")).code == 2
    assert (await ask(given, "stop-all", "stega")).code == 0

    assert (await ask(given, "resume", "stega")).code == 0

    async with database.reading() as connection:
        row = (await connection.execute(select(programmes))).one()
    await database.close()
    assert (row.stopped_at, row.planning_until, row.planning_after) == (None, None, None)
    assert row.planned_until >= now
