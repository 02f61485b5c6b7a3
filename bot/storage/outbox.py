"""Words wait here until they are handed to a channel; from here every word leaves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import (
    DeliveryReceipt,
    Draft,
    OutboxAct,
    OutboxStatus,
    Purpose,
    earlier_than,
)
from bot.storage.outbox_rows import draft_row
from bot.storage.sealing import Sealer
from bot.storage.tables import outbox
from bot.storage.upsert import insert_new

# What goes out although a person stopped, paused or left: it says just that, or is help.
ALWAYS_SENT = (Purpose.CONFIRMATION, Purpose.CRISIS)

RECEIPTS_LAST = timedelta(days=30)
"""What a provider says later than this about a message is no news of its address any more."""


class Outbox:
    """The second landing. Status only moves forward."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def queue(self, drafts: Sequence[Draft], *, now: datetime) -> None:
        """Queue these words. Words whose `once` is taken are queued already and change nothing."""
        if drafts:
            await self._connection.execute(
                insert_new(self._connection, outbox),
                [draft_row(draft, now) for draft in drafts],
            )

    async def note_receipt(self, receipt: DeliveryReceipt, *, now: datetime) -> Row[Any] | None:
        """Move forward by what the provider said. `None` when it was no news, or not about our message."""
        known = await self._forward(receipt, outbox.c.provider_id == receipt.provider_id, now=now)
        if known is not None:
            return known
        found = await self._forward(receipt, outbox.c.provider_id.is_(None), now=now)
        if found is not None and found.participant_id is not None:
            # Whatever was taken for this one, in doubt, when the same words were said twice, is in doubt again.
            await self._connection.execute(
                update(outbox)
                .where(
                    outbox.c.participant_id == found.participant_id,
                    outbox.c.provider_id == receipt.provider_id,
                    outbox.c.id != found.id,
                    outbox.c.status == OutboxStatus.SENT,
                )
                .values(status=OutboxStatus.UNSETTLED, provider_id=None, sent_at=None, retry_at=outbox.c.claimed_at)
            )
        return found

    async def _forward(self, receipt: DeliveryReceipt, named: ColumnElement[bool], *, now: datetime) -> Row[Any] | None:
        status = OutboxStatus(receipt.status)
        return (
            await self._connection.execute(
                update(outbox)
                .where(
                    outbox.c.id == receipt.outbox_id,
                    outbox.c.status.in_(earlier_than(status)),
                    named,
                    outbox.c.queued_at > now - RECEIPTS_LAST,
                    # Nothing was sent that is still queued for the first time.
                    outbox.c.attempts > 0,
                )
                .values(
                    status=status,
                    provider_id=receipt.provider_id,
                    error=receipt.error_code,
                    parts=func.coalesce(receipt.parts, outbox.c.parts),
                    sent_at=func.coalesce(outbox.c.sent_at, now),
                    lease_until=None,
                    settled_at=now,
                )
                .returning(
                    outbox.c.id,
                    outbox.c.organisation_id,
                    outbox.c.programme_id,
                    outbox.c.participant_id,
                    outbox.c.coach_id,
                    outbox.c.address_id,
                    outbox.c.purpose,
                )
            )
        ).first()

    async def cancel_for(self, people: Iterable[int], *, why: str, now: datetime, programme: int | None = None) -> None:
        """Whatever still waits for these people (in one programme, or in all) is not sent, but for what confirms it."""
        wanted = sorted(set(people))
        if wanted:
            which = outbox.c.participant_id.in_(wanted)
            await self._cancel(
                which if programme is None else and_(which, outbox.c.programme_id == programme), why=why, now=now
            )

    async def sent_to(self, references: Sequence[str], *, people: Iterable[int]) -> dict[str, int]:
        """To which of these people the messages were sent, by the provider's own name for them."""
        if not references:
            return {}
        rows = await self._connection.execute(
            select(outbox.c.provider_id, outbox.c.participant_id).where(
                outbox.c.provider_id.in_(references),
                outbox.c.act == OutboxAct.SEND,
                outbox.c.participant_id.in_(sorted(people)),
            )
        )
        return {row.provider_id: row.participant_id for row in rows}

    async def cancel_at(self, address_ids: Iterable[int], *, why: str, now: datetime) -> None:
        """Whatever still waits for these addresses is not sent, but for what confirms it."""
        wanted = sorted(set(address_ids))
        if wanted:
            await self._cancel(outbox.c.address_id.in_(wanted), why=why, now=now)

    async def cancel_nudges(self, conversations: Iterable[int], *, now: datetime) -> None:
        """The question was answered before its nudge left."""
        wanted = sorted(set(conversations))
        if wanted:
            which = and_(outbox.c.conversation_id.in_(wanted), outbox.c.purpose == Purpose.NUDGE)
            await self._cancel(which, why="answered", now=now)

    async def _cancel(self, which: ColumnElement[bool], *, why: str, now: datetime) -> None:
        await self._connection.execute(
            update(outbox)
            .where(which, outbox.c.status == OutboxStatus.QUEUED, outbox.c.purpose.not_in(ALWAYS_SENT))
            .values(status=OutboxStatus.CANCELLED, error=why, settled_at=now)
        )
