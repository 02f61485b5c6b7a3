"""How the program does is read off its database, so that every process says the same of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxAct, OutboxStatus, Purpose
from bot.domain.people import ChannelName
from bot.storage.columns import Moment
from bot.storage.database import Database
from bot.storage.tables import alerts, inbox, leases, occurrences, outbox, pauses, programmes, spending

A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """What waits although it could go: how much, and since when the oldest."""

    many: int = 0
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Last:
    """The last reminder: when it was planned or sent, and how long after its moment."""

    at: datetime
    lag: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseNow:
    """Whether anybody holds it just now, and how often it has changed hands."""

    name: str
    held: bool
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseNow:
    """A channel's pause, if it lasts still (machine time), and how often in a row its provider did not answer."""

    until: datetime | None
    failures: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeNow:
    """How far a programme is planned, whether it is stopped, and what its SMS came to on its latest day."""

    planned_until: datetime | None
    stopped: bool
    on_day: str = ""
    parts: int = 0
    refused: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Readings:
    """Everything at one moment. `sends`: what was queued within a day, by channel and status."""

    now: datetime
    machine_now: datetime
    unsent: Mapping[ChannelName, Queue]
    unhandled: Queue
    planned: Last | None
    sent: Last | None
    sends: Mapping[tuple[ChannelName, OutboxStatus], int]
    alerts: Mapping[str, int]
    leases: tuple[LeaseNow, ...]
    pauses: Mapping[ChannelName, PauseNow]
    programmes: Mapping[int, ProgrammeNow]

    def waits(self, one: Queue) -> float:
        """For how many seconds the oldest has waited; 0 if nothing does."""
        return 0.0 if one.since is None else max((self.now - one.since).total_seconds(), 0.0)


# Written as the indexes of what is not sent yet are, for bound values no planner holds against their conditions.
_QUEUED = text("outbox.status = 'queued'")
_IN_HAND = text("outbox.status IN ('sending', 'unsettled')")
_DUE = tuple(
    select(outbox.c.channel, func.count().label("many"), func.min(outbox.c.available_at).label("since"))
    .where(which, outbox.c.available_at <= bindparam("now"))
    .group_by(outbox.c.channel)
    for which in (_QUEUED, _IN_HAND)
)
_UNHANDLED = select(func.count().label("many"), func.min(inbox.c.received_at).label("since")).where(
    text("inbox.state = 'waiting'")
)
_PLANNED = select(occurrences.c.claimed_at, occurrences.c.due_at).order_by(occurrences.c.id.desc()).limit(1)
_QUEUED_AT = select(outbox.c.id, outbox.c.queued_at).where(outbox.c.id >= bindparam("first")).order_by(outbox.c.id)
_SENDS = (
    select(outbox.c.channel, outbox.c.status, func.count().label("many"))
    .where(outbox.c.id >= bindparam("first"), outbox.c.act == OutboxAct.SEND)
    .group_by(outbox.c.channel, outbox.c.status)
)
_SENT = (
    select(outbox.c.sent_at, outbox.c.available_at)
    .where(outbox.c.id >= bindparam("first"), outbox.c.purpose == Purpose.REMINDER, outbox.c.sent_at.is_not(None))
    .order_by(outbox.c.sent_at.desc())
    .limit(1)
)
_ALERTS = select(alerts.c.kind, func.count().label("many")).where(alerts.c.acknowledged_at.is_(None))
_PROGRAMMES = select(programmes.c.id, programmes.c.planned_until, programmes.c.stopped_at).order_by(programmes.c.id)
_SPENT = select(spending).where(spending.c.on_day >= bindparam("since")).order_by(spending.c.on_day)


async def look(database: Database, *, now: datetime, machine_now: datetime) -> Readings:
    """Read everything, over a connection that cannot write. Raises `DatabaseAway`.

    The oldest row of a day is found by halving, so that it takes as long for a million messages as for a hundred.
    """
    async with database.reading() as connection:
        first = await _first_since(connection, now - A_DAY)
        held = leases.c.until > (bindparam("machine", type_=Moment) if database.is_sqlite else func.clock_timestamp())
        holders = select(leases.c.name, leases.c.number, and_(held, leases.c.holder != "").label("held"))
        rows = await connection.execute(holders.order_by(leases.c.name), _bound(database, machine_now))
        return Readings(
            now=now,
            machine_now=machine_now,
            leases=tuple(LeaseNow(name=row.name, held=bool(row.held), number=row.number) for row in rows),
            unsent=await _unsent(connection, now),
            unhandled=Queue(**(await connection.execute(_UNHANDLED)).one()._mapping),
            planned=await _last(connection, _PLANNED),
            sent=await _last(connection, _SENT, first=first),
            sends={
                (ChannelName(row.channel), OutboxStatus(row.status)): row.many
                for row in await connection.execute(_SENDS, {"first": first})
            },
            alerts={row.kind: row.many for row in await connection.execute(_ALERTS.group_by(alerts.c.kind))},
            pauses=await _pauses(connection, machine_now),
            programmes=await _programmes(connection, now),
        )


async def _unsent(connection: AsyncConnection, now: datetime) -> dict[ChannelName, Queue]:
    found: dict[ChannelName, Queue] = {}
    for query in _DUE:
        for row in await connection.execute(query, {"now": now}):
            channel = ChannelName(row.channel)
            other = found.get(channel, Queue(since=row.since))
            since = min(row.since, other.since or row.since)
            found[channel] = Queue(many=row.many + other.many, since=since)
    return found


def _bound(database: Database, machine_now: datetime) -> dict[str, datetime]:
    # Several machines share PostgreSQL and their clocks differ: there the database's own clock decides.
    return {"machine": machine_now} if database.is_sqlite else {}


async def _first_since(connection: AsyncConnection, since: datetime) -> int:
    """The lowest number of what was queued since then: numbers grow with time."""
    low, high = 1, int(await connection.scalar(select(func.max(outbox.c.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = (await connection.execute(_QUEUED_AT.limit(1), {"first": middle})).first()
        if found is None or found.queued_at >= since:
            high = middle
        else:
            low = found.id + 1
    return low


async def _last(connection: AsyncConnection, query: Select[*tuple[Any, ...]], **values: int) -> Last | None:
    row = (await connection.execute(query, values)).first()
    if row is None:
        return None
    at, meant = row
    return Last(at=at, lag=max(at - meant, timedelta()))


async def _pauses(connection: AsyncConnection, machine_now: datetime) -> dict[ChannelName, PauseNow]:
    rows = await connection.execute(select(pauses))
    return {
        ChannelName(row.channel): PauseNow(until=row.until if row.until > machine_now else None, failures=row.failures)
        for row in rows
    }


async def _programmes(connection: AsyncConnection, now: datetime) -> dict[int, ProgrammeNow]:
    # Where the programme is it may be yesterday still, or tomorrow: the latest of these days counts.
    spent = {row.programme_id: row for row in await connection.execute(_SPENT, {"since": (now - A_DAY).date()})}
    found = {}
    for row in await connection.execute(_PROGRAMMES):
        day = spent.get(row.id)
        found[row.id] = ProgrammeNow(
            planned_until=row.planned_until,
            stopped=row.stopped_at is not None,
            on_day="" if day is None else str(day.on_day),
            parts=0 if day is None else day.parts,
            refused=0 if day is None else day.refused,
        )
    return found
