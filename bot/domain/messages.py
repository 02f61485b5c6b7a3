"""Messages are words that came, words that wait or are gone, and what the provider said later."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.domain.people import ChannelName


class InboundKind(StrEnum):
    """What arrived, when it is told apart from its channel's own form."""

    WORDS = "words"
    TAP = "tap"
    EDIT = "edit"
    START = "start"
    """A Telegram deep link was opened: `words` is its code, empty for a bare /start."""
    MEDIA = "media"
    """A picture, voice or sticker: never fetched, kindly answered."""
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    MOVED = "moved"
    """The chat has a new id: `words` is the new one."""
    NOTHING = "nothing"
    """Something that asks for nothing from us: kept, and left alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """What a door hands to the landing before anything in it is read. (`channel`, `provider_id`) is unique for ever.

    `sender` is the address it came from, as text, if the door knows it: arrivals of one sender are handled in the
    order they were kept. `account` is our own side: the number written to, or the bot's id.
    """

    channel: ChannelName
    provider_id: str
    sender: str
    account: str
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundMessage:
    """An arrival that has been read. `words` has no NUL and no lone surrogate, and is cut at 4,096 characters."""

    kind: InboundKind
    channel: ChannelName
    sender: str
    account: str
    words: str = ""
    tap_id: str | None = None
    """Telegram's callback query, which wants an answer."""
    message_id: str | None = None
    """The message that was tapped or edited, in the provider's own naming."""
    opt_out: str | None = None
    """Twilio's OptOutType (STOP, START, HELP), when Twilio itself has answered the person already."""


def own_message(message: InboundMessage) -> str | None:
    """What the provider calls the person's own message within their chat; a tap is on a message of ours."""
    ours = message.kind is InboundKind.TAP or message.message_id is None
    return None if ours or message.message_id is None else message.message_id.rpartition(":")[2]


class OutboxAct(StrEnum):
    """What the channel is asked to do."""

    SEND = "send"
    ANSWER_TAP = "answer-tap"
    SETTLE_KEYBOARD = "settle-keyboard"
    BLANK = "blank"


class Purpose(StrEnum):
    """Why words were queued: what the claim may hold back, and what is never repeated, depends on it."""

    REPLY = "reply"
    QUESTION = "question"
    REMINDER = "reminder"
    NUDGE = "nudge"
    CRISIS = "crisis"
    CANCELLATION = "cancellation"
    CONFIRMATION = "confirmation"
    """What is said to somebody who just stopped, paused or left: goes out although they did."""
    COACH = "coach"
    SUMMARY = "summary"
    ALERT = "alert"
    """Something urgent, told to a coach: at any hour, and rather twice than not at all."""
    ACCOUNT = "account"
    """A link to sign in with, which its reader waits for."""


class OutboxStatus(StrEnum):
    """Where words are. It only moves forward: see `rank`."""

    QUEUED = "queued"
    SENDING = "sending"
    UNSETTLED = "unsettled"
    """The provider's answer was lost; it is being looked up."""
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """Whether it left can not be known; it is not repeated, and the coach sees it."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Lower goes first: an answer to somebody who just wrote overtakes the nine o'clock burst."""

    CRISIS = 0
    REPLY = 10
    REMINDER = 50
    SUMMARY = 80


# Until then a reply still means something to the person; afterwards silence is kinder.
REPLY_LASTS_HOURS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One button under a message: what it says and what comes back when it is tapped (at most 64 bytes)."""

    label: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Words decided on and rendered, not yet stored. Exactly one of `participant_id` and `coach_id` is set.

    `once` keeps the same words from being queued twice, for ever.
    """

    organisation_id: int
    programme_id: int | None
    address_id: int
    channel: ChannelName
    purpose: Purpose
    priority: Priority
    text: str
    available_at: datetime
    expires_at: datetime | None
    language: str
    once: str
    participant_id: int | None = None
    coach_id: int | None = None
    act: OutboxAct = OutboxAct.SEND
    buttons: tuple[tuple[Button, ...], ...] = ()
    subject: str | None = None
    html: str | None = None
    provider_ref: str | None = None
    """The tap, the message whose keyboard is settled or the message to be blanked."""
    conversation_id: int | None = None
    step: str | None = None
    parts: int = 1
    written_by: int | None = None
    """The coach whose own words they are."""


@dataclass(frozen=True, kw_only=True)
class OutboxMessage:
    """Words claimed for sending: what delivery needs, and no more. `to` is the plain address."""

    id: int
    organisation_id: int
    programme_id: int | None
    participant_id: int | None
    coach_id: int | None
    address_id: int
    channel: ChannelName
    to: str
    act: OutboxAct
    purpose: Purpose
    text: str
    attempts: int
    buttons: tuple[tuple[Button, ...], ...] = ()
    subject: str | None = None
    html: str | None = None
    provider_ref: str | None = None
    once: str = ""
    claimed_at: datetime | None = None
    """Machine time of the last claim: what a look-up at the provider compares with."""


class ReceiptStatus(StrEnum):
    """What a provider said later, in our words."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReceipt:
    """A status that came later. It may come before the send's own answer, twice, or backwards."""

    outbox_id: int
    provider_id: str
    status: ReceiptStatus
    error_code: str | None = None
    parts: int | None = None


_RANK: dict[OutboxStatus, int] = {
    OutboxStatus.QUEUED: 0,
    OutboxStatus.SENDING: 1,
    OutboxStatus.UNSETTLED: 2,
    OutboxStatus.UNCERTAIN: 3,
    OutboxStatus.SENT: 4,
    OutboxStatus.DELIVERED: 5,
    OutboxStatus.FAILED: 5,
    OutboxStatus.EXPIRED: 5,
    OutboxStatus.CANCELLED: 5,
}


def rank(status: OutboxStatus) -> int:
    """How far along a message is: a receipt changes it only to something further."""
    return _RANK[status]


def earlier_than(status: OutboxStatus) -> tuple[OutboxStatus, ...]:
    """The statuses a message may be in for `status` to be news."""
    return tuple(other for other in OutboxStatus if rank(other) < rank(status))
