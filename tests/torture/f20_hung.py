"""A process that hangs for three leases and wakes finds its work taken over, and does no harm."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.points import POINTS
from tests.torture.world import Crowd, Household, a_world

FAULT = "F20"
TITLE = "sixteen processes on one PostgreSQL, all of them schedulers; one hangs (SIGSTOP) for three leases and wakes"
FULL = 200
PROCESSES, HANGING = 4, 12
"""So many go on, and so many more hang at a time, each for three leases of its own."""

LEASE = 6.0
"""Seconds. A third of it must be enough for a provider on the same two processors to come to a request: five times less
than the program gives it.
"""
_STOPS_AT = tuple(point for point in POINTS if "settl" not in point and "receipt" not in point)
_COMES_BY = 6.0


class _Hung(Counter[str]):
    """How many hung at which point, and what was said of those that did not live through it."""

    def __init__(self) -> None:
        super().__init__()
        self.died: list[str] = []


async def torture(tries: int, place: Place) -> Result:
    """Half of the processes hang where they were told to, half of them anywhere."""
    url, dice = await place.postgresql(), Random(20)
    people = max(20, min(200, tries * 2))
    async with (
        a_world(url, place.directory(), people=people, chats=people // 20) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings(), lease=LEASE)
        for _ in range(PROCESSES):
            await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=80)
        crowd.begin()
        left, hung = iter(range(tries)), _Hung()
        await asyncio.gather(*(_hang(house, left, hung, dice, place) for _ in range(min(HANGING, tries))))
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong = [f"exit codes {codes}"] if any(codes) else []
    wrong += hung.died[:3]
    wrong += [f"{crowd.unheard} messages were never acknowledged"] if crowd.unheard else []
    notes = (
        f"{hung['anywhere']} anywhere, {hung.total() - hung['anywhere']} at {len(hung) - 1} points; "
        f"lease {LEASE:.0f} s; {crowd.said} messages at {pace:.0f}/s; {world.uncertain} Telegram sends uncertain"
    )
    return Result(
        tries=hung.total(), lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,)
    )


async def _hang(house: Household, left: Iterator[int], hung: "_Hung", dice: Random, place: Place) -> None:
    for turn in left:
        place.say(f"F20: {turn} have hung")
        point = dice.choice(_STOPS_AT) if turn % 2 else "anywhere"
        if point == "anywhere":
            child = await house.grow()
            await asyncio.sleep(dice.uniform(0, 0.6))
            child.send(signal.SIGSTOP)
        else:
            child = await house.grow_unready(CRASH_AT=point, CRASH_BY="STOP", CRASH_AFTER=str(dice.randint(1, 3)))
            if not await child.stands(seconds=_COMES_BY):
                child.send(signal.SIGSTOP)
                point = "anywhere"
        await asyncio.sleep(3 * LEASE)
        child.send(signal.SIGCONT)
        hung[point] += 1
        # It goes on for a while with whatever it had in hand, and another takes its place.
        await asyncio.sleep(0.5)
        if child.code is not None:
            hung.died.append(f"it ended with {child.code}: {child.output.strip().splitlines()[-1:]}")
            continue
        house.living.remove(child)
        child.send(signal.SIGTERM)
        while child.code is None:
            # It may come by the place where it stops itself only now.
            child.send(signal.SIGCONT)
            await asyncio.sleep(0.1)
