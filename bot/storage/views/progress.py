"""Whose progress somebody may follow is listed in the order people came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from bot.storage.tables import enrolments, participants
from bot.storage.views.sight import Look
from bot.storage.views.today_people import reach


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedSeen:
    """Somebody in a programme, with what a list says of how they stand."""

    enrolment_id: int
    programme_id: int
    first_name: str
    ended_on: date | None
    stopped_at: datetime | None
    paused_until: datetime | None
    address_state: str | None


async def followed(look: Look, *, most: int, skip: int = 0) -> Sequence[FollowedSeen]:
    """Everybody they see; who has left stands last."""
    rows = await look.connection.execute(_FOLLOWED.where(look.sees).limit(most).offset(skip))
    return [FollowedSeen(**row._mapping) for row in rows]


_FOLLOWED: Select[Any] = (
    select(
        enrolments.c.id.label("enrolment_id"),
        enrolments.c.programme_id,
        participants.c.first_name,
        enrolments.c.ended_on,
        participants.c.stopped_at,
        participants.c.paused_until,
        reach().label("address_state"),
    )
    .join(participants, participants.c.id == enrolments.c.participant_id)
    .order_by(enrolments.c.ended_on.is_not(None), enrolments.c.id)
)
