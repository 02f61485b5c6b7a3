"""Whatever a process does again and again is a tick of its clock."""

import functools
from datetime import datetime, timedelta

from bot.app import App
from bot.domain.people import ChannelName
from bot.doors.clock import Clock, Tick
from bot.services import imports


def clock_of(app: App) -> Clock:
    """The ticks of a running process."""

    async def settle(now: datetime) -> None:
        if await app.delivery.settle(now=now):
            app.nudge("send")
            # There may be more than one look takes in.
            app.nudge("settle")

    async def summarise(now: datetime) -> None:
        if await app.summaries.queue_weekly(now=now):
            app.nudge("send")

    async def take_in(now: datetime) -> None:
        if await imports.go_on(app.database, app.shelf, now=now):
            app.nudge("import")

    async def refresh(now: datetime) -> None:
        await app.refresh()

    # Each channel has a tick of its own: while one provider keeps us waiting, the others go on.
    sending = [
        Tick(name=f"send-{name}", every=timedelta(seconds=1), do=functools.partial(_send_on, app, name))
        for name in app.channels
    ]
    return Clock(
        (
            Tick(name="listen", every=timedelta(seconds=2), do=app.listen),
            *sending,
            Tick(name="escalate", every=timedelta(seconds=3), do=app.escalate),
            Tick(name="plan", every=timedelta(seconds=5), do=app.plan),
            Tick(name="settle", every=app.lease / 6, do=settle),
            Tick(name="silence", every=timedelta(seconds=30), do=app.silence),
            Tick(name="ask-back", every=timedelta(seconds=60), do=app.ask_back),
            Tick(name="summarise", every=timedelta(seconds=60), do=summarise),
            Tick(name="import", every=timedelta(seconds=2), do=take_in),
            Tick(name="refresh", every=timedelta(seconds=60), do=refresh),
        ),
        now=app.now,
    )


async def _send_on(app: App, channel: ChannelName, now: datetime) -> None:
    await app.delivery.send_on(channel, now=now)
