"""Words wait here until they are handed to a channel; from here every word leaves."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import (
    Button,
    DeliveryReceipt,
    Draft,
    OutboxAct,
    OutboxMessage,
    OutboxStatus,
    Purpose,
    earlier_than,
)
from bot.domain.people import AddressState, ChannelName
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, outbox, participants, programmes
from bot.storage.upsert import insert_new

# What goes out although a person stopped, paused or left: it says just that, or is help.
ALWAYS_SENT = (Purpose.CONFIRMATION, Purpose.CRISIS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Words that could leave now, with what must be asked once more before they do."""

    message: OutboxMessage
    expires_at: datetime | None
    address_state: AddressState
    zone: str | None
    stopped_at: datetime | None
    paused_until: datetime | None
    protected: bool
    programme_stopped_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a try to send led to. `retry_at` (machine time) is set when there will be another.

    `no_try`: the provider only asked us to wait, so that it does not count as one.
    """

    id: int
    status: OutboxStatus
    provider_id: str | None = None
    parts: int | None = None
    error: str | None = None
    retry_at: datetime | None = None
    no_try: bool = False


_older = outbox.alias("older")
_ahead = exists().where(
    _older.c.address_id == outbox.c.address_id,
    or_(
        # One message at a time to one person: whoever is under way goes first.
        _older.c.status == OutboxStatus.SENDING,
        # Only words that could leave stand ahead: a held reminder must not block an answer.
        and_(
            _older.c.status == OutboxStatus.QUEUED,
            _older.c.available_at <= bindparam("now"),
            or_(
                _older.c.retry_at.is_(None),
                _older.c.retry_at <= bindparam("machine_now"),
            ),
            or_(
                _older.c.priority < outbox.c.priority,
                and_(_older.c.priority == outbox.c.priority, _older.c.id < outbox.c.id),
            ),
        ),
    ),
)
_HEADS = (
    select(
        outbox,
        addresses.c.cipher,
        addresses.c.state.label("address_state"),
        participants.c.zone,
        participants.c.stopped_at,
        participants.c.paused_until,
        participants.c.protected,
        programmes.c.stopped_at.label("programme_stopped_at"),
    )
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .outerjoin(participants, participants.c.id == outbox.c.participant_id)
    .outerjoin(programmes, programmes.c.id == outbox.c.programme_id)
    .where(
        outbox.c.status == OutboxStatus.QUEUED,
        outbox.c.channel == bindparam("channel"),
        outbox.c.available_at <= bindparam("now"),
        or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= bindparam("machine_now")),
        ~_ahead,
    )
    .order_by(outbox.c.priority, outbox.c.available_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
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
_HOLD = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"))
    .values(available_at=bindparam("until"))
)
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
        sent_at=func.coalesce(bindparam("new_sent_at"), outbox.c.sent_at),
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
                [_draft_row(draft, now) for draft in drafts],
            )

    async def heads(
        self, channel: ChannelName, *, most: int, now: datetime, machine_now: datetime
    ) -> list[Candidate]:
        """The next words for each address of a channel, most urgent first; held until the end of the unit of work."""
        rows = await self._connection.execute(
            _HEADS,
            {"channel": channel, "most": most, "now": now, "machine_now": machine_now},
        )
        return [self._candidate(row) for row in rows]

    async def claim(
        self, ids: Sequence[int], *, holder: str, until: datetime, machine_now: datetime
    ) -> None:
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

    async def give_up(
        self, ids: Sequence[tuple[int, OutboxStatus, str]], *, now: datetime
    ) -> None:
        """These will not be sent: the status (expired, cancelled) and why."""
        if ids:
            await self._connection.execute(
                _SETTLE_UNSENT,
                [
                    {"message": one, "new_status": status, "new_error": why, "now": now}
                    for one, status, why in ids
                ],
            )

    async def hold(self, held: Sequence[tuple[int, datetime]]) -> None:
        """These may leave later: the end of the quiet hours, or of a pause."""
        if held:
            await self._connection.execute(
                _HOLD, [{"message": one, "until": until} for one, until in held]
            )

    async def note(
        self, outcomes: Sequence[Outcome], *, holder: str, now: datetime
    ) -> None:
        """What the tries of this holder led to."""
        if outcomes:
            await self._connection.execute(
                _NOTE, [_outcome_row(one, holder, now) for one in outcomes]
            )
        known = [one for one in outcomes if one.provider_id is not None]
        if known:
            # The receipt may have come first: the status stays, the provider's id is still worth having.
            await self._connection.execute(
                _ADOPT_PROVIDER_ID,
                [
                    {"message": one.id, "new_provider_id": one.provider_id}
                    for one in known
                ],
            )

    async def in_doubt(
        self, *, machine_now: datetime, most: int
    ) -> list[OutboxMessage]:
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
        return [self._message(row) for row in rows]

    async def end_leases(self, holder: str, *, at: datetime) -> None:
        """What this holder was sending is anybody's to settle from `at` on (machine time)."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.status == OutboxStatus.SENDING, outbox.c.leased_by == holder, outbox.c.lease_until > at)
            .values(lease_until=at)
        )

    async def take_over(
        self, ids: Sequence[int], *, holder: str, until: datetime
    ) -> None:
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

    async def note_receipt(
        self, receipt: DeliveryReceipt, *, now: datetime
    ) -> Row[Any] | None:
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
                )
            )
        ).first()

    async def cancel_for(
        self, people: Iterable[int], *, why: str, now: datetime, programme: int | None = None
    ) -> None:
        """Whatever still waits for these people (in one programme, or in all) is not sent, but for what confirms it."""
        wanted = sorted(set(people))
        if wanted:
            which = outbox.c.participant_id.in_(wanted)
            await self._cancel(
                which if programme is None else and_(which, outbox.c.programme_id == programme), why=why, now=now
            )

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

    def _candidate(self, row: Row[Any]) -> Candidate:
        return Candidate(
            message=self._message(row),
            expires_at=row.expires_at,
            address_state=AddressState(row.address_state),
            zone=row.zone,
            stopped_at=row.stopped_at,
            paused_until=row.paused_until,
            protected=bool(row.protected),
            programme_stopped_at=row.programme_stopped_at,
        )

    def _message(self, row: Row[Any]) -> OutboxMessage:
        return OutboxMessage(
            id=row.id,
            organisation_id=row.organisation_id,
            programme_id=row.programme_id,
            participant_id=row.participant_id,
            coach_id=row.coach_id,
            address_id=row.address_id,
            channel=ChannelName(row.channel),
            to=self._sealer.unseal(row.cipher).decode(),
            act=OutboxAct(row.act),
            purpose=Purpose(row.purpose),
            text=row.text,
            attempts=row.attempts,
            buttons=_buttons(row.buttons),
            subject=row.subject,
            html=row.html,
            provider_ref=row.provider_ref,
            once=row.once,
            claimed_at=row.claimed_at,
        )


