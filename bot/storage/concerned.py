"""Whom a change of an activity concerns, and what they know of it by now, is asked of the database once for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxStatus
from bot.domain.people import AddressState, Agreement, Presence
from bot.domain.programme import FAREWELL, Activity
from bot.storage.memberships import expects
from bot.storage.tables import absences, addresses, enrolments, occurrences, outbox, participants

CHANGED = "changed"
"""Why something was not sent: what it says was changed before it could leave."""

_LEFT = (
    *(OutboxStatus.SENDING, OutboxStatus.UNSETTLED, OutboxStatus.SENT, OutboxStatus.DELIVERED),
    OutboxStatus.UNCERTAIN,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Concern:
    """What is changed. `days` are those on which people would have come, any of them.

    Whoever is away on every day of `away_on` is left alone. `change` and `number` are of the change of which they are
    told (no `change`: nothing was changed before); with `only_who_knows` nobody is told who has heard of none.
    """

    programme_id: int
    activity: Activity
    days: tuple[date, ...]
    away_on: tuple[date, ...]
    change: int | None
    number: int
    only_who_knows: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Somebody to be told. `knows_nothing`: what they were to be told before never left."""

    enrolment_id: int
    knows_nothing: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Some of those to be told, of all up to one place; `upto` is empty when there is nobody behind."""

    people: tuple[Told, ...]
    upto: int | None


def once_of(change: int, number: int, enrolment: int) -> str:
    """Under which words about a change are queued for somebody: once for each number."""
    return f"change/{change}/{number}/{enrolment}"


class Concerned:
    """Those who would have come, and may be written to."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def counts(self, concern: Concern, *, now: datetime) -> dict[tuple[str, str], int]:
        """How many are to be told, by language and channel."""
        query = _to_be_told(concern, now=now, columns=(participants.c.language, addresses.c.channel, func.count()))
        rows = await self._connection.execute(query.group_by(participants.c.language, addresses.c.channel))
        return {(row[0], row[1]): row[2] for row in rows}

    async def zones(self, concern: Concern, *, now: datetime) -> list[str]:
        """The time zones in which those live who are to be told."""
        rows = await self._connection.execute(_to_be_told(concern, now=now, columns=(participants.c.zone,)).distinct())
        return sorted(rows.scalars())

    async def next(self, concern: Concern, *, after: int, most: int, now: datetime) -> Batch:
        """Who is to be told and has not been, of the next `most` places after the first numbers."""
        # Only these places are looked at: however many people there are, a batch costs the same.
        places = (
            select(enrolments.c.id)
            .where(enrolments.c.programme_id == concern.programme_id, enrolments.c.id > after)
            .order_by(enrolments.c.id)
            .limit(most)
            .subquery()
        )
        upto: int | None = await self._connection.scalar(select(func.max(places.c.id)))
        if upto is None:
            return Batch(people=(), upto=None)
        unaware = _unaware(concern).label("unaware")
        query = _to_be_told(concern, now=now, columns=(enrolments.c.id, unaware)).where(
            enrolments.c.id > after,
            enrolments.c.id <= upto,
            ~_has(concern, [concern.number], tuple(OutboxStatus)),
        )
        rows = await self._connection.execute(query.order_by(enrolments.c.id))
        people = tuple(Told(enrolment_id=row.id, knows_nothing=bool(row.unaware)) for row in rows)
        return Batch(people=people, upto=upto)

    async def take_back(self, change: int, *, now: datetime) -> None:
        """What was queued about a change for people of whom nothing about it has left yet is not sent."""
        before = outbox.alias("before")
        about = f"change/{change}/%"
        left = exists().where(
            before.c.participant_id == outbox.c.participant_id, before.c.once.like(about), before.c.status.in_(_LEFT)
        )
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.status == OutboxStatus.QUEUED, outbox.c.once.like(about), ~left)
            .values(status=OutboxStatus.CANCELLED, error=CHANGED, settled_at=now)
        )


def _to_be_told(concern: Concern, *, now: datetime, columns: Sequence[Any]) -> Select[Any]:
    newer = addresses.alias("newer")
    # Of several addresses on the preferred channel the newest counts.
    newest = (
        select(func.max(newer.c.id))
        .where(newer.c.participant_id == participants.c.id, newer.c.channel == participants.c.preferred_channel)
        .correlate(participants)
        .scalar_subquery()
    )
    query = (
        select(*columns)
        .select_from(
            enrolments.join(participants, participants.c.id == enrolments.c.participant_id).join(
                addresses, addresses.c.id == newest
            )
        )
        .where(*_would_come(concern), *_may_be_written_to(now))
    )
    return query.where(~_unaware(concern)) if concern.only_who_knows else query


def _would_come(concern: Concern) -> list[ColumnElement[bool]]:
    days = [
        and_(
            enrolments.c.started_on <= day,
            or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= day),
            expects(concern.activity, day),
        )
        for day in concern.days
    ]
    away = and_(*(_away(day) for day in concern.away_on))
    return [enrolments.c.programme_id == concern.programme_id, or_(*days), ~away]


def _may_be_written_to(now: datetime) -> list[ColumnElement[bool]]:
    """As `Participant.may_be_written_to` has it; who has heard the farewell hears nothing after it."""
    said = exists().where(
        occurrences.c.enrolment_id == enrolments.c.id,
        occurrences.c.rule == FAREWELL,
        occurrences.c.on_day == enrolments.c.ended_on,
    )
    return [
        enrolments.c.agreement == Agreement.AGREED,
        participants.c.stopped_at.is_(None),
        participants.c.held_at.is_(None),
        ~participants.c.protected,
        or_(participants.c.paused_until.is_(None), participants.c.paused_until <= now),
        addresses.c.state == AddressState.ACTIVE,
        or_(enrolments.c.ended_on.is_(None), ~said),
    ]


def _away(day: date) -> ColumnElement[bool]:
    return exists().where(
        absences.c.enrolment_id == enrolments.c.id,
        absences.c.ended_at.is_(None),
        absences.c.category != Presence.LATE,
        absences.c.begins_on <= day,
        or_(absences.c.ends_on.is_(None), absences.c.ends_on >= day),
    )


def _unaware(concern: Concern) -> ColumnElement[bool]:
    """Something was to be told them before, and nothing of it has left."""
    if concern.change is None or concern.number < 2:
        return false()
    before = range(1, concern.number)
    return and_(_has(concern, before, (OutboxStatus.QUEUED, OutboxStatus.CANCELLED)), ~_has(concern, before, _LEFT))


def _has(concern: Concern, numbers: Sequence[int], statuses: Sequence[OutboxStatus]) -> ColumnElement[bool]:
    """Whether words about these numbers of the change stand in the outbox for somebody, in one of these states."""
    if concern.change is None:
        return false()
    theirs = [
        literal(once_of(concern.change, number, 0).removesuffix("0")) + cast(enrolments.c.id, String) + "/0"
        for number in numbers
    ]
    return exists().where(outbox.c.once.in_(theirs), outbox.c.status.in_(statuses))
