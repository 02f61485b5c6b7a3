"""Whether somebody agreed to be written to, in which words and how it was told; and who else has their telephone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from bot.domain.people import AddressState, Agreement
from bot.domain.programme import WELCOME
from bot.storage.tables import addresses, agreements, coaches, conversations, definitions, enrolments, participants
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSeen:
    """The answer that counts. `version` is of the question's words; `heard_by` the coach who heard it in person."""

    answer: Agreement
    language: str
    channel: str
    version: int | None
    heard_by: str | None
    given_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """How somebody was asked: `times`, the last time when, if they are being asked now, and what they said."""

    times: int
    last_at: datetime | None
    open_now: bool
    said: AnswerSeen | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharing:
    """Somebody else with the same telephone or chat. Who is not the reader's to see has no name."""

    enrolment_id: int | None
    first_name: str | None


async def asking(look: Look, enrolment: int) -> Asking:
    """How this place, which the reader sees, stands to being written to."""
    asked = (
        await look.connection.execute(
            select(
                func.count().label("times"),
                func.max(conversations.c.began_at).label("last_at"),
                func.count().filter(conversations.c.ended_at.is_(None)).label("open_now"),
            ).where(conversations.c.enrolment_id == enrolment, conversations.c.flow == WELCOME)
        )
    ).one()
    row = (
        await look.connection.execute(
            select(
                agreements.c.answer,
                agreements.c.language,
                agreements.c.channel,
                agreements.c.given_at,
                definitions.c.version,
                coaches.c.first_name.label("heard_by"),
            )
            .join(enrolments, enrolments.c.id == agreements.c.enrolment_id)
            .outerjoin(definitions, definitions.c.id == agreements.c.definition_id)
            .outerjoin(coaches, coaches.c.id == agreements.c.noted_by)
            .where(agreements.c.enrolment_id == enrolment, look.sees)
            .order_by(agreements.c.id.desc())
            .limit(1)
        )
    ).first()
    said = None if row is None else AnswerSeen(**{**row._mapping, "answer": Agreement(row.answer)})
    return Asking(times=asked.times, last_at=asked.last_at, open_now=bool(asked.open_now), said=said)


async def sharing(look: Look, person: int) -> tuple[Sharing, ...]:
    """Who else is written to where this person is."""
    own, other = addresses.alias("own"), addresses.alias("other")
    same = and_(other.c.hash == own.c.hash, other.c.channel == own.c.channel, other.c.participant_id != person)
    rows = await look.connection.execute(
        select(
            participants.c.id, participants.c.first_name, enrolments.c.id.label("enrolment_id"), look.sees.label("seen")
        )
        .select_from(own)
        .join(other, same)
        .join(participants, participants.c.id == other.c.participant_id)
        .join(enrolments, enrolments.c.participant_id == participants.c.id)
        .where(
            own.c.participant_id == person,
            own.c.state != AddressState.WRONG,
            other.c.state != AddressState.WRONG,
            other.c.organisation_id == own.c.organisation_id,
        )
        .order_by(participants.c.id, enrolments.c.id)
    )
    found: dict[int, Sharing] = {}
    for row in rows:
        seen = Sharing(enrolment_id=row.enrolment_id, first_name=row.first_name) if row.seen else None
        if seen is not None or row.id not in found:
            found[row.id] = seen or Sharing(enrolment_id=None, first_name=None)
    return tuple(found.values())
