"""An SMS that is delivered up to fifty times, at once, by two processes, or a week later, is read once."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import update

from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.databases import KEY
from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Household, World, a_world

FAULT = "F2"
TITLE = "the same SMS 2 to 50 times, at once, by two processes, after a restart, a week later"
FULL = 10_000
COPIES = (2, 2, 2, 3, 3, 3, 4, 4, 5, 6)
"""At first; one in a hundred comes fifty times. The rest of the deliveries come later."""


async def torture(tries: int, place: Place) -> Result:
    """`tries` deliveries of a tenth as many messages."""
    url, dice = await place.postgresql(), Random(2)
    # So few that the landing has room for all that is under way at once.
    people = max(2, min(60, tries // 40))
    async with a_world(url, place.directory(), people=people) as world, nursery(place.directory()) as born:
        house = Household(born, world.settings())
        for _ in range(2):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        said: list[dict[str, str]] = []
        first = max(4, tries // 10)
        await asyncio.gather(*(_talks(world, house, one, said, upto=first) for one in world.burst.numbers))
        await world.until_quiet()
        await house.stop()
        for _ in range(2):
            await house.grow()
        await _again(world, house, said, dice, upto=(world.answered.total() + tries) // 2)
        await _let_pass(url)
        await _again(world, house, said, dice, upto=tries)
        await world.until_quiet()
        await house.stop()
        found = await world.difference()
    wrong = [f"{count} deliveries were answered {status}" for status, count in world.answered.items() if status != 200]
    notes = f"{world.answered[200]} deliveries of {len(said)} messages by {people} people; all answered 200"
    return Result(
        tries=world.answered.total(),
        lost=found.lost,
        doubled=found.doubled,
        wrong=(*found.words[:9], *wrong),
        notes=() if wrong else (notes,),
    )


async def _talks(world: World, house: Household, number: str, said: list[dict[str, str]], *, upto: int) -> None:
    """One person writes on as soon as one delivery was answered, while the others of it are still under way."""
    under_way: set[asyncio.Future[int]] = set()
    while len(said) < upto:
        fields = world.sms(number, world.words_for(number))
        said.append(fields)
        posts = {
            asyncio.ensure_future(world.post(house.port(), "/twilio/message", fields))
            for _ in range(50 if world.dice.random() < 0.01 else world.dice.choice(COPIES))
        }
        done, _ = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
        assert 200 in {one.result() for one in done}
        world.model.hears(number, fields["MessageSid"], fields["Body"], now=datetime.now(UTC))
        under_way |= posts
    await asyncio.gather(*under_way)


async def _again(world: World, house: Household, said: list[dict[str, str]], dice: Random, *, upto: int) -> None:
    while world.answered.total() < upto:
        some = dice.choices(said, k=min(100, upto - world.answered.total()))
        await asyncio.gather(*(world.post(house.port(), "/twilio/message", fields) for fields in some))


async def _let_pass(url: str) -> None:
    """All of it was long ago."""
    then = datetime.now(UTC) - timedelta(days=8)
    database = Database(url, key=KEY)
    try:
        async with database.transaction() as connection:
            await connection.execute(update(inbox).values(received_at=then, handled_at=then))
    finally:
        await database.close()
