"""A request to the Bot API that was refused, lost or never sent can be told apart."""

import functools
import json
import os
import ssl
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

# The library reads this when a time span is asked for; without it, it warns and gives whole seconds.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
_LONGEST_WAIT = 3600


class TelegramHttp(HTTPXRequest):
    """Waits are believed from any 429, also from one that is not the Bot API's own page."""

    def __init__(self, *, connections: int, timeout: timedelta) -> None:
        seconds = timeout.total_seconds()
        super().__init__(
            connection_pool_size=connections,
            read_timeout=seconds,
            write_timeout=seconds,
            connect_timeout=seconds / 2,
            pool_timeout=seconds,
            httpx_kwargs={"verify": _trusted()},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Status and body. Raises the library's errors."""
        code, payload = await super().do_request(*args, **kwargs)
        if code == 429:
            raise RetryAfter(timedelta(seconds=_wait(payload)))
        return code, payload


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be Telegram: read once, for reading all authorities takes twenty milliseconds."""
    return httpx.create_ssl_context()


def never_sent(error: TelegramError) -> bool:
    """Whether no connection was made, so that Telegram cannot have read the request."""
    return isinstance(error, NetworkError) and isinstance(error.__cause__, _NEVER_SENT)


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
