"""A firing is claimed for its whole audience at once, and what it says is queued for all of them: few statements."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import OccurrenceState
from bot.domain.messages import OutboxAct, Priority
from bot.domain.people import ChannelName
from bot.domain.sms_parts import sms_parts
from bot.storage.absences import ABSENT
from bot.storage.audiences import Class, Span, Wall, about_meeting, away_among, classes, meant, welcome, whole
from bot.storage.columns import Moment
from bot.storage.sms_lengths import NOT_COUNTED, parts_of
from bot.storage.spoken import PERSONAL, Moved, Round, Speech, Wording
from bot.storage.tables import addresses, enrolments, occurrences, outbox, participants
from bot.storage.upsert import insert_new

LATE_OTHERS = "late-others"
"""Why something was not sent after an outage: of all that somebody missed, one message is enough."""

_OPEN = (OccurrenceState.QUEUED, OccurrenceState.DUE)
_CLAIMED = (
    *("programme_id", "enrolment_id", "rule", "on_day", "due_at", "shift", "about", "state", "reason"),
    *("expires_at", "claimed_at"),
)
_QUEUED = (
    *("organisation_id", "programme_id", "participant_id", "address_id", "channel", "act", "purpose", "priority"),
    *("text", "buttons", "language", "parts", "once", "available_at", "expires_at", "queued_at"),
)


class Planning:
    """Claims and queues. A row stands for one rule, one person and one local day, and is there once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def walls(self) -> list[Wall]:
        """Every clock on a wall that anybody has."""
        rows = await self._connection.execute(select(participants.c.zone, participants.c.calendars).distinct())
        return sorted((Wall(zone=row.zone, calendars=row.calendars) for row in rows), key=str)

    async def span(self, programme_id: int, *, after: int, most: int) -> tuple[Span, bool]:
        """The next `most` places of a programme, and whether there are more behind them."""
        ids = (
            select(enrolments.c.id)
            .where(enrolments.c.programme_id == programme_id, enrolments.c.id > after)
            .order_by(enrolments.c.id)
            .limit(most)
            .subquery()
        )
        row = (await self._connection.execute(select(func.max(ids.c.id), func.count()))).one()
        return Span(programme_id=programme_id, after=after, upto=row[0] or after), row[1] == most

    async def classes(self, span: Span, *, blocks: tuple[str, ...], day: date) -> list[Class]:
        """Which phases there are among these people, divided by who is a member of which of these blocks."""
        rows = await self._connection.execute(classes(span, blocks=blocks, day=day))
        return [
            Class(
                phase=row[0],
                within=tuple(block for block, is_in in zip(blocks, row[1:], strict=True) if is_in),
                without=tuple(block for block, is_in in zip(blocks, row[1:], strict=True) if not is_in),
            )
            for row in rows
        ]

    async def starts(self, programme_id: int) -> list[date]:
        """The days on which people began in a programme, each once."""
        query = select(enrolments.c.started_on).where(enrolments.c.programme_id == programme_id).distinct()
        return sorted((await self._connection.execute(query)).scalars())

    async def claim(self, speech: Speech, this: Round, *, today: date) -> int:
        """Claim this firing for everybody it is for; gives for how many nobody had before."""
        is_away = await self._away(speech, this)
        chosen = select(
            enrolments.c.programme_id,
            enrolments.c.id,
            literal(speech.rule),
            literal(speech.on_day, Date),
            literal(speech.due_at, Moment),
            literal(speech.shift, String),
            about_meeting() if speech.audience.meeting else literal(speech.about),
            case((is_away, OccurrenceState.SKIPPED.value), else_=speech.state.value),
            case((is_away, ABSENT), else_=literal(speech.reason, String)),
            literal(speech.expires_at, Moment),
            literal(this.until, Moment),
        )
        chosen = chosen.select_from(whole(speech.audience)).where(
            welcome(speech.wall, this.span, now=this.now, today=today), meant(speech.audience)
        )
        done = await self._connection.execute(
            insert_new(self._connection, occurrences).from_select(list(_CLAIMED), chosen, include_defaults=False)
        )
        return done.rowcount

    async def _away(self, speech: Speech, this: Round) -> ColumnElement[bool]:
        # Asked first, as they are few: asked of each, it would take a third of the whole.
        if not speech.days or speech.state not in _OPEN:
            return literal(False)
        people = list((await self._connection.execute(away_among(this.span, *speech.days))).scalars())
        return enrolments.c.id.in_(people) if people else literal(False)

    async def thin(self, this: Round, *, late_before: datetime) -> None:
        """Of what each person missed before a moment, keep the latest: one message about the past is enough."""
        later = occurrences.alias("later")
        of_this_round = (
            occurrences.c.programme_id == this.span.programme_id,
            occurrences.c.enrolment_id > this.span.after,
            occurrences.c.enrolment_id <= this.span.upto,
            occurrences.c.claimed_at == this.until,
        )
        behind = or_(
            later.c.due_at > occurrences.c.due_at,
            and_(later.c.due_at == occurrences.c.due_at, later.c.id > occurrences.c.id),
        )
        missed_too = exists().where(
            later.c.enrolment_id == occurrences.c.enrolment_id,
            later.c.claimed_at == this.until,
            later.c.state.in_(_OPEN),
            later.c.due_at < late_before,
            behind,
        )
        await self._connection.execute(
            update(occurrences)
            .where(*of_this_round, occurrences.c.state.in_(_OPEN), occurrences.c.due_at < late_before, missed_too)
            .values(state=OccurrenceState.EXPIRED, reason=LATE_OTHERS)
        )

    async def forget(self, programme_id: int, *, after: datetime) -> datetime | None:
        """What was given up as too late by a clock that was ahead may be claimed again; the first moment of it."""
        given_up = (
            occurrences.c.programme_id == programme_id,
            occurrences.c.claimed_at > after,
            occurrences.c.state == OccurrenceState.EXPIRED,
        )
        first: datetime | None = await self._connection.scalar(select(func.min(occurrences.c.due_at)).where(*given_up))
        await self._connection.execute(delete(occurrences).where(*given_up))
        return first

    async def moved(self) -> list[Moved]:
        """Those who moved to another zone since anything was planned, once for each of their places."""
        rows = await self._connection.execute(
            select(
                *(enrolments.c.id, enrolments.c.programme_id, enrolments.c.participant_id),
                *(participants.c.zone, participants.c.calendars),
            )
            .join(participants, participants.c.id == enrolments.c.participant_id)
            .where(participants.c.zone_before.is_not(None))
            .order_by(enrolments.c.id)
        )
        return [
            Moved(
                enrolment_id=row.id,
                programme_id=row.programme_id,
                participant_id=row.participant_id,
                wall=Wall(zone=row.zone, calendars=row.calendars),
            )
            for row in rows
        ]

    async def settled_in(self, moved: Sequence[Moved]) -> None:
        """These have been looked after, unless they have moved on meanwhile."""
        for one in moved:
            await self._connection.execute(
                update(participants)
                .where(participants.c.id == one.participant_id, participants.c.zone == one.wall.zone)
                .values(zone_before=None)
            )

    async def heard(self, rule: str, this: Round) -> list[int]:
        """For which enrolments this rule was claimed in this round and is said."""
        rows = await self._connection.execute(
            select(occurrences.c.enrolment_id).where(
                occurrences.c.programme_id == this.span.programme_id,
                occurrences.c.enrolment_id > this.span.after,
                occurrences.c.enrolment_id <= this.span.upto,
                occurrences.c.claimed_at == this.until,
                occurrences.c.rule == rule,
                occurrences.c.state == OccurrenceState.QUEUED,
            )
        )
        return list(rows.scalars())

    async def queue(self, speech: Speech, this: Round) -> int:
        """Queue what it says for everybody for whom it was claimed in this round; gives for how many."""
        last = await self._connection.scalar(select(func.coalesce(func.max(outbox.c.id), 0)))
        about = about_meeting() if speech.audience.meeting else literal(speech.about)
        mine = and_(
            occurrences.c.enrolment_id == enrolments.c.id,
            # Said again of the occurrences, so that only this part of them is looked at.
            occurrences.c.enrolment_id > this.span.after,
            occurrences.c.enrolment_id <= this.span.upto,
            occurrences.c.rule == speech.rule,
            occurrences.c.on_day == speech.on_day,
            occurrences.c.about == about,
            occurrences.c.claimed_at == this.until,
            occurrences.c.state == OccurrenceState.QUEUED,
        )
        people = whole(speech.audience).join(occurrences, mine)
        chosen = (
            self._rows(speech, this)
            .select_from(people)
            .where(
                enrolments.c.programme_id == this.span.programme_id,
                enrolments.c.id > this.span.after,
                enrolments.c.id <= this.span.upto,
                participants.c.zone == speech.wall.zone,
                participants.c.calendars == speech.wall.calendars,
                meant(speech.audience),
            )
        )
        done = await self._connection.execute(
            insert_new(self._connection, outbox).from_select(list(_QUEUED), chosen, include_defaults=False)
        )
        await self._count_parts(after=int(last or 0))
        return done.rowcount

    def _rows(self, speech: Speech, this: Round) -> Select[Any]:
        """A row of the outbox for each person."""
        due = f"{speech.due_at:%Y%m%dT%H%M}"
        return select(
            participants.c.organisation_id,
            enrolments.c.programme_id,
            participants.c.id,
            addresses.c.id,
            addresses.c.channel,
            literal(OutboxAct.SEND.value),
            literal(speech.purpose.value),
            literal(int(Priority.REMINDER)),
            _in_language(speech, _text),
            _in_language(speech, _buttons),
            _in_language(speech, lambda one: literal(one.language)),
            _in_language(speech, self._parts),
            literal("rule/") + cast(enrolments.c.id, String) + f"/{speech.rule}/{due}/" + occurrences.c.about + "/0",
            literal(this.now, Moment),
            literal(speech.expires_at, Moment),
            literal(this.now, Moment),
        )

    def _parts(self, wording: Wording) -> ColumnElement[int]:
        fixed, names = "".join(wording.pieces[::2]), wording.pieces[1::2]
        counted = parts_of(fixed, [PERSONAL[one] for one in names], is_sqlite=self._is_sqlite)
        return case((addresses.c.channel == ChannelName.SMS, counted), else_=1)

    async def _count_parts(self, *, after: int) -> None:
        """Count letter by letter what could not be counted otherwise: what has been queued after this row."""
        rows = await self._connection.execute(_NOT_COUNTED, {"after": after})
        counted = [{"message": row.id, "new_parts": sms_parts(row.text)} for row in rows]
        if counted:
            await self._connection.execute(_COUNTED, counted)


def _in_language(speech: Speech, said: Callable[[Wording], ColumnElement[Any]]) -> ColumnElement[Any]:
    """What is said in each person's language, or in the first if theirs is not there."""
    usual, *others = speech.wordings
    if not others:
        return said(usual)
    return case(*((participants.c.language == one.language, said(one)) for one in others), else_=said(usual))


def _text(wording: Wording) -> ColumnElement[str]:
    words: ColumnElement[str] = literal(wording.pieces[0])
    for name, fixed in zip(wording.pieces[1::2], wording.pieces[2::2], strict=True):
        words = words + PERSONAL[name] + fixed
    return words


def _buttons(wording: Wording) -> ColumnElement[Any]:
    there = literal(wording.buttons, String)
    return case((addresses.c.channel == ChannelName.TELEGRAM, there), else_=literal(None, String))


_NOT_COUNTED = select(outbox.c.id, outbox.c.text).where(outbox.c.id > bindparam("after"), outbox.c.parts == NOT_COUNTED)
_COUNTED = update(outbox).where(outbox.c.id == bindparam("message")).values(parts=bindparam("new_parts"))
