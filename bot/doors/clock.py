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

FAILING_AFTER = 3
"""How many failures in a row are no accident any more."""

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

    def __init__(
        self, ticks: tuple[Tick, ...], *, now: Callable[[], datetime], patience: timedelta = IN_HAND_FINISHES
    ) -> None:
        """`patience` is how long stopping waits for what is in hand."""
        self._ticks = ticks
        self._patience = patience
        self._now = now
        self._wanted = {tick.name: asyncio.Event() for tick in ticks}
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: dict[str, int] = {}
        self._stopping = False
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin ticking; the first tick of each comes at once."""
        for tick in self._ticks:
            self._tasks.append(asyncio.create_task(self._hand(tick), name=f"tick {tick.name}"))
            self._scheduler.add_job(
                self._due, "interval", seconds=tick.every.total_seconds(), args=(tick.name,), id=tick.name
            )
            self.nudge(tick.name)
        self._scheduler.start()

    def nudge(self, name: str) -> None:
        """Have this done now, or once more when the run under way is over. Raises `RuntimeError` outside the loop.

        What is no tick of this clock is another process's, and comes there by itself.
        """
        # From another thread the event would be set and nobody woken: whoever tries it is told.
        asyncio.get_running_loop()
        if name in self._wanted:
            self._wanted[name].set()

    def failures(self) -> dict[str, int]:
        """How often in a row each tick has failed by now."""
        return {tick.name: self._failed.get(tick.name, 0) for tick in self._ticks}

    def failing(self) -> list[str]:
        """The ticks that failed time after time, by name."""
        return [name for name, times in self._failed.items() if times >= FAILING_AFTER]

    async def stop(self) -> None:
        """No new work; what is in hand finishes within the clock's patience, or is given up."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._stopping = True
        for wanted in self._wanted.values():
            wanted.set()
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=self._patience.total_seconds())
            for task in unfinished:
                log.warning("%s did not finish in time and is given up", task.get_name())
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _due(self, name: str) -> None:
        # A coroutine, because APScheduler runs anything else in a thread, from where no event of the loop may be set.
        self.nudge(name)

    async def _hand(self, tick: Tick) -> None:
        wanted = self._wanted[tick.name]
        while True:
            await wanted.wait()
            wanted.clear()
            if self._stopping:
                return
            await self._do(tick)

    async def _do(self, tick: Tick) -> None:
        try:
            await tick.do(self._now())
        except Exception as trouble:  # noqa: BLE001 - whatever it is, the next tick tries again
            self._failed[tick.name] = self._failed.get(tick.name, 0) + 1
            if self._failed[tick.name] == 1:
                # Said once, not each second. What an exception says may hold a person's words: only its kind is told.
                log.error("tick %s failed (%s) and is tried again", tick.name, type(trouble).__name__)
        else:
            if self._failed.pop(tick.name, 0):
                log.info("tick %s works again", tick.name)
