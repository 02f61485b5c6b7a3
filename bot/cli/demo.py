"""The demo is the whole program with two things exchanged: its channels are on a screen, and its time can be moved."""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import click

from bot.app import App, build, machine_clock
from bot.channels.phones import Phones
from bot.cli.demo_cast import read_cast
from bot.cli.demo_fates import Fates, Stage
from bot.cli.demo_history import LASTS, live_through, step
from bot.cli.demo_lines import Lines
from bot.cli.demo_time import ProgrammeClock, TimeMachine
from bot.cli.demo_tries import read_tries
from bot.cli.window import desk_of
from bot.console.desk import Demo, Desk, Play
from bot.console.routes import console_routes
from bot.domain.people import ChannelName
from bot.services.published import Plan
from bot.serving import run
from bot.settings import Settings
from bot.storage.migrate import migrate
from bot.storage.sqlite import DatabaseBusy, lock
from bot.storage.unit_of_work import unit_of_work
from bot.storage.views.demo import PersonSeen
from bot.web import NotReady

HOME = Path("var/demo")
PATIENCE = timedelta(seconds=3)
"""How long a page waits for time to be moved before it shows how far it came."""

_SMS_PRICE = "0.65 SEK"
# Everybody in the demo is invented, so this key is no secret: it only lets the program run as it does for real.
_KEY = sha256(b"framsteg demo: nobody here exists").digest()

_TRY_FIRST = """
  Framsteg demo: everybody in it is invented, and nothing leaves this machine.

    {address}

  Try first:
    1. {address}
       The day of Karin, an invented coach: who is ill, who asks, who is silent, and what to do about it.
    2. {address}/phones
       Be a participant: each phone has things to write in its own language. Say that you are ill, or that you want
       a pause; the coach sees it.
    3. Press "Next check-in": time moves on, questions arrive. Answer with digits by SMS, with buttons in Telegram.
    4. {address}/start
       More to try, also as a leader, a translator, an analyst or an administrator.

  Ctrl+C stops; what happened is kept. `framsteg demo --fresh` starts over.
"""


@dataclass
class DemoSet:
    """A demo that has been set up: the program, its phones, its clock and its pages' desk."""

    app: App
    stage: Stage
    machine: TimeMachine
    desk: Desk


