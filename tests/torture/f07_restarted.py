"""A server that is restarted at once, or turns into a standby that takes no word, loses nothing it had confirmed."""

import asyncio
from random import Random

from tests.databases import Databases
from tests.postgres import PostgreSQL
from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Crowd, Household, a_world

FAULT = "F7"
TITLE = "PostgreSQL (fsync on) is restarted with `-m immediate`, one time in four as a standby that only reads"
FULL = 20
RECOVERS_WITHIN = 5.0


async def torture(tries: int, place: Place) -> Result:
    """`tries` restarts under load."""
    dice, server = Random(7), PostgreSQL(durable=True)
    databases = Databases(place.directory(), server=server)
    try:
        url = await databases.postgresql()
        async with a_world(url, place.directory(), people=40) as world, nursery(place.directory()) as born:
            house = Household(born, world.settings())
            for _ in range(2):
                await house.grow()
            await world.until_begun()
            await world.until_quiet()
            await world.let_go()
            crowd = Crowd(world, house, rate=60)
            crowd.begin()
            slowest = 0.0
            for turn in range(tries):
                place.say(f"F7: {turn} of {tries}")
                await asyncio.sleep(dice.uniform(0.3, 1.0))
                standby = turn % 4 == 3
                await asyncio.to_thread(server.restart, read_only=standby)
                if standby:
                    await asyncio.sleep(1.0)
                    await asyncio.to_thread(server.restart)
                slowest = max(slowest, await world.recovers(house))
            pace = await crowd.end()
            await world.until_quiet(seconds=120)
            codes = await house.stop()
            found = await world.difference()
    finally:
        server.stop()
    wrong = [f"it recovered after {slowest:.1f} s"] if slowest > RECOVERS_WITHIN else []
    wrong += [f"exit codes {codes}"] if any(codes) else []
    wrong += [f"answered {status}" for status in world.answered if status not in (200, 503)]
    notes = (
        f"slowest recovery {slowest:.2f} s after the server was there; {crowd.said} messages at {pace:.0f}/s, "
        f"{world.answered[503]} times 503"
    )
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,))
