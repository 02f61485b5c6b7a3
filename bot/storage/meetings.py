"""Meetings stand here with the hour that holds; what was answered about another hour changes nothing of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.meetings import FITS, STATES, Hour, MeetingState
from bot.domain.messages import OutboxStatus, Purpose
from bot.storage.tables import coaches, conversations, enrolments, meetings, outbox
from bot.storage.talk import NewAnswer

_UNSENT = (OutboxStatus.QUEUED, OutboxStatus.CANCELLED, OutboxStatus.EXPIRED, OutboxStatus.FAILED)

MOVED = "changed"
"""Why something about a meeting was not sent: what it says was changed before it could leave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A meeting as it stands. `number` grows when it is moved; `coach` is the first name of who made it."""

    id: int
    enrolment_id: int
    programme_id: int
    participant_id: int
    coach_id: int
    coach: str
    hour: Hour
    state: MeetingState
    number: int
    conversation_id: int | None

    @property
    def once(self) -> str:
        """Under which the person is asked about this hour of it."""
        return f"meeting/{self.id}.{self.number}"


WHOLE: Select[Any] = (
    select(meetings, enrolments.c.programme_id, enrolments.c.participant_id, coaches.c.first_name.label("coach"))
    .join(enrolments, enrolments.c.id == meetings.c.enrolment_id)
    .join(coaches, coaches.c.id == meetings.c.coach_id)
)
"""Meetings with whom they are."""


class Meetings:
    """Individual meetings of people with their coaches."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, enrolment: int, hour: Hour, *, coach: int, now: datetime) -> int:
        """Keep a new one, about which nobody has been asked yet. Gives its id."""
        number = await self._connection.scalar(
            insert(meetings)
            .values(enrolment_id=enrolment, coach_id=coach, state=MeetingState.ASKED, made_at=now, **_values(hour))
            .returning(meetings.c.id)
        )
        return int(number or 0)

    async def these(self, ids: Iterable[int]) -> dict[int, Meeting]:
        """These meetings; held until the end of the unit of work."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self._connection.execute(
            WHOLE.where(meetings.c.id.in_(wanted)).order_by(meetings.c.id).with_for_update(of=meetings)
        )
        return {row.id: meeting_of(row) for row in rows}

    async def move(self, meeting: int, hour: Hour) -> None:
        """Another hour holds: nobody has been asked about it, and nothing was answered."""
        await self._connection.execute(
            update(meetings)
            .where(meetings.c.id == meeting)
            .values(
                state=MeetingState.ASKED,
                number=meetings.c.number + 1,
                conversation_id=None,
                answered_at=None,
                **_values(hour),
            )
        )

    async def call_off(self, meeting: int) -> None:
        """It does not take place."""
        await self._connection.execute(
            update(meetings).where(meetings.c.id == meeting).values(state=MeetingState.CALLED_OFF)
        )

    async def to_be_asked(self, *, since: date, after: int, most: int) -> list[int]:
        """Meetings from that day on about which nobody has been asked, by id, after the first ids."""
        rows = await self._connection.execute(
            select(meetings.c.id)
            .where(
                meetings.c.state == MeetingState.ASKED,
                meetings.c.conversation_id.is_(None),
                meetings.c.meets_on >= since,
                meetings.c.id > after,
            )
            .order_by(meetings.c.id)
            .limit(most)
        )
        return list(rows.scalars())

    async def asked_in(self, asked: Sequence[tuple[int, int]]) -> None:
        """In which conversation (second) each meeting (first) is asked about."""
        if asked:
            await self._connection.execute(
                update(meetings).where(meetings.c.id == bindparam("one")).values(conversation_id=bindparam("talk")),
                [{"one": meeting, "talk": conversation} for meeting, conversation in asked],
            )

    async def answer(self, given: Iterable[NewAnswer], *, now: datetime) -> None:
        """What people said of the hour that holds: an answer in a conversation about another one finds no meeting."""
        said = [one for one in given if one.slug == FITS and one.value in STATES]
        if said:
            await self._connection.execute(
                update(meetings)
                .where(
                    meetings.c.conversation_id == bindparam("talk"),
                    meetings.c.state != MeetingState.CALLED_OFF,
                )
                .values(state=bindparam("new_state"), answered_at=bindparam("now")),
                [{"talk": one.conversation_id, "new_state": STATES[one.value], "now": now} for one in said],
            )

    async def open_until(self, last: date) -> list[Meeting]:
        """Meetings up to that day whose question still waits for an answer."""
        rows = await self._connection.execute(
            WHOLE.join(conversations, conversations.c.id == meetings.c.conversation_id)
            .where(conversations.c.ended_at.is_(None), meetings.c.meets_on <= last)
            .order_by(meetings.c.id)
        )
        return [meeting_of(row) for row in rows]

    async def coming(self, enrolment: int, *, first: date, last: date) -> list[Meeting]:
        """Those of one person that take place on these days, the earliest first."""
        rows = await self._connection.execute(
            WHOLE.where(
                meetings.c.enrolment_id == enrolment,
                meetings.c.meets_on.between(first, last),
                meetings.c.state.not_in((MeetingState.DECLINED, MeetingState.CALLED_OFF)),
            ).order_by(meetings.c.meets_on, meetings.c.begins, meetings.c.id)
        )
        return [meeting_of(row) for row in rows]

    async def is_known(self, meeting: Meeting) -> bool:
        """Whether the person may have read of it, whichever hour it had then."""
        found = await self._connection.scalar(
            select(exists().where(_about(meeting), outbox.c.status.not_in(_UNSENT), outbox.c.purpose != Purpose.REPLY))
        )
        return bool(found)

    async def unread(self, talks: Iterable[int]) -> set[int]:
        """Of these conversations those whose question still waits to be sent."""
        rows = await self._connection.execute(
            select(outbox.c.conversation_id).where(
                outbox.c.conversation_id.in_(sorted(set(talks))),
                outbox.c.once.like("meeting/%"),
                outbox.c.status == OutboxStatus.QUEUED,
            )
        )
        return set(rows.scalars())

    async def take_back(self, meeting: Meeting, *, now: datetime) -> None:
        """Whatever waits to be said about it is not sent."""
        await self._connection.execute(
            update(outbox)
            .where(_about(meeting), outbox.c.status == OutboxStatus.QUEUED)
            .values(status=OutboxStatus.CANCELLED, error=MOVED, settled_at=now)
        )


def meeting_of(row: Row[Any]) -> Meeting:
    """A row of `WHOLE` as a meeting."""
    return Meeting(
        id=row.id,
        enrolment_id=row.enrolment_id,
        programme_id=row.programme_id,
        participant_id=row.participant_id,
        coach_id=row.coach_id,
        coach=row.coach,
        hour=Hour(on=row.meets_on, begins=row.begins, minutes=row.minutes, place=row.place),
        state=MeetingState(row.state),
        number=row.number,
        conversation_id=row.conversation_id,
    )


def _values(hour: Hour) -> dict[str, date | time | int | str]:
    return {"meets_on": hour.on, "begins": hour.begins, "minutes": hour.minutes, "place": hour.place}


def _about(meeting: Meeting) -> ColumnElement[bool]:
    """Everything said about it: the question, what follows in that conversation, and reminders."""
    said: list[ColumnElement[bool]] = [
        outbox.c.once.like(f"meeting/{meeting.id}.%"),
        # As planning names what a rule says before a meeting.
        outbox.c.once.like(f"%/meeting-{meeting.id}.%/0"),
    ]
    if meeting.conversation_id is not None:
        said.append(outbox.c.conversation_id == meeting.conversation_id)
    return and_(outbox.c.participant_id == meeting.participant_id, or_(*said))
