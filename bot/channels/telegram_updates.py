"""Any bytes Telegram may send become an inbound message or a reason why not; never another error."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.incoming import Unreadable, kept_words
from bot.domain.messages import InboundKind, InboundMessage
from bot.domain.people import ChannelName

# Telegram: "at most 52 significant bits".
_LARGEST_ID = 2**53
_LONGEST_DATA = 64

# What we ask Telegram for: everything else is nothing to us.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True, kw_only=True, slots=True)
class RawUpdate:
    """One update as it came. `update_id` is `None` when it has none: then `key` is made of its bytes."""

    update_id: int | None
    key: str
    sender: str
    raw: bytes


def split_update(raw: bytes, value: object) -> RawUpdate:
    """What the landing needs to know of an update before it is read. `value` is `raw` parsed, or anything else."""
    update_id = _id(value.get("update_id")) if isinstance(value, dict) else None
    # An update that cannot be told by its id is told by its bytes: kept once, so that Telegram need not repeat it.
    key = str(update_id) if update_id is not None else "bytes-" + hashlib.sha256(raw).hexdigest()
    return RawUpdate(update_id=update_id, key=key, sender=_sender(value), raw=raw)


def parse_update(raw: bytes) -> RawUpdate:
    """The same for a body that came by webhook. Never raises."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    return split_update(raw, value)


def read_update(raw: bytes, *, account: str = "") -> InboundMessage:
    """What an update says. `account` is the bot's id, which updates do not carry. Raises `Unreadable`."""
    try:
        update = Update.de_json(json.loads(raw), None)
        return _read(update, account)
    except Unreadable:
        raise
    except Exception as odd:  # noqa: BLE001 - the library trusts its input: a wrong type may raise anything
        raise Unreadable(f"malformed-update-{type(odd).__name__}") from None


def _read(update: Update, account: str) -> InboundMessage:
    if update.callback_query is not None:
        return _tap(update.callback_query, account)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, account)
    if update.edited_message is not None:
        return _edit(update.edited_message, account)
    if update.message is not None:
        return _message(update.message, account)
    return _inbound(InboundKind.NOTHING, "", account)


def _message(message: Message, account: str) -> InboundMessage:
    chat = _chat(message.chat)
    if message.migrate_to_chat_id is not None:
        return _inbound(InboundKind.MOVED, chat, account, words=str(_known_id(message.migrate_to_chat_id)))
    if message.chat.type != "private" or (message.from_user is not None and message.from_user.is_bot):
        return _inbound(InboundKind.NOTHING, chat, account)
    name = f"{chat}:{_known_id(message.message_id)}"
    if message.text is not None:
        kind, words = _command(_words(message.text))
        return _inbound(kind, chat, account, words=words, message_id=name)
    if message.effective_attachment:
        words = _words(message.caption or "")
        return _inbound(InboundKind.MEDIA, chat, account, words=words, message_id=name)
    return _inbound(InboundKind.NOTHING, chat, account)


def _command(words: str) -> tuple[InboundKind, str]:
    """`/start CODE` is the opening of a deep link; every other command is words like any other."""
    first, _, rest = words.strip().partition(" ")
    if first == "/start" or first.startswith("/start@"):
        return InboundKind.START, rest.strip()
    return InboundKind.WORDS, words


def _edit(message: Message, account: str) -> InboundMessage:
    chat = _chat(message.chat)
    said = message.text if message.text is not None else message.caption
    if message.chat.type != "private" or said is None:
        return _inbound(InboundKind.NOTHING, chat, account)
    name = f"{chat}:{_known_id(message.message_id)}"
    return _inbound(InboundKind.EDIT, chat, account, words=_words(said), message_id=name)


def _tap(tap: CallbackQuery, account: str) -> InboundMessage:
    person = str(_known_id(tap.from_user.id))
    tap_id = _words(tap.id)
    if tap.message is None or tap.message.chat.type != "private" or tap.data is None or not 0 < len(tap_id) <= 64:
        return _inbound(InboundKind.NOTHING, person, account)
    chat = _chat(tap.message.chat)
    return InboundMessage(
        kind=InboundKind.TAP,
        channel=ChannelName.TELEGRAM,
        sender=chat,
        account=account,
        words=_words(tap.data)[:_LONGEST_DATA],
        tap_id=tap_id,
        message_id=f"{chat}:{_known_id(tap.message.message_id)}",
    )


def _membership(change: ChatMemberUpdated, account: str) -> InboundMessage:
    chat = _chat(change.chat)
    kinds = {"kicked": InboundKind.BLOCKED, "member": InboundKind.UNBLOCKED}
    kind = kinds.get(change.new_chat_member.status) if change.chat.type == "private" else None
    return _inbound(kind or InboundKind.NOTHING, chat, account)


def _inbound(
    kind: InboundKind, sender: str, account: str, *, words: str = "", message_id: str | None = None
) -> InboundMessage:
    return InboundMessage(
        kind=kind, channel=ChannelName.TELEGRAM, sender=sender, account=account, words=words, message_id=message_id
    )


def _chat(chat: Any) -> str:
    if not isinstance(chat.type, str):
        raise Unreadable("no-chat-type")
    return str(_known_id(chat.id))


def _known_id(value: object) -> int:
    # A bool is an int to Python, and 10**400 is one too.
    if not isinstance(value, int) or isinstance(value, bool) or not -_LARGEST_ID < value < _LARGEST_ID:
        raise Unreadable("no-id")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable("words-are-no-text")
    return kept_words(value)


def _id(value: object) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST_ID
    return value if usable and isinstance(value, int) else None


def _sender(value: object) -> str:
    """The chat an update comes from, empty when that is not plain to see."""
    if not isinstance(value, dict):
        return ""
    for kind in ("message", "edited_message", "my_chat_member", "callback_query"):
        part = value.get(kind)
        if isinstance(part, dict):
            about = part.get("from") if kind == "callback_query" else part.get("chat")
            found = about.get("id") if isinstance(about, dict) else None
            is_id = isinstance(found, int) and not isinstance(found, bool) and abs(found) < _LARGEST_ID
            return str(found) if is_id else ""
    return ""
