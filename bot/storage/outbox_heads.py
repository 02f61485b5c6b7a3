"""Of all words that wait, only those come into question that nothing older to the same address stands ahead of."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, literal_column, or_, select

from bot.domain.messages import OutboxAct, Priority
from bot.storage.tables import addresses, conversations, enrolments, outbox, participants, programmes


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """Whose words are looked for: of `only` these programmes, or of all (also of none) `but` these."""

    only: tuple[int, ...] | None = None
    but: tuple[int, ...] = ()


EVERYBODYS = Whose()

# Written out, for neither database uses an index over a part of the rows for a value that it learns later.
_QUEUED: ColumnElement[str] = literal_column("'queued'")
_SENDING: ColumnElement[str] = literal_column("'sending'")

_older = outbox.alias("older")
_ahead = exists().where(
    _older.c.address_id == outbox.c.address_id,
    _older.c.status.in_((_QUEUED, _SENDING)),
    or_(
        # One message at a time to one person: whoever is under way goes first.
        _older.c.status == _SENDING,
        # Only words that could leave stand ahead: a held reminder must not block an answer.
        and_(
            _older.c.available_at <= bindparam("now"),
            or_(
                _older.c.retry_at.is_(None),
                _older.c.retry_at <= bindparam("machine_now"),
            ),
            or_(
                _older.c.priority < outbox.c.priority,
                and_(_older.c.priority == outbox.c.priority, _older.c.id < outbox.c.id),
            ),
        ),
    ),
)
_NEEDED: Sequence[ColumnElement[Any]] = (
    *(
        column
        for column in outbox.c
        if column.name
        not in ("queued_at", "sent_at", "settled_at", "lease_until", "leased_by", "claimed_at", "retry_at")
    ),
    addresses.c.cipher,
    addresses.c.state.label("address_state"),
    participants.c.zone,
    participants.c.stopped_at,
    participants.c.paused_until,
    participants.c.held_at,
    participants.c.protected,
    programmes.c.stopped_at.label("programme_stopped_at"),
    enrolments.c.agreement,
    conversations.c.flow,
    conversations.c.check_in_id,
    conversations.c.state.label("talk_state"),
    conversations.c.ended_at.label("talk_ended_at"),
    participants.c.check_ins_stopped_at,
)
# A chat that was written to a moment ago waits; whoever just wrote may be answered a little sooner.
_MAY_SPEAK = or_(
    addresses.c.spoken_at.is_(None),
    outbox.c.act != OutboxAct.SEND,
    addresses.c.spoken_at
    <= case(
        (outbox.c.priority <= int(Priority.REPLY), bindparam("answered_by", type_=addresses.c.spoken_at.type)),
        else_=bindparam("spoken_by", type_=addresses.c.spoken_at.type),
    ),
)


@functools.cache
def heads(*, only: bool, but: bool, by_chat: bool) -> Select[Any]:
    """Each with its address, its person, its place in the programme and the flow it belongs to.

    Parameters: channel, now, machine_now, most, urgency; `only` and `but` where asked for; spoken_by and answered_by
    with `by_chat`.
    """
    found = (
        select(*_NEEDED)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .outerjoin(participants, participants.c.id == outbox.c.participant_id)
        .outerjoin(programmes, programmes.c.id == outbox.c.programme_id)
        .outerjoin(
            enrolments,
            and_(
                enrolments.c.programme_id == outbox.c.programme_id,
                enrolments.c.participant_id == outbox.c.participant_id,
            ),
        )
        .outerjoin(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(
            outbox.c.status == _QUEUED,
            outbox.c.channel == bindparam("channel"),
            outbox.c.priority <= bindparam("urgency"),
            outbox.c.available_at <= bindparam("now"),
            or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= bindparam("machine_now")),
            ~_ahead,
        )
        .order_by(outbox.c.priority, outbox.c.available_at, outbox.c.id)
        .limit(bindparam("most"))
    )
    if only:
        found = found.where(outbox.c.programme_id.in_(bindparam("only", expanding=True)))
    if but:
        others = outbox.c.programme_id.not_in(bindparam("but", expanding=True))
        found = found.where(or_(outbox.c.programme_id.is_(None), others))
    if not by_chat:
        return found.with_for_update(skip_locked=True, of=outbox)
    # The chat is taken along: who waits for it would wait for whoever holds it, and they perhaps for us.
    return found.where(_MAY_SPEAK).with_for_update(skip_locked=True, key_share=True, of=[outbox, addresses])
