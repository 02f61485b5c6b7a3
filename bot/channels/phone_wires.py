"""What an on-screen phone sends has the very form in which the provider would have posted it."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from bot.domain.sms_parts import sms_parts

ACCOUNT_SID = "AC" + "0" * 32
"""The Twilio account that posts for the on-screen phones. It belongs to nobody."""

BOT_ID = "1000000001"
"""The bot that the on-screen phones talk to, as the landing names our side of a chat."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """One post of a provider: its body as bytes, and the id by which the landing keeps it once."""

    provider_id: str
    raw: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who writes, as Telegram tells it: the private chat, the number of the message in it, and when."""

    chat: str
    number: int
    at: datetime


def sms_form(sender: str, *, account: str, words: str) -> Posted:
    """The form that Twilio posts for a text message from `sender` to `account` (both numbers)."""
    sid = "SM" + secrets.token_hex(16)
    fields = {
        "ToCountry": "SE",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "FromCountry": "SE",
        "Body": words,
        "To": account,
        "NumSegments": str(sms_parts(words)),
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    return Posted(provider_id=sid, raw=urlencode(fields).encode("ascii"))


def telegram_text(writer: Writer, words: str) -> Posted:
    """The update of words written in a private chat; `/start CODE` is such words too."""
    message = _message(writer) | {"from": _person(writer), "text": words}
    if words.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}]
    return _update({"message": message})


def telegram_tap(writer: Writer, data: str) -> Posted:
    """The update of a tapped button: `writer.number` is the message under which it stands, `data` what it carries."""
    message = _message(writer) | {"from": {"id": int(BOT_ID), "is_bot": True, "first_name": "Framsteg"}}
    tap = {
        "id": str(secrets.randbits(60)),
        "from": _person(writer),
        "message": message,
        "chat_instance": writer.chat,
        "data": data,
    }
    return _update({"callback_query": tap})


def _message(writer: Writer) -> dict[str, object]:
    chat = {"id": int(writer.chat), "type": "private", "first_name": "Demo"}
    return {"message_id": writer.number, "date": int(writer.at.timestamp()), "chat": chat}


def _person(writer: Writer) -> dict[str, object]:
    return {"id": int(writer.chat), "is_bot": False, "first_name": "Demo"}


def _update(what: dict[str, object]) -> Posted:
    # After a quiet week Telegram begins its numbers anywhere; so do we, and no restart can repeat one.
    number = secrets.randbits(48)
    body = {"update_id": number, **what}
    return Posted(provider_id=f"{BOT_ID}:{number}", raw=json.dumps(body).encode("ascii"))
