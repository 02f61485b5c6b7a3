"""How fast a signed text message is kept and answered, beside the barest app that does so, on both databases.

The first figure is the door alone: signed, durable, 200. The second goes on until the reply is queued: every message
answers an open question of somebody. Both run the program's own app in a process of its own; the limits run in the
same way, with the same load, in turn. Rows are counted: a run in which one is missing or doubled is void.
"""

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
from sqlalchemy import text

from bench.bare import TABLES
from bench.load import Run, post, signed
from bot.app import machine_clock
from bot.content.reply_words import load_readings
from bot.domain.people import ChannelName, NewParticipant
from bot.services import conversation
from bot.services.conversation import Start
from bot.services.published import Shelf
from bot.services.publishing import publish
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import Work, unit_of_work
from tests.databases import KEY
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN
from tests.ports import free_port
from tests.postgres import PostgreSQL

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = 3_000
PEOPLE = 1_500
ROUNDS = 3
PATIENCE_SECONDS = 60

Figure = tuple[str, float, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One database of one kind, fresh for each run."""

    kind: str
    fresh: Callable[[], Awaitable[str]]

    async def count(self, url: str, question: str) -> int:
        """The one number that `question` asks for, past the program and its pools."""
        if self.kind == "sqlite":
            with sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True) as connection:
                return int(connection.execute(question).fetchone()[0])
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(question))
        finally:
            await connection.close()


def figures() -> list[Figure]:
    """What was measured: name, value, unit. Raises `AssertionError` when a row was missing or doubled."""
    return asyncio.run(_figures())


async def _figures() -> list[Figure]:
    server = PostgreSQL(durable=True)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as home:
        try:
            for place in (_sqlite(Path(home)), _postgresql(server)):
                found += await _compare(place, "signed, durable, 200", _door, "group")
                found += await _compare(place, "signed, engine, reply queued", _line, "five")
        finally:
            server.stop()
    return found


async def _compare(place: Place, name: str, ours: Callable[[Place], Awaitable[Run]], work: str) -> list[Figure]:
    mine, limits = [], []
    for _ in range(ROUNDS):
        mine.append(await ours(place))
        limits.append(await _limit(place, work))
    rate = statistics.median(run.per_second for run in mine)
    limit = statistics.median(run.per_second for run in limits)
    what = {"group": "bare app, one insert, shared commits", "five": "bare app, five statements a message"}[work]
    return [
        (f"{place.kind}: {name}", rate, "messages per second"),
        (f"{place.kind}: {name}, the 99th of 100", statistics.median(run.p99_ms for run in mine), "ms"),
        (f"{place.kind}: limit: {what}", limit, "messages per second"),
        (f"{place.kind}: {name}, to limit", rate / limit, "ratio (aim: at least 0.5)"),
    ]


async def _door(place: Place) -> Run:
    url = await place.fresh()
    await _migrated(url)
    async with _program(url, "doors") as (port, public):
        people = [f"+46701{number:06}" for number in range(PEOPLE)]
        load = [signed(public, sender=people[n % PEOPLE], number=n, body="4") for n in range(MESSAGES)]
        run = await post(port, load)
    assert run.statuses == {200: MESSAGES}, run.statuses
    assert await place.count(url, "SELECT count(DISTINCT provider_id) FROM inbox") == MESSAGES
    return run


async def _line(place: Place) -> Run:
    url = await place.fresh()
    await _migrated(url)
    numbers = await _people_with_a_question(url)
    answered = "SELECT count(*) FROM outbox WHERE purpose IN ('reply', 'question')"
    async with _program(url, "whole") as (port, public):
        load = [signed(public, sender=sender, number=n, body="4") for n, sender in enumerate(numbers)]
        began = time.perf_counter()
        run = await post(port, load)
        while await place.count(url, answered) < PEOPLE:
            assert time.perf_counter() - began < PATIENCE_SECONDS, "replies are missing"
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
    assert run.statuses == {200: PEOPLE}, run.statuses
    assert await place.count(url, answered) == PEOPLE
    assert await place.count(url, "SELECT count(*) FROM given_ratings WHERE value = 4") == PEOPLE
    return Run(statuses=run.statuses, per_second=PEOPLE / took, p50_ms=run.p50_ms, p99_ms=run.p99_ms)


async def _limit(place: Place, work: str) -> Run:
    url = await place.fresh()
    count = MESSAGES if work == "group" else PEOPLE
    people = [f"+46701{number:06}" for number in range(PEOPLE)]
    await _bare_tables(place.kind, url, people)
    where = url.removeprefix("sqlite:///")
    async with _process("bench.bare", place.kind, work, where) as (port, public):
        load = [signed(public, sender=people[n % PEOPLE], number=n, body="4") for n in range(count)]
        run = await post(port, load)
    assert run.statuses == {200: count}, run.statuses
    assert await place.count(url, "SELECT count(*) FROM bare_in") == count
    if work == "five":
        assert await place.count(url, "SELECT count(*) FROM bare_out") == count
    return run


async def _people_with_a_question(url: str) -> list[str]:
    """Everybody is asked one question on a scale, and it waits."""
    now = machine_clock()
    database = Database(url, key=KEY)
    try:
        done = await publish(database, ROOT / "flows/programmes/stega", content=ROOT, organisation="bench", now=now)
        async with unit_of_work(database) as work:
            row = next(one for one in await work.programmes.all() if one.id == done.programme_id)
            coach = await work.coaches.add(
                "Karin", organisation_id=row.organisation_id, email="karin@example.se", language="sv", now=now
            )
            numbers = [f"+46701{number:06}" for number in range(PEOPLE)]
            for place, number in enumerate(numbers):
                new = NewParticipant(
                    first_name="Amina", language=("sv", "en", "ar")[place % 3], zone="Europe/Stockholm",
                    channel=ChannelName.SMS, coach_id=coach, phase="phase-1",
                    started_on=now.date() - timedelta(days=20), addresses=((ChannelName.SMS, number),),
                )  # fmt: skip
                await work.participants.enrol(new, programme=row, now=now)
            plan = (await Shelf(load_readings(ROOT)).plans(work, [row.id]))[row.id]
            starts = [
                Start(
                    participant=one,
                    address=one.address,
                    plan=plan,
                    flow="full-check-in",
                    once=f"bench/{one.id}",
                    expires_at=None,
                )
                for one in await work.participants.of_programme(row.id)
                if one.address is not None
            ]
            await conversation.begin(work, starts, now=now)
            await _past_the_first_question(work)
    finally:
        await database.close()
    return numbers


async def _past_the_first_question(work: Work) -> None:
    """The first question is ticked, not rated: everybody has answered it, and waits at the second."""
    connection = work.outbox._connection
    state = '{"at":"work-belief","asked":2,"count":11}'
    await connection.execute(text("UPDATE conversations SET state = :state"), {"state": state})
    await connection.execute(text("UPDATE outbox SET status = 'sent'"))


async def _migrated(url: str) -> None:
    database = Database(url, key=KEY)
    try:
        await migrate(database)
    finally:
        await database.close()


async def _bare_tables(kind: str, url: str, people: list[str]) -> None:
    words = [table.format(bytes="blob" if kind == "sqlite" else "bytea") for table in TABLES]
    rows = [(sender, '{"at":"first"}') for sender in people]
    if kind == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            for one in words:
                connection.execute(one)
            connection.executemany("INSERT INTO bare_person VALUES (?, ?)", rows)
        return
    opened = await asyncpg.connect(url)
    for one in words:
        await opened.execute(one)
    await opened.executemany("INSERT INTO bare_person VALUES ($1, $2)", rows)
    await opened.close()


@asynccontextmanager
async def _program(url: str, what: str) -> AsyncIterator[tuple[int, str]]:
    async with _process("bench.program", what, url) as served:
        yield served


@asynccontextmanager
async def _process(module: str, *arguments: str) -> AsyncIterator[tuple[int, str]]:
    port = free_port()
    environment = os.environ | {"BENCH_ACCOUNT": ACCOUNT, "BENCH_TOKEN": TOKEN, "BENCH_NUMBER": NUMBER}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, str(port), cwd=ROOT, env=environment
    )
    try:
        await _answers(port, process)
        yield port, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise AssertionError("a measured program did not start")


def _sqlite(home: Path) -> Place:
    count = iter(range(1_000))

    async def fresh() -> str:
        return f"sqlite:///{home / f'bench-{next(count)}.db'}"

    return Place(kind="sqlite", fresh=fresh)


def _postgresql(server: PostgreSQL) -> Place:
    count = iter(range(1_000))

    async def fresh() -> str:
        admin = await asyncpg.connect(server.url("postgres"))
        name = f"bench_{next(count)}"
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()
        return server.url(name)

    return Place(kind="postgresql", fresh=fresh)
