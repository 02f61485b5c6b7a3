"""Updates are fetched raw, so that a malformed one harms only itself and none is confirmed before it is kept."""

import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram_http import TelegramHttp, wait_of
from bot.channels.telegram_updates import ALLOWED_UPDATES, RawUpdate, split_update

_SLACK = timedelta(seconds=10)
_Answer = TypeVar("_Answer")


class FeedFailed(Exception):
    """Nothing was fetched. `retry_after` is set when Telegram says how long to wait."""

    def __init__(self, code: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class FeedTaken(FeedFailed):
    """Somebody else fetches with this token, or a webhook is set: Telegram's 409."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotAccount:
    """Who the token belongs to."""

    id: int
    username: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """What Telegram knows about our webhook. `url` is empty when none is set."""

    url: str
    pending: int
    last_error: str | None


@dataclass(kw_only=True)
class TelegramFeed:
    """The way in of one bot, by fetching or by webhook."""

    token: str = field(repr=False)
    api: str
    _bot: Bot | None = field(default=None, init=False, repr=False)
    _http: TelegramHttp | None = field(default=None, init=False, repr=False)

    async def fetch(self, offset: int | None, *, wait: timedelta) -> list[RawUpdate]:
        """Updates from `offset` on, waiting up to `wait` for the first. All before `offset` are confirmed.

        Raises `FeedTaken` or `FeedFailed`, and nothing else.
        """
        seconds = int(wait.total_seconds())
        asked = {"timeout": str(seconds), "limit": "100", "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        if offset is not None:
            asked["offset"] = str(offset)
        _, http = self._connected()
        try:
            url = f"{self.api}/bot{self.token}/getUpdates?{urlencode(asked)}"
            code, payload = await http.do_request(url, "GET", read_timeout=(wait + _SLACK).total_seconds())
        except RetryAfter as busy:
            raise FeedFailed("429", retry_after=wait_of(busy)) from None
        except TelegramError as lost:
            raise FeedFailed(type(lost).__name__) from None
        if code == 409:
            raise FeedTaken("409")
        if code != 200:
            raise FeedFailed(str(code))
        return [split_update(json.dumps(update).encode(), update) for update in _results(payload)]

    async def set_webhook(self, url: str, *, secret: str) -> None:
        """Let Telegram call `url` with `secret` in its header. What waits is kept. Raises `FeedFailed`.

        It calls once at a time: of two calls at once, the later words might be read first.
        """
        bot, _ = self._connected()
        wanted = bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=1)
        await _answered(wanted)

    async def delete_webhook(self) -> None:
        """Let us fetch again. What waits is kept. Raises `FeedFailed`."""
        bot, _ = self._connected()
        await _answered(bot.delete_webhook(drop_pending_updates=False))

    async def webhook_info(self) -> Webhook:
        """What is set, for whoever looks for a fault. Raises `FeedFailed`."""
        bot, _ = self._connected()
        info = await _answered(bot.get_webhook_info())
        return Webhook(url=info.url, pending=info.pending_update_count, last_error=info.last_error_message)

    async def me(self) -> BotAccount:
        """Who we are to Telegram. Raises `FeedFailed`."""
        bot, _ = self._connected()
        user = await _answered(bot.get_me())
        return BotAccount(id=user.id, username=user.username or "")

    async def close(self) -> None:
        """Let go of connections."""
        if self._http is not None:
            http, self._http, self._bot = self._http, None, None
            await http.shutdown()

    def _connected(self) -> tuple[Bot, TelegramHttp]:
        if self._bot is None or self._http is None:
            self._http = TelegramHttp(connections=4, timeout=_SLACK)
            base = f"{self.api}/bot"
            self._bot = Bot(self.token, base_url=base, request=self._http, get_updates_request=self._http)
        return self._bot, self._http


def bot_id(token: str) -> str:
    """The bot's own id, which is the first part of its token: known without asking Telegram."""
    return token.partition(":")[0]


async def _answered(answer: Awaitable[_Answer]) -> _Answer:
    try:
        return await answer
    except RetryAfter as busy:
        raise FeedFailed("429", retry_after=wait_of(busy)) from None
    except InvalidToken:
        raise FeedFailed("our-token") from None
    except Exception as odd:  # noqa: BLE001 - an answer that cannot be read may raise anything; the name says enough
        raise FeedFailed(type(odd).__name__) from None


def _results(payload: bytes) -> list[object]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        raise FeedFailed("not-json") from None
    results = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        raise FeedFailed("no-result")
    return results
