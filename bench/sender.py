"""One process that sends: the program's own delivery over a channel that answers at once, or the barest that could be.

It says `ready`, begins at a word on its standard input, and then tells what it sent: the ids on one line, and how many
seconds it took.
"""

import asyncio
import json
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bot.app import machine_clock
from bot.channels.channel import Absent, Delivered, Found, Unknown
from bot.content.reply_words import load_readings
from bot.domain.messages import OutboxMessage
from bot.domain.people import ChannelName
from bot.services.delivery import Delivery
from bot.services.pace import Lane, Pace, Terms
from bot.services.published import Shelf
from bot.storage.database import Database
from tests.databases import KEY

ROOT = Path(__file__).resolve().parents[1]
BATCH = 200
CLAIM = """
UPDATE outbox SET status = 'sending', attempts = attempts + 1, leased_by = 'bare', claimed_at = {now},
       lease_until = {later}
 WHERE id IN (SELECT id FROM outbox WHERE status = 'queued' AND channel = 'sms' AND available_at <= {now}
               ORDER BY priority, available_at, id LIMIT {batch}{locked})
RETURNING id, address_id, text
"""


@dataclass
class AtOnce:
    """A channel without a network: whatever it is given has arrived."""

    sent: list[int] = field(default_factory=list)

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Take it."""
        self.sent.append(message.id)
        return Delivered(provider_id=f"SM{message.id:032x}", parts=1)

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """Nothing is ever lost here."""
        return Unknown()

    async def close(self) -> None:
        """Nothing is held open."""


def _fast(channel: ChannelName) -> tuple[Lane, ...]:
    return (Lane(name=channel, pace=Pace(in_hand=BATCH)),)


async def ours(url: str) -> None:
    """The program's own delivery, tick after tick until nothing is left."""
    database = Database(url, key=KEY)
    channel = AtOnce()
    delivery = Delivery(database, Shelf(load_readings(ROOT)), {ChannelName.SMS: channel}, terms=Terms(lanes=_fast))
    await delivery.send_on(ChannelName.TELEGRAM, now=machine_clock())
    _ready()
    began = time.perf_counter()
    while (await delivery.send_on(ChannelName.SMS, now=machine_clock())).again_in is not None:
        pass
    _tell(channel.sent, time.perf_counter() - began)
    await database.close()


async def bare(url: str) -> None:
    """The barest: claim a batch, mark a batch, by the driver and nothing else."""
    await (_bare_sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else _bare_postgresql(url))


async def _bare_postgresql(url: str) -> None:
    connection = await asyncpg.connect(url)
    claim = await connection.prepare(
        CLAIM.format(
            now="clock_timestamp()", later="clock_timestamp() + interval '30 s'", batch=BATCH,
            locked=" FOR UPDATE SKIP LOCKED",
        )
    )  # fmt: skip
    mark = await connection.prepare(
        "UPDATE outbox SET status = 'sent', sent_at = clock_timestamp(), provider_id = new.sid"
        " FROM unnest($1::bigint[], $2::text[]) AS new(id, sid) WHERE outbox.id = new.id"
    )
    _ready()
    sent: list[int] = []
    began = time.perf_counter()
    while rows := await claim.fetch():
        ids = [row["id"] for row in rows]
        await mark.fetch(ids, [f"SM{one:032x}" for one in ids])
        sent += ids
    _tell(sent, time.perf_counter() - began)
    await connection.close()


async def _bare_sqlite(path: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for words in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {words}")
    now, later = "strftime('%Y-%m-%d %H:%M:%f000', 'now')", "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+30 seconds')"
    claim = CLAIM.format(now=now, later=later, batch=BATCH, locked="")
    mark = f"UPDATE outbox SET status = 'sent', sent_at = {now}, provider_id = ? WHERE id = ?"  # noqa: S608
    _ready()
    sent: list[int] = []
    began = time.perf_counter()
    while True:
        connection.execute("BEGIN IMMEDIATE")
        ids = [row[0] for row in connection.execute(claim).fetchall()]
        connection.execute("COMMIT")
        if not ids:
            break
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            mark,
            [(f"SM{one:032x}", one) for one in ids],
        )
        connection.execute("COMMIT")
        sent += ids
    _tell(sent, time.perf_counter() - began)
    connection.close()


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _tell(sent: list[int], seconds: float) -> None:
    print(json.dumps({"sent": sent, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    asyncio.run({"ours": ours, "bare": bare}[sys.argv[1]](sys.argv[2]))
