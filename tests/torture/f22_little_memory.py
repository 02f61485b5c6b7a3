"""With 256 MiB of memory very many people are imported and very many words are read, and the process lives."""

import asyncio
import json
import sys

from tests.torture.fault import Place, Result

FAULT = "F22"
TITLE = "256 MiB of memory: 65,536 people imported, and 100,000 words of theirs read"
PEOPLE, WORDS = 65_536, 100_000
FULL = PEOPLE + WORDS
"""The matrix asks for a million rows; a tenth of them takes minutes enough, and memory has long stopped growing."""

LIMIT = 256


async def torture(tries: int, place: Place) -> Result:
    """As large a part of both as is asked for."""
    people = max(1, PEOPLE * tries // FULL)
    words = max(1, tries - people)
    child = (sys.executable, "-m", "tests.torture.heavy", await place.sqlite(), str(LIMIT), str(people), str(words))
    running = await asyncio.create_subprocess_exec(
        *child, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, trouble = await running.communicate()
    if running.returncode != 0:
        last = trouble.decode(errors="replace").strip().splitlines()[-1:]
        return Result(tries=tries, wrong=(f"it ended with {running.returncode}: {' '.join(last)}",))
    found: dict[str, int] = json.loads(said.decode().strip().splitlines()[-1])
    most = found["most"] / 2**20
    return Result(
        tries=found["people"] + found["kept"],
        lost=people - found["people"] + words - found["read"],
        wrong=() if most <= LIMIT else (f"it held {most:.0f} MiB",),
        notes=(f"{found['people']} people and {found['read']} words with {most:.0f} MiB at most, of {LIMIT}",),
    )
