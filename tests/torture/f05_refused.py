"""While the database refuses, a webhook is told so within two seconds, and all goes on by itself after it."""

import asyncio
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.proxy import Proxy
from tests.torture.world import Crowd, Household, World, a_world

FAULT = "F5"
TITLE = "PostgreSQL closes all connections and refuses new ones, under load: one time in ten for 60 s"
FULL = 20
ANSWERS_WITHIN, RECOVERS_WITHIN = 2.0, 5.0


async def torture(tries: int, place: Place) -> Result:
    """`tries` times, for one to three seconds each, but for every tenth."""
    url, dice = await place.postgresql(), Random(5)
    port = int(url.rpartition(":")[2].partition("/")[0])
    async with (
        Proxy(port) as proxy,
        a_world(url, place.directory(), people=40, chats=2) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings(database_url=proxy.before(url)))
        for _ in range(2):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=60)
        crowd.begin()
        slowest, recovered = 0.0, 0.0
        for turn in range(tries):
            place.say(f"F5: {turn} of {tries}")
            await asyncio.sleep(0.5)
            proxy.refuse()
            slowest = max(slowest, await _refused(world, 60 if turn % 10 == 5 else dice.uniform(1, 3)))
            proxy.accept()
            recovered = max(recovered, await world.recovers(house))
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong = [f"a webhook was answered after {slowest:.1f} s"] if slowest > ANSWERS_WITHIN else []
    wrong += [f"it recovered after {recovered:.1f} s"] if recovered > RECOVERS_WITHIN else []
    wrong += [f"exit codes {codes}"] if any(codes) else []
    wrong += [f"answered {status}" for status in world.answered if status not in (200, 503)]
    notes = (
        f"slowest answer {slowest:.2f} s, slowest recovery {recovered:.2f} s; {crowd.said} messages at {pace:.0f}/s, "
        f"{world.answered[503]} times 503"
    )
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,))


async def _refused(world: World, seconds: float) -> float:
    """The slowest answer meanwhile."""
    # What had begun before is the last thing that may have been slow for another reason.
    await asyncio.sleep(0.1)
    world.slowest = 0.0
    await asyncio.sleep(seconds)
    return world.slowest
