"""What waits, went and did not go is shown of the people somebody sees, and of nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, select, text

from bot.domain.messages import OutboxAct, OutboxStatus
from bot.storage.tables import enrolments, outbox, participants
from bot.storage.views.sight import Look


class Fate(StrEnum):
    """What became of a message, as far as a page divides them."""

    WAITS = "waits"
    WENT = "went"
    STAYED = "stayed"
    """It did not go, or it is not certain that it did."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentSeen:
    """One message to one person."""

    id: int
    enrolment_id: int
    first_name: str
    channel: str
    purpose: str
    status: str
    parts: int
    error: str | None
    text: str
    language: str
    available_at: datetime
    sent_at: datetime | None


async def sent(
    look: Look, *, person: int | None = None, fate: Fate | None = None, most: int, skip: int = 0
) -> Sequence[SentSeen]:
    """Messages, the newest first; `person` (an enrolment) and `fate` narrow them."""
    asked = _SENT.where(look.sees)
    if person is not None:
        asked = asked.where(enrolments.c.id == person)
    if fate is not None:
        asked = asked.where(_FATES[fate])
    rows = await look.connection.execute(asked.limit(most).offset(skip))
    return [SentSeen(**row._mapping) for row in rows]


async def name_of(look: Look, enrolment: int) -> str | None:
    """The first name of somebody they see; `None` of everybody else."""
    return await look.connection.scalar(_NAME.where(enrolments.c.id == enrolment, look.sees))


_SENT: Select[Any] = (
    select(
        outbox.c.id,
        enrolments.c.id.label("enrolment_id"),
        participants.c.first_name,
        outbox.c.channel,
        outbox.c.purpose,
        outbox.c.status,
        outbox.c.parts,
        outbox.c.error,
        outbox.c.text,
        outbox.c.language,
        outbox.c.available_at,
        outbox.c.sent_at,
    )
    .select_from(outbox)
    .join(
        enrolments,
        and_(
            enrolments.c.participant_id == outbox.c.participant_id,
            enrolments.c.programme_id == outbox.c.programme_id,
        ),
    )
    .join(participants, participants.c.id == enrolments.c.participant_id)
    # A tap answered or a keyboard settled is no message: nobody reads it.
    .where(outbox.c.act == OutboxAct.SEND)
    .order_by(outbox.c.id.desc())
)
_NAME = select(participants.c.first_name).join(enrolments, enrolments.c.participant_id == participants.c.id)
# Written as the indexes are, which hold only these few: a year of messages is not looked through for them.
_IDS = select(outbox.c.id)
_FATES = {
    Fate.WAITS: outbox.c.id.in_(
        _IDS.where(text("status = 'queued'")).union_all(_IDS.where(text("status IN ('sending', 'unsettled')")))
    ),
    Fate.WENT: outbox.c.status.in_((OutboxStatus.SENT, OutboxStatus.DELIVERED)),
    Fate.STAYED: outbox.c.id.in_(_IDS.where(text("status IN ('failed', 'uncertain', 'expired', 'cancelled')"))),
}
