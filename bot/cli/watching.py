"""What `/metrics` and `framsteg status` ask of a program: who ought to do what, and how it goes."""

import functools
from collections.abc import Collection

from starlette.routing import BaseRoute

from bot.app import App, machine_clock
from bot.channels.telegram_feed import bot_id
from bot.doors.metrics import Own, metrics_route
from bot.parts import Part
from bot.settings import Settings
from bot.storage.watch import Readings, look


def metrics_of(app: App, parts: Collection[Part]) -> BaseRoute:
    """The page that a running process shows to Prometheus."""
    return metrics_route(functools.partial(_look, app), functools.partial(_own, app, parts))


def polling_leases(settings: Settings) -> tuple[str, ...]:
    """The lease that somebody ought to hold, if Telegram is fetched from."""
    token = settings.telegram_token
    return (f"telegram/{bot_id(token)}",) if token and settings.telegram_mode == "poll" else ()


async def _look(app: App) -> Readings:
    return await look(app.database, now=app.now(), machine_now=machine_clock())


def _own(app: App, parts: Collection[Part]) -> Own:
    return Own(
        parts=parts,
        channels=tuple(app.channels),
        leases=polling_leases(app.settings),
        failures={} if app.clock is None else app.clock.failures(),
    )
