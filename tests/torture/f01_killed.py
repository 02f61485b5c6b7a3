"""A process that is killed anywhere on a route loses nothing that was acknowledged, and says nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from random import Random

from tests.fakes.wire import Fault
from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.points import POINTS, SENDING
from tests.torture.world import Crowd, Household, World, a_world, model_of

FAULT = "F1"
EACH, RANDOM = 25, 500
TITLE = f"kill -9 at {len(POINTS)} named points x {EACH} and at {RANDOM} random moments under load, two processes"
FULL = EACH * len(POINTS) + RANDOM

_PLANNING = SENDING["planning"]
_ANYWHERE = ""
_COMES_BY = 8.0
"""Seconds in which a process that serves under load comes by at any point."""


async def torture(tries: int, place: Place) -> Result:
    """A fifth of the tries on SQLite, the rest on PostgreSQL; planning in towns of its own, for it comes but once."""
    plan = _plan(tries)
    on_sqlite = plan[::5]
    results = [
        await _under_load(await place.postgresql(), place, [one for i, one in enumerate(plan) if i % 5], processes=2),
        await _under_load(await place.sqlite(), place, on_sqlite, processes=1),
        await _planning(place, max(1, tries * EACH // FULL)),
    ]
    return Result(
        tries=sum(one.tries for one in results),
        lost=sum(one.lost for one in results),
        doubled=sum(one.doubled for one in results),
        wrong=tuple(words for one in results for words in one.wrong),
        notes=tuple(words for one in results for words in one.notes),
    )


def _plan(tries: int) -> list[str]:
    """Where to kill, as often as there are tries but for those of planning, in a random order."""
    points = [one for one in POINTS if one not in _PLANNING]
    each = max(1, tries * EACH // FULL) if tries >= len(POINTS) else 0
    kills = [point for point in points for _ in range(each)]
    kills += [_ANYWHERE] * max(1, tries - each * len(POINTS))
    Random(3).shuffle(kills)
    return kills


async def _under_load(url: str, place: Place, plan: list[str], *, processes: int) -> Result:
    people = max(10, min(300, len(plan)))
    async with (
        a_world(url, place.directory(), people=people, chats=people // 20) as world,
        nursery(place.directory()) as born,
    ):
        house = Household(born, world.settings())
        first = [await house.grow() for _ in range(processes)]
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house)
        crowd.begin()
        left = iter(plan)
        killed: Counter[str] = Counter()
        missed: list[str] = []
        doubt = asyncio.create_task(_lose_answers(world))
        slots = [_die(house, left, killed, missed, place, of=len(plan)) for _ in range(processes)]
        await asyncio.gather(*slots, *(one.kill() for one in first))
        doubt.cancel()
        world.burst.twilio.faults.clear()
        for _ in range(processes):
            await house.grow()
        pace = await crowd.end()
        with suppress(AssertionError):
            await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong = [f"exit codes {codes}"] if any(codes) else []
    wrong += [f"nothing came by {point!r}" for point in sorted(set(missed) - set(killed))]
    wrong += [f"{crowd.unheard} messages were never acknowledged"] if crowd.unheard else []
    kind = "PostgreSQL, two processes" if processes > 1 else "SQLite, one process"
    notes = (
        f"{kind}: {killed.total()} kills, {killed[_ANYWHERE]} of them anywhere; {crowd.said} messages at {pace:.0f}/s, "
        f"{len(world.burst.twilio.sent)} SMS sent, {world.uncertain} Telegram sends uncertain"
    )
    return Result(
        tries=killed.total(), lost=found.lost, doubled=found.doubled, wrong=(*found.words[:9], *wrong), notes=(notes,)
    )


async def _die(
    house: Household, left: Iterator[str], killed: Counter[str], missed: list[str], place: Place, *, of: int
) -> None:
    """One process after the other serves and is killed."""
    for point in left:
        place.say(f"F1: {killed.total()} of {of} kills")
        for _ in range(3):
            armed = {"CRASH_AT": point, "CRASH_AFTER": str(house.dice.randint(1, 3))} if point else {}
            child = await house.grow_unready(**armed)
            try:
                if point:
                    await child.ended(seconds=_COMES_BY)
                else:
                    await child.ready()
                    await asyncio.sleep(house.dice.uniform(0.02, 0.9))
                    await child.kill()
                killed[point] += 1
                break
            except TimeoutError:
                await child.kill()
                missed.append(point)


async def _lose_answers(world: World) -> None:
    """Now and then Twilio takes a message, or does not, and the connection breaks: there is something to settle."""
    while True:
        await asyncio.sleep(0.5)
        world.burst.twilio.fail(Fault(kind="reset", taken=world.dice.random() < 0.5, only="Messages.json"))


async def _planning(place: Place, each: int) -> Result:
    """A copy of one town for each kill, in which a reminder has just fallen due."""
    lost = doubled = kills = 0
    wrong: list[str] = []
    url = await place.postgresql()
    async with a_world(url, place.directory(), people=12) as world, nursery(place.directory()) as born:
        for turn in range(each * len(_PLANNING)):
            place.say(f"F1: {turn} of {each * len(_PLANNING)} kills while planning")
            world.url = await place.databases.copy(url, place.directory())
            world.model = await model_of(world.url)
            world.burst.twilio.sent.clear()
            house = Household(born, world.settings())
            armed = {"CRASH_AT": _PLANNING[turn % 2], "CRASH_AFTER": str(1 + turn // 2 % 2)}
            kills += await (await house.grow_unready(**armed)).ended() == -9
            await house.grow()
            await world.until_begun()
            await world.until_quiet()
            await house.stop()
            found = await world.difference()
            lost, doubled, wrong = lost + found.lost, doubled + found.doubled, wrong + found.words
            await world.let_go()
            await place.databases.gone(world.url)
    return Result(tries=kills, lost=lost, doubled=doubled, wrong=tuple(wrong[:9]), notes=(f"{kills} while planning",))
