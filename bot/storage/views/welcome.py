"""What was written to somebody so far is shown to whoever sees them, the oldest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.domain.messages import OutboxAct
from bot.storage.tables import enrolments, outbox
from bot.storage.views.sight import Look

MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One message to a participant."""

    text: str
    language: str
    status: str
    available_at: datetime
    sent_at: datetime | None


async def written_to(look: Look, enrolment_id: int) -> list[Written]:
    """The first messages in this programme."""
    rows = await look.connection.execute(
        select(outbox.c.text, outbox.c.language, outbox.c.status, outbox.c.available_at, outbox.c.sent_at)
        .join(enrolments, enrolments.c.participant_id == outbox.c.participant_id)
        .where(
            enrolments.c.id == enrolment_id,
            look.sees,
            outbox.c.programme_id == enrolments.c.programme_id,
            outbox.c.act == OutboxAct.SEND,
        )
        .order_by(outbox.c.id)
        .limit(MOST)
    )
    return [Written(**row._mapping) for row in rows]
