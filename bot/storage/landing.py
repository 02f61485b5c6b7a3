"""What arrives is durable before anybody is answered, and many arrivals share one commit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import Arrival
from bot.storage.away import DatabaseAway, is_away
from bot.storage.database import Database
from bot.storage.tables import cursors
from bot.storage.upsert import insert_into

# How many arrivals share a commit at most, and how long one commit may take before its waiters are told.
_BATCH = 100
_SECONDS = 5

_COLUMNS = "channel, provider_id, account, sender_hash, raw, received_at"
_KEPT_ONCE = "ON CONFLICT (channel, provider_id) DO NOTHING RETURNING channel, provider_id"

# The driver is asked directly: SQLAlchemy's share of this one statement was larger than the database's.
# Nothing but constants is written into it; what arrives is bound.
_POSTGRESQL = (
    f"INSERT INTO inbox ({_COLUMNS}) SELECT * FROM unnest("  # noqa: S608
    f"$1::varchar[], $2::varchar[], $3::varchar[], $4::bytea[], $5::bytea[], $6::timestamptz[]) {_KEPT_ONCE}"
)
_SQLITE = tuple(
    f"INSERT INTO inbox ({_COLUMNS}) VALUES {', '.join(['(?, ?, ?, ?, ?, ?)'] * rows)} {_KEPT_ONCE}"  # noqa: S608
    for rows in range(1, _BATCH + 1)
)

_CURSOR = select(cursors.c.value)

# Channel, provider's id, account, sender's hash, sealed bytes, moment as the driver takes it.
_Row = tuple[str, str, str, bytes, bytes, Any]
_Key = tuple[str, str]


class LandingFull(DatabaseAway):
    """More arrivals wait for the database than it could take in time: the provider has to come again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiter:
    row: _Row
    told: asyncio.Future[bool]


class Landing:
    """Where the doors put what arrives. One for each process."""

    def __init__(self, database: Database, *, room: int = 1000) -> None:
        """`room`: how many arrivals may wait at a time."""
        self._database = database
        self._room = room
        self._waiting: list[_Waiter] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, arrival: Arrival) -> bool:
        """Durable when it returns. True if it is new, False if this (`channel`, `provider_id`) was kept before.

        Raises `DatabaseAway` if it could not be kept: then nothing may be acknowledged.
        """
        if len(self._waiting) >= self._room:
            raise LandingFull(f"{self._room} arrivals wait")
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiter(row=self._row(arrival), told=told))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_all())
        return await told

    async def keep_many(self, arrivals: Sequence[Arrival], *, cursor: tuple[str, int] | None = None) -> int:
        """Keep what one poll fetched, and how far it came, both or neither. Says how many are new.

        Raises `DatabaseAway` if they could not be kept: then the same is to be fetched again.
        """
        rows = [self._row(arrival) for arrival in arrivals]
        new = 0
        async with self._database.transaction() as connection:
            if cursor is not None:
                # First, because it opens the transaction that the driver's own statements then are in.
                await _move(connection, cursor)
            driver = (await connection.get_raw_connection()).driver_connection
            for begin in range(0, len(rows), _BATCH):
                new += len(await self._insert(driver, rows[begin : begin + _BATCH]))
        return new

    async def cursor(self, name: str) -> int | None:
        """How far the poll of that name came; `None` if it never did."""
        async with self._database.reading() as connection:
            return (await connection.execute(_CURSOR.where(cursors.c.name == name))).scalar_one_or_none()

    async def close(self) -> None:
        """Wait until all that arrived has been kept or refused."""
        if self._keeping is not None:
            await self._keeping

    def _row(self, arrival: Arrival) -> _Row:
        sealer = self._database.sealer
        return (
            str(arrival.channel),
            arrival.provider_id,
            arrival.account,
            sealer.hash(arrival.channel, arrival.sender),
            sealer.seal(arrival.raw),
            _moment(arrival.received_at, as_text=self._database.is_sqlite),
        )

    async def _keep_all(self) -> None:
        # Whatever arrives while one batch is being kept makes up the next one.
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._keep(batch)
        finally:
            self._keeping = None

    async def _keep(self, batch: list[_Waiter]) -> None:
        try:
            _tell(batch, await self._kept(batch))
        except DatabaseAway as away:
            # Whoever came meanwhile has waited as long: a provider hangs up before a second round of it is over.
            late, self._waiting = self._waiting, []
            _refuse([*batch, *late], away)
        except Exception as wrong:  # noqa: BLE001  whatever it is, the waiters have to learn of it
            if len(batch) == 1:
                _refuse(batch, wrong)
                return
            # One row that the database refuses must not take its neighbours with it.
            for waiter in batch:
                await self._keep([waiter])

    async def _kept(self, batch: list[_Waiter]) -> set[_Key]:
        try:
            return await self._try(batch)
        except DatabaseAway:
            # A server that was restarted is there again for the next connection; keeping twice keeps once.
            return await self._try(batch)

    async def _try(self, batch: list[_Waiter]) -> set[_Key]:
        try:
            async with asyncio.timeout(_SECONDS), self._database.driver() as driver:
                return await self._insert(driver, [waiter.row for waiter in batch])
        except Exception as error:
            if is_away(error, writing=True):
                raise DatabaseAway(type(error).__name__) from error
            raise

    async def _insert(self, driver: Any, rows: list[_Row]) -> set[_Key]:
        if self._database.is_sqlite:
            flat = [value for row in rows for value in row]
            return {tuple(found) for found in await driver.execute_fetchall(_SQLITE[len(rows) - 1], flat)}
        return {tuple(found) for found in await driver.fetch(_POSTGRESQL, *zip(*rows, strict=True))}


async def _move(connection: AsyncConnection, cursor: tuple[str, int]) -> None:
    name, value = cursor
    # Not only forward: after a quiet week Telegram begins its numbers somewhere else.
    moved = insert_into(connection, cursors).on_conflict_do_update(index_elements=["name"], set_={"value": value})
    await connection.execute(moved, {"name": name, "value": value})


def _moment(moment: datetime, *, as_text: bool) -> datetime | str:
    """As the column type `Moment` would write it."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    if not as_text:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _tell(batch: list[_Waiter], new: set[_Key]) -> None:
    for waiter in batch:
        key = waiter.row[:2]
        # The caller may have gone: what it brought is kept all the same.
        if not waiter.told.done():
            waiter.told.set_result(key in new)
        # Two of the same in one batch: one is new.
        new.discard(key)


def _refuse(batch: list[_Waiter], error: Exception) -> None:
    for waiter in batch:
        if not waiter.told.done():
            waiter.told.set_exception(error)
