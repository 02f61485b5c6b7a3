"""What is done with words on their way out is one statement each, and none undoes what somebody else has settled."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Integer, String, and_, any_, bindparam, func, or_, update
from sqlalchemy.types import DateTime

from bot.domain.messages import OutboxStatus
from bot.storage.outbox_rows import Outcome
from bot.storage.tables import outbox

_TAKEN = {
    "status": OutboxStatus.SENDING,
    "attempts": outbox.c.attempts + 1,
    "leased_by": bindparam("holder"),
    "lease_until": bindparam("until"),
    "claimed_at": bindparam("now"),
}
CLAIM = update(outbox).where(outbox.c.id == bindparam("message")).values(**_TAKEN)
CLAIM_AT_ONCE = (
    update(outbox).where(outbox.c.id == any_(bindparam("messages", type_=ARRAY(BigInteger)))).values(**_TAKEN)
)
"""On PostgreSQL."""

GIVE_UP = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.status == OutboxStatus.QUEUED)
    .values(
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        settled_at=bindparam("now"),
    )
)
HOLD = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"))
    .values(available_at=bindparam("until"), error=func.coalesce(bindparam("new_error"), outbox.c.error))
)
# Fenced: a worker that slept through its lease changes nothing, nor does it undo a receipt that came first. The moment
# of the claim tells it from a later claim of the same process.
_STILL_OURS = and_(
    outbox.c.leased_by == bindparam("holder"),
    # Spelt out: a list does not go with many rows at once.
    or_(
        outbox.c.status == OutboxStatus.SENDING,
        outbox.c.status == OutboxStatus.UNSETTLED,
    ),
)
NOTE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("message"), outbox.c.claimed_at == bindparam("claimed"), _STILL_OURS
    )
    .values(
        status=bindparam("new_status"),
        provider_id=func.coalesce(bindparam("new_provider_id"), outbox.c.provider_id),
        parts=func.coalesce(bindparam("new_parts"), outbox.c.parts),
        error=bindparam("new_error"),
        retry_at=bindparam("new_retry_at"),
        attempts=outbox.c.attempts - bindparam("given_back"),
        lease_until=None,
        sent_at=func.coalesce(bindparam("new_sent_at", type_=outbox.c.sent_at.type), outbox.c.sent_at),
        settled_at=bindparam("now"),
    )
)  # fmt: skip
_sent = (
    func.unnest(
        bindparam("messages", type_=ARRAY(BigInteger)),
        bindparam("claims", type_=ARRAY(DateTime(timezone=True))),
        bindparam("provider_ids", type_=ARRAY(String)),
        bindparam("counted", type_=ARRAY(Integer)),
    )
    .table_valued("id", "claimed_at", "provider_id", "parts", name="sent")
    .render_derived()
)
MARK_SENT_AT_ONCE = (
    update(outbox)
    .where(outbox.c.id == _sent.c.id, outbox.c.claimed_at == _sent.c.claimed_at, _STILL_OURS)
    .values(
        status=OutboxStatus.SENT,
        provider_id=func.coalesce(_sent.c.provider_id, outbox.c.provider_id),
        parts=func.coalesce(_sent.c.parts, outbox.c.parts),
        error=None,
        retry_at=None,
        lease_until=None,
        sent_at=bindparam("now"),
        settled_at=bindparam("now"),
    )
    .returning(outbox.c.id)
)
"""The same for many that were taken, on PostgreSQL."""

ADOPT_PROVIDER_ID = (
    update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.provider_id.is_(None))
    .values(provider_id=bindparam("new_provider_id"))
)


def sent_at_once(sent: Sequence[Outcome], holder: str, now: datetime) -> dict[str, object]:
    """What was taken, as the parameters of one update."""
    return {
        "messages": [one.id for one in sent],
        "claims": [one.claimed_at for one in sent],
        "provider_ids": [one.provider_id for one in sent],
        "counted": [one.parts for one in sent],
        "holder": holder,
        "now": now,
    }
