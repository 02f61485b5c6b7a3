"""How fast words that wait are claimed and marked, beside the barest claim by the driver, on both databases.

Nothing is sent: the channel answers at once and has no rate. Two processes share PostgreSQL, one has SQLite. Each run
has a fresh copy of the same rows, and is void when one was claimed twice or left behind.
"""

import asyncio
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import insert

from bot.app import machine_clock
from bot.domain.people import ChannelName
from bot.services.publishing import publish
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import unit_of_work
from tests.databases import KEY
from tests.postgres import PostgreSQL

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = 20_000
ROUNDS = 3
AIM = 5_000
WORDS = "Hej Amina! Vi ses i morgon, tisdag 24 november kl. 9.00: Jobbsökarträff, Storgatan 1. Karin"

Figure = tuple[str, float, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One kind of database. `copy` gives a fresh copy of the rows; so many processes share it."""

    kind: str
    processes: int
    copy: Callable[[], Awaitable[str]]


def figures() -> list[Figure]:
    """What was measured: name, value, unit. Raises `AssertionError` when words were claimed twice or left behind."""
    return asyncio.run(_figures())


async def _figures() -> list[Figure]:
    found: list[Figure] = []
    server = PostgreSQL(durable=True)
    with tempfile.TemporaryDirectory() as home:
        try:
            for place in (await _sqlite(Path(home)), await _postgresql(server)):
                found += await _compare(place)
        finally:
            server.stop()
    return found


async def _compare(place: Place) -> list[Figure]:
    mine, limits = [], []
    for _ in range(ROUNDS):
        mine.append(await _run(place, "ours"))
        limits.append(await _run(place, "bare"))
    rate, limit = statistics.median(mine), statistics.median(limits)
    name = f"{place.kind}: claimed and marked, {place.processes} process{'es' if place.processes > 1 else ''}"
    aim = f" (aim: at least {AIM})" if place.processes > 1 else ""
    return [
        (name, rate, f"messages per second{aim}"),
        (f"{place.kind}: limit: bare claim and mark", limit, "messages per second"),
        (f"{place.kind}: claimed and marked, to limit", rate / limit, "ratio"),
    ]


async def _run(place: Place, what: str) -> float:
    url = await place.copy()
    async with _senders(what, url, count=place.processes) as senders:
        for one in senders:
            assert one.stdout is not None and await one.stdout.readline() == b"ready\n"
        told = await asyncio.gather(*(_go(one) for one in senders))
    ids = [one for each in told for one in each["sent"]]
    assert len(ids) == len(set(ids)), "claimed twice"
    assert len(ids) == MESSAGES, "left behind"
    return MESSAGES / max(float(each["seconds"]) for each in told)


async def _go(sender: asyncio.subprocess.Process) -> dict[str, Any]:
    said, _ = await sender.communicate(b"go\n")
    told: dict[str, Any] = json.loads(said)
    return told


@asynccontextmanager
async def _senders(what: str, url: str, *, count: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-m", "bench.sender", what, url)
    senders = [await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=pipe, stdout=pipe) for _ in range(count)]
    try:
        yield senders
    finally:
        for one in senders:
            if one.returncode is None:
                one.kill()
            await one.wait()


async def _sqlite(home: Path) -> Place:
    template = home / "template.db"
    await _queued(f"sqlite:///{template}")
    with sqlite3.connect(template) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    count = iter(range(1_000))

    async def copy() -> str:
        fresh = home / f"bench-{next(count)}.db"
        shutil.copyfile(template, fresh)
        return f"sqlite:///{fresh}"

    return Place(kind="sqlite", processes=1, copy=copy)


async def _postgresql(server: PostgreSQL) -> Place:
    count = iter(range(1_000))

    async def create(words: str) -> str:
        admin = await asyncpg.connect(server.url("postgres"))
        name = f"sending_{next(count)}"
        await admin.execute(f"CREATE DATABASE {name} {words}")
        await admin.close()
        return name

    template = await create("")
    await _queued(server.url(template))

    async def copy() -> str:
        name = await create(f"TEMPLATE {template} STRATEGY FILE_COPY")
        connection = await asyncpg.connect(server.url(name))
        await connection.execute("ANALYZE")
        await connection.close()
        return server.url(name)

    return Place(kind="postgresql", processes=2, copy=copy)


async def _queued(url: str) -> None:
    """A programme, and as many people as there are messages, each of whom one reminder waits for."""
    now = machine_clock()
    database = Database(url, key=KEY, synchronous="NORMAL")
    try:
        await migrate(database)
        done = await publish(database, ROOT / "flows/programmes/stega", content=ROOT, organisation="bench", now=now)
        async with unit_of_work(database) as work:
            row = next(one for one in await work.programmes.all() if one.id == done.programme_id)
            owner = row.organisation_id
            coach = await work.coaches.add("Karin", organisation_id=owner, email="k@x.se", language="sv", now=now)
        async with database.transaction() as connection:
            for table, made in _rows(database, row, coach=coach, now=now):
                await connection.execute(insert(table), made)
    finally:
        await database.close()


def _rows(
    database: Database, row: ProgrammeRow, *, coach: int, now: datetime
) -> list[tuple[Any, list[dict[str, Any]]]]:
    numbers, owner, sealer = range(1, MESSAGES + 1), {"organisation_id": row.organisation_id}, database.sealer
    place = owner | {"programme_id": row.id}
    since = now.date() - timedelta(days=20)
    people = [
        owner | {"id": n, "first_name": "Amina", "language": "sv", "zone": _daylight(now), "preferred_channel": "sms",
                 "created_at": now}
        for n in numbers
    ]  # fmt: skip
    places = [
        place | {"participant_id": n, "coach_id": coach, "phase": "phase-1", "phase_since": since, "coach_since": since,
                 "started_on": since}
        for n in numbers
    ]  # fmt: skip
    found = [(n, f"+46701{n:06}") for n in numbers]
    addresses = [
        owner | {"id": n, "participant_id": n, "channel": ChannelName.SMS, "hash": sealer.hash("sms", number),
                 "cipher": sealer.seal(number.encode()), "state_at": now}
        for n, number in found
    ]  # fmt: skip
    words = [
        place | {"id": n, "participant_id": n, "address_id": n, "channel": ChannelName.SMS, "act": "send",
                 "purpose": "reminder", "priority": 50, "text": WORDS, "language": "sv", "once": f"bench/{n}",
                 "available_at": now - timedelta(minutes=1), "expires_at": now + timedelta(hours=6), "queued_at": now}
        for n in numbers
    ]  # fmt: skip
    return [(tables.participants, people), (tables.enrolments, places), (tables.addresses, addresses),
            (tables.outbox, words)]  # fmt: skip


def _daylight(now: datetime) -> str:
    """A zone in which it is about noon, as nothing is begun at night."""
    return f"Etc/GMT{now.hour - 12:+}"


if __name__ == "__main__":
    for name, value, unit in figures():
        print(f"{name:76} {value:12,.2f} {unit}", flush=True)
