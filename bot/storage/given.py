"""What somebody answered can be found again by its question, by the button under it, and by the message it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Text, bindparam, cast, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.domain.messages import Button, OutboxAct
from bot.storage.outbox_rows import buttons_of
from bot.storage.tables import answers, check_ins, conversations, enrolments, given_ratings, inbox, outbox
from bot.storage.talk import Live

MOST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One answer that counts. `live` is the conversation it was given in, which may be over.

    `number` is which question it was, as the person was told; `rating` says that it stands with the check-in.
    """

    live: Live
    open: bool
    id: int
    step: str
    slug: str
    value: str | None
    number: int | None
    given_at: datetime
    arrival_id: int | None
    rating: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyboard:
    """Which question of which conversation the buttons of a message stand under."""

    conversation_id: int
    step: str


_ABOUT = (
    conversations.c.id.label("conversation_id"),
    conversations.c.participant_id,
    conversations.c.enrolment_id,
    conversations.c.programme_id,
    conversations.c.definition_id,
    conversations.c.flow,
    conversations.c.state,
    conversations.c.check_in_id,
    conversations.c.began_at,
    conversations.c.ended_at,
)
_MINE = conversations.c.enrolment_id.in_(
    select(enrolments.c.id).where(enrolments.c.participant_id == bindparam("person"))
)
_RATED = (
    select(
        *_ABOUT,
        given_ratings.c.id.label("given_id"),
        given_ratings.c.indicator.label("step"),
        given_ratings.c.indicator.label("slug"),
        cast(given_ratings.c.value, Text).label("value"),
        given_ratings.c.number,
        given_ratings.c.rated_at.label("given_at"),
        given_ratings.c.arrival_id,
        literal(1, Integer).label("rating"),
    )
    .join(check_ins, check_ins.c.id == given_ratings.c.check_in_id)
    .join(conversations, conversations.c.id == check_ins.c.conversation_id)
    .where(
        _MINE,
        given_ratings.c.enrolment_id == conversations.c.enrolment_id,
        given_ratings.c.corrected_at.is_(None),
        given_ratings.c.rater == RaterKind.PARTICIPANT,
        given_ratings.c.rated_at >= bindparam("since"),
    )
)
_ANSWERED = (
    select(
        *_ABOUT,
        answers.c.id.label("given_id"),
        answers.c.step,
        answers.c.slug,
        answers.c.value,
        answers.c.number,
        answers.c.answered_at.label("given_at"),
        answers.c.arrival_id,
        literal(0, Integer).label("rating"),
    )
    .join(conversations, conversations.c.id == answers.c.conversation_id)
    .where(_MINE, answers.c.corrected_at.is_(None), answers.c.answered_at >= bindparam("since"))
)
_BOTH = union_all(_RATED, _ANSWERED).subquery("given")
_GIVEN = (
    select(_BOTH)
    .order_by(_BOTH.c.given_at.desc(), _BOTH.c.conversation_id.desc(), _BOTH.c.number.desc(), _BOTH.c.given_id.desc())
    .limit(MOST)
)
_KEYBOARDS = select(outbox.c.provider_id, outbox.c.conversation_id, outbox.c.step).where(
    outbox.c.participant_id.in_(bindparam("people", expanding=True)),
    outbox.c.provider_id.in_(bindparam("messages", expanding=True)),
    outbox.c.act == OutboxAct.SEND,
    outbox.c.conversation_id.is_not(null()),
    outbox.c.step.is_not(null()),
)
_SETTLED = (
    select(outbox.c.buttons)
    .where(
        outbox.c.participant_id == bindparam("person"),
        outbox.c.provider_ref == bindparam("ref"),
        outbox.c.act == OutboxAct.SETTLE_KEYBOARD,
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_SAME_MESSAGE = (
    select(inbox.c.id)
    .where(inbox.c.message_ref == bindparam("ref"), inbox.c.participant_id == bindparam("person"))
    .order_by(inbox.c.id)
)


class GivenAnswers:
    """Answers that count, whoever looks for one to change it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by(self, person: int, *, since: datetime) -> list[Given]:
        """What this person answered themselves in conversations since then, the latest first, at most `MOST`."""
        rows = await self._connection.execute(_GIVEN, {"person": person, "since": since})
        return [
            Given(
                live=Live(
                    id=row.conversation_id,
                    participant_id=row.participant_id,
                    enrolment_id=row.enrolment_id,
                    programme_id=row.programme_id,
                    definition_id=row.definition_id,
                    flow=row.flow,
                    state=row.state,
                    check_in_id=row.check_in_id,
                    began_at=row.began_at,
                ),
                open=row.ended_at is None,
                id=row.given_id,
                step=row.step,
                slug=row.slug,
                value=row.value,
                number=row.number,
                given_at=row.given_at,
                arrival_id=row.arrival_id,
                rating=bool(row.rating),
            )
            for row in rows
        ]

    async def keyboards(self, messages: Iterable[str], *, people: Iterable[int]) -> dict[str, Keyboard]:
        """Under which question the buttons of each of these messages stand, by the provider's name of the message."""
        wanted, written_to = sorted(set(messages)), sorted(set(people))
        if not wanted:
            return {}
        rows = await self._connection.execute(_KEYBOARDS, {"messages": wanted, "people": written_to})
        return {row.provider_id: Keyboard(conversation_id=row.conversation_id, step=row.step) for row in rows}

    async def settled(self, message: str, *, person: int) -> tuple[tuple[Button, ...], ...]:
        """The buttons that this message was given last, after a tap on it; none if nobody has tapped yet."""
        row = (await self._connection.execute(_SETTLED, {"ref": message, "person": person})).first()
        return () if row is None else buttons_of(row.buttons)

    async def arrivals_of(self, message_ref: str, *, person: int) -> list[int]:
        """The arrivals in which this person's message came: as it was written, and as it was edited."""
        rows = await self._connection.execute(_SAME_MESSAGE, {"ref": message_ref, "person": person})
        return [int(row.id) for row in rows]
