"""Time comes in here: a handful of ticks, and a nudge when there is something to do at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Task = Callable[[datetime], Awaitable[object]]

IN_HAND_FINISHES = timedelta(seconds=10)
"""How long stopping waits for what is in hand; the rest is somebody else's when its lease has run out."""

log = logging.getLogger(__name__)

# A tick that comes while the last one is at work is not news.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Something to be done again and again. `nudged` ones can be asked for in between, by name."""

    name: str
    every: timedelta
    do: Task


class Clock:
    """Runs each tick in a task of its own, one run at a time; a nudge that comes during a run brings another.

    APScheduler only says when; whatever is late, for whom and why, is decided below by `now`.
    """

    def __init__(self, ticks: tuple[Tick, ...], *, now: Callable[[], datetime]) -> None:
        self._ticks = ticks
        self._now = now
        self._wanted = {tick.name: asyncio.Event() for tick in ticks}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin ticking; the first tick of each comes at once."""
        for tick in self._ticks:
            self._tasks.append(asyncio.create_task(self._hand(tick), name=f"tick {tick.name}"))
            self._scheduler.add_job(
                self.nudge, "interval", seconds=tick.every.total_seconds(), args=(tick.name,), id=tick.name
            )
            self.nudge(tick.name)
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Have this done now, or once more when the run under way is over."""
        self._wanted[name].set()

    async def stop(self) -> None:
        """No new work; what is in hand finishes within `IN_HAND_FINISHES`."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._stopping = True
        for wanted in self._wanted.values():
            wanted.set()
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=IN_HAND_FINISHES.total_seconds())
            for task in unfinished:
                task.cancel()

    async def _hand(self, tick: Tick) -> None:
        wanted = self._wanted[tick.name]
        while True:
            await wanted.wait()
            wanted.clear()
            if self._stopping:
                return
            try:
                await tick.do(self._now())
            except Exception as trouble:  # noqa: BLE001 - whatever it is, the next tick tries again
                # What an exception says may hold a person's words: only its kind is told.
                log.error("tick %s failed: %s", tick.name, type(trouble).__name__)
