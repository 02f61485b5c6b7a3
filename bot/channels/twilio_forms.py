"""What Twilio posts is believed only when Twilio signed it, and read only when it is whole."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator, get_signature_algorithm

from bot.channels.incoming import Unreadable, kept_words
from bot.domain.messages import DeliveryReceipt, InboundKind, InboundMessage, ReceiptStatus
from bot.domain.people import ChannelName

_ID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9]{2,20}", re.ASCII)
_MOST_FIELDS = 500

# Everything short of delivered says the same to us: Twilio has it. Inbound ones (receiving, received) are not ours.
_STATUSES = {
    "accepted": ReceiptStatus.SENT,
    "scheduled": ReceiptStatus.SENT,
    "queued": ReceiptStatus.SENT,
    "sending": ReceiptStatus.SENT,
    "sent": ReceiptStatus.SENT,
    "partially_delivered": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.DELIVERED,
    "undelivered": ReceiptStatus.FAILED,
    "failed": ReceiptStatus.FAILED,
    "canceled": ReceiptStatus.FAILED,
}


class Form(dict[str, list[str]]):
    """Fields by name, each with all its values: the library signs through `getlist`."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field, in the order they came."""
        return self[name]


def signed_by_twilio(url: str, raw: bytes, *, header: str, token: str, settings_header: str = "") -> bool:
    """Whether Twilio, knowing our token, signed this body for this public address. Never raises.

    `header` is X-Twilio-Signature; `settings_header` is X-Twilio-Webhooks-Signature-Settings, which names the
    algorithm (HMAC_SHA256 for a SharedKey, HMAC_SHA1 when it is empty).
    """
    try:
        form = _fields(raw)
        algorithm = get_signature_algorithm(settings_header)
        return bool(header) and bool(_validator(token).validate(url, form, header, algorithm))
    except (Unreadable, ValueError):  # what cannot be signed is not signed
        return False


def read_form(raw: bytes) -> dict[str, str]:
    """The fields of a signed body. Raises `Unreadable` for what cannot be a form, and for repeated fields.

    Repeated ones are refused because the signature is over names and values without separators.
    """
    form = _fields(raw)
    if any(len(values) > 1 for values in form.values()):
        raise Unreadable("repeated-parameter")
    return {name: values[0] for name, values in form.items()}


def read_ids(fields: dict[str, str]) -> tuple[str, str]:
    """Account and message id. Raises `Unreadable` when one is missing or is none."""
    account, message = fields.get("AccountSid", ""), fields.get("MessageSid", "")
    if not _ID.fullmatch(account):
        raise Unreadable("no-account-sid")
    if not _ID.fullmatch(message):
        raise Unreadable("no-message-sid")
    return account, message


def read_message(raw: bytes) -> InboundMessage:
    """The words of a text message. Raises `Unreadable`.

    What comes from no telephone number (WhatsApp, a sender with a name) is read as nothing: it has no reply.
    """
    fields = read_form(raw)
    read_ids(fields)
    sender, account = fields.get("From", ""), fields.get("To", "")
    if not sender or not account:
        raise Unreadable("no-from-or-to")
    return InboundMessage(
        kind=_kind(fields, sender),
        channel=ChannelName.SMS,
        sender=kept_words(sender)[:64],
        account=kept_words(account)[:64],
        words=kept_words(fields.get("Body", "")),
        message_id=fields["MessageSid"],
        opt_out=_opt_out(fields.get("OptOutType", "")),
    )


def read_receipt(raw: bytes, outbox_id: int) -> DeliveryReceipt | None:
    """What became of outbox message `outbox_id`, `None` when it says nothing new. Raises `Unreadable`."""
    fields = read_form(raw)
    _, message = read_ids(fields)
    status = _STATUSES.get((fields.get("MessageStatus") or fields.get("SmsStatus", "")).lower())
    if status is None:
        return None
    code = fields.get("ErrorCode", "")
    return DeliveryReceipt(
        outbox_id=outbox_id,
        provider_id=message,
        status=status,
        error_code=code if code.isascii() and code.isdigit() and 0 < len(code) <= 9 and int(code) else None,
        parts=_parts(fields.get("NumSegments", "")),
    )


def _fields(raw: bytes) -> Form:
    form = Form()
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Unreadable("not-a-form") from None
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


@lru_cache(maxsize=8)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)


def _kind(fields: dict[str, str], sender: str) -> InboundKind:
    if not _NUMBER.fullmatch(sender):
        return InboundKind.NOTHING
    media = fields.get("NumMedia", "0")
    return InboundKind.WORDS if media in ("", "0") else InboundKind.MEDIA


def _opt_out(words: str) -> str | None:
    return words.upper() if words.upper() in ("STOP", "START", "HELP") else None


def _parts(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 2 and int(words) else None
