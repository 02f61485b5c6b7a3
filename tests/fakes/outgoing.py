"""Words to be sent, with defaults for all that a test does not speak of."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.messages import OutboxAct, OutboxMessage, Purpose
from bot.domain.people import ChannelName

_MESSAGE = OutboxMessage(
    id=17,
    organisation_id=1,
    programme_id=3,
    participant_id=5,
    coach_id=None,
    address_id=7,
    channel=ChannelName.SMS,
    to="+46701234567",
    act=OutboxAct.SEND,
    purpose=Purpose.REMINDER,
    text="Hej! Vi ses i morgon klockan nio.",
    attempts=1,
    once="reminder:17",
)


def an_outbox_message(**changes: Any) -> OutboxMessage:
    """Claimed just now, to a telephone, unless `changes` say otherwise."""
    return replace(_MESSAGE, **{"claimed_at": datetime.now(UTC), **changes})
