"""Every class of answer a provider can give, and the one end that words have which meet it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.people import ChannelName
from tests.fakes import bot_api, twilio_api
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault, bomb


class End(StrEnum):
    """What becomes of words that met an answer."""

    WAITS = "waits"
    """The whole channel waits as long as it was asked to, or a minute; then they leave, once. No try is counted."""
    BACKS_OFF = "backs off"
    """Only these words wait, longer each time; then they leave, once."""
    SETTLED = "settled"
    """What became of them is looked up; if they had not left they leave, once."""
    UNCERTAIN = "uncertain"
    """It cannot be known: they are not repeated, and a coach sees it."""
    SET_ASIDE = "set aside"
    """They are not sent, and a coach sees it; the person can still be written to."""
    BAD = "address bad"
    """Nobody is written to there any more, and a coach sees it."""
    STOPPED = "stopped"
    """The person stopped us there: that is a stop like any other."""
    MOVED = "moved"
    """The chat has a new id: the words leave to it, once."""


class Where(StrEnum):
    """Where on the way it happens."""

    ANSWER = "answer"
    SLAMMED = "slammed"
    """The connection breaks before the request is read."""
    NO_TLS = "no tls"
    NO_NAME = "no name"


NO_FAULT = Fault()


@dataclass(frozen=True, kw_only=True)
class Class:
    """One class of answer on one channel."""

    channel: ChannelName
    name: str
    end: End
    fault: Fault = NO_FAULT
    where: Where = Where.ANSWER
    waits: int = 60
    """Seconds for which the channel waits, where it does."""


NEW_CHAT = 88_001
_HUGE = 10 * 2**20
_LOST = {
    "a page of HTML, 200": Fault(answer=HTML_200),
    "a page of HTML, 502": Fault(answer=HTML),
    "empty, 200": Fault(answer=EMPTY),
    "cut in the middle": Fault(kind="cut"),
    "10 MB": Fault(answer=Answer(body=b'{"ok": true}' + b" " * _HUGE)),
    "packed, 64 MB": Fault(answer=bomb(64)),
    "a byte at a time": Fault(kind="drip", answer=Answer(body=b" " * 4096)),
    "none at all": Fault(kind="hang"),
    "reset after the request": Fault(kind="reset"),
    "500": Fault(answer=Answer(status=500, body=b'{"code": 20500, "status": 500, "message": "Internal"}')),
    "502": Fault(answer=Answer(status=502, body=b'{"ok": false, "error_code": 502, "description": "Bad Gateway"}')),
    "503": Fault(answer=Answer(status=503, body=b"")),
}
"""What it was cannot be told from these: the request may have been read, and done, or not."""


def classes() -> list[Class]:
    """All of both channels."""
    return [*_of_twilio(), *_of_telegram()]


def _of_twilio() -> Iterator[Class]:
    sms = ChannelName.SMS
    for seconds in (1, 5, 30, 60):
        words = json.dumps({"code": 20429, "status": 429, "message": "Too Many Requests"}).encode()
        reply = Answer(status=429, body=words, headers={"Retry-After": str(seconds)})
        yield Class(channel=sms, name=f"429, {seconds} s", end=End.WAITS, fault=Fault(answer=reply), waits=seconds)
    yield Class(channel=sms, name="429", end=End.WAITS, fault=Fault(answer=Answer(status=429)), waits=1)
    refused = {
        "400, of the words (21617)": (400, 21617, End.SET_ASIDE),
        "400, of the number (21211)": (400, 21211, End.BAD),
        "400, who stopped us (21610)": (400, 21610, End.STOPPED),
        "401": (401, 20003, End.WAITS),
        "403": (403, 20403, End.WAITS),
        "404": (404, 20404, End.WAITS),
        "409": (409, 20409, End.SET_ASIDE),
    }
    for name, (status, code, end) in refused.items():
        yield Class(channel=sms, name=name, end=end, fault=twilio_api.refusal(code, status=status))
    yield from _the_same(sms, lost=End.SETTLED)


def _of_telegram() -> Iterator[Class]:
    chat = ChannelName.TELEGRAM
    for seconds in (1, 5, 30, 60):
        fault = bot_api.refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        yield Class(channel=chat, name=f"429, {seconds} s", end=End.WAITS, fault=fault, waits=seconds)
    yield Class(channel=chat, name="429", end=End.WAITS, fault=Fault(answer=Answer(status=429)), waits=1)
    refused = {
        "400, of the words": (400, "Bad Request: message is too long", End.SET_ASIDE),
        "400, no such chat": (400, "Bad Request: chat not found", End.BAD),
        "401": (401, "Unauthorized", End.WAITS),
        "403, blocked": (403, "Forbidden: bot was blocked by the user", End.STOPPED),
        "403, deactivated": (403, "Forbidden: user is deactivated", End.BAD),
        "404": (404, "Not Found", End.WAITS),
        "409": (409, "Conflict: terminated by other getUpdates request", End.WAITS),
    }
    for name, (status, words, end) in refused.items():
        yield Class(channel=chat, name=name, end=end, fault=bot_api.refusal(status, words))
    moved = bot_api.refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=NEW_CHAT)
    yield Class(channel=chat, name="migrate_to_chat_id", end=End.MOVED, fault=moved)
    yield from _the_same(chat, lost=End.UNCERTAIN)


def _the_same(channel: ChannelName, *, lost: End) -> Iterator[Class]:
    for status in (400, 403):
        page = replace(HTML, status=status)
        yield Class(channel=channel, name=f"a page of HTML, {status}", end=End.WAITS, fault=Fault(answer=page))
    for name, fault in _LOST.items():
        for taken in (True, False):
            after = " (it had left)" if taken else ""
            yield Class(channel=channel, name=name + after, end=lost, fault=replace(fault, taken=taken))
    yield Class(channel=channel, name="reset before the request", end=lost, where=Where.SLAMMED)
    yield Class(channel=channel, name="no TLS", end=End.BACKS_OFF, where=Where.NO_TLS)
    yield Class(channel=channel, name="no such name", end=End.BACKS_OFF, where=Where.NO_NAME)
