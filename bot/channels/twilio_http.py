"""A request to Twilio ends within its time-out, and says whether it can have arrived."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from bot.channels.in_time import TooLate, still_in_time

LARGEST_ANSWER = 4 * 1024 * 1024


class NotSent(Exception):
    """No connection was made: Twilio cannot have read the request."""


class AnswerLost(Exception):
    """The request was or may have been written, and no whole answer came: what Twilio did is not known."""


class Throttled(Exception):
    """Twilio asks us to wait before anything else."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("429")
        self.wait = wait


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """The library's own client ignores its time-out, hides Retry-After and logs words. Needs a running loop."""

    def __init__(self, timeout: timedelta) -> None:
        self.is_async = True
        seconds = timeout.total_seconds()
        limits = aiohttp.ClientTimeout(total=seconds, connect=seconds / 2)
        # trust_env: many municipalities reach the world through a proxy that the environment names.
        self._session = aiohttp.ClientSession(timeout=limits, trust_env=True)

    async def request(self, method: str, url: str, **given: Any) -> Response:
        """One request, never followed elsewhere. Raises `NotSent`, `TooLate`, `AnswerLost` or `Throttled`."""
        headers = dict(given.get("headers") or {})
        username, password = given["auth"]
        headers["Authorization"] = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        try:
            return await self._answered(method, url, headers=headers, given=given)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as refused:
            raise NotSent(type(refused).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError) as lost:
            if isinstance(lost.__cause__, TooLate):
                raise TooLate from None
            raise AnswerLost(type(lost).__name__) from None

    async def _answered(self, method: str, url: str, *, headers: dict[str, str], given: dict[str, Any]) -> Response:
        form = given.get("data")
        async with self._session.request(
            method,
            url,
            params=given.get("params"),
            data=_Form(form) if form else None,
            headers=headers,
            allow_redirects=False,
        ) as response:
            if response.status == 429:
                raise Throttled(_wait(response.headers.get("Retry-After", "")))
            body = await _at_most(response.content, LARGEST_ANSWER)
            return Response(response.status, body.decode("utf-8"), response.headers)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._session.close()


class _Form(aiohttp.BytesPayload):
    """What is asked for. aiohttp writes it with or after the head of the request, in one piece."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(urlencode(values, doseq=True).encode(), content_type="application/x-www-form-urlencoded")

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Raises `TooLate`."""
        still_in_time()
        await super().write_with_length(writer, content_length)


def _wait(words: str) -> timedelta:
    # Retry-After may be a date; an hour is more than Twilio ever asks for, and what a broken header may cost us.
    seconds = int(words) if words.isascii() and words.isdigit() and len(words) <= 6 else 1
    return timedelta(seconds=min(max(seconds, 1), 3600))


async def _at_most(stream: aiohttp.StreamReader, limit: int) -> bytes:
    body = bytearray()
    async for piece in stream.iter_any():
        body += piece
        if len(body) > limit:
            raise AnswerLost("too-large")
    return bytes(body)
