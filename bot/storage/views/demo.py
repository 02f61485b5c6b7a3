"""What the demo's own pages show of everybody is read here, a page at a time: nobody in a demo is real."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxAct, OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.database import Database
from bot.storage.sealing import Sealer
from bot.storage.tables import (
    addresses,
    alerts,
    coaches,
    conversations,
    enrolments,
    given_ratings,
    outbox,
    participants,
    summaries,
)
from bot.storage.views.ratings import RATINGS, RatingSeen


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
class SentSeen:
    """One message of the outbox. `to_name` is the participant's or the coach's first name, empty for a stranger."""

    id: int
    participant_id: int | None
    to_name: str
    channel: str
    purpose: str
    status: str
    parts: int
    error: str | None
    text: str
    subject: str | None
    language: str
    queued_at: datetime
    available_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SummarySeen:
    """A weekly summary as it was written: `text` and `html` are empty in a list."""

    id: int
    coach: str
    iso_year: int
    iso_week: int
    language: str
    written_at: datetime
    text: str = ""
    html: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertSeen:
    """Something a coach must see."""

    id: int
    kind: str
    person: str
    participant_id: int | None
    coach: str
    raised_at: datetime
    acknowledged_at: datetime | None


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

    async def ratings_of(self, enrolment_ids: Iterable[int]) -> list[RatingSeen]:
        """All ratings that count of these enrolments, the oldest first."""
        rows = await self._connection.execute(
            RATINGS.where(given_ratings.c.enrolment_id.in_(sorted(set(enrolment_ids))))
        )
        return [RatingSeen(**row._mapping) for row in rows]

    async def sent(
        self, *, person: int | None = None, status: str | None = None, most: int = 50, skip: int = 0
    ) -> list[SentSeen]:
        """Messages of the outbox, the newest first; `person` and `status` narrow them."""
        rows = await self._connection.execute(
            _narrowed(_SENT, person=person, status=status).order_by(outbox.c.id.desc()).limit(most).offset(skip)
        )
        return [SentSeen(**row._mapping) for row in rows]

    async def statuses(self, *, person: int | None = None) -> dict[str, int]:
        """How many messages there are of each status."""
        counted = _narrowed(select(outbox.c.status, func.count()), person=person, status=None)
        rows = await self._connection.execute(counted.group_by(outbox.c.status))
        return {row[0]: row[1] for row in rows}

    async def summaries(self, *, most: int = 60) -> list[SummarySeen]:
        """The weekly summaries, the newest first."""
        rows = await self._connection.execute(
            _SUMMARIES.order_by(summaries.c.iso_year.desc(), summaries.c.iso_week.desc(), coaches.c.id).limit(most)
        )
        return [SummarySeen(**row._mapping) for row in rows]

    async def summary(self, summary_id: int) -> SummarySeen | None:
        """One weekly summary, whole."""
        whole = _SUMMARIES.add_columns(summaries.c.text, summaries.c.html).where(summaries.c.id == summary_id)
        row = (await self._connection.execute(whole)).first()
        return None if row is None else SummarySeen(**row._mapping)

    async def alerts(self, *, most: int = 50, skip: int = 0) -> list[AlertSeen]:
        """What coaches must see, the newest first."""
        rows = await self._connection.execute(_ALERTS.order_by(alerts.c.id.desc()).limit(most).offset(skip))
        return [AlertSeen(**row._mapping) for row in rows]

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


# Of several addresses on the preferred channel the newest counts.
_other = addresses.alias("other")
_newest_address = (
    select(func.max(_other.c.id))
    .where(_other.c.participant_id == participants.c.id, _other.c.channel == participants.c.preferred_channel)
    .correlate(participants)
    .scalar_subquery()
)
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
    .outerjoin(addresses, addresses.c.id == _newest_address)
    .order_by(enrolments.c.id)
)
_SENT: Select[Any] = (
    select(
        outbox.c.id,
        outbox.c.participant_id,
        func.coalesce(participants.c.first_name, coaches.c.first_name, "").label("to_name"),
        outbox.c.channel,
        outbox.c.purpose,
        outbox.c.status,
        outbox.c.parts,
        outbox.c.error,
        outbox.c.text,
        outbox.c.subject,
        outbox.c.language,
        outbox.c.queued_at,
        outbox.c.available_at,
        outbox.c.sent_at,
    )
    .outerjoin(participants, participants.c.id == outbox.c.participant_id)
    .outerjoin(coaches, coaches.c.id == outbox.c.coach_id)
)
_SUMMARIES = select(
    summaries.c.id,
    coaches.c.first_name.label("coach"),
    summaries.c.iso_year,
    summaries.c.iso_week,
    summaries.c.language,
    summaries.c.written_at,
).join(coaches, coaches.c.id == summaries.c.coach_id)
_ALERTS: Select[Any] = (
    select(
        alerts.c.id,
        alerts.c.kind,
        func.coalesce(participants.c.first_name, "").label("person"),
        alerts.c.participant_id,
        func.coalesce(coaches.c.first_name, "").label("coach"),
        alerts.c.raised_at,
        alerts.c.acknowledged_at,
    )
    .outerjoin(participants, participants.c.id == alerts.c.participant_id)
    .outerjoin(
        enrolments,
        and_(
            enrolments.c.participant_id == alerts.c.participant_id,
            enrolments.c.programme_id == alerts.c.programme_id,
        ),
    )
    # An alert that names no coach is for the one who accompanies the person.
    .outerjoin(coaches, coaches.c.id == func.coalesce(alerts.c.coach_id, enrolments.c.coach_id))
)


def _narrowed(query: Select[Any], *, person: int | None, status: str | None) -> Select[Any]:
    # A tap answered or a keyboard settled is no message: nobody reads it.
    query = query.where(outbox.c.act == OutboxAct.SEND)
    if person is not None:
        query = query.where(outbox.c.participant_id == person)
    if status is not None:
        query = query.where(outbox.c.status == status)
    return query