def run_demo(*, fresh: bool, port: int, home: Path = HOME) -> None:
    """Serve the demo until it is stopped. Its data are made in `home` the first time, and when `fresh`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(_serve(home, fresh=fresh, port=port))
    except NotReady as refused:
        raise click.ClickException(f"{refused}; another port: `framsteg demo --port {port + 1}`") from None
    except DatabaseBusy:
        raise click.ClickException("a demo runs here already: stop it first") from None


async def _serve(home: Path, *, fresh: bool, port: int) -> None:
    demo = await set_up(home, fresh=fresh, port=port, say=click.echo)
    await run(demo.app, console=lambda: console_routes(demo.desk), ready=_announce)


def _announce(words: str) -> None:
    click.echo(_TRY_FIRST.format(address=words.removeprefix("ready at ")))


async def set_up(
    home: Path,
    *,
    fresh: bool = False,
    port: int = 8000,
    say: Callable[[str], None] = lambda words: None,
    history: tuple[datetime, timedelta] | None = None,
) -> DemoSet:
    """Open what is in `home`, or live through three invented weeks first (`history`: until when, and how long)."""
    done, file = home / "ready", home / "framsteg.db"
    if fresh or not done.exists():
        # A history that was broken off half-way is no history.
        _clear(home, file)
    settings = Settings(
        database_url=f"sqlite:///{file}", key=_KEY, port=port, sqlite_synchronous="NORMAL", sms_price=_SMS_PRICE
    )
    clock = ProgrammeClock(machine_clock)
    phones = Phones(home / "phones.jsonl", clock=clock.now)
    lines = Lines(phones)
    app = build(settings, now=clock.now, channels=lambda *_: dict.fromkeys(ChannelName, lines))
    stage = Stage(app=app, phones=phones, lines=lines, clock=clock, cast=read_cast())
    await migrate(app.database)
    await app.learn()
    if not done.exists():
        say("Living through three invented weeks, once; this takes some seconds ...")
        until, lasts = history or (machine_clock(), LASTS)
        await live_through(stage, until=until, lasts=lasts)
        done.touch()
    else:
        await _resume(stage)
    return await _opened(stage)


def _clear(home: Path, file: Path) -> None:
    """Raises `DatabaseBusy` while another demo runs there: its files are not taken from under it."""
    home.mkdir(parents=True, exist_ok=True)
    held = lock(file)
    try:
        shutil.rmtree(home)
    finally:
        os.close(held)


async def _resume(stage: Stage) -> None:
    """While the demo is not running, programme time stands still."""
    async with unit_of_work(stage.app.database) as work:
        planned = [row.planned_until for row in await work.programmes.all() if row.planned_until is not None]
    stage.clock.go_on(since=max(planned, default=machine_clock()))


async def _opened(stage: Stage) -> DemoSet:
    app = stage.app
    async with unit_of_work(app.database) as work:
        plan = next(iter((await app.shelf.plans(work)).values()))
        zones = await work.participants.zones(plan.programme_id)
        colleagues = await work.coaches.by_email((await work.programmes.organisation_ids())[0])
    plays = {
        colleagues[one.email].id: Play(first_name=one.first_name, roles=one.roles) for one in stage.cast.colleagues
    }
    machine = TimeMachine(
        clock=stage.clock,
        database=app.database,
        plan=plan,
        zones=tuple(zones),
        step=lambda now: step(app, now),
    )
    return DemoSet(app=app, stage=stage, machine=machine, desk=_desk(stage, machine, plan, plays))


def _desk(stage: Stage, machine: TimeMachine, plan: Plan, plays: Mapping[int, Play]) -> Desk:
    travels = Travels(machine)

    async def answer(person: PersonSeen, words: str) -> None:
        posted = stage.phones.write(person.channel, person.address, account=stage.cast.sender, words=words)
        await stage.arrive(person.channel, person.address, posted, now=stage.clock.now())
        await _carry(stage.app)

    async def tap(person: PersonSeen, number: int, data: str) -> bool:
        posted = stage.phones.tap(person.address, number=number, data=data)
        if posted is None:
            return False
        await stage.arrive(person.channel, person.address, posted, now=stage.clock.now())
        await _carry(stage.app)
        return True

    async def ask(person: PersonSeen) -> None:
        fates = Fates(stage=stage, plan=plan)
        await fates.asking(person.enrolment_id, "full-check-in")(stage.clock.now())
        await _carry(stage.app)

    async def send() -> None:
        await stage.app.delivery.send_queued(now=stage.app.now())

    return replace(
        desk_of(stage.app),
        send=send,
        mails=True,
        demo=Demo(
            plan=plan,
            phones=stage.phones,
            plays=plays,
            journey=machine.journey,
            move=travels.go,
            answer=answer,
            tap=tap,
            ask=ask,
            tries=read_tries(),
        ),
    )


async def _carry(app: App) -> None:
    """From the landing to an answer at once: whoever writes on a phone wants to see it."""
    await app.reception.receive(now=app.now())
    await app.delivery.send_queued(now=app.now())


@dataclass
class Travels:
    """One journey through time after the other, however many are asked for."""

    machine: TimeMachine
    under_way: asyncio.Task[None] | None = None

    async def go(self, target: datetime) -> None:
        """Set out, and wait a moment for the arrival. Whoever asks during a journey only waits with it."""
        if self.under_way is None or self.under_way.done():
            self.under_way = asyncio.create_task(self.machine.move_to(target))
        await asyncio.wait({self.under_way}, timeout=PATIENCE.total_seconds())
