"""How soon a reminder is queued for everybody who is due at one moment, beside the barest statement, and beside jobs.

The limit is one INSERT ... SELECT of finished text for the same people into the same table. The program claims each
occurrence, chooses words by language and phase, puts names in and counts the parts. Rows are counted: a run in which
one is missing or doubled is void. What people use today is a job for each person in APScheduler or in
python-telegram-bot's JobQueue; it does nothing but note the time.
"""

import asyncio
import logging
import resource
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text
from telegram.ext import ContextTypes, JobQueue

from bench.people import settle
from bot.app import machine_clock
from bot.services.published import Shelf
from bot.services.reminders import Reminders
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import unit_of_work
from tests.almanac import almanac
from tests.databases import KEY
from tests.postgres import PostgreSQL
from tests.vocabulary import vocabulary

PEOPLE = 100_000
JOBS = 10_000
MORNING = datetime(2026, 11, 25, 6, 15, tzinfo=UTC)
"""A Wednesday at a quarter past seven in Stockholm: the day's activities are told."""

BARE = (
    "INSERT INTO outbox (organisation_id, programme_id, participant_id, address_id, channel, act, purpose, priority,"
    " text, language, parts, once, available_at, expires_at, queued_at)"
    " SELECT 1, 1, p.id, a.id, a.channel, 'send', 'reminder', 50,"
    " 'God morgon Amina! I dag 09:00 Promenad, Stadsparken. Lycka till! Karin', p.language, 1, 'bare/' || e.id,"
    " :now, :now, :now FROM enrolments e JOIN participants p ON p.id = e.participant_id"
    " JOIN addresses a ON a.participant_id = p.id AND a.channel = p.preferred_channel"
)

Figure = tuple[str, float, str]


