"""Who wrote last stands first, with what was said and whether anybody has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, case, exists, func, or_, select

from bot.domain.access import Sight
from bot.domain.alerts import WAITS
from bot.domain.messages import InboundKind, OutboxAct, OutboxStatus
from bot.storage.strangers import unclaimed
from bot.storage.tables import addresses, alerts, bookmarks, coaches, enrolments, inbox, outbox, participants
from bot.storage.views.sight import Look, seen_with

SAID = (InboundKind.WORDS, InboundKind.TAP, InboundKind.MEDIA)
"""What counts as words of a person that somebody should have read."""

SHOWN = (*SAID, InboundKind.EDIT, InboundKind.START)


class Show(StrEnum):
    """Which conversations a list has."""

    ALL = "all"
    UNREAD = "unread"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Last:
    """The last words of one side. `kind` is an inbound kind, or the purpose of what we said."""

    words: str
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """One person in the list. `theirs` and `ours` are the last words of each side, if there are any."""

    enrolment_id: int
    participant_id: int
    first_name: str
    language: str
    coach: str
    stopped_at: datetime | None
    unread: bool
    wants: bool
    theirs: Last | None = None
    ours: Last | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many conversations each list has."""

    all: int
    unread: int
    answer: int
    unclaimed: int


async def talks(look: Look, *, show: Show, most: int, skip: int) -> list[Talk]:
    """Conversations, whoever wrote last first; those who never wrote stand last."""
    people = _people(look.sight)
    wanted = (
        _whole(people)
        .where(_in_list(people, show))
        .order_by(people.c.heard.is_(None), people.c.heard.desc(), people.c.participant_id)
    )
    rows = list(await look.connection.execute(wanted.limit(most).offset(skip)))
    theirs = await _last_of(look, _theirs([row.heard for row in rows]))
    ours = await _last_of(look, _ours([row.participant_id for row in rows], look.sight))
    return [_talk(row, theirs, ours) for row in rows]


async def counts(look: Look) -> Counts:
    """How long each list is."""
    people = _people(look.sight)
    strangers = select(func.count()).select_from(addresses).where(unclaimed(look.sight.organisation_id))
    row = (
        await look.connection.execute(
            select(
                func.count().label("everybody"),
                func.coalesce(func.sum(case((people.c.unread, 1), else_=0)), 0).label("unread"),
                func.coalesce(func.sum(people.c.wants), 0).label("answer"),
                strangers.scalar_subquery().label("strangers"),
            ).select_from(people)
        )
    ).one()
    return Counts(all=row.everybody, unread=row.unread, answer=row.answer, unclaimed=row.strangers)


def spoken_to(sight: Sight) -> ColumnElement[bool]:
    """True of what we said to a person in a programme in which the reader sees them."""
    return and_(
        outbox.c.act == OutboxAct.SEND,
        or_(
            outbox.c.programme_id.is_(None),
            exists().where(
                enrolments.c.participant_id == outbox.c.participant_id,
                enrolments.c.programme_id == outbox.c.programme_id,
                seen_with(sight),
            ),
        ),
    )


def _people(sight: Sight) -> FromClause:
    """Everybody who is seen, once: the last of their words, and whether these are unread or want an answer."""
    open_alert = exists().where(
        alerts.c.participant_id == enrolments.c.participant_id,
        alerts.c.acknowledged_at.is_(None),
        alerts.c.kind.in_(WAITS),
        or_(alerts.c.programme_id.is_(None), alerts.c.programme_id == enrolments.c.programme_id),
    )
    stays = case((enrolments.c.ended_on.is_(None), enrolments.c.id))
    places = (
        select(
            enrolments.c.participant_id,
            func.coalesce(func.min(stays), func.min(enrolments.c.id)).label("enrolment_id"),
            func.max(case((open_alert, 1), else_=0)).label("wants"),
        )
        .where(seen_with(sight))
        .group_by(enrolments.c.participant_id)
        .subquery("places")
    )
    heard = (
        select(inbox.c.id)
        .where(inbox.c.participant_id == places.c.participant_id, inbox.c.kind.in_(SAID))
        .order_by(inbox.c.id.desc())
        .limit(1)
        .correlate(places)
        .scalar_subquery()
    )
    read = (
        select(bookmarks.c.read_until)
        .where(bookmarks.c.coach_id == sight.coach_id, bookmarks.c.participant_id == places.c.participant_id)
        .correlate(places)
        .scalar_subquery()
    )
    known = select(places, heard.label("heard"), read.label("read")).cte("known")
    unread = func.coalesce(known.c.heard > func.coalesce(known.c.read, 0), False)
    return select(known, unread.label("unread")).subquery("people")


def _whole(people: FromClause) -> Select[Any]:
    return (
        select(
            people,
            participants.c.first_name,
            participants.c.language,
            participants.c.stopped_at,
            coaches.c.first_name.label("coach"),
        )
        .join(participants, participants.c.id == people.c.participant_id)
        .join(enrolments, enrolments.c.id == people.c.enrolment_id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
    )


def _in_list(people: FromClause, show: Show) -> ColumnElement[bool]:
    match show:
        case Show.UNREAD:
            return people.c.unread.is_(True)
        case Show.ANSWER:
            return people.c.wants == 1
        case Show.ALL:
            return people.c.participant_id > 0


def _theirs(ids: Sequence[int | None]) -> Select[Any]:
    known = [one for one in ids if one is not None]
    return select(inbox.c.participant_id, inbox.c.words, inbox.c.kind, inbox.c.received_at.label("at")).where(
        inbox.c.id.in_(known)
    )


def _ours(people: Sequence[int], sight: Sight) -> Select[Any]:
    newest = (
        select(outbox.c.id)
        .where(
            outbox.c.participant_id == participants.c.id,
            outbox.c.status.not_in((OutboxStatus.CANCELLED, OutboxStatus.EXPIRED)),
            spoken_to(sight),
        )
        .order_by(outbox.c.id.desc())
        .limit(1)
        .correlate(participants)
        .scalar_subquery()
    )
    wanted = select(newest).where(participants.c.id.in_(people))
    return select(
        outbox.c.participant_id,
        outbox.c.text.label("words"),
        outbox.c.purpose.label("kind"),
        outbox.c.queued_at.label("at"),
    ).where(outbox.c.id.in_(wanted))


async def _last_of(look: Look, wanted: Select[Any]) -> dict[int, Last]:
    rows = await look.connection.execute(wanted)
    return {row.participant_id: Last(words=row.words or "", kind=row.kind, at=row.at) for row in rows}


def _talk(row: Row[Any], theirs: dict[int, Last], ours: dict[int, Last]) -> Talk:
    return Talk(
        enrolment_id=row.enrolment_id,
        participant_id=row.participant_id,
        first_name=row.first_name,
        language=row.language,
        coach=row.coach,
        stopped_at=row.stopped_at,
        unread=bool(row.unread),
        wants=bool(row.wants),
        theirs=theirs.get(row.participant_id),
        ours=ours.get(row.participant_id),
    )
