"""What arrived waits here until it is handled: one of a sender at a time, in the order that the channel tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, bindparam, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import ChannelName
from bot.storage.sealing import Sealer
from bot.storage.tables import inbox

MOST_TRIES = 3
"""How often a message that could not be handled is tried before it is set aside for a person to see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One arrival that waits. `raw` is as it came; `sender_hash` finds whose address it is.

    `signer`: of several with one telephone, who said that it is theirs.
    """

    id: int
    channel: ChannelName
    account: str
    sender_hash: bytes
    raw: bytes
    received_at: datetime
    tries: int
    signer: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """What became of an arrival. `state` is `handled`, `stranger`, `asking`, `unsigned` or `aside`.

    `words` are fit for any database; `message_ref` is what the provider calls the person's own message in their chat.
    """

    id: int
    state: str
    kind: str | None
    words: str | None
    participant_id: int | None = None
    reason: str | None = None
    message_ref: str | None = None


def _came_before(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    # Telegram numbers what people do, one after the other: the number says more than when it reached us.
    told = and_(
        other.c.channel == ChannelName.TELEGRAM,
        tuple_(func.length(one.c.provider_id), one.c.provider_id)
        < tuple_(func.length(other.c.provider_id), other.c.provider_id),
    )
    return or_(told, and_(other.c.channel != ChannelName.TELEGRAM, one.c.id < other.c.id))


_older = inbox.alias("older")
_HEADS = (
    select(inbox)
    .where(
        inbox.c.state == "waiting",
        ~exists().where(
            _older.c.state == "waiting",
            _older.c.sender_hash == inbox.c.sender_hash,
            _came_before(_older, inbox),
        ),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_ONE = select(inbox).where(inbox.c.id == bindparam("one"), inbox.c.state == "waiting").with_for_update(skip_locked=True)
_SETTLE = (
    update(inbox)
    .where(inbox.c.id == bindparam("arrival"))
    .values(
        state=bindparam("new_state"),
        kind=bindparam("new_kind"),
        words=bindparam("new_words"),
        participant_id=bindparam("new_participant"),
        reason=bindparam("new_reason"),
        message_ref=bindparam("new_ref"),
        handled_at=bindparam("now"),
    )
)


class Inbox:
    """The first landing, seen by those who handle what lies on it."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def heads(self, *, most: int) -> list[Waiting]:
        """The oldest waiting arrival of each sender, at most `most`, held until the end of the unit of work."""
        rows = await self._connection.execute(_HEADS, {"most": most})
        return [self._waiting(row) for row in rows]

    async def one(self, arrival: int) -> Waiting | None:
        """This arrival, held, if it still waits and nobody else holds it."""
        row = (await self._connection.execute(_ONE, {"one": arrival})).first()
        return None if row is None else self._waiting(row)

    async def writers_of(
        self, messages: Sequence[tuple[bytes, str]], *, people: Iterable[int]
    ) -> dict[tuple[bytes, str], int]:
        """Which of these people wrote the messages, each by its sender and the provider's name for it."""
        if not messages:
            return {}
        rows = await self._connection.execute(
            select(inbox.c.sender_hash, inbox.c.message_ref, inbox.c.participant_id)
            .where(
                inbox.c.message_ref.in_({reference for _, reference in messages}),
                inbox.c.sender_hash.in_({sender for sender, _ in messages}),
                inbox.c.participant_id.in_(sorted(people)),
            )
            .order_by(inbox.c.id.desc())
        )
        # What was written first is the message itself; the rest were edits of it.
        return {(bytes(row.sender_hash), row.message_ref): row.participant_id for row in rows}

    async def settle(self, handled: Sequence[Handled], *, now: datetime) -> None:
        """Note what became of these arrivals."""
        if handled:
            await self._connection.execute(
                _SETTLE,
                [
                    {
                        "arrival": one.id,
                        "new_state": one.state,
                        "new_kind": one.kind,
                        "new_words": one.words,
                        "new_participant": one.participant_id,
                        "new_reason": one.reason,
                        "new_ref": one.message_ref,
                        "now": now,
                    }
                    for one in handled
                ],
            )

    async def tried(self, arrival: int, *, reason: str) -> int:
        """Count a try that failed, and why. Gives how many there were."""
        tries = await self._connection.scalar(
            update(inbox)
            .where(inbox.c.id == arrival)
            .values(tries=inbox.c.tries + 1, reason=reason)
            .returning(inbox.c.tries)
        )
        return int(tries or 0)

    def _waiting(self, row: Row[Any]) -> Waiting:
        return Waiting(
            id=row.id,
            channel=ChannelName(row.channel),
            account=row.account,
            sender_hash=row.sender_hash,
            raw=self._sealer.unseal(row.raw),
            received_at=row.received_at,
            tries=row.tries,
            signer=row.participant_id,
        )
