"""A disk that is full stops what cannot be kept, leaves nothing half done, and is forgotten when there is room."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.points import RECEPTION, SENDING
from tests.torture.world import Crowd, Household, a_world

FAULT = "F11"
TITLE = "the disk is full (tmpfs) before each of six kinds of write, and while the program logs to it"
FULL = 60
KINDS = ("landing", "reception", "planning", "claim", "note", "receipt")
ROOM = 4 * 2**20
"""Bytes beside the database: little enough to be filled in a moment."""

_POINTS = tuple((RECEPTION | SENDING)[kind][0] for kind in KINDS)
_COMES_BY = 11.0
"""Seconds: planning comes by every five."""


async def torture(tries: int, place: Place) -> Result:
    """`tries` times the process stops itself before a write, the disk fills up, and it goes on."""
    url, dice = await place.sqlite(), Random(11)
    async with (
        _small_disk(place.directory(), Path(url.removeprefix("sqlite:///"))) as path,
        a_world(f"sqlite:///{path}", place.directory(), people=20) as world,
        nursery(path.parent / "logs") as born,
    ):
        house = Household(born, world.settings())
        first = await house.grow()
        await world.until_begun()
        await world.until_quiet()
        await first.stop()
        crowd = Crowd(world, house, rate=40)
        crowd.begin()
        done: Counter[str] = Counter()
        wrong: list[str] = []
        for turn in range(tries):
            place.say(f"F11: {turn} of {tries}")
            point = _POINTS[turn % len(_POINTS)]
            child = await house.grow_unready(CRASH_AT=point, CRASH_BY="STOP", CRASH_AFTER=str(dice.randint(1, 2)))
            stood = await child.stands(seconds=_COMES_BY)
            done[point if stood else "anywhere"] += 1
            filled = _fill(path.parent)
            child.send(signal.SIGCONT)
            await asyncio.sleep(dice.uniform(0.3, 1.0))
            filled.unlink()
            took = await world.recovers(house)
            wrong += [f"it recovered after {took:.1f} s, full at {point!r}"] if took > 5 else []
            wrong += [f"exit code {code}" for code in [await child.stop()] if code]
        await house.grow()
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        await house.stop()
        found = await world.difference()
        await world.let_go()
    wrong += [f"never came by {point!r}" for point in _POINTS[:tries] if not done[point]]
    notes = (
        f"{', '.join(f'{count} x {point}' for point, count in sorted(done.items()))}; {crowd.said} messages at "
        f"{pace:.0f}/s, answered {dict(world.answered)}"
    )
    return Result(
        tries=done.total(), lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong[:5]), notes=(notes,)
    )


def _fill(directory: Path) -> Path:
    """Not a byte is left."""
    filler = directory / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


@asynccontextmanager
async def _small_disk(directory: Path, source: Path) -> AsyncIterator[Path]:
    """The database on a disk of its own, with little room beside it. Needs the right to mount."""
    size = os.stat(source).st_size + 2 * ROOM
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", directory], check=True)
    try:
        path = directory / source.name
        shutil.copyfile(source, path)
        yield path
    finally:
        subprocess.run(["umount", "-l", directory], check=True)
