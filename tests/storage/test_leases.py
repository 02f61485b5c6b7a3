"""A lease has one holder, and its number grows when it changes hands."""

import asyncio

from bot.storage.database import Database
from bot.storage.leases import hold, release


async def test_a_lease_that_is_held_is_refused_to_another(database: Database) -> None:
    assert await hold(database, "telegram", holder="a", seconds=60) == 1
    assert await hold(database, "telegram", holder="b", seconds=60) is None
    assert await hold(database, "sms", holder="b", seconds=60) == 1


async def test_the_holder_keeps_its_lease_and_its_number(database: Database) -> None:
    assert await hold(database, "telegram", holder="a", seconds=60) == 1
    assert await hold(database, "telegram", holder="a", seconds=60) == 1


async def test_a_lease_that_ran_out_goes_to_the_next_with_a_higher_number(database: Database) -> None:
    await hold(database, "telegram", holder="a", seconds=0.05)
    await asyncio.sleep(0.1)
    assert await hold(database, "telegram", holder="b", seconds=60) == 2
    assert await hold(database, "telegram", holder="a", seconds=60) is None


async def test_a_lease_let_go_is_free_at_once_and_its_number_still_grows(database: Database) -> None:
    await hold(database, "telegram", holder="a", seconds=60)
    await release(database, "telegram", holder="b")
    assert await hold(database, "telegram", holder="b", seconds=60) is None
    await release(database, "telegram", holder="a")
    assert await hold(database, "telegram", holder="b", seconds=60) == 2


async def test_many_that_ask_at_once_make_one_holder(postgresql_database: Database) -> None:
    asked = [hold(postgresql_database, "telegram", holder=str(number), seconds=60) for number in range(8)]
    assert sorted(number or 0 for number in await asyncio.gather(*asked)) == [0] * 7 + [1]
