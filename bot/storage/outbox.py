"""Words wait here until they are handed to a channel; from here every word leaves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import (
    DeliveryReceipt,
    Draft,
    OutboxAct,
    OutboxMessage,
    OutboxStatus,
    Purpose,
    earlier_than,
)
from bot.domain.people import ChannelName
from bot.storage.outbox_heads import HEADS
from bot.storage.outbox_rows import Candidate, Outcome, candidate_of, draft_row, message_of, outcome_row
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, outbox
from bot.storage.upsert import insert_new

# What goes out although a person stopped, paused or left: it says just that, or is help.
ALWAYS_SENT = (Purpose.CONFIRMATION, Purpose.CRISIS)


_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"))
    .values(
        status=OutboxStatus.SENDING,
        attempts=outbox.c.attempts + 1,
        leased_by=bindparam("holder"),
        lease_until=bindparam("until"),
        claimed_at=bindparam("now"),
    )
)
_SETTLE_UNSENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.status == OutboxStatus.QUEUED)
    .values(
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        settled_at=bindparam("now"),
    )
)
_HOLD = update(outbox).where(outbox.c.id == bindparam("message")).values(available_at=bindparam("until"))
_NOTE = (
    update(outbox)
    # Fenced: a worker that slept through its lease changes nothing, nor does it undo a receipt that came first.
    .where(
        outbox.c.id == bindparam("message"),
        outbox.c.leased_by == bindparam("holder"),
        # Spelt out: a list does not go with many rows at once.
        or_(
            outbox.c.status == OutboxStatus.SENDING,
            outbox.c.status == OutboxStatus.UNSETTLED,
        ),
    )
    .values(
        status=bindparam("new_status"),
        provider_id=func.coalesce(bindparam("new_provider_id"), outbox.c.provider_id),
        parts=func.coalesce(bindparam("new_parts"), outbox.c.parts),
        error=bindparam("new_error"),
        retry_at=bindparam("new_retry_at"),
        attempts=outbox.c.attempts - bindparam("given_back"),
        lease_until=None,
        sent_at=func.coalesce(bindparam("new_sent_at", type_=outbox.c.sent_at.type), outbox.c.sent_at),
        settled_at=bindparam("now"),
    )
)
_ADOPT_PROVIDER_ID = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.provider_id.is_(None))
    .values(provider_id=bindparam("new_provider_id"))
)


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

    async def heads(self, channel: ChannelName, *, most: int, now: datetime, machine_now: datetime) -> list[Candidate]:
        """The next words for each address of a channel, most urgent first; held until the end of the unit of work."""
        rows = await self._connection.execute(
            HEADS,
            {"channel": channel, "most": most, "now": now, "machine_now": machine_now},
        )
        return [candidate_of(row, self._sealer) for row in rows]

    async def claim(self, ids: Sequence[int], *, holder: str, until: datetime, machine_now: datetime) -> None:
        """These are being sent from now on. Machine time: a lease never follows a moved clock."""
        if ids:
            await self._connection.execute(
                _CLAIM,
                [
                    {
                        "message": one,
                        "holder": holder,
                        "until": until,
                        "now": machine_now,
                    }
                    for one in ids
                ],
            )

    async def give_up(self, ids: Sequence[tuple[int, OutboxStatus, str]], *, now: datetime) -> None:
        """These will not be sent: the status (expired, cancelled) and why."""
        if ids:
            await self._connection.execute(
                _SETTLE_UNSENT,
                [{"message": one, "new_status": status, "new_error": why, "now": now} for one, status, why in ids],
            )

    async def hold(self, held: Sequence[tuple[int, datetime]]) -> None:
        """These may leave later: the end of the quiet hours, or of a pause."""
        if held:
            await self._connection.execute(_HOLD, [{"message": one, "until": until} for one, until in held])

    async def note(self, outcomes: Sequence[Outcome], *, holder: str, now: datetime) -> None:
        """What the tries of this holder led to."""
        if outcomes:
            await self._connection.execute(_NOTE, [outcome_row(one, holder, now) for one in outcomes])
        known = [one for one in outcomes if one.provider_id is not None]
        if known:
            # The receipt may have come first: the status stays, the provider's id is still worth having.
            await self._connection.execute(
                _ADOPT_PROVIDER_ID,
                [{"message": one.id, "new_provider_id": one.provider_id} for one in known],
            )

    async def in_doubt(self, *, machine_now: datetime, most: int) -> list[OutboxMessage]:
        """Sends whose outcome is not known: their lease ran out, or the answer was lost; held."""
        rows = await self._connection.execute(
            select(outbox, addresses.c.cipher)
            .join(addresses, addresses.c.id == outbox.c.address_id)
            .where(
                or_(
                    and_(
                        outbox.c.status == OutboxStatus.SENDING,
                        outbox.c.lease_until < machine_now,
                    ),
                    and_(
                        outbox.c.status == OutboxStatus.UNSETTLED,
                        outbox.c.retry_at <= machine_now,
                    ),
                )
            )
            .order_by(outbox.c.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=outbox)
        )
        return [message_of(row, self._sealer) for row in rows]

    async def end_leases(self, holder: str, *, at: datetime) -> None:
        """What this holder was sending is anybody's to settle from `at` on (machine time)."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.status == OutboxStatus.SENDING, outbox.c.leased_by == holder, outbox.c.lease_until > at)
            .values(lease_until=at)
        )

    async def take_over(self, ids: Sequence[int], *, holder: str, until: datetime) -> None:
        """Settle these instead of whoever claimed them. `until` is machine time."""
        if ids:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(ids))
                .values(
                    status=OutboxStatus.UNSETTLED,
                    leased_by=holder,
                    lease_until=None,
                    retry_at=until,
                )
            )

    async def note_receipt(self, receipt: DeliveryReceipt, *, now: datetime) -> Row[Any] | None:
        """Move forward by what the provider said. `None` when it was no news, or not about our message."""
        status = OutboxStatus(receipt.status)
        return (
            await self._connection.execute(
                update(outbox)
                .where(
                    outbox.c.id == receipt.outbox_id,
                    outbox.c.status.in_(earlier_than(status)),
                    or_(
                        outbox.c.provider_id.is_(None),
                        outbox.c.provider_id == receipt.provider_id,
                    ),
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