@dataclass
class Watch:
    """How long the loop did nothing else, at worst."""

    worst: float = 0.0
    over: bool = field(default=False)

    async def look(self) -> None:
        """Look until it is over."""
        while not self.over:
            began = time.perf_counter()
            await asyncio.sleep(0.002)
            self.worst = max(self.worst, time.perf_counter() - began - 0.002)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One kind of database, a fresh copy of the same people for each run."""

    kind: str
    limit: float
    fresh: Callable[[], Awaitable[str]]


def figures() -> list[Figure]:
    """What was measured: name, value, unit. Raises `AssertionError` when a row was missing or doubled."""
    found = asyncio.run(_figures())
    # Each job that never ran says so.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    for name, jobs in (("APScheduler, a job each", _apscheduler), ("JobQueue of python-telegram-bot", _job_queue)):
        fired, late = asyncio.run(jobs())
        found.append((f"planning: {name}: of {JOBS} due together never run", float(JOBS - fired), ""))
        if fired:
            found.append((f"planning: {name}: the last one late by", late, "s"))
    return found


async def _figures() -> list[Figure]:
    server = PostgreSQL(durable=True)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="framsteg-bench-") as home:
        try:
            for place in (await _sqlite(Path(home)), await _postgresql(server)):
                found += await _compare(place)
        finally:
            server.stop()
    return found


async def _compare(place: Place) -> list[Figure]:
    bare = min([await _bare(await place.fresh()) for _ in range(3)])
    runs = [await _planned(await place.fresh()) for _ in range(3)]
    whole, first, blocked, grown = (min(column) for column in zip(*runs, strict=True))
    name = f"planning, {place.kind}: {PEOPLE:,} due together"
    begun = min([await _begun(await place.fresh()) for _ in range(3)])
    return [
        (f"{name}, one bare INSERT ... SELECT", bare, "s"),
        (f"{name}, claimed, worded and queued", whole, "s"),
        (f"{name}, ratio (aim: at most {place.limit})", whole / bare, "x"),
        (f"{name}, until the first may leave (aim: at most 0.25)", first, "s"),
        (f"{name}, the loop stood still at worst (aim: at most 50)", blocked * 1000, "ms"),
        (f"{name}, memory grown (aim: at most 5)", grown, "MiB"),
        (
            f"planning, {place.kind}: first look after a start, {PEOPLE:,} schedules (aim: at most 50)",
            begun * 1000,
            "ms",
        ),
    ]


async def _bare(url: str) -> float:
    database = Database(url, key=KEY)
    try:
        now = f"{MORNING:%Y-%m-%d %H:%M:%S.%f}" if database.is_sqlite else MORNING
        began = time.perf_counter()
        async with database.transaction() as connection:
            await connection.execute(text(BARE), {"now": now})
        return time.perf_counter() - began
    finally:
        await database.close()


async def _planned(url: str) -> tuple[float, float, float, float]:
    """Seconds for all and for the first, seconds the loop stood still, mebibytes grown."""
    database = Database(url, key=KEY)
    shelf = Shelf({})
    shelf.learn(vocabulary())
    shelf.mark_days(almanac())
    reminders = Reminders(database, shelf)
    try:
        # Warm: a process has looked many times before anything is due.
        await reminders.queue_due(now=MORNING - timedelta(minutes=5))
        await reminders.queue_due(now=MORNING - timedelta(seconds=5))
        watch = Watch()
        looking, before = asyncio.create_task(watch.look()), _memory()
        began = time.perf_counter()
        done = await reminders.queue_some(now=MORNING)
        first = time.perf_counter() - began
        while done.more:
            done = await reminders.queue_some(now=MORNING)
        whole = time.perf_counter() - began
        watch.over = True
        await looking
        grown = _memory() - before
        await _all_there(database)
        return whole, first, watch.worst, grown
    finally:
        await database.close()


async def _begun(url: str) -> float:
    """Seconds of the first look of a new process at a moment when nothing is due."""
    database = Database(url, key=KEY)
    shelf = Shelf({})
    shelf.learn(vocabulary())
    try:
        async with unit_of_work(database) as work:
            # What is published is read however many people there are.
            await shelf.plans(work)
        began = time.perf_counter()
        await Reminders(database, shelf).queue_due(now=MORNING - timedelta(minutes=5))
        return time.perf_counter() - began
    finally:
        await database.close()


async def _all_there(database: Database) -> None:
    counted = "SELECT count(*), count(DISTINCT participant_id) FROM outbox WHERE status = 'queued' AND parts > 0"
    async with database.reading() as connection:
        row = (await connection.execute(text(counted))).one()
    assert tuple(row) == (PEOPLE, PEOPLE), f"{row} of {PEOPLE}"


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _sqlite(home: Path) -> Place:
    template, copies = home / "template.db", iter(range(100))
    await _settled(f"sqlite:///{template}")

    async def fresh() -> str:
        copy = home / f"{next(copies)}.db"
        shutil.copyfile(template, copy)
        return f"sqlite:///{copy}"

    return Place(kind="SQLite", limit=5, fresh=fresh)


async def _postgresql(server: PostgreSQL) -> Place:
    server.start()
    admin = await asyncpg.connect(server.url("postgres"))
    copies = iter(range(100))
    await admin.execute("CREATE DATABASE burst")
    await _settled(server.url("burst"))

    async def fresh() -> str:
        name = f"burst_{next(copies)}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE burst")
        return server.url(name)

    return Place(kind="PostgreSQL", limit=2.5, fresh=fresh)


async def _settled(url: str) -> None:
    database = Database(url, key=KEY)
    await migrate(database)
    await settle(database, PEOPLE)
    # As a process does that has been running for weeks.
    async with unit_of_work(database) as work:
        await work.programmes.change(1, planned_until=MORNING - timedelta(minutes=10))
    await database.close()


async def _apscheduler() -> tuple[int, float]:
    scheduler, noted = AsyncIOScheduler(timezone="UTC"), _Noted()
    at = machine_clock() + timedelta(seconds=8)
    for number in range(JOBS):
        scheduler.add_job(noted.note, "date", run_date=at, args=(at,), id=str(number))
    scheduler.start()
    await noted.until_quiet(at)
    scheduler.shutdown(wait=False)
    return noted.fired, noted.late


async def _job_queue() -> tuple[int, float]:
    queue, noted = JobQueue(), _Noted()
    at = machine_clock() + timedelta(seconds=8)

    async def note(context: ContextTypes.DEFAULT_TYPE) -> None:
        await noted.note(at)

    for number in range(JOBS):
        queue.run_once(note, at, name=str(number))
    await queue.start()
    await noted.until_quiet(at)
    await queue.stop(wait=False)
    return noted.fired, noted.late


@dataclass
class _Noted:
    fired: int = 0
    late: float = 0.0

    async def note(self, at: datetime) -> None:
        self.fired += 1
        self.late = (machine_clock() - at).total_seconds()

    async def until_quiet(self, at: datetime) -> None:
        """Until nothing has come for five seconds."""
        last, since = -1, time.monotonic()
        while machine_clock() < at or time.monotonic() - since < 5:
            await asyncio.sleep(0.2)
            if self.fired != last or machine_clock() < at:
                last, since = self.fired, time.monotonic()
