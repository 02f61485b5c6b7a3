"""What surely never left by one channel can go by another, and each of it only once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxAct, OutboxStatus, Purpose
from bot.domain.people import Address, AddressState, ChannelName
from bot.storage.addresses import address_of
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, outbox, participants

FALLBACK = "fallback"
"""Why words did not leave by Telegram: they went by SMS, as the person chose."""

FALLS_BACK = (
    *(Purpose.CRISIS, Purpose.CANCELLATION, Purpose.COACH),
    *(Purpose.REMINDER, Purpose.NUDGE, Purpose.QUESTION),
)
"""What means as much by SMS. What answers words written in Telegram may say there what no SMS says."""

SURELY_NOT = ("unreachable", "429", "our-token", "not-telegram", "migrated", "held", "paused")
"""After these codes nothing has left: of words that are repeated even in doubt, only such are known to wait."""

_REPEATED = (Purpose.CANCELLATION,)

_STALE = timedelta(days=3)
"""Whoever chooses this today does not get what failed long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stuck:
    """Words that did not leave by Telegram, for somebody who wants them by SMS."""

    id: int
    participant_id: int
    organisation_id: int
    programme_id: int | None
    purpose: Purpose
    priority: int
    text: str
    language: str
    once: str
    conversation_id: int | None
    step: str | None
    expires_at: datetime | None
    written_by: int | None


class Fallbacks:
    """The way from Telegram to SMS, for those who chose it."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def waits(self) -> list[int]:
        """After how many hours people want what did not leave by SMS: each number once."""
        query = select(participants.c.fallback_hours).where(participants.c.fallback_hours.is_not(None)).distinct()
        return sorted((await self._connection.execute(query)).scalars())

    async def people(self, hours: int, *, now: datetime, most: int) -> list[int]:
        """Whose words have waited for so long, the most urgent first."""
        rows = await self._connection.execute(
            _stuck(outbox.c.participant_id, hours=hours, now=now).order_by(outbox.c.priority, outbox.c.id).limit(most)
        )
        return list(dict.fromkeys(rows.scalars()))

    async def of(self, people: Iterable[int], hours: int, *, now: datetime) -> list[Stuck]:
        """Their words that have waited for so long, held until the end of the unit of work, the most urgent first."""
        rows = await self._connection.execute(
            _stuck(*_COLUMNS, hours=hours, now=now)
            .where(outbox.c.participant_id.in_(sorted(set(people))))
            .order_by(outbox.c.priority, outbox.c.id)
            # Whatever is being claimed just now is being sent.
            .with_for_update(of=outbox, skip_locked=True)
        )
        return [Stuck(**{**row._mapping, "purpose": Purpose(row.purpose)}) for row in rows]

    async def numbers(self, people: Iterable[int]) -> dict[int, Address]:
        """Where each of these people gets SMS, if the newest of their numbers is one that may be written to."""
        rows = await self._connection.execute(
            select(addresses)
            .where(addresses.c.participant_id.in_(sorted(set(people))), addresses.c.channel == ChannelName.SMS)
            .order_by(addresses.c.id)
        )
        newest = {row.participant_id: address_of(row, self._sealer) for row in rows}
        return {person: one for person, one in newest.items() if one.state is AddressState.ACTIVE}

    async def take(self, ids: Sequence[int], *, why: str = FALLBACK, now: datetime) -> None:
        """These do not leave by Telegram any more. They are held already: see `of`."""
        if ids:
            await self._connection.execute(
                update(outbox)
                # Spelt out: a list does not go with many rows at once.
                .where(outbox.c.id == bindparam("message"), or_(*(outbox.c.status == one for one in _NOT_GONE)))
                .values(status=OutboxStatus.CANCELLED, error=why, settled_at=bindparam("now")),
                [{"message": one, "now": now} for one in ids],
            )


_numbers = addresses.alias("numbers")
_NOT_GONE = (OutboxStatus.QUEUED, OutboxStatus.FAILED)
_COLUMNS = tuple(
    outbox.c[name]
    for name in (
        *("id", "participant_id", "organisation_id", "programme_id", "purpose", "priority", "text"),
        *("language", "once", "conversation_id", "step", "expires_at", "written_by"),
    )
)


def _stuck(*columns: Any, hours: int, now: datetime) -> Select[Any]:
    since = now - timedelta(hours=hours)
    return (
        select(*columns)
        .select_from(
            outbox.join(participants, participants.c.id == outbox.c.participant_id).join(
                addresses, addresses.c.id == outbox.c.address_id
            )
        )
        .where(
            outbox.c.channel == ChannelName.TELEGRAM,
            outbox.c.act == OutboxAct.SEND,
            outbox.c.purpose.in_(FALLS_BACK),
            outbox.c.available_at <= since,
            outbox.c.available_at > since - _STALE,
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
            _never_left(),
            participants.c.fallback_hours == hours,
            participants.c.stopped_at.is_(None),
            exists().where(
                _numbers.c.participant_id == participants.c.id,
                _numbers.c.channel == ChannelName.SMS,
                _numbers.c.state == AddressState.ACTIVE,
            ),
            # Whoever blocked us there has stopped us.
            addresses.c.state != AddressState.STOPPED,
        )
    )


def _never_left() -> ColumnElement[bool]:
    waits = and_(
        outbox.c.status == OutboxStatus.QUEUED,
        or_(outbox.c.purpose.not_in(_REPEATED), outbox.c.attempts == 0, outbox.c.error.in_(SURELY_NOT)),
    )
    return or_(waits, outbox.c.status == OutboxStatus.FAILED)
