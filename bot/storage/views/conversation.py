"""A conversation is what both sides said, in order, and beside it what the program is about to say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, Text, and_, bindparam, cast, func, literal, null, select, union_all

from bot.domain.messages import OutboxStatus, Purpose
from bot.storage.addresses import newest_address
from bot.storage.columns import Moment
from bot.storage.tables import (
    addresses,
    bookmarks,
    coaches,
    conversations,
    enrolments,
    inbox,
    occurrences,
    outbox,
    participants,
)
from bot.storage.views.inbox import SHOWN, spoken_to
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonHeard:
    """Whom a conversation is with. `read_until` and `read_at` are the reader's own bookmark.

    `standing` is the last message that any coach wrote by hand, 0 without any.
    """

    enrolment_id: int
    participant_id: int
    programme_id: int
    first_name: str
    language: str
    coach: str
    channel: str
    address_state: str | None
    stopped_at: datetime | None
    paused_until: datetime | None
    held_at: datetime | None
    check_ins_stopped_at: datetime | None
    ended_on: date | None
    protected: bool
    read_until: int
    read_at: datetime | None
    standing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One message. `kind` is an inbound kind of theirs, the purpose of ours; `author` is a coach's first name.

    `labels` are the buttons under it, by what a tap brings back.
    """

    id: int
    theirs: bool
    kind: str
    text: str
    language: str
    channel: str
    at: datetime
    status: str
    error: str
    available_at: datetime | None
    author: str
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """Where a page of a conversation ends: only what is older than these two is on it."""

    inbox: int
    outbox: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTalk:
    """What the program is asking just now. `state` is the engine's text; `silent_at` is when it stops waiting."""

    definition_id: int
    flow: str
    state: str
    began_at: datetime
    silent_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """Words that wait to leave."""

    purpose: str
    text: str
    language: str
    available_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """A reminder that has fallen due and begins when it can."""

    rule: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Automation:
    """What the program does with this person in this programme."""

    talk: OpenTalk | None
    waits: Sequence[Waits]
    ahead: Sequence[Ahead]


_STANDING = (
    select(func.coalesce(func.max(outbox.c.id), 0))
    .where(outbox.c.participant_id == participants.c.id, outbox.c.purpose == Purpose.COACH)
    .correlate(participants)
    .scalar_subquery()
)
_HEARD = (
    select(
        enrolments.c.id.label("enrolment_id"),
        enrolments.c.participant_id,
        enrolments.c.programme_id,
        participants.c.first_name,
        participants.c.language,
        coaches.c.first_name.label("coach"),
        participants.c.preferred_channel.label("channel"),
        addresses.c.state.label("address_state"),
        participants.c.stopped_at,
        participants.c.paused_until,
        participants.c.held_at,
        participants.c.check_ins_stopped_at,
        enrolments.c.ended_on,
        participants.c.protected,
        func.coalesce(bookmarks.c.read_until, 0).label("read_until"),
        bookmarks.c.read_at,
        _STANDING.label("standing"),
    )
    .join(participants, participants.c.id == enrolments.c.participant_id)
    .join(coaches, coaches.c.id == enrolments.c.coach_id)
    .outerjoin(addresses, addresses.c.id == newest_address())
    .outerjoin(
        bookmarks,
        and_(bookmarks.c.participant_id == participants.c.id, bookmarks.c.coach_id == bindparam("reader")),
    )
    .where(enrolments.c.id == bindparam("enrolment"))
)


async def heard(look: Look, enrolment: int) -> PersonHeard | None:
    """Whom a conversation is with; `None` if the reader does not see them."""
    found = await look.connection.execute(
        _HEARD.where(look.sees), {"reader": look.sight.coach_id, "enrolment": enrolment}
    )
    row = found.first()
    return None if row is None else PersonHeard(**row._mapping)


async def bubbles(look: Look, person: int, *, most: int, before: Before | None = None) -> list[Bubble]:
    """The newest messages of both sides (older than `before`), the newest last."""
    theirs, ours = _theirs(person), _ours(look, person)
    if before is not None:
        theirs = theirs.where(inbox.c.id < before.inbox)
        ours = ours.where(outbox.c.id < before.outbox)
    # Each side is cut by its index before the two are put in order.
    sides = [
        select(side.subquery())
        for side in (
            theirs.order_by(inbox.c.id.desc()).limit(most),
            ours.order_by(outbox.c.id.desc()).limit(most),
        )
    ]
    said = union_all(*sides).subquery("said")
    rows = await look.connection.execute(
        select(said).order_by(said.c.at.desc(), said.c.theirs, said.c.id.desc()).limit(most)
    )
    return [_bubble(row) for row in rows][::-1]


async def automation(look: Look, person: PersonHeard, *, most: int) -> Automation:
    """What is asked, what waits to leave and what has fallen due; at most `most` of each."""
    talk = (
        await look.connection.execute(
            select(*(conversations.c[name] for name in OpenTalk.__slots__))
            .join(enrolments, enrolments.c.id == conversations.c.enrolment_id)
            .where(
                look.sees,
                conversations.c.participant_id == person.participant_id,
                conversations.c.ended_at.is_(None),
            )
        )
    ).first()
    waits = await look.connection.execute(
        select(*(outbox.c[name] for name in Waits.__slots__))
        .where(
            outbox.c.participant_id == person.participant_id,
            outbox.c.status == OutboxStatus.QUEUED,
            spoken_to(look.sight),
        )
        .order_by(outbox.c.available_at, outbox.c.id)
        .limit(most)
    )
    ahead = await look.connection.execute(
        select(*(occurrences.c[name] for name in Ahead.__slots__))
        .where(occurrences.c.enrolment_id == person.enrolment_id, occurrences.c.state.in_(("due", "waiting")))
        .order_by(occurrences.c.due_at)
        .limit(most)
    )
    return Automation(
        talk=None if talk is None else OpenTalk(**talk._mapping),
        waits=[Waits(**row._mapping) for row in waits],
        ahead=[Ahead(**row._mapping) for row in ahead],
    )


def _theirs(person: int) -> Select[Any]:
    return select(
        inbox.c.id,
        literal(1).label("theirs"),
        inbox.c.kind,
        func.coalesce(inbox.c.words, "").label("text"),
        literal("").label("language"),
        inbox.c.channel,
        inbox.c.received_at.label("at"),
        literal("").label("status"),
        literal("").label("error"),
        cast(null(), Moment()).label("available_at"),
        literal("").label("author"),
        cast(null(), Text()).label("buttons"),
    ).where(inbox.c.participant_id == person, inbox.c.kind.in_(SHOWN))


def _ours(look: Look, person: int) -> Select[Any]:
    author = select(coaches.c.first_name).where(coaches.c.id == outbox.c.written_by).scalar_subquery()
    return select(
        outbox.c.id,
        literal(0).label("theirs"),
        outbox.c.purpose.label("kind"),
        outbox.c.text,
        outbox.c.language,
        outbox.c.channel,
        outbox.c.queued_at.label("at"),
        outbox.c.status,
        func.coalesce(outbox.c.error, "").label("error"),
        outbox.c.available_at,
        func.coalesce(author, "").label("author"),
        outbox.c.buttons,
    ).where(outbox.c.participant_id == person, spoken_to(look.sight))


def _bubble(row: Row[Any]) -> Bubble:
    values = dict(row._mapping)
    buttons = json.loads(values.pop("buttons") or "[]")
    labels = {data: label for line in buttons for label, data in line}
    return Bubble(**values | {"theirs": bool(values["theirs"]), "labels": labels})
