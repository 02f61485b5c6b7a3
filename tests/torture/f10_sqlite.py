"""Whatever else is at the SQLite file, the program waits, refuses, or says in one line why it does not begin."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Crowd, Household, World, a_world

FAULT = "F10"
TITLE = "SQLite: another process holds the write lock, or a reader keeps the WAL; a second process; a read-only file"
FULL = 40

_WORDS = "in use by another framsteg process"
Try = Callable[[World, Household, Path, Random, int], Awaitable[str]]


async def torture(tries: int, place: Place) -> Result:
    """Of each kind as many as of the others, under load."""
    url, dice = await place.sqlite(), Random(10)
    path, wrong = Path(url.removeprefix("sqlite:///")), []
    kinds: tuple[Try, ...] = (_busy, _second, _read_only, _long_reader)
    async with a_world(url, place.directory(), people=20) as world, nursery(place.directory()) as born:
        house = Household(born, world.settings())
        await house.grow()
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=40)
        crowd.begin()
        for turn in range(tries):
            place.say(f"F10: {turn} of {tries}")
            trouble = await kinds[turn % len(kinds)](world, house, path, dice, turn // len(kinds))
            wrong += [trouble] if trouble else []
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong += [f"exit codes {codes}"] if any(codes) else []
    notes = (
        f"{crowd.said} messages at {pace:.0f}/s, answered {dict(world.answered)}, the slowest after "
        f"{world.slowest:.1f} s; the WAL was kept from a checkpoint for seconds, not grown to 1 GB"
    )
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong[:5]), notes=(notes,))


async def _busy(world: World, house: Household, path: Path, dice: Random, turn: int) -> str:
    # One in ten is longer than anybody waits for a lock.
    seconds = 13.0 if turn % 10 == 5 else dice.uniform(0.3, 1.5)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout = 5000")
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")
    took = await world.recovers(house)
    return f"it recovered after {took:.1f} s" if took > 5 else ""


async def _second(world: World, house: Household, path: Path, dice: Random, turn: int) -> str:
    other = await house.nursery.start(house.settings)
    code = await other.ended()
    return "" if (code, other.output.count("\n")) == (2, 1) and _WORDS in other.output else f"{code}: {other.output}"


async def _read_only(world: World, house: Household, path: Path, dice: Random, turn: int) -> str:
    """The same directory, where nobody may write: also root is refused."""
    seen = path.parent.with_name(f"{path.parent.name}-read-only")
    seen.mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", path.parent, seen], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", seen], check=True)
        settings = house.settings | {"FRAMSTEG_DATABASE_URL": f"sqlite:///{seen / path.name}"}
        other = await house.nursery.start(settings)
        code = await other.ended()
    finally:
        subprocess.run(["umount", seen], check=True)
    said = other.output
    return "" if code == 2 and said.count("\n") == 1 and "FRAMSTEG_DATABASE_URL" in said else f"{code}: {said}"


async def _long_reader(world: World, house: Household, path: Path, dice: Random, turn: int) -> str:
    """Somebody reads for long, so that no checkpoint can begin the WAL anew; afterwards one does."""
    wal = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM inbox").fetchone()
        await asyncio.sleep(2)
        grown = wal.stat().st_size
    await asyncio.sleep(2)
    more = wal.stat().st_size - grown
    return f"the WAL went on growing by {more} bytes" if more > 8 * 2**20 else ""
