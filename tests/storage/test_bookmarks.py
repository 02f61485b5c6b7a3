"""What was read stays read, in whatever order a reader's windows come."""

from datetime import timedelta

from sqlalchemy import select

from bot.storage import tables
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work
from tests.builders import MONDAY, a_participant


async def test_a_window_that_showed_less_takes_nothing_back(database: Database) -> None:
    who = await a_participant(database)
    logged = []
    for minutes, until in ((0, 10), (5, 5), (16, 12), (40, 3)):
        async with unit_of_work(database) as work:
            now = MONDAY + timedelta(minutes=minutes)
            logged.append(await work.bookmarks.move(who.coach_id, person=who.participant_id, until=until, now=now))
    async with database.reading() as connection:
        rows = list(await connection.execute(select(tables.bookmarks.c.read_until)))
    assert [row.read_until for row in rows] == [12]
    assert logged == [True, False, True, True]
