"""Meetings are shown with how they stand: to whoever sees the person, and to nobody else."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from bot.domain.meetings import WHEN, Hour, MeetingState
from bot.storage.tables import answers, coaches, conversations, enrolments, meetings
from bot.storage.views.sight import Look
from bot.storage.views.today_people import PLACES, Part, PersonSeen, Section, person_columns, person_of


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingSeen:
    """A meeting. `is_asked`: the question was put; `waits`: it waits for its answer; `words` are about another hour."""

    id: int
    number: int
    hour: Hour
    state: MeetingState
    coach: str
    is_asked: bool
    waits: bool
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingLine:
    """A meeting that takes place, and with whom."""

    meeting: MeetingSeen
    person: PersonSeen


async def meetings_of(look: Look, enrolment: int, *, since: date) -> tuple[MeetingSeen, ...]:
    """Those of one person from that day on, the earliest first, called off ones too."""
    rows = await look.connection.execute(
        _WHOLE.where(meetings.c.enrolment_id == enrolment, meetings.c.meets_on >= since, look.sees).order_by(*_EARLIEST)
    )
    return tuple(_seen(row) for row in rows)


async def meetings_between(look: Look, part: Part, *, first: date, last: date) -> Section[MeetingLine]:
    """Those that take place on these days, of everybody the reader sees, the earliest first."""
    query: Select[Any] = (
        select(*_COLUMNS, func.count().over().label("total"), *person_columns())
        .select_from(_joined(PLACES))
        .where(
            look.sees,
            meetings.c.meets_on.between(first, last),
            meetings.c.state.not_in((MeetingState.DECLINED, MeetingState.CALLED_OFF)),
        )
        .order_by(*_EARLIEST)
    )
    rows = (await look.connection.execute(query.limit(part.most).offset(part.skip))).all()
    lines = tuple(MeetingLine(meeting=_seen(row), person=person_of(row, look.sealer)) for row in rows)
    return Section(lines=lines, total=rows[0].total if rows else 0)


_maker = coaches.alias("maker")
_EARLIEST = (meetings.c.meets_on, meetings.c.begins, meetings.c.id)
_COLUMNS = (
    meetings.c.id,
    meetings.c.number,
    meetings.c.meets_on,
    meetings.c.begins,
    meetings.c.minutes,
    meetings.c.place,
    meetings.c.state,
    meetings.c.conversation_id,
    _maker.c.first_name.label("made_by"),
    conversations.c.id.label("talk"),
    conversations.c.ended_at,
    answers.c.value.label("words"),
)


def _joined(whose: Any) -> Any:
    said = and_(
        answers.c.conversation_id == meetings.c.conversation_id,
        answers.c.slug == WHEN,
        answers.c.corrected_at.is_(None),
    )
    return (
        whose.join(meetings, meetings.c.enrolment_id == enrolments.c.id)
        .join(_maker, _maker.c.id == meetings.c.coach_id)
        .outerjoin(conversations, conversations.c.id == meetings.c.conversation_id)
        .outerjoin(answers, said)
    )


_WHOLE: Select[Any] = select(*_COLUMNS).select_from(_joined(enrolments))


def _seen(row: Row[Any]) -> MeetingSeen:
    return MeetingSeen(
        id=row.id,
        number=row.number,
        hour=Hour(on=row.meets_on, begins=row.begins, minutes=row.minutes, place=row.place),
        state=MeetingState(row.state),
        coach=row.made_by,
        is_asked=row.conversation_id is not None,
        waits=row.talk is not None and row.ended_at is None,
        words=row.words or "",
    )
