"""Who is in a block of a programme and who could be is read here, of those the reader sees."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

from bot.storage.tables import coaches, enrolments, memberships, participants
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class InBlock:
    """Somebody of the programme. `since` is empty of one who is not in the block; `phase` is a slug."""

    enrolment_id: int
    first_name: str
    coach: str
    phase: str
    since: date | None
    until: date | None

    def is_over(self, today: date) -> bool:
        """Whether they were in it and are no more."""
        return self.until is not None and self.until < today


async def everybody(look: Look, programme_id: int, block: str, *, today: date) -> list[InBlock]:
    """Those who take part in the programme by now or will, by name, each with their time in the block."""
    rows = await look.connection.execute(
        select(
            enrolments.c.id.label("enrolment_id"),
            participants.c.first_name,
            coaches.c.first_name.label("coach"),
            enrolments.c.phase,
            memberships.c.since,
            memberships.c.until,
        )
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .outerjoin(memberships, and_(memberships.c.enrolment_id == enrolments.c.id, memberships.c.block == block))
        .where(
            look.sees,
            enrolments.c.programme_id == programme_id,
            or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= today),
        )
        .order_by(func.lower(participants.c.first_name), enrolments.c.id)
    )
    return [InBlock(**row._mapping) for row in rows]
