"""The program in a process of its own, as an operator starts it, with all it says collected."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVE = ("-m", "bot", "run")
SERVE_WITH_SHORT_LEASE = ("-m", "tests.process.short_lease")
SECONDS = 20.0

# The base64 of tests.databases.KEY.
KEY_SETTING = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@dataclass
class Running:
    """A process and its output, errors and all, line by line."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it serves, once it said so."""
        return next(line for line in self.lines if line.startswith("ready at ")).split()[-1]

    @property
    def output(self) -> str:
        """All it said."""
        return "\n".join(self.lines)

    async def until_says(self, words: str) -> None:
        """Wait for a line with these words. Fails when the process ends first."""
        await until(lambda: any(words in line for line in self.lines) or self.process.returncode is not None)
        assert any(words in line for line in self.lines), self.output

    async def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.process.kill()
        await self.ended()

    async def stop(self, *signals: signal.Signals) -> int:
        """Ask it to stop; the exit code."""
        for number in signals or (signal.SIGTERM,):
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it is over; the exit code."""
        code = await asyncio.wait_for(self.process.wait(), SECONDS)
        if self.reading is not None:
            await self.reading
        return code


def environment(**given: str) -> dict[str, str]:
    """This process's own, without any settings but these, and with Python as an operator has it: byte code is kept."""
    taken_out = ("FRAMSTEG_", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
    alone = {name: value for name, value in os.environ.items() if not name.startswith(taken_out)}
    return alone | {"FRAMSTEG_KEY": KEY_SETTING, "FRAMSTEG_PORT": "0"} | given


@asynccontextmanager
async def running(given: dict[str, str], words: Sequence[str] = SERVE) -> AsyncIterator[Running]:
    """Started, and gone afterwards whatever happened."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=ROOT,
        env=environment(**given),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    one = Running(process)
    one.reading = asyncio.create_task(_read(one))
    try:
        yield one
    finally:
        if process.returncode is None:
            await one.kill()


async def told(given: dict[str, str], *words: str) -> tuple[int, str]:
    """Run one command of the program to its end: the exit code, and all it said."""
    async with running(given, ("-m", "bot", *words)) as one:
        code = await one.ended()
        return code, one.output


async def until(true: Callable[[], object], *, seconds: float = SECONDS) -> None:
    """Wait until something is so; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(0.01)


async def until_rows(
    rows: Callable[[], Awaitable[Sequence[object]]], *, none: bool = False, seconds: float = SECONDS
) -> None:
    """Wait until a question to the database has an answer, or has `none` any more; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while bool(found := await rows()) is none:
        assert time.monotonic() < deadline, f"it never came about: {found}"
        await asyncio.sleep(0.1)


async def _read(one: Running) -> None:
    assert one.process.stdout is not None
    async for line in one.process.stdout:
        one.lines.append(line.decode(errors="replace").rstrip("\n"))
