"""A request to the Bot API that was refused, lost or never sent can be told apart."""

import asyncio
import functools
import json
import os
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.channels.in_time import TooLate, still_in_time

# The library reads this when a time span is asked for; without it, it warns and gives whole seconds.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
_LONGEST_WAIT = 3600

LARGEST_ANSWER = 16 * 1024 * 1024
"""More than a hundred of the longest updates, each character of them escaped."""


class TelegramHttp(HTTPXRequest):
    """Every answer ends in time and is held in memory up to `LARGEST_ANSWER`.

    Waits are believed from any 429, also from one that is not the Bot API's own page.
    """

    def __init__(self, *, connections: int, timeout: timedelta) -> None:
        seconds = timeout.total_seconds()
        super().__init__(
            connection_pool_size=connections,
            read_timeout=seconds,
            write_timeout=seconds,
            connect_timeout=seconds / 2,
            pool_timeout=seconds,
            httpx_kwargs={
                "verify": _trusted(),
                # Packed answers are not asked for, and not unpacked: a small one may become any size.
                "headers": {"Accept-Encoding": "identity"},
                "event_hooks": {"request": [_in_time], "response": [_bounded]},
            },
        )
        self._patience = seconds

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Status and body. Raises the library's errors."""
        reading = kwargs.get("read_timeout")
        # The library waits so long for each byte; we wait so long for all of them.
        within = self._patience + (reading if isinstance(reading, int | float) else self._patience)
        try:
            async with asyncio.timeout(within):
                code, payload = await super().do_request(*args, **kwargs)
        except TimeoutError as late:
            raise TimedOut from late
        if code == 429:
            raise RetryAfter(timedelta(seconds=_wait(payload)))
        return code, payload


async def _in_time(request: httpx.Request) -> None:
    assert isinstance(request.stream, httpx.AsyncByteStream)
    request.stream = _InTime(request.stream)


class _InTime(httpx.AsyncByteStream):
    """What is asked for, which is written after the head of the request."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._body:
            still_in_time()
            yield piece


async def _bounded(answer: httpx.Response) -> None:
    """Raises `httpx.DecodingError` for what comes packed."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise httpx.DecodingError("packed")
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    answer.stream = _Bounded(answer.stream)


class _Bounded(httpx.AsyncByteStream):
    """A body that breaks off when it grows too large to be held."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = 0
        async for piece in self._body:
            held += len(piece)
            if held > LARGEST_ANSWER:
                raise httpx.DecodingError("too large")
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be Telegram: read once, for reading all authorities takes twenty milliseconds."""
    return httpx.create_ssl_context()


def never_sent(error: TelegramError) -> bool:
    """Whether no connection was made, so that Telegram cannot have read the request."""
    return isinstance(error, NetworkError) and isinstance(error.__cause__, _NEVER_SENT)


def held_back(error: TelegramError) -> bool:
    """Whether the time of the request was over before it was written."""
    return isinstance(error.__cause__, TooLate)


def is_telegrams_own(error: TelegramError) -> bool:
    """Whether a refusal was the Bot API's JSON, and not the page of some proxy on the way."""
    return error.__cause__ is None


def wait_of(asked: RetryAfter) -> timedelta:
    """How long Telegram wants us to wait."""
    wait = asked.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _wait(payload: bytes) -> int:
    try:
        seconds = json.loads(payload)["parameters"]["retry_after"]
        return min(max(int(seconds), 1), _LONGEST_WAIT)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return 1
