"""One process, one loop: the doors, the clock and the fetching, or its share of them, start and stop together."""

import asyncio
import functools
import logging
import signal
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from bot.app import App
from bot.channels.telegram_feed import bot_id
from bot.domain.messages import DeliveryReceipt
from bot.doors.health import health_routes
from bot.doors.providers import greet
from bot.doors.sms import SmsDoor, sms_routes
from bot.doors.telegram import TelegramHook, TelegramPoll, poll, telegram_routes
from bot.parts import EVERYTHING, Part
from bot.storage import leases
from bot.storage.copies import copied, stay
from bot.storage.key import key_fits
from bot.storage.schema import pending
from bot.ticking import clock_of
from bot.web import Address, NotReady, served

FETCHING_STOPS_SECONDS = 2.0

log = logging.getLogger(__name__)


def routes(app: App) -> list[BaseRoute]:
    """The doors to the world."""
    found: list[BaseRoute] = list(health_routes(app.not_ready))
    settings = app.settings

    def listen() -> None:
        app.nudge("listen")

    async def note(receipt: DeliveryReceipt) -> None:
        await app.delivery.note_receipt(receipt, now=app.now())

    if settings.twilio_account and settings.twilio_token and settings.public_url:
        door = SmsDoor(
            public_url=settings.public_url,
            account=settings.twilio_account,
            token=settings.twilio_token,
            clock=app.now,
            keep=app.landing.keep,
            nudge=listen,
            note_receipt=note,
        )
        found += sms_routes(door)
    if settings.telegram_token and settings.telegram_mode == "webhook" and settings.telegram_secret:
        hook = TelegramHook(
            account=bot_id(settings.telegram_token),
            secret=settings.telegram_secret,
            clock=app.now,
            keep=app.landing.keep,
            nudge=listen,
        )
        found += telegram_routes(hook)
    return found


class Pages:
    """The console, or the metrics, made when somebody first asks for a page.

    Making the console takes a fifth of a start and a tenth of the memory, and whoever writes to us is not to wait.
    """

    def __init__(self, make: Callable[[], BaseRoute]) -> None:
        self._make = make
        self._made: asyncio.Task[Starlette] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the pages do; the first one waits until they are made."""
        if self._made is None or (self._made.done() and self._made.exception() is not None):
            # In a thread: what else there is to do goes on meanwhile.
            self._made = asyncio.create_task(asyncio.to_thread(lambda: Starlette(routes=[self._make()])))
        await (await asyncio.shield(self._made))(scope, receive, send)


async def run(
    app: App,
    *,
    console: Callable[[], BaseRoute],
    ready: Callable[[str], None] = log.info,
    parts: Collection[Part] = EVERYTHING,
    metrics: Callable[[], BaseRoute] | None = None,
) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP, then finish what is in hand. Raises `NotReady`, and then did nothing.

    `console` and `metrics` make their pages, once somebody asks for one. `ready` is told the address once we serve,
    and which providers do not answer. `parts` is our share of the work.
    """
    try:
        await _must_fit(app)
        await app.learn()
        await app.senders.refresh()
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        async with AsyncExitStack() as doors:
            if app.settings.metrics is not None and metrics is not None:
                host, port = app.settings.metrics
                place = Address(host=host, port=port, keys="FRAMSTEG_METRICS")
                web = Starlette(routes=[Mount("/", app=Pages(metrics))])
                ready(f"metrics at {await doors.enter_async_context(served(web, place))}/metrics")
            said = await _open_doors(app, doors, console=console, parts=parts)
            if Part.DELIVERY in parts:
                # Only now, for whoever holds the port already may be the one that sends.
                await app.delivery.begin()
            app.clock = clock_of(app, parts)
            await _work(app, stopping, parts=parts, ready=functools.partial(ready, said), say=ready)
    finally:
        await app.close()


async def _open_doors(
    app: App, doors: AsyncExitStack, *, console: Callable[[], BaseRoute], parts: Collection[Part]
) -> str:
    """Listen where we are to be asked; what is said when that is so."""
    settings = app.settings
    if Part.WEB in parts:
        web = Starlette(routes=[*routes(app), Mount("/", app=Pages(console))])
    elif settings.port is not None:
        web = Starlette(routes=list(health_routes(app.not_ready)))
    else:
        # Several processes on one machine would want the usual port: whoever is to be asked is given one.
        return "ready, at no address"
    place = Address(host=settings.host, port=settings.web_port, keys="FRAMSTEG_HOST and FRAMSTEG_PORT")
    return f"ready at {await doors.enter_async_context(served(web, place, proxies=settings.proxies))}"


async def _must_fit(app: App) -> None:
    if await pending(app.database):
        raise NotReady("the database is not up to date: run `framsteg migrate`")
    if not await key_fits(app.database):
        raise NotReady("FRAMSTEG_KEY is not the key that this database was made with: use that one")
    if await copied(app.database) is not None:
        raise NotReady(
            "this database was put back from a copy: run `framsteg resume`, so that nothing is sent twice,"
            " or `framsteg resume --moved` if nothing was sent since the copy was made"
        )
    await stay(app.database)


async def _work(
    app: App,
    stopping: asyncio.Event,
    *,
    parts: Collection[Part],
    ready: Callable[[], None],
    say: Callable[[str], None],
) -> None:
    assert app.clock is not None
    # What people wrote comes before what we begin: fetching waits for no tick.
    fetching = asyncio.create_task(_fetch(app, stopping) if Part.TELEGRAM in parts else _nothing())
    app.clock.start()
    ready()
    asked = app.providers if {Part.DELIVERY, Part.TELEGRAM} & set(parts) else {}
    greeting = asyncio.create_task(greet(asked, say=say, stopping=stopping))
    await stopping.wait()
    app.stopping = True
    app.delivery.no_more()
    await asyncio.gather(app.clock.stop(), asyncio.wait({fetching, greeting}, timeout=FETCHING_STOPS_SECONDS))
    for task in (fetching, greeting):
        task.cancel()
    await asyncio.gather(fetching, greeting, return_exceptions=True)


async def _nothing() -> None:
    """Another process does it."""


async def _fetch(app: App, stopping: asyncio.Event) -> None:
    settings = app.settings
    if app.feed is None or not settings.telegram_token or settings.telegram_mode != "poll":
        return
    account = bot_id(settings.telegram_token)
    held = (app.lease / 3).total_seconds()

    async def hold() -> bool:
        number = await leases.hold(app.database, f"telegram/{account}", holder=app.database.process, seconds=held)
        return number is not None

    door = TelegramPoll(
        account=account,
        feed=app.feed,
        clock=app.now,
        hold=hold,
        landing=app.landing,
        nudge=functools.partial(app.nudge, "listen"),
        renewal=app.lease / 10,
    )
    try:
        await poll(door, stopping)
    finally:
        await leases.release(app.database, f"telegram/{account}", holder=app.database.process)
