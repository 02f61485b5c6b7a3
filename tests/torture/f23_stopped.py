"""Whoever is told to stop takes nothing new, finishes what is in hand, and leaves nothing behind."""

import asyncio
import signal
import time
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Crowd, Household, a_world

FAULT = "F23"
TITLE = "SIGTERM (once and twice), SIGINT, SIGHUP under load; standard input, output and error closed"
FULL = 100
STOPS_WITHIN = 12.0
"""Seconds: what is in hand has ten."""

_SIGNALS = (
    (signal.SIGTERM,),
    (signal.SIGTERM, signal.SIGTERM),
    (signal.SIGHUP,),
    (signal.SIGINT,),
)


async def torture(tries: int, place: Place) -> Result:
    """`tries` times one of two processes under load is told to stop, and another takes its place."""
    url, dice = await place.postgresql(), Random(23)
    async with (
        a_world(url, place.directory(), people=40, chats=2, pause=0.03) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings(), lease=30)
        for _ in range(2):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=100)
        crowd.begin()
        slowest, wrong = 0.0, []
        for turn in range(tries):
            place.say(f"F23: {turn} of {tries}")
            # In every third nobody reads what it says, once it serves.
            child = await house.grow(**({"CLOSED": "yes"} if turn % 3 == 2 else {}))
            await asyncio.sleep(dice.uniform(0.05, 0.5))
            begun = time.monotonic()
            old = dice.choice(house.living)
            house.living.remove(old)
            signals = _SIGNALS[turn % len(_SIGNALS)]
            code = await old.stop(*signals)
            slowest = max(slowest, time.monotonic() - begun)
            names = " ".join(one.name for one in signals)
            wrong += [f"{names}: exit code {code}: {old.output[-300:]}"] if code else []
            wrong += [f"{names}: a trace: {old.output[-300:]}"] if "Traceback" in old.output else []
            assert child.code is None or child is old
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong += [f"exit codes {codes}"] if any(codes) else []
    wrong += [f"it stopped after {slowest:.1f} s"] if slowest > STOPS_WITHIN else []
    wrong += [f"{world.uncertain} Telegram sends are uncertain"] if world.uncertain else []
    notes = f"the slowest stopped after {slowest:.1f} s; {crowd.said} messages at {pace:.0f}/s, none uncertain"
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong[:5]), notes=(notes,))
