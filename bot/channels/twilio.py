"""A text message is handed to Twilio once, and a send whose answer was lost is found again in Twilio's own list."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.channels.in_time import TooLate
from bot.channels.twilio_http import AnswerLost, NotSent, Throttled, TwilioHttp
from bot.domain.messages import OutboxAct, OutboxMessage

# Where we ourselves are at fault (token, account, proxy), nothing gets through for anybody: all wait a minute.
OUR_FAULT_LASTS = timedelta(seconds=60)

_OUR_ACCOUNT = {20003, 20005, 20006, 20008, 30002}
_OUR_SENDER = {21212, 21601, 21603, 21606, 21659, 21660, 21701, 21703, 21705}
"""The number or service we send from is wrong: whoever sets it right lets these messages out. Others may go on."""
_BAD_NUMBER = {21211, 21214, 21217, 21401, 21407, 21421, 21614, 21635}
_STOPPED = 21610
_THROTTLED = {14107, 20429, 30001}
_NOT_YET_FINAL = 20009
_GONE_THERE = 20404
# Twilio's own codes have five figures; without one, the answer is a proxy's page or a wrong address.
_FIRST_CODE = 10000

_TRIAL = "Sent from your Twilio trial account - "
# Twilio's clock and ours may differ a little, and its dates have whole seconds.
_CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(kw_only=True)
class TwilioChannel:
    """SMS through one Twilio account. `sender_of` gives a programme's number or Messaging Service (MG…).

    `validity` is how long Twilio may hold a message in its own queue. Nothing is connected before the first message.
    """

    account: str
    token: str = field(repr=False)
    api: str
    public_url: str
    sender_of: Callable[[int | None], str]
    timeout: timedelta = timedelta(seconds=10)
    validity: timedelta | None = None
    _client: Any = field(default=None, init=False, repr=False)

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Send, or blank what was sent. Raises `SendFailed`, and nothing else."""
        match message.act:
            case OutboxAct.SEND:
                return await self._send(message)
            case OutboxAct.BLANK:
                return await self._blank(message)
            case OutboxAct.ANSWER_TAP | OutboxAct.SETTLE_KEYBOARD:
                raise SendFailed("no-such-act", permanent=True)

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """Twilio's list, asked twice: by day, and without, as a message still queued has no day. Never raises."""
        if message.claimed_at is None or message.act is not OutboxAct.SEND:
            return Unknown()
        day = datetime.combine(message.claimed_at.astimezone(UTC).date(), time(0), UTC)
        same: dict[str, None] = {}
        try:
            for narrowed in ({"date_sent_after": day}, {}):
                listed = await self._connected().messages.list_async(to=message.to, limit=100, **narrowed)
                same |= dict.fromkeys(other.sid for other in listed if _is_the_same(message, other))
        except Exception:  # noqa: BLE001 - the promise is never to raise; whatever went wrong, nothing was learnt
            return Unknown()
        first, *others = (*same, "")
        return Found(provider_id=first, also=tuple(others[:-1])) if same else Absent()

    async def trouble(self) -> str | None:
        """What keeps Twilio from taking our messages, in words that fit after its name. Never raises."""
        # By hand, for the library's client takes seven megabytes, and maybe no message is ever sent.
        url = f"{self.api}/2010-04-01/Accounts/{self.account}.json"
        http = TwilioHttp(self.timeout)
        try:
            answer = await http.request("GET", url, auth=(self.account, self.token))
            if answer.status_code in (401, 403, 404):
                return "refuses the account: FRAMSTEG_TWILIO_ACCOUNT and FRAMSTEG_TWILIO_TOKEN"
            if answer.status_code != 200:
                return "does not answer"
            active = json.loads(answer.text)["status"] == "active"
        except (NotSent, AnswerLost):
            return "does not answer"
        except Throttled:
            return None
        except (ValueError, KeyError, TypeError, RecursionError):
            return "answers with what is no answer: FRAMSTEG_TWILIO_API"
        finally:
            await http.close()
        return None if active else "has suspended the account: FRAMSTEG_TWILIO_ACCOUNT"

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.http_client.close()

    async def _send(self, message: OutboxMessage) -> Delivered:
        _must_be_sendable(message.text)
        try:
            made = await self._connected().messages.create_async(**self._request(message))
            return Delivered(provider_id=_sid(made.sid), parts=_parts(made.num_segments))
        except NotSent:
            raise SendFailed("unreachable", away=True) from None
        except TooLate:
            raise SendFailed("too-late") from None
        except Throttled as asked:
            raise SendFailed("429", retry_after=asked.wait) from None
        except AnswerLost as lost:
            raise SendFailed(str(lost), unsettled=True) from None
        except TwilioException as refused:
            raise _refusal(refused) from None
        except Exception as odd:  # noqa: BLE001 - an answer that cannot be read: it may have left
            raise SendFailed(f"unreadable-answer-{type(odd).__name__}", unsettled=True) from None

    async def _blank(self, message: OutboxMessage) -> Delivered:
        """Blanking twice is blanking once, so nothing here is ever unsettled."""
        if not message.provider_ref:
            raise SendFailed("no-such-message", permanent=True)
        try:
            await self._connected().messages(message.provider_ref).update_async(body="")
        except Throttled as asked:
            raise SendFailed("429", retry_after=asked.wait) from None
        except TwilioException as refused:
            if _code(refused) == _GONE_THERE:
                return Delivered(provider_id=message.provider_ref)
            raise _blank_refusal(refused) from None
        except Exception as lost:  # noqa: BLE001 - whatever it was, it can be asked again
            raise SendFailed(type(lost).__name__) from None
        return Delivered(provider_id=message.provider_ref)

    def _request(self, message: OutboxMessage) -> dict[str, Any]:
        sender = self.sender_of(message.programme_id)
        request: dict[str, Any] = {
            "to": message.to,
            "body": message.text,
            "status_callback": f"{self.public_url}/twilio/status/{message.id}",
            "messaging_service_sid" if sender.startswith("MG") else "from_": sender,
        }
        if self.validity is not None:
            request["validity_period"] = int(self.validity.total_seconds())
        return request

    def _connected(self) -> Any:
        # Made at the first message, as aiohttp wants a running loop.
        if self._client is None:
            # An environment of our own: TWILIO_EDGE and the like must not lead it elsewhere.
            alone = {"TWILIO_EDGE": ""}
            client = Client(self.account, self.token, http_client=TwilioHttp(self.timeout), environment=alone)
            client.api.base_url = self.api
            self._client = client
        return self._client


