"""Whatever a process does again and again is a tick of its clock: all of the work, or its share of it."""

import asyncio
import functools
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.app import App
from bot.domain.people import ChannelName
from bot.doors.clock import Clock, Tick
from bot.parts import EVERYTHING, Part
from bot.services import imports


def clock_of(app: App, parts: Collection[Part] = EVERYTHING) -> Clock:
    """The ticks of a running process that does these parts."""

    async def refresh(now: datetime) -> None:
        await app.refresh()

    ticks = [Tick(name="refresh", every=timedelta(seconds=60), do=refresh)]
    if set(parts) - {Part.DELIVERY}:
        # Whoever keeps what arrives, or wakes others, also reads it: an answer waits for no particular process.
        ticks.append(Tick(name="listen", every=timedelta(seconds=2), do=app.listen))
    if Part.DELIVERY in parts:
        ticks += _delivery(app)
    if Part.CLOCK in parts:
        ticks += _what_falls_due(app)
    return Clock(tuple(ticks), now=app.now)


def _delivery(app: App) -> list[Tick]:
    async def settle(now: datetime) -> None:
        if await app.delivery.settle(now=now):
            app.nudge("send")
            # There may be more than one look takes in.
            app.nudge("settle")

    # Each channel has a tick of its own: while one provider keeps us waiting, the others go on.
    sending = [
        Tick(name=f"send-{name}", every=timedelta(seconds=1), do=functools.partial(_send_on, app, name))
        for name in app.channels
    ]
    return [*sending, Tick(name="settle", every=app.lease / 6, do=settle)]


def _what_falls_due(app: App) -> list[Tick]:
    async def summarise(now: datetime) -> None:
        if await app.summaries.queue_weekly(now=now):
            app.nudge("send")

    async def take_in(now: datetime) -> None:
        if await imports.go_on(app.database, app.shelf, now=now):
            app.nudge("import")

    return [
        Tick(name="escalate", every=timedelta(seconds=3), do=app.escalate),
        Tick(name="plan", every=timedelta(seconds=5), do=app.plan),
        Tick(name="fall-back", every=timedelta(seconds=60), do=app.fall_back),
        Tick(name="invite", every=timedelta(seconds=10), do=app.invite),
        Tick(name="silence", every=timedelta(seconds=30), do=app.silence),
        Tick(name="ask-back", every=timedelta(seconds=60), do=app.ask_back),
        Tick(name="summarise", every=timedelta(seconds=60), do=summarise),
        Tick(name="import", every=timedelta(seconds=2), do=take_in),
    ]


async def _send_on(app: App, channel: ChannelName, now: datetime) -> None:
    sent = await app.delivery.send_on(channel, now=now)
    if sent.again_in is not None:
        # The moment the next token is there: waiting for the tick would leave half of the pace unused.
        asyncio.get_running_loop().call_later(sent.again_in, app.nudge, f"send-{channel}")
