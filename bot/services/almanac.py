"""Free days are worked out when the years or the countries ask for it, and else read from the database."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime

from bot.content.almanac import SWEDEN, Almanac, compiled_almanac, load_almanac, mark_of_days, read_almanac
from bot.storage.database import Database
from bot.storage.unit_of_work import looking, unit_of_work


async def look_up(database: Database, known: Almanac, *, now: datetime) -> Almanac:
    """The days that hold at this moment, for every country in `known`, kept for the next start.

    Asks nobody when `known` is kept already and reaches far enough: may be called as often as you like.
    """
    mark = mark_of_days()
    if known.mark == mark and known.reaches(now):
        return known
    found = await _kept(database, mark)
    if _is_enough(found, known, now=now):
        return found
    countries = {SWEDEN, *known.red, *found.red}
    made = await asyncio.to_thread(load_almanac, countries, now=now)
    async with unit_of_work(database) as work:
        await work.almanacs.keep(mark, compiled_almanac(made), now=now)
    return replace(made, mark=mark)


async def recall(database: Database, *, now: datetime) -> Almanac:
    """The same where nothing may be written."""
    found = await _kept(database, mark_of_days())
    if found.reaches(now):
        return found
    return await asyncio.to_thread(load_almanac, {SWEDEN, *found.red}, now=now)


def _is_enough(found: Almanac, known: Almanac, *, now: datetime) -> bool:
    return found.reaches(now) and known.red.keys() <= found.red.keys()


async def _kept(database: Database, mark: str) -> Almanac:
    async with looking(database) as work:
        compiled = await work.almanacs.read(mark)
    # What an older program kept under the same mark may not be ours: the library says it again.
    with contextlib.suppress(ValueError):
        if compiled is not None:
            return replace(read_almanac(compiled), mark=mark)
    return Almanac()