def _must_be_sendable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise SendFailed("not-text", permanent=True) from None


def _code(refused: TwilioException) -> int:
    code = getattr(refused, "code", 0)
    return code if isinstance(code, int) else 0


def _refusal(refused: TwilioException) -> SendFailed:
    status, code = int(getattr(refused, "status", 0)), _code(refused)
    if status >= 500:
        return SendFailed(str(code), unsettled=True)
    if code in _THROTTLED:
        return SendFailed(str(code), retry_after=timedelta(seconds=1))
    if code in _OUR_ACCOUNT or status in (401, 403, 404) or code < _FIRST_CODE:
        return SendFailed(str(code or status), retry_after=OUR_FAULT_LASTS)
    if code in _OUR_SENDER:
        return SendFailed(str(code))
    return SendFailed(str(code), permanent=True, gone=code in _BAD_NUMBER or code == _STOPPED, stopped=code == _STOPPED)


def _blank_refusal(refused: TwilioException) -> SendFailed:
    found = _refusal(refused)
    again = found.unsettled or _code(refused) == _NOT_YET_FINAL
    return SendFailed(found.code, permanent=found.permanent and not again, retry_after=found.retry_after)


def _sid(sid: object) -> str:
    if not isinstance(sid, str) or not sid:
        raise ValueError("no sid")
    return sid


def _parts(counted: object) -> int | None:
    # A Messaging Service says 0 until it has chosen a sender.
    words = str(counted)
    return int(words) if words.isascii() and words.isdigit() and 0 < int(words) < 100 else None


def _is_the_same(message: OutboxMessage, other: Any) -> bool:
    if other.direction != "outbound-api" or other.date_created is None or message.claimed_at is None:
        return False
    body = (other.body or "").removeprefix(_TRIAL).strip()
    return bool(body == message.text.strip() and other.date_created >= message.claimed_at - _CLOCKS_DIFFER)
