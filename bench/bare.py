"""The limit beside us: the barest Starlette app that keeps a text message, by the bare driver and nothing else.

`group`: one insert a message, and the messages that come during a commit share the next one. `five`: what every
message needs by the plainest means: keep it, find who it is from, keep the answer, move the state, queue the reply; one
transaction a message, over a pool of ten connections (PostgreSQL) or in the one writer (SQLite).
"""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TABLES = (
    "CREATE TABLE bare_in (sid varchar(64) PRIMARY KEY, sender varchar(32), raw {bytes})",
    "CREATE TABLE bare_person (sender varchar(32) PRIMARY KEY, state varchar(200))",
    "CREATE TABLE bare_answer (sender varchar(32), step varchar(32), value integer)",
    "CREATE TABLE bare_out (sid varchar(64) PRIMARY KEY, sender varchar(32), text varchar(400))",
)
REPLY = "Fråga 3 av 5: Svara med en siffra 1-5."
Keep = Callable[[str, str, bytes], Awaitable[None]]


async def serve(kind: str, work: str, place: str, port: int) -> None:
    """Serve until stopped."""
    keep = await {"sqlite": _sqlite, "postgresql": _postgresql}[kind](place, work)

    async def message(request: Request) -> Response:
        raw = await request.body()
        fields = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        await keep(fields["MessageSid"], fields["From"], raw)
        return Response(b"<Response/>", media_type="text/xml")

    app = Starlette(routes=[Route("/twilio/message", message, methods=["POST"])])
    await uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", access_log=False, log_level="error")).serve()


class Group:
    """Whoever comes during a commit shares the next one."""

    def __init__(self, write: Callable[[list[tuple[str, str, bytes]]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[tuple[str, str, bytes], asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def keep(self, sid: str, sender: str, raw: bytes) -> None:
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((sid, sender, raw), told))
        if self._task is None:
            self._task = asyncio.create_task(self._all())
        await told

    async def _all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._write([row for row, _ in batch])
            for _, told in batch:
                told.set_result(None)
        self._task = None


async def _sqlite(place: str, work: str) -> Keep:
    thread = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()

    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(place, isolation_level=None)
        for words in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {words}")
        return connection

    connection = await loop.run_in_executor(thread, opened)

    def group(rows: list[tuple[str, str, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare_in VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)
        connection.execute("COMMIT")

    def five(sid: str, sender: str, raw: bytes) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare_in VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (sid, sender, raw))
        connection.execute("SELECT state FROM bare_person WHERE sender = ?", (sender,)).fetchone()
        connection.execute("INSERT INTO bare_answer VALUES (?, ?, ?)", (sender, "belief", 4))
        connection.execute("UPDATE bare_person SET state = ? WHERE sender = ?", ('{"at":"next"}', sender))
        connection.execute("INSERT INTO bare_out VALUES (?, ?, ?)", (sid, sender, REPLY))
        connection.execute("COMMIT")

    async def shared(rows: list[tuple[str, str, bytes]]) -> None:
        await loop.run_in_executor(thread, group, rows)

    async def alone(sid: str, sender: str, raw: bytes) -> None:
        await loop.run_in_executor(thread, five, sid, sender, raw)

    return Group(shared).keep if work == "group" else alone


async def _postgresql(place: str, work: str) -> Keep:
    pool = await asyncpg.create_pool(place, min_size=10, max_size=10)

    async def group(rows: list[tuple[str, str, bytes]]) -> None:
        sids, senders, raws = zip(*rows, strict=True)
        async with pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO bare_in SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING",
                sids, senders, raws,
            )  # fmt: skip

    async def five(sid: str, sender: str, raw: bytes) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO bare_in VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", sid, sender, raw)
            await connection.fetchval("SELECT state FROM bare_person WHERE sender = $1 FOR UPDATE", sender)
            await connection.execute("INSERT INTO bare_answer VALUES ($1, $2, $3)", sender, "belief", 4)
            await connection.execute("UPDATE bare_person SET state = $1 WHERE sender = $2", '{"at":"next"}', sender)
            await connection.execute("INSERT INTO bare_out VALUES ($1, $2, $3)", sid, sender, REPLY)

    return Group(group).keep if work == "group" else five


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
