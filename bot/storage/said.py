"""What was said to one person lately, and what they answered last, is looked up here when they ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.domain.messages import InboundKind, OutboxAct, OutboxStatus, Purpose
from bot.storage.tables import given_ratings, inbox, outbox

LEFT = (OutboxStatus.SENDING, OutboxStatus.UNSETTLED, OutboxStatus.UNCERTAIN, OutboxStatus.SENT, OutboxStatus.DELIVERED)
BEGUN = (Purpose.REMINDER, Purpose.NUDGE, Purpose.QUESTION)
"""What we begin with somebody, and what we ask them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidReminder:
    """A reminder that left. `once` tells of which rule and moment it was."""

    id: int
    text: str
    language: str
    once: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenAnswer:
    """One value of a check-in. `value` is `None` for "I do not want to answer"."""

    indicator: str
    value: int | None
    low: int
    number: int | None
    rated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrote:
    """Words that somebody wrote, and when they arrived."""

    words: str
    at: datetime


_REMINDER = (
    select(*(outbox.c[name] for name in SaidReminder.__slots__))
    .where(
        outbox.c.participant_id == bindparam("person"),
        outbox.c.purpose == Purpose.REMINDER,
        outbox.c.act == OutboxAct.SEND,
        outbox.c.conversation_id.is_(None),
        outbox.c.status.in_(LEFT),
        outbox.c.available_at >= bindparam("since"),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_MINE = (
    given_ratings.c.enrolment_id == bindparam("enrolment"),
    given_ratings.c.rater == RaterKind.PARTICIPANT,
    given_ratings.c.corrected_at.is_(None),
)
_LATEST = select(func.max(given_ratings.c.check_in_id)).where(*_MINE).scalar_subquery()
_GIVEN = (
    select(*(given_ratings.c[name] for name in GivenAnswer.__slots__))
    .where(*_MINE, given_ratings.c.check_in_id == _LATEST)
    .order_by(given_ratings.c.id)
)


_WROTE = (
    select(inbox.c.words, inbox.c.received_at)
    .where(
        inbox.c.participant_id == bindparam("person"),
        inbox.c.id < bindparam("arrival"),
        inbox.c.received_at >= bindparam("since"),
        inbox.c.kind == InboundKind.WORDS,
    )
    .order_by(inbox.c.id.desc())
    .limit(1)
)


class Said:
    """What both sides said last, for the one who said it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reminder(self, person: int, *, since: datetime) -> SaidReminder | None:
        """The last reminder that was said to this person since then and asked nothing."""
        row = (await self._connection.execute(_REMINDER, {"person": person, "since": since})).first()
        return None if row is None else SaidReminder(**row._mapping)

    async def wrote(self, person: int, *, before: int, since: datetime) -> Wrote | None:
        """What this person wrote last before an arrival; `None` if nothing was since then."""
        row = (await self._connection.execute(_WROTE, {"person": person, "arrival": before, "since": since})).first()
        return None if row is None else Wrote(words=row.words or "", at=row.received_at)

    async def check_in(self, enrolment: int) -> list[GivenAnswer]:
        """The values of the latest check-in in which somebody answered, in the order they were given."""
        rows = await self._connection.execute(_GIVEN, {"enrolment": enrolment})
        return [GivenAnswer(**row._mapping) for row in rows]

    async def cancel_begun(
        self, people: Iterable[int], *, why: str, now: datetime, conversation: int | None = None
    ) -> None:
        """What we began with these people and has not left is not sent (only of one conversation, if it is named)."""
        wanted = sorted(set(people))
        if not wanted:
            return
        which: list[ColumnElement[bool]] = [outbox.c.participant_id.in_(wanted)]
        if conversation is not None:
            which.append(outbox.c.conversation_id == conversation)
        await self._connection.execute(
            update(outbox)
            .where(*which, outbox.c.status == OutboxStatus.QUEUED, outbox.c.purpose.in_(BEGUN))
            .values(status=OutboxStatus.CANCELLED, error=why, settled_at=now)
        )
