"""Clocks change, zone data changes, people change zones: a rule speaks once for each day on the wall."""

import asyncio
from datetime import date, datetime

from tests.torture.fault import Place, Result
from tests.torture.schedules import HALF_HOURS, ClockChange, clock_changes, expected, firings, looks
from tests.torture.zones_on_the_day import MOVES, RELEASES, asked_after, asked_after_release
from tests.town import a_town

FAULT = "F18"
TITLE = "597 zones × every clock change of 2026-2027 × 48 half-hours; zone or zone data change on the day"
FULL = 38_592

Moments = dict[tuple[str, date], list[datetime]]


async def torture(tries: int, place: Place) -> Result:
    """Every schedule, and beside them those who move and the releases that move them."""
    wrong: list[str] = []
    tried = lost = doubled = 0
    for number, (zone, change) in enumerate(_cases(tries)):
        wanted, got = expected(zone, change), firings(zone, change, cuts=looks(change, seed=number))
        tried += len(HALF_HOURS)
        lost += sum(not got.get(one) for one in wanted)
        doubled += sum(len(moments) > 1 for moments in got.values())
        if got != wanted:
            wrong.append(f"{zone} at {change.at:%Y-%m-%d}: {_first_difference(wanted, got)}")
        place.say(f"{tried} schedules")
        await asyncio.sleep(0)
    asked = await _on_the_day(place)
    return Result(
        tries=tried + len(asked),
        lost=lost + sum(times == 0 for times in asked.values()),
        doubled=doubled + sum(times > 1 for times in asked.values()),
        wrong=(*wrong[:20], *(f"asked {times} times: {what}" for what, times in asked.items() if times != 1)),
        notes=(f"{tried} schedules, {len(asked)} changes of zone or of zone data on the day",),
    )


def _cases(tries: int) -> list[tuple[str, ClockChange]]:
    """All of them, or as many spread over all kinds of change."""
    everything = [(zone, change) for change in clock_changes() for zone in change.zones]
    wanted = -(-tries // len(HALF_HOURS))
    return everything[:: max(1, len(everything) // wanted)][:wanted]


def _first_difference(wanted: Moments, got: Moments) -> str:
    for which, moments in wanted.items():
        if got.get(which) != moments:
            return f"{which[0]} for {which[1]}: {got.get(which)} and not {moments}"
    return "it spoke on another day"


async def _on_the_day(place: Place) -> dict[str, int]:
    asked: dict[str, int] = {}
    async with a_town(await place.sqlite()) as town:
        for move, times in (await asked_after(town, MOVES)).items():
            asked["from {} to {} at {} UTC".format(*move)] = times
    for release in RELEASES:
        async with a_town(await place.sqlite()) as town:
            times = await asked_after_release(town, release, home=place.directory())
            asked["zone data from +{} to +{} at {} UTC".format(*release)] = times
    return asked
