"""What was sent to the one person of a copied world, and what was left out, is read back with its reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import OccurrenceState
from bot.domain.messages import OutboxAct, OutboxStatus, Purpose
from bot.domain.people import ChannelName
from bot.storage.tables import conversations, occurrences, outbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """One message: when it leaves, where, in which language and in how many parts.

    `rule` is the reminder rule it comes from, if it comes from one, and `shift` why it comes at another moment than the
    rule's own: a reason as `occurrences.shift` has it.
    """

    at: datetime
    channel: ChannelName
    language: str
    words: str
    parts: int
    purpose: Purpose
    programme_id: int | None
    rule: str | None = None
    shift: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A rule that says nothing to the person, when it would have, and why."""

    at: datetime
    programme_id: int
    rule: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """When the rows themselves say that something will happen; `None` where nothing will."""

    silent_at: datetime | None
    available_at: datetime | None
    expires_at: datetime | None


async def sent(connection: AsyncConnection, *, since: datetime, until: datetime) -> list[Coming]:
    """What left from `since` to `until`, both included, in the order it left."""
    rows = await connection.execute(
        select(outbox)
        .where(outbox.c.sent_at >= since, outbox.c.sent_at <= until, outbox.c.act == OutboxAct.SEND)
        .order_by(outbox.c.sent_at, outbox.c.id)
    )
    shifts = await _shifts(connection)
    return [_coming(row, shifts) for row in rows]


async def left_out(connection: AsyncConnection, *, since: datetime, until: datetime) -> list[Left]:
    """What fell due in that time and was neither said nor begun."""
    not_said = (OccurrenceState.SKIPPED, OccurrenceState.EXPIRED)
    rows = await connection.execute(
        select(occurrences)
        .where(occurrences.c.due_at >= since, occurrences.c.due_at <= until, occurrences.c.state.in_(not_said))
        .order_by(occurrences.c.due_at, occurrences.c.id)
    )
    return [Left(at=row.due_at, programme_id=row.programme_id, rule=row.rule, reason=row.reason or "") for row in rows]


async def next_kept(connection: AsyncConnection, *, after: datetime) -> Kept:
    """The next moments after `after` that stand in the database."""
    silent = select(func.min(conversations.c.silent_at)).where(
        conversations.c.ended_at.is_(None), conversations.c.silent_at > after
    )
    available = select(func.min(outbox.c.available_at)).where(
        outbox.c.status == OutboxStatus.QUEUED, outbox.c.available_at > after
    )
    expires = select(func.min(occurrences.c.expires_at)).where(
        or_(occurrences.c.state == OccurrenceState.WAITING, occurrences.c.state == OccurrenceState.DUE),
        and_(occurrences.c.expires_at > after),
    )
    each = [one.scalar_subquery() for one in (silent, available, expires)]
    row = (await connection.execute(select(*each))).one()
    return Kept(silent_at=row[0], available_at=row[1], expires_at=row[2])


async def _shifts(connection: AsyncConnection) -> dict[tuple[int, str, str], str]:
    """Why what was moved was moved, by enrolment, rule and moment as they stand in the name of a message."""
    rows = await connection.execute(select(occurrences).where(occurrences.c.shift.is_not(None)))
    return {(row.enrolment_id, row.rule, f"{row.due_at:%Y%m%dT%H%M}"): row.shift for row in rows}


def _coming(row: Row[Any], shifts: dict[tuple[int, str, str], str]) -> Coming:
    kind, *named = row.once.split("/")
    rule = named[1] if kind == "rule" and len(named) > 2 else None
    return Coming(
        at=row.sent_at,
        channel=ChannelName(row.channel),
        language=row.language,
        words=row.text,
        parts=row.parts,
        purpose=Purpose(row.purpose),
        programme_id=row.programme_id,
        rule=rule,
        shift=shifts.get((int(named[0]), named[1], named[2])) if rule is not None else None,
    )
