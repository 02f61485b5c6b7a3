"""A message whose fsync failed is never acknowledged, and what was acknowledged is there."""

import asyncio
import shutil
import subprocess
import time
from pathlib import Path
from random import Random

from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Crowd, Household, World, a_world

FAULT = "F12"
TITLE = "fsync and fdatasync of the SQLite file fail with EIO (a library that gcc makes, by LD_PRELOAD)"
FULL = 100

_SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int broken(void) { const char *flag = getenv("TORTURE_FSYNC"); return flag && access(flag, F_OK) == 0; }
int fsync(int file) {
    if (broken()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(file);
}
int fdatasync(int file) {
    if (broken()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(file);
}
"""


async def torture(tries: int, place: Place) -> Result:
    """`tries` times, for a moment each, under load."""
    url, dice, home = await place.sqlite(), Random(12), place.directory()
    library, flag = _made(home), home / "broken"
    async with (
        a_world(url, place.directory(), people=20) as world,
        nursery(place.directory(), LD_PRELOAD=str(library), TORTURE_FSYNC=str(flag)) as born,
    ):
        settings = world.settings() | {"FRAMSTEG_SQLITE_SYNCHRONOUS": "FULL"}
        house = Household(born, settings)
        await house.grow(LD_PRELOAD=str(library), TORTURE_FSYNC=str(flag))
        await world.until_begun()
        await world.until_quiet()
        crowd = Crowd(world, house, rate=60)
        crowd.begin()
        refused, wrong = 0, []
        for turn in range(tries):
            place.say(f"F12: {turn} of {tries}")
            await asyncio.sleep(dice.uniform(0.1, 0.3))
            flag.touch()
            refused += await _refused(world, house, wrong)
            flag.unlink()
            took = await world.recovers(house)
            wrong += [f"it recovered after {took:.1f} s"] if took > 5 else []
        pace = await crowd.end()
        await world.until_quiet(seconds=120)
        codes = await house.stop()
        found = await world.difference()
    wrong += [f"exit codes {codes}"] if any(codes) else []
    notes = (
        f"{refused} messages refused meanwhile; {crowd.said} messages at {pace:.0f}/s; PostgreSQL's own answer to a "
        "failing fsync (it stops) is not tried"
    )
    return Result(tries=tries, lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong[:5]), notes=(notes,))


async def _refused(world: World, house: Household, wrong: list[str]) -> int:
    """A message that comes and is answered meanwhile must be refused."""
    ends, refused = time.monotonic() + 0.2, 0
    while time.monotonic() < ends:
        fields = world.sms(world.burst.numbers[0], "Hunden heter Sixten a")
        status = await world.post(house.port(), "/twilio/message", fields)
        refused += status == 503
        wrong += [f"answered {status} while fsync failed"] if status != 503 else []
    return refused


def _made(home: Path) -> Path:
    compiler = shutil.which("gcc")
    assert compiler is not None, "gcc is needed: apt install gcc"
    source, library = home / "shim.c", home / "shim.so"
    source.write_text(_SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
