"""Processes of the program are born in milliseconds: everything is imported once, and each is a fork of that.

As a program it reads one line of JSON for each process to start, and says in the same way who began and who ended.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.process.running import ROOT, environment

SECONDS = 30.0
_PDEATHSIG = 1


@dataclass
class Child:
    """One process of the program. `code` is its exit code once it ended, minus the signal that ended it."""

    pid: int
    log: Path
    code: int | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _port: int = 0

    @property
    def output(self) -> str:
        """All it said."""
        return self.log.read_text(errors="replace")

    @property
    def port(self) -> int:
        """Where it serves; 0 until it is ready."""
        if not self._port:
            said, end, _ = self.output.partition("ready at ")[2].partition("\n")
            self._port = int(said.rpartition(":")[2]) if end else 0
        return self._port

    async def ready(self) -> "Child":
        """Wait until it serves. Raises `AssertionError` when it ends first."""
        deadline = time.monotonic() + SECONDS
        while not self.port:
            assert self.code is None and time.monotonic() < deadline, f"{self.code}: {self.output}"
            await asyncio.sleep(0.01)
        return self

    def send(self, number: signal.Signals) -> None:
        """A signal, if it still lives."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stands(self, *, seconds: float) -> bool:
        """Whether it stopped itself (SIGSTOP) within this time."""
        deadline = time.monotonic() + seconds
        while self.code is None and time.monotonic() < deadline:
            if Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2][:1] == "T":
                return True
            await asyncio.sleep(0.02)
        return False

    async def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def stop(self, *numbers: signal.Signals) -> int:
        """Ask it to stop; the exit code."""
        for number in numbers or (signal.SIGTERM,):
            self.send(number)
        return await self.ended()

    async def ended(self, *, seconds: float = SECONDS) -> int:
        """Wait until it is over; the exit code."""
        await asyncio.wait_for(self.over.wait(), seconds)
        assert self.code is not None
        return self.code


class Nursery:
    """Starts processes of the program. Made by `nursery`."""

    def __init__(self, process: asyncio.subprocess.Process, home: Path) -> None:
        self._process = process
        self._home = home
        self._asked: asyncio.Queue[asyncio.Future[Child]] = asyncio.Queue()
        self.children: dict[int, Child] = {}
        self._count = 0

    async def start(self, settings: dict[str, str], **more: str) -> Child:
        """Begin one: `settings` as `framsteg run` takes them; `more` are `LEASE`, `CRASH_AT` and the like."""
        assert self._process.stdin is not None
        self._count += 1
        log = self._home / f"{self._count}.log"
        log.touch()
        born: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        await self._asked.put(born)
        wanted = {"environment": environment(**settings) | more, "log": str(log)}
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        return await asyncio.wait_for(born, SECONDS)

    async def listen(self) -> None:
        """Hear who began and who ended."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "log" in said:
                child = self.children[said["pid"]] = Child(pid=said["pid"], log=Path(said["log"]))
                (await self._asked.get()).set_result(child)
            else:
                child = self.children[said["pid"]]
                child.code = said["code"]
                child.over.set()


@asynccontextmanager
async def nursery(home: Path, **variables: str) -> AsyncIterator[Nursery]:
    """Whoever was born here is gone afterwards. `variables`: what the loader is to know (LD_PRELOAD)."""
    home.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.torture.nursery"),
        cwd=ROOT,
        env=environment() | variables,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    one = Nursery(process, home)
    listening = asyncio.create_task(one.listen())
    try:
        yield one
    finally:
        for child in one.children.values():
            child.send(signal.SIGKILL)
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


def main() -> None:
    """Fork one for each line, until there are no more lines."""
    _import_everything()
    gc.freeze()
    living: set[int] = set()
    woken = _woken_by_deaths()
    lines = _Lines()
    while True:
        ready = _either(lines.descriptor, woken)
        if woken in ready:
            os.read(woken, 4096)
            for pid, code in _dead():
                living.discard(pid)
                _say(pid=pid, code=code)
        if lines.descriptor in ready:
            new, more = lines.read()
            for line in new:
                living.add(_fork(json.loads(line)))
            if not more:
                break
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _import_everything() -> None:
    import aiosqlite  # noqa: F401
    import asyncpg  # noqa: F401
    import sqlalchemy.dialects.postgresql.asyncpg
    import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401

    import bot.cli.serve
    import bot.cli.terminal
    import bot.serving  # noqa: F401
    import tests.torture.points  # noqa: F401


class _Lines:
    def __init__(self) -> None:
        self.descriptor = sys.stdin.fileno()
        self._rest = b""

    def read(self) -> tuple[list[bytes], bool]:
        """Whole lines that came, and whether more may come."""
        words = os.read(self.descriptor, 1 << 20)
        *lines, self._rest = (self._rest + words).split(b"\n")
        return lines, bool(words)


def _woken_by_deaths() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.set_inheritable(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing)
    return reading


def _either(*descriptors: int) -> list[int]:
    import select

    return select.select(descriptors, [], [])[0]


def _dead() -> Iterator[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def _fork(wanted: dict[str, Any]) -> int:
    # Said by the parent before the child can end, and by nobody twice.
    pid = os.fork()
    if pid:
        _say(pid=pid, log=wanted["log"])
        return pid
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    with _only_this_process_left():
        _become(wanted)
    raise AssertionError("it never comes here")


@contextmanager
def _only_this_process_left() -> Iterator[None]:
    code = 1
    try:
        yield
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - told, and then the end
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


def _become(wanted: dict[str, Any]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    log = os.open(wanted["log"], os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)

    from bot.cli.serve import serve
    from bot.cli.terminal import settings
    from tests.torture.points import arm

    arm()
    if "CLOSED" in os.environ:
        _close_when_ready()
    lease = os.environ.get("LEASE")
    serve(settings(), lease=timedelta(seconds=float(lease)) if lease else None)


def _close_when_ready() -> None:
    """Once it has said where it serves, nobody reads what it says, and nobody writes to it."""
    said = sys.stdout.write

    def write(words: str) -> int:
        count = said(words)
        if "ready at" in words:
            sys.stdout.flush()
            reading, writing = os.pipe()
            os.close(reading)
            for descriptor in (1, 2):
                os.dup2(writing, descriptor)
            os.close(0)
        return count

    sys.stdout.write = write  # type: ignore[method-assign]


def _say(**words: Any) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
