"""What the demo's own pages show of everybody is read here, a page at a time: nobody in a demo is real."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.addresses import newest_address
from bot.storage.database import Database
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, coaches, conversations, enrolments, outbox, participants


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonSeen:
    """A participant as a list shows one. `address` is plain, on the preferred channel, empty if there is none."""

    id: int
    enrolment_id: int
    first_name: str
    language: str
    channel: ChannelName
    address: str
    address_state: str | None
    phase: str
    coach: str
    started_on: date
    ended_on: date | None
    stopped_at: datetime | None
    paused_until: datetime | None
    last_heard_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """When the database itself says that something will be due; `None` where nothing will."""

    silent_at: datetime | None
    available_at: datetime | None
    summary_at: datetime | None


class Views:
    """Questions of one page, all answered as of one moment."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def people(self, *, most: int = 100, skip: int = 0) -> list[PersonSeen]:
        """Everybody who is or was in a programme, in the order they came; `most` at a time."""
        rows = await self._connection.execute(_PEOPLE.limit(most).offset(skip))
        return [self._person(row) for row in rows]

    async def person(self, participant_id: int) -> PersonSeen | None:
        """One participant, in the first programme they are in."""
        found = await self._connection.execute(_PEOPLE.where(participants.c.id == participant_id).limit(1))
        row = found.first()
        return None if row is None else self._person(row)

    async def moments(self, *, after: datetime) -> Moments:
        """The next moments after `after` that stand in the database."""
        silent = select(func.min(conversations.c.silent_at)).where(
            conversations.c.ended_at.is_(None), conversations.c.silent_at > after
        )
        available = select(func.min(outbox.c.available_at)).where(
            outbox.c.status == OutboxStatus.QUEUED, outbox.c.available_at > after
        )
        summary = select(func.min(coaches.c.summary_next_at)).where(coaches.c.summary_next_at > after)
        each = [one.scalar_subquery() for one in (silent, available, summary)]
        row = (await self._connection.execute(select(*each))).one()
        return Moments(silent_at=row[0], available_at=row[1], summary_at=row[2])

    def _person(self, row: Row[Any]) -> PersonSeen:
        values = dict(row._mapping)
        cipher = values.pop("cipher")
        values["address"] = "" if cipher is None else self._sealer.unseal(cipher).decode()
        values["channel"] = ChannelName(values["channel"])
        return PersonSeen(**values)


@asynccontextmanager
async def looking(database: Database) -> AsyncIterator[Views]:
    """The questions of one page: it never waits for a writer and cannot write."""
    async with database.reading() as connection:
        yield Views(connection, database.sealer)


_PEOPLE: Select[Any] = (
    select(
        participants.c.id,
        enrolments.c.id.label("enrolment_id"),
        participants.c.first_name,
        participants.c.language,
        participants.c.preferred_channel.label("channel"),
        addresses.c.cipher,
        addresses.c.state.label("address_state"),
        enrolments.c.phase,
        coaches.c.first_name.label("coach"),
        enrolments.c.started_on,
        enrolments.c.ended_on,
        participants.c.stopped_at,
        participants.c.paused_until,
        participants.c.last_heard_at,
    )
    .join(enrolments, enrolments.c.participant_id == participants.c.id)
    .join(coaches, coaches.c.id == enrolments.c.coach_id)
    .outerjoin(addresses, addresses.c.id == newest_address())
    .order_by(enrolments.c.id)
)
