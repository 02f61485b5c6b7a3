"""When a connection breaks after COMMIT was sent, nobody guesses: what was to be kept is there once."""

from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.proxy import Cut, How, Proxy
from tests.torture.world import Crowd, Household, a_world, until

FAULT = "F8"
TITLE = "the connection to PostgreSQL breaks after COMMIT (or a landing's insert) was sent, before its answer"
FULL = 200

_HOW = (How.ANSWER_DROPPED, How.AFTER_REQUEST, How.ANSWER_DROPPED, How.ANSWER_CUT)
_WORDS = (b"COMMIT", b"SM0000")
"""What ends a transaction, and what stands in an arrival's insert, which commits by itself."""


async def torture(tries: int, place: Place) -> Result:
    """Two processes under load by way of a proxy that breaks `tries` connections at that moment."""
    url, dice = await place.postgresql(), Random(8)
    port = int(url.rpartition(":")[2].partition("/")[0])
    people = max(10, min(100, tries))
    async with (
        Proxy(port) as proxy,
        a_world(url, place.directory(), people=people) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings(database_url=proxy.before(url)))
        for _ in range(2):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=100)
        crowd.begin()
        for number in range(tries):
            place.say(f"F8: {number} of {tries}")
            proxy.cuts.append(Cut(how=dice.choice(_HOW), words=_WORDS[number % 4 == 3]))

            async def cut(number: int = number) -> bool:
                return len(proxy.done) > number

            await until(cut, seconds=30, pause=0.02)
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong = [f"exit codes {codes}"] if any(codes) else []
    wrong += [f"{crowd.unheard} messages were never acknowledged"] if crowd.unheard else []
    hows = ", ".join(f"{sum(one.how is how for one in proxy.done)} x {how}" for how in dict.fromkeys(_HOW))
    answered = ", ".join(f"{count} x {status}" for status, count in sorted(world.answered.items()))
    return Result(
        tries=len(proxy.done),
        lost=found.lost,
        doubled=found.doubled,
        wrong=(*found.words, *wrong),
        notes=(f"{hows}; {crowd.said} messages at {pace:.0f}/s, answered {answered}",),
    )
