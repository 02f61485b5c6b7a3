"""Twilio as far as we use it: it takes messages, lists and blanks them, and posts signed words and receipts to us."""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import re
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.fakes.wire import Answer, Asked, Fault, Wire, answer, fault_from

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "0123456789abcdef0123456789abcdef"  # the stand-in's own
NUMBER = "+46700000001"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MESSAGES = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages(?:/(\w+))?\.json")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One message the stand-in took."""

    sid: str
    to: str
    sender: str
    body: str
    status_callback: str
    created_at: datetime
    fields: dict[str, str] = field(default_factory=dict)
    status: str = "queued"
    direction: str = "outbound-api"
    has_left: bool = True

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        service = self.sender if self.sender.startswith("MG") else None
        stamp = format_datetime(self.created_at)
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.to,
            "from": None if service else self.sender,
            "messaging_service_sid": service,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_segments": "0" if service else str(max(1, -(-len(self.body) // 153))),
            "num_media": "0",
            "date_created": stamp,
            "date_updated": stamp,
            "date_sent": stamp if self.has_left else None,
            "error_code": None,
            "error_message": None,
        }


class TwilioApi(Wire):
    """Give `client.api.base_url` its `url`; give `product` our own public URL to have it post there."""

    def __init__(self, *, product: str = "", port: int = 0) -> None:
        super().__init__(self._handle, port=port)
        self.product = product
        self.sent: list[Sent] = []
        self.stopped: set[str] = set()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.account_status = "active"
        self.meanwhile: Callable[[Sent], Awaitable[None]] | None = None
        """What happens between the moment a message is taken and the answer that says so."""
        self._count = 0

    async def text(self, *, sender: str, body: str, to: str = NUMBER, algorithm: str = "HMAC_SHA1", **more: str) -> int:
        """Somebody writes to us; the status our webhook answered."""
        fields = self.inbound(sender=sender, body=body, to=to, **more)
        return await self.post("/twilio/message", fields, algorithm=algorithm)

    def inbound(self, *, sender: str, body: str, to: str = NUMBER, **more: str) -> dict[str, str]:
        """The fields of a text message to us, with an id of its own unless `MessageSid` is given."""
        self._count += 1
        sid = f"SM{self._count:032x}"
        return {
            "ToCountry": "SE", "SmsMessageSid": sid, "NumMedia": "0", "FromCity": "", "SmsSid": sid,
            "SmsStatus": "received", "FromCountry": "SE", "To": to, "NumSegments": "1", "MessageSid": sid,
            "AccountSid": ACCOUNT, "From": sender, "ApiVersion": "2010-04-01", "Body": body, **more,
        }  # fmt: skip

    async def call_back(self, sid: str, status: str, *, error: str = "", algorithm: str = "HMAC_SHA1") -> int:
        """The message's status is posted to where it asked for it."""
        message = next(message for message in self.sent if message.sid == sid)
        self.sent[self.sent.index(message)] = replace(message, status=status)
        fields = {"AccountSid": ACCOUNT, "MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "To": message.to}
        if error:
            fields["ErrorCode"] = error
        path = message.status_callback.removeprefix(self.product)
        return await self.post(path, fields, algorithm=algorithm)

    async def post(self, path: str, fields: dict[str, str], *, algorithm: str = "HMAC_SHA1") -> int:
        """Signed, to the product."""
        url = self.product + path
        headers = {"Content-Type": "application/x-www-form-urlencoded", **signature(url, fields, algorithm=algorithm)}
        # Plain HTTP: reading the machine's certificates would take longer than all the rest.
        async with httpx.AsyncClient(verify=False) as client:
            got = await client.post(url, content=urlencode(fields).encode(), headers=headers)
        return got.status_code

    async def _handle(self, asked: Asked) -> Answer:
        if asked.path.startswith("/sim/"):
            return self._simulate(asked)
        found = _MESSAGES.fullmatch(asked.path)
        basic = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            return answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        if asked.path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
            return answer(200, {"sid": ACCOUNT, "status": self.account_status, "friendly_name": "Framsteg"})
        if found is None or found[1] != ACCOUNT:
            return _refused(20404, status=404)
        if found[2]:
            return self._update(found[2], asked)
        if asked.method == "GET":
            return self._list(asked)
        taken = len(self.sent)
        reply = self._create(asked.fields())
        if self.meanwhile is not None and len(self.sent) > taken:
            await self.meanwhile(self.sent[-1])
        return reply

    def _create(self, fields: dict[str, str]) -> Answer:
        to, body = fields.get("To", ""), fields.get("Body", "")
        if not _E164.fullmatch(to):
            return _refused(21211)
        if to in self.stopped:
            return _refused(21610)
        if not body or len(body) > 1600:
            return _refused(21602 if not body else 21617)
        self._count += 1
        message = Sent(
            sid=f"SM{self._count:032x}",
            to=to,
            sender=fields.get("From") or fields.get("MessagingServiceSid", ""),
            body=body,
            status_callback=fields.get("StatusCallback", ""),
            created_at=self.now(),
            fields=fields,
        )
        self.sent.append(message)
        return answer(201, message.as_json())

    def _list(self, asked: Asked) -> Answer:
        # Newest first, and dates compared by day, as Twilio does. What is still queued has no date to compare.
        day = asked.query.get("DateSent>", "")[:10]
        found = [
            message.as_json()
            for message in reversed(self.sent)
            if message.to == asked.query.get("To", message.to)
            and (not day or (message.has_left and message.created_at.date().isoformat() >= day))
        ]
        return answer(200, {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": asked.path})

    def _update(self, sid: str, asked: Asked) -> Answer:
        for place, message in enumerate(self.sent):
            if message.sid == sid and asked.method == "POST":
                self.sent[place] = replace(message, body=asked.fields().get("Body", message.body))
                return answer(200, self.sent[place].as_json())
        return _refused(20404, status=404)

    def _simulate(self, asked: Asked) -> Answer:
        if asked.path == "/sim/fault":
            self.faults.append(fault_from(json.loads(asked.body)))
        return answer(200, [{**message.as_json(), "status_callback": message.status_callback} for message in self.sent])


def signature(url: str, fields: dict[str, str], *, algorithm: str = "HMAC_SHA1", token: str = TOKEN) -> dict[str, str]:
    """The headers Twilio signs with, written from its description and not from its library."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    kind = hashlib.sha256 if algorithm == "HMAC_SHA256" else hashlib.sha1
    digest = hmac.new(token.encode(), signed.encode(), kind).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    if algorithm == "HMAC_SHA256":
        headers["X-Twilio-Webhooks-Signature-Settings"] = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    return headers


def refusal(code: int, *, status: int = 400, taken: bool = False) -> Fault:
    """The next request is refused with Twilio's own code."""
    return Fault(answer=_refused(code, status=status), taken=taken)


def _refused(code: int, *, status: int = 400) -> Answer:
    words = {"code": code, "message": "No", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return answer(status, words)


async def _alone(port: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with TwilioApi(port=port) as api:
        print(api.port, flush=True)
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_alone(parser.parse_args().port))
