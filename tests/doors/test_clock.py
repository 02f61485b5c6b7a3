"""A tick is never forgotten, never run twice at once and never ended by what goes wrong in it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.doors.clock import Clock, Tick
from tests.process.running import until

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Work:
    """What a tick does: it counts, waits while it is `held`, and raises what it is told to."""

    def __init__(self) -> None:
        self.begun = self.done = self.at_once = self.most_at_once = 0
        self.held = asyncio.Event()
        self.held.set()
        self.wrong: list[Exception] = []

    async def __call__(self, now: datetime) -> None:
        assert now == NOON
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.held.wait()
            if self.wrong:
                raise self.wrong.pop(0)
            self.done += 1
        finally:
            self.at_once -= 1


@asynccontextmanager
async def a_clock(work: Work, *, every: timedelta = HOUR) -> AsyncIterator[Clock]:
    clock = Clock((Tick(name="listen", every=every, do=work),), now=lambda: NOON)
    clock.start()
    try:
        yield clock
    finally:
        work.held.set()
        await clock.stop()


async def test_the_first_tick_comes_at_once() -> None:
    work = Work()
    async with a_clock(work):
        await until(lambda: work.done == 1)


async def test_a_tick_comes_again_and_again_inside_the_loop() -> None:
    work = Work()
    async with a_clock(work, every=timedelta(milliseconds=20)) as clock:
        await until(lambda: work.done >= 4, seconds=5)
        with pytest.raises(RuntimeError):
            await asyncio.to_thread(clock.nudge, "listen")


async def test_a_nudge_during_a_run_brings_one_more() -> None:
    work = Work()
    work.held.clear()
    async with a_clock(work) as clock:
        await until(lambda: work.begun == 1)
        for _ in range(5):
            clock.nudge("listen")
        work.held.set()
        await until(lambda: work.done == 2)
        await asyncio.sleep(0.05)
    assert (work.begun, work.most_at_once) == (2, 1)


async def test_what_goes_wrong_in_a_tick_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    work.wrong = [ValueError("Amina wrote 4"), ValueError("Amina wrote 4"), KeyError("Amina")]
    with caplog.at_level(logging.INFO, logger="bot.doors.clock"):
        async with a_clock(work) as clock:
            for done in range(1, 4):
                await until(lambda done=done: work.begun == done)
                await asyncio.sleep(0)
                assert work.done == 0
                clock.nudge("listen")
            await until(lambda: work.done == 1)
    told = [record.getMessage() for record in caplog.records]
    assert told == ["tick listen failed (ValueError) and is tried again", "tick listen works again"]


async def test_a_tick_that_fails_time_after_time_is_named() -> None:
    work = Work()
    work.wrong = [OSError()] * 3
    async with a_clock(work) as clock:
        for done in range(1, 4):
            await until(lambda done=done: work.begun == done)
            if done < 3:
                assert clock.failing() == []
                clock.nudge("listen")
        await until(lambda: clock.failing() == ["listen"])
        clock.nudge("listen")
        await until(lambda: work.done == 1)
        assert clock.failing() == []


async def test_stopping_finishes_what_is_in_hand_and_begins_nothing() -> None:
    work = Work()
    work.held.clear()
    async with a_clock(work) as clock:
        await until(lambda: work.begun == 1)
        clock.nudge("listen")
        stopping = asyncio.create_task(clock.stop())
        await asyncio.sleep(0.02)
        assert not stopping.done()
        work.held.set()
        await stopping
    assert (work.begun, work.done) == (1, 1)


async def test_stopping_gives_up_what_never_ends() -> None:
    work = Work()
    work.held.clear()
    clock = Clock((Tick(name="listen", every=HOUR, do=work),), now=lambda: NOON, patience=timedelta(milliseconds=30))
    clock.start()
    await until(lambda: work.begun == 1)
    await asyncio.wait_for(clock.stop(), 5)
    assert (work.at_once, work.done) == (0, 0)
