"""A row of the outbox is written from a draft, and read back as words to be sent."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.domain.messages import Button, Draft, OutboxAct, OutboxMessage, OutboxStatus, Purpose
from bot.domain.people import AddressState, Agreement, ChannelName
from bot.storage.sealing import Sealer


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Words that could leave now, with what must be asked once more before they do."""

    message: OutboxMessage
    expires_at: datetime | None
    address_state: AddressState
    zone: str | None
    stopped_at: datetime | None
    paused_until: datetime | None
    held_at: datetime | None
    protected: bool
    programme_stopped_at: datetime | None
    agreement: Agreement | None = None
    flow: str | None = None
    unwanted: bool = False
    """It belongs to a check-in, and the person wants none."""
    asks: str | None = None
    talk: str | None = None
    over: bool = False
    """The question that it asks, the state of its conversation as text, and whether that has ended."""
    priority: int = 0
    parts: int = 1
    kept_back: str | None = None
    """Why it was kept back before, if it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a try to send led to. `retry_in` is set when there will be another: so long from its being noted.

    `claimed_at` says which claim it was. `no_try`: the provider only asked us to wait, or we did not even begin, so
    that it does not count as one.
    """

    id: int
    claimed_at: datetime | None
    status: OutboxStatus
    provider_id: str | None = None
    parts: int | None = None
    error: str | None = None
    retry_in: timedelta | None = None
    no_try: bool = False


def candidate_of(row: Row[Any], sealer: Sealer) -> Candidate:
    """A row with its address, its person and its programme."""
    return Candidate(
        message=message_of(row, sealer),
        expires_at=row.expires_at,
        address_state=AddressState(row.address_state),
        zone=row.zone,
        stopped_at=row.stopped_at,
        paused_until=row.paused_until,
        held_at=row.held_at,
        protected=bool(row.protected),
        programme_stopped_at=row.programme_stopped_at,
        agreement=Agreement(row.agreement) if row.agreement else None,
        flow=row.flow,
        unwanted=row.check_ins_stopped_at is not None and row.check_in_id is not None,
        asks=row.step,
        talk=row.talk_state,
        over=row.talk_ended_at is not None,
        priority=row.priority,
        parts=row.parts,
        kept_back=row.error,
    )


def message_of(row: Row[Any], sealer: Sealer) -> OutboxMessage:
    """A row with its address; of words that wait, nobody asks when they were claimed before."""
    return OutboxMessage(
        id=row.id,
        organisation_id=row.organisation_id,
        programme_id=row.programme_id,
        participant_id=row.participant_id,
        coach_id=row.coach_id,
        address_id=row.address_id,
        channel=ChannelName(row.channel),
        to=sealer.unseal(row.cipher).decode(),
        act=OutboxAct(row.act),
        purpose=Purpose(row.purpose),
        text=row.text,
        attempts=row.attempts,
        buttons=buttons_of(row.buttons),
        subject=row.subject,
        html=row.html,
        provider_ref=row.provider_ref,
        once=row.once,
        claimed_at=getattr(row, "claimed_at", None),
    )


def buttons_of(text: str | None) -> tuple[tuple[Button, ...], ...]:
    """The buttons of a row, line by line."""
    if not text:
        return ()
    return tuple(tuple(Button(label=label, data=data) for label, data in line) for line in json.loads(text))


def buttons_text(buttons: tuple[tuple[Button, ...], ...]) -> str | None:
    """Buttons as a row keeps them; `None` if there are none."""
    lines = [[(button.label, button.data) for button in line] for line in buttons]
    return json.dumps(lines, ensure_ascii=False) if lines else None


def draft_row(draft: Draft, now: datetime) -> dict[str, object]:
    """A draft as a new row."""
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
        "buttons": buttons_text(draft.buttons),
        "provider_ref": draft.provider_ref,
        "language": draft.language,
        "parts": draft.parts,
        "once": draft.once,
        "conversation_id": draft.conversation_id,
        "step": draft.step,
        "available_at": draft.available_at,
        "expires_at": draft.expires_at,
        "queued_at": now,
        "written_by": draft.written_by,
    }


def outcome_row(one: Outcome, holder: str, *, now: datetime, machine_now: datetime) -> dict[str, object]:
    """What a try led to, as the parameters of an update."""
    return {
        "message": one.id,
        "claimed": one.claimed_at,
        "holder": holder,
        "new_status": one.status,
        "new_provider_id": one.provider_id,
        "new_parts": one.parts,
        "new_error": one.error,
        "new_retry_at": None if one.retry_in is None else machine_now + one.retry_in,
        "given_back": int(one.no_try),
        "new_sent_at": now if one.status is OutboxStatus.SENT else None,
        "now": now,
    }