def _buttons(text: str | None) -> tuple[tuple[Button, ...], ...]:
    if not text:
        return ()
    return tuple(
        tuple(Button(label=label, data=data) for label, data in line)
        for line in json.loads(text)
    )


def _draft_row(draft: Draft, now: datetime) -> dict[str, object]:
    buttons = [
        [(button.label, button.data) for button in line] for line in draft.buttons
    ]
    return {
        "organisation_id": draft.organisation_id,
        "programme_id": draft.programme_id,
        "participant_id": draft.participant_id,
        "coach_id": draft.coach_id,
        "address_id": draft.address_id,
        "channel": draft.channel,
        "act": draft.act,
        "purpose": draft.purpose,
        "priority": int(draft.priority),
        "text": draft.text,
        "subject": draft.subject,
        "html": draft.html,
        "buttons": json.dumps(buttons, ensure_ascii=False) if buttons else None,
        "provider_ref": draft.provider_ref,
        "language": draft.language,
        "parts": draft.parts,
        "once": draft.once,
        "conversation_id": draft.conversation_id,
        "step": draft.step,
        "available_at": draft.available_at,
        "expires_at": draft.expires_at,
        "queued_at": now,
    }


def _outcome_row(one: Outcome, holder: str, now: datetime) -> dict[str, object]:
    return {
        "message": one.id,
        "holder": holder,
        "new_status": one.status,
        "new_provider_id": one.provider_id,
        "new_parts": one.parts,
        "new_error": one.error,
        "new_retry_at": one.retry_at,
        "given_back": int(one.no_try),
        "new_sent_at": now if one.status is OutboxStatus.SENT else None,
        "now": now,
    }
