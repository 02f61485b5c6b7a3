"""An update is confirmed to Telegram only when it is kept, whether we fetch it or Telegram calls us."""

import asyncio
import hmac
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram_feed import FeedFailed, FeedTaken, TelegramFeed
from bot.channels.telegram_updates import RawUpdate, parse_update
from bot.domain.messages import Arrival
from bot.domain.people import ChannelName
from bot.doors.bodies import Refused, read_body
from bot.storage.away import DatabaseAway
from bot.storage.landing import Landing

LARGEST_UPDATE = 1024 * 1024
_LONGEST_WAIT = timedelta(seconds=60)
_LONGEST_WAIT_FOR_DATABASE = timedelta(seconds=4)
"""Nobody asks anything of Telegram meanwhile, and people wait."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TelegramHook:
    """What the webhook needs. `account` is the bot's id; `secret` is what Telegram puts into its header."""

    account: str
    secret: str
    clock: Callable[[], datetime]
    keep: Callable[[Arrival], Awaitable[bool]]
    nudge: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class TelegramPoll:
    """What fetching needs. `hold` takes or renews the lease of this bot's feed, for longer than `renewal`.

    `wait` is how long one fetch may wait for news, `patience` the first pause after a failure.
    """

    account: str
    feed: TelegramFeed
    clock: Callable[[], datetime]
    hold: Callable[[], Awaitable[bool]]
    landing: Landing
    nudge: Callable[[], None]
    wait: timedelta = timedelta(seconds=50)
    renewal: timedelta = timedelta(seconds=3)
    patience: timedelta = timedelta(seconds=1)


def telegram_routes(hook: TelegramHook) -> list[Route]:
    """`POST /telegram`."""

    async def update(request: Request) -> Response:
        try:
            await _take(hook, request)
        except Refused as refused:
            return Response(status_code=refused.status)
        except DatabaseAway:
            return Response(status_code=503)
        return Response(status_code=200)

    return [Route("/telegram", update, methods=["POST"])]


async def poll(door: TelegramPoll, stopping: asyncio.Event) -> None:
    """Fetch and keep until `stopping`. Whatever goes wrong is waited out, longer each time, up to a minute.

    A database that is away is asked again every few seconds.
    """
    failures = 0
    while not stopping.is_set():
        try:
            fetched = await _fetched_and_kept(door, stopping)
        except Exception as trouble:  # noqa: BLE001 - whatever it is, people go on writing: nobody else would fetch
            failures += 1
            _say_once(trouble, failures)
            await _rest(stopping, _pause(door.patience, failures=failures, trouble=trouble))
            continue
        failures = 0
        if not fetched:
            await _rest(stopping, door.renewal)


async def _take(hook: TelegramHook, request: Request) -> None:
    given = request.headers.getlist("x-telegram-bot-api-secret-token")
    if len(given) != 1 or not hmac.compare_digest(given[0].encode(), hook.secret.encode()):
        raise Refused(403)
    # What is no update at all is kept too: Telegram would repeat it for ever, and a person can see it set aside.
    update = parse_update(await read_body(request, limit=LARGEST_UPDATE))
    if await hook.keep(_arrival(update, account=hook.account, now=hook.clock())):
        hook.nudge()


async def _fetched_and_kept(door: TelegramPoll, stopping: asyncio.Event) -> bool:
    """Whether we may go on at once: not when another process holds the feed, or the cursor could not move."""
    if not await door.hold():
        return False
    name = f"telegram:{door.account}"
    offset = await door.landing.cursor(name)
    updates = await _while_held(door, stopping, offset)
    if updates is None:
        return False
    if not updates:
        return True
    now = door.clock()
    ids = [update.update_id for update in updates if update.update_id is not None]
    cursor = (name, max(ids) + 1) if ids else None
    # The cursor moves in the same transaction: what is not kept is fetched again.
    await door.landing.keep_many([_arrival(update, account=door.account, now=now) for update in updates], cursor=cursor)
    door.nudge()
    return cursor is not None


async def _while_held(door: TelegramPoll, stopping: asyncio.Event, offset: int | None) -> list[RawUpdate] | None:
    """What was fetched; `None` when we are stopped or the lease went to another process meanwhile."""
    fetching = asyncio.ensure_future(door.feed.fetch(offset, wait=door.wait))
    stop = asyncio.ensure_future(stopping.wait())
    try:
        while not fetching.done():
            await asyncio.wait(
                {fetching, stop}, timeout=door.renewal.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
            if not fetching.done() and (stop.done() or not await door.hold()):
                return None
        return fetching.result()
    finally:
        # A fetch may be given up at any time: only the next offset confirms what it brought.
        for task in (fetching, stop):
            task.cancel()
        await asyncio.gather(fetching, stop, return_exceptions=True)


def _arrival(update: RawUpdate, *, account: str, now: datetime) -> Arrival:
    return Arrival(
        channel=ChannelName.TELEGRAM,
        # Another bot's updates have numbers of their own.
        provider_id=f"{account}:{update.key}",
        sender=update.sender,
        account=account,
        raw=update.raw,
        received_at=now,
    )


def _say_once(trouble: Exception, failures: int) -> None:
    if failures > 1:
        return
    if isinstance(trouble, FeedTaken):
        _log.warning("telegram: another process fetches with this token, or a webhook is set; waiting")
    else:
        code = trouble.code if isinstance(trouble, FeedFailed) else type(trouble).__name__
        _log.warning("telegram: fetching failed (%s); trying again", code)


def _pause(patience: timedelta, *, failures: int, trouble: Exception) -> timedelta:
    asked = trouble.retry_after if isinstance(trouble, FeedFailed) else None
    if asked is not None:
        return asked
    most = _LONGEST_WAIT_FOR_DATABASE if isinstance(trouble, DatabaseAway) else _LONGEST_WAIT
    longest = min(patience * 2 ** min(failures, 10), most)
    return timedelta(seconds=longest.total_seconds() * random.uniform(0.5, 1.0))


async def _rest(stopping: asyncio.Event, pause: timedelta) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), pause.total_seconds())
    except TimeoutError:
        return
