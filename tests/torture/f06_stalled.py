"""While the database says nothing, whoever asks us is told within the time-outs that we live and cannot help."""

import asyncio
import os
import signal
from random import Random

import asyncpg

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.proxy import Proxy
from tests.torture.world import Crowd, Household, World, a_world

FAULT = "F6"
TITLE = "the database stalls for 1 to 30 s: backends stopped (SIGSTOP), the wire silent, a table locked"
FULL = 20
ALIVE_WITHIN, ANSWERS_WITHIN, RECOVERS_WITHIN = 1.0, 12.0, 5.0
"""Seconds: /healthz; a webhook, which tries for five, twice; and until all is well after the stall."""

_LONGEST = (30.0, 1.5, 6.0, 2.0)


async def torture(tries: int, place: Place) -> Result:
    """`tries` stalls, of three kinds in turn."""
    url, dice = await place.postgresql(), Random(6)
    port = int(url.rpartition(":")[2].partition("/")[0])
    worst = [0.0, 0.0, 0.0]
    async with (
        Proxy(port) as proxy,
        a_world(url, place.directory(), people=40) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings(database_url=proxy.before(url)), lease=40)
        await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=40)
        crowd.begin()
        outside = await asyncpg.connect(url)
        for turn in range(tries):
            place.say(f"F6: {turn} of {tries}")
            seconds = dice.uniform(1, 2) if turn % 7 else _LONGEST[turn // 7 % 4] if tries > 1 else 1.0
            await asyncio.sleep(0.3)
            world.slowest = 0.0
            alive = await (_silent, _stopped, _locked)[turn % 3](world, house, proxy, outside, seconds)
            recovered = await world.recovers(house)
            worst = [max(pair) for pair in zip(worst, (alive, world.slowest, recovered), strict=True)]
        await outside.close()
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    limits = (ALIVE_WITHIN, ANSWERS_WITHIN, RECOVERS_WITHIN)
    names = ("/healthz", "a webhook", "all was well")
    wrong = [
        f"{name} after {found_:.1f} s" for name, found_, most in zip(names, worst, limits, strict=True) if found_ > most
    ]
    wrong += [f"exit codes {codes}"] if any(codes) else []
    notes = (
        f"slowest: /healthz {worst[0]:.2f} s, webhook {worst[1]:.1f} s, recovery {worst[2]:.1f} s; "
        f"{crowd.said} messages at {pace:.0f}/s, {world.answered[503]} times 503. The console is not looked at here"
    )
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,))


async def _silent(world: World, house: Household, proxy: Proxy, outside: asyncpg.Connection, seconds: float) -> float:
    proxy.stall()
    alive = await _alive(world, house, seconds)
    proxy.flow()
    return alive


async def _stopped(world: World, house: Household, proxy: Proxy, outside: asyncpg.Connection, seconds: float) -> float:
    rows = await outside.fetch("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'framsteg%'")
    pids = [row["pid"] for row in rows]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        return await _alive(world, house, seconds)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def _locked(world: World, house: Household, proxy: Proxy, outside: asyncpg.Connection, seconds: float) -> float:
    async with outside.transaction():
        await outside.execute("LOCK TABLE inbox, outbox IN ACCESS EXCLUSIVE MODE")
        return await _alive(world, house, seconds)


async def _alive(world: World, house: Household, seconds: float) -> float:
    """How long /healthz took at most in so many seconds."""
    loop = asyncio.get_running_loop()
    ends, slowest = loop.time() + seconds, 0.0
    while loop.time() < ends:
        begun = loop.time()
        status = await world.phones.get(house.port(), "/healthz")
        slowest = max(slowest, loop.time() - begun if status == 200 else 60.0)
        await asyncio.sleep(0.1)
    return slowest
