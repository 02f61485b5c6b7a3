"""A coach's mail is the same mail however often it is handed over, as its Message-ID says."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.domain.messages import OutboxAct, OutboxMessage

OUR_FAULT_LASTS = timedelta(seconds=60)

_HERE = ("localhost", "127.0.0.1", "::1")
# Replies to RCPT that mean nobody is there: 550 no mailbox, 551 not local, 553 name not allowed.
_NOBODY_THERE = (550, 551, 553)


@dataclass(kw_only=True)
class EmailChannel:
    """Mail through one server. `smtp_url` is `smtp://user:password@host:587` or `smtps://…:465`."""

    smtp_url: str = field(repr=False)
    sender: str
    timeout: timedelta = timedelta(seconds=15)

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Send one mail; the provider id is its Message-ID. Raises `SendFailed`, and nothing else."""
        if message.act is not OutboxAct.SEND:
            raise SendFailed("no-such-act", permanent=True)
        mail = _mail(message, sender=self.sender)
        try:
            # The library's time-out is of each step, and there are many.
            async with asyncio.timeout(self.timeout.total_seconds()):
                await aiosmtplib.send(mail, sender=parseaddr(self.sender)[1], recipients=[message.to], **self._server())
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = max((each.code for each in refused.recipients), default=450)
            raise SendFailed(str(code), permanent=code >= 500, gone=code in _NOBODY_THERE) from None
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPNotSupported):
            raise SendFailed("our-account", retry_after=OUR_FAULT_LASTS) from None
        except aiosmtplib.SMTPResponseException as refused:
            permanent = refused.code >= 500 and isinstance(refused, aiosmtplib.SMTPDataError)
            raise SendFailed(str(refused.code), permanent=permanent) from None
        # Also when the answer to DATA was lost: a sender must then try again (RFC 5321, 4.5.4.1; RFC 1047), and the
        # Message-ID is the same, so that mailboxes can tell the two are one.
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as lost:
            raise SendFailed(type(lost).__name__, away=True) from None
        return Delivered(provider_id=str(mail["Message-ID"]))

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """A mail server has no list of what it took."""
        return Unknown()

    async def trouble(self) -> str | None:
        """What keeps the server from taking our mail, in words that fit after its name. Never raises."""
        try:
            async with aiosmtplib.SMTP(**self._server()):
                return None
        except aiosmtplib.SMTPAuthenticationError:
            return "refuses the name or the password: FRAMSTEG_SMTP_URL"
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError):
            return "does not answer"

    async def close(self) -> None:
        """Nothing is held open between mails."""

    def _server(self) -> dict[str, Any]:
        parts = urlsplit(self.smtp_url)
        secure = parts.scheme == "smtps"
        # A password never travels in the clear, but to this machine itself; without one, TLS where it is offered.
        demanded = not secure and parts.username is not None and parts.hostname not in _HERE
        return {
            "hostname": parts.hostname,
            "port": parts.port or (465 if secure else 25),
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": secure,
            "start_tls": False if secure else (True if demanded else None),
            "timeout": self.timeout.total_seconds(),
        }


def _mail(message: OutboxMessage, *, sender: str) -> EmailMessage:
    name, at = parseaddr(sender)
    once = hashlib.sha256((message.once or str(message.id)).encode("utf-8", "replace")).hexdigest()[:32]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(at, name=name)
    mail["To"] = _address(message.to, gone=True)
    mail["Subject"] = _header(message.subject or "")
    mail["Message-ID"] = f"<{once}@{at.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.claimed_at is not None:
        mail["Date"] = format_datetime(message.claimed_at)
    try:
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
    except UnicodeEncodeError:
        raise SendFailed("not-text", permanent=True) from None
    return mail


def _address(words: str, *, name: str = "", gone: bool = False) -> Address:
    try:
        return Address(_header(name), addr_spec=_header(words))
    except SendFailed:
        raise
    except Exception:  # noqa: BLE001 - the parser raises many errors for what is no address, some of them not its own
        raise SendFailed("no-address", permanent=True, gone=gone) from None


def _header(words: str) -> str:
    if any(ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" for letter in words):
        raise SendFailed("line-break-in-header", permanent=True)
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        raise SendFailed("not-text", permanent=True) from None
    return words
