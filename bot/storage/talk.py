"""What is said with a person: conversations, check-ins, ratings and other answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.storage.columns import Moment
from bot.storage.tables import answers, check_ins, conversations, enrolments


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """A conversation under way: the person's one live pointer. `silent_at` is when the answer was waited for enough."""

    id: int
    participant_id: int
    enrolment_id: int
    programme_id: int
    definition_id: int
    flow: str
    state: str
    check_in_id: int | None
    began_at: datetime
    silent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A conversation to be kept for the first time. `instrument` is set when it is a check-in."""

    participant_id: int
    enrolment_id: int
    programme_id: int
    definition_id: int
    flow: str
    state: str
    silent_at: datetime | None
    instrument: str | None = None
    instrument_version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedOn:
    """What one turn changed of a conversation. `outcome` is set when it ended."""

    id: int
    state: str
    silent_at: datetime | None
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAnswer:
    """One answer that is not a rating. `number` and `arrival_id` are as those of a rating."""

    conversation_id: int
    participant_id: int
    step: str
    slug: str
    value: str | None
    number: int | None = None
    arrival_id: int | None = None


BEHIND = "behind"
"""How a conversation ended whose question somebody else has answered, or taken back."""

_POINTER = tuple(
    conversations.c[name]
    for name in (
        *("id", "participant_id", "enrolment_id", "programme_id", "definition_id"),
        *("flow", "state", "check_in_id", "began_at", "silent_at"),
    )
)
_LIVE = select(*_POINTER).where(conversations.c.ended_at.is_(None))
_LIVE_OF = _LIVE.where(conversations.c.participant_id.in_(bindparam("ids", expanding=True)))
_LAPSED = (
    select(*_POINTER)
    .join(enrolments, enrolments.c.id == conversations.c.enrolment_id)
    .where(
        enrolments.c.participant_id.in_(bindparam("ids", expanding=True)),
        conversations.c.outcome.in_(("expired", BEHIND)),
        conversations.c.ended_at >= bindparam("since"),
    )
    .order_by(conversations.c.id)
)
_WAITED_FOR = _LIVE.where(conversations.c.silent_at <= bindparam("now"))
_SILENT = _WAITED_FOR.order_by(conversations.c.silent_at).limit(bindparam("most"))
_MOVE = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        state=bindparam("new_state"),
        silent_at=bindparam("new_silent_at"),
        moved_at=bindparam("now"),
        ended_at=bindparam("new_ended_at"),
        # One that had ended and was opened to correct an answer keeps how it ended.
        outcome=func.coalesce(conversations.c.outcome, bindparam("new_outcome")),
    )
)
_END_CHECK_IN = (
    update(check_ins)
    .where(check_ins.c.conversation_id == bindparam("conversation"), check_ins.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_CORRECT_ANSWER = (
    update(answers)
    .where(
        answers.c.conversation_id == bindparam("conversation"),
        answers.c.step == bindparam("of_step"),
        answers.c.corrected_at.is_(None),
    )
    .values(corrected_at=bindparam("now"))
)
_before = answers.alias("before")
_FIRST = (
    select(func.min(_before.c.answered_at))
    .where(_before.c.conversation_id == bindparam("in_conversation"), _before.c.step == bindparam("for_step"))
    .scalar_subquery()
)
_INSERT_ANSWER = insert(answers).values(answered_at=func.coalesce(_FIRST, bindparam("given_at", type_=Moment)))


class Conversations:
    """Conversations: at most one open for each person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_with(self, people: Iterable[int]) -> dict[int, Live]:
        """The open conversation of each of these people, if any."""
        wanted = sorted(set(people))
        if not wanted:
            return {}
        rows = await self._connection.execute(_LIVE_OF, {"ids": wanted})
        return {row.participant_id: Live(**row._mapping) for row in rows}

    async def lapsed(self, people: Iterable[int], *, since: datetime) -> dict[int, Live]:
        """The last conversation of each of these people whose question lost its meaning since then, as it stood."""
        wanted = sorted(set(people))
        if not wanted:
            return {}
        rows = await self._connection.execute(_LAPSED, {"ids": wanted, "since": since})
        return {row.participant_id: Live(**row._mapping) for row in rows}

    async def gone_silent(self, *, now: datetime, most: int) -> list[Live]:
        """Open conversations whose answer has been waited for long enough, the longest first."""
        rows = await self._connection.execute(_SILENT, {"now": now, "most": most})
        return [Live(**row._mapping) for row in rows]

    async def begin(self, begun: Sequence[Begun], *, now: datetime) -> list[Live]:
        """Keep new conversations, with a check-in where there is an instrument; in the order given."""
        if not begun:
            return []
        made = await self._connection.execute(
            insert(conversations).returning(conversations.c.id, sort_by_parameter_order=True),
            [_conversation_row(one, now) for one in begun],
        )
        ids = [int(number) for number in made.scalars()]
        opened = await self._open_check_ins([(one, ids[place]) for place, one in enumerate(begun)], now=now)
        return [
            Live(
                id=ids[place],
                participant_id=one.participant_id,
                enrolment_id=one.enrolment_id,
                programme_id=one.programme_id,
                definition_id=one.definition_id,
                flow=one.flow,
                state=one.state,
                check_in_id=opened.get(ids[place]),
                began_at=now,
            )
            for place, one in enumerate(begun)
        ]

    async def _open_check_ins(self, begun: Sequence[tuple[Begun, int]], *, now: datetime) -> dict[int, int]:
        rows = [
            {
                "enrolment_id": one.enrolment_id,
                "participant_id": one.participant_id,
                "conversation_id": conversation,
                "flow": one.flow,
                "instrument": one.instrument,
                "instrument_version": one.instrument_version,
                "rater": RaterKind.PARTICIPANT,
                "began_at": now,
            }
            for one, conversation in begun
            if one.instrument is not None
        ]
        if not rows:
            return {}
        made = await self._connection.execute(
            insert(check_ins).returning(
                check_ins.c.id,
                check_ins.c.conversation_id,
                sort_by_parameter_order=True,
            ),
            rows,
        )
        opened = {row.conversation_id: row.id for row in made}
        await self._connection.execute(
            update(conversations)
            .where(conversations.c.id == bindparam("conversation"))
            .values(check_in_id=bindparam("check_in")),
            [{"conversation": conversation, "check_in": check_in} for conversation, check_in in opened.items()],
        )
        return opened

    async def move(self, moved: Sequence[MovedOn], *, now: datetime) -> None:
        """Keep where each conversation stands now, or how it ended."""
        if not moved:
            return
        await self._connection.execute(
            _MOVE,
            [
                {
                    "conversation": one.id,
                    "new_state": one.state,
                    "new_silent_at": one.silent_at,
                    "now": now,
                    "new_ended_at": None if one.outcome is None else now,
                    "new_outcome": one.outcome,
                }
                for one in moved
            ],
        )
        ended = [{"conversation": one.id, "now": now} for one in moved if one.outcome is not None]
        if ended:
            await self._connection.execute(_END_CHECK_IN, ended)

    async def end(self, people: Iterable[int], *, outcome: str, now: datetime) -> None:
        """End whatever conversation these people are in: they stopped, or something went before it."""
        live = await self.open_with(people)
        await self._end(list(live.values()), outcome=outcome, now=now)

    async def end_in(self, enrolments: Iterable[int], *, outcome: str, now: datetime) -> None:
        """End what is open in these enrolments: the same people may be in a conversation of another programme."""
        wanted = sorted(set(enrolments))
        if wanted:
            rows = await self._connection.execute(_LIVE.where(conversations.c.enrolment_id.in_(wanted)))
            await self._end([Live(**row._mapping) for row in rows], outcome=outcome, now=now)

    async def end_these(self, ids: Iterable[int], *, outcome: str, now: datetime) -> None:
        """End these conversations, if they are open."""
        wanted = sorted(set(ids))
        if wanted:
            rows = await self._connection.execute(_LIVE.where(conversations.c.id.in_(wanted)))
            await self._end([Live(**row._mapping) for row in rows], outcome=outcome, now=now)

    async def _end(self, live: Sequence[Live], *, outcome: str, now: datetime) -> None:
        await self.move(
            [MovedOn(id=one.id, state=one.state, silent_at=None, outcome=outcome) for one in live],
            now=now,
        )

    async def keep_answers(self, given: Sequence[NewAnswer], *, now: datetime) -> None:
        """Answers that are not ratings; one that was given before to the same question counts no more."""
        if given:
            await self._connection.execute(
                _CORRECT_ANSWER,
                [{"conversation": one.conversation_id, "of_step": one.step, "now": now} for one in given],
            )
            await self._connection.execute(
                _INSERT_ANSWER,
                [
                    {
                        "conversation_id": one.conversation_id,
                        "participant_id": one.participant_id,
                        "step": one.step,
                        "slug": one.slug,
                        "value": one.value,
                        "number": one.number,
                        "arrival_id": one.arrival_id,
                        "in_conversation": one.conversation_id,
                        "for_step": one.step,
                        "given_at": now,
                    }
                    for one in given
                ],
            )


def _conversation_row(one: Begun, now: datetime) -> dict[str, object]:
    return {
        "participant_id": one.participant_id,
        "enrolment_id": one.enrolment_id,
        "programme_id": one.programme_id,
        "definition_id": one.definition_id,
        "flow": one.flow,
        "state": one.state,
        "silent_at": one.silent_at,
        "began_at": now,
        "moved_at": now,
    }
