"""Of all words that wait, only those come into question that nothing older to the same address stands ahead of."""

from sqlalchemy import and_, bindparam, exists, or_, select

from bot.domain.messages import OutboxStatus
from bot.storage.tables import addresses, conversations, enrolments, outbox, participants, programmes

_older = outbox.alias("older")
_ahead = exists().where(
    _older.c.address_id == outbox.c.address_id,
    or_(
        # One message at a time to one person: whoever is under way goes first.
        _older.c.status == OutboxStatus.SENDING,
        # Only words that could leave stand ahead: a held reminder must not block an answer.
        and_(
            _older.c.status == OutboxStatus.QUEUED,
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
HEADS = (
    select(
        outbox,
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
        outbox.c.status == OutboxStatus.QUEUED,
        outbox.c.channel == bindparam("channel"),
        outbox.c.available_at <= bindparam("now"),
        or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= bindparam("machine_now")),
        ~_ahead,
    )
    .order_by(outbox.c.priority, outbox.c.available_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
"""Each with its address, its person, its place in the programme and the flow it belongs to."""
