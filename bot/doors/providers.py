"""Whoever runs us is told once that a provider does not answer, and once that it does again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.channels.telegram_feed import FeedFailed, TelegramFeed

Trouble = Callable[[], Awaitable[str | None]]
"""What is wrong with a provider just now, in words that fit after its name; `None` when it is well."""

PATIENCE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(seconds=60)


async def greet(
    providers: Mapping[str, Trouble],
    *,
    say: Callable[[str], None],
    stopping: asyncio.Event,
    patience: timedelta = PATIENCE,
) -> None:
    """Ask each provider until it answers, or until `stopping`; the pause between grows from `patience` to a minute."""
    await asyncio.gather(
        *(_until_well(name, ask, say=say, stopping=stopping, pause=patience) for name, ask in providers.items())
    )


async def telegram_trouble(feed: TelegramFeed) -> str | None:
    """What is wrong with Telegram just now."""
    try:
        await feed.me()
    except FeedFailed as failed:
        return "refuses the token: FRAMSTEG_TELEGRAM_TOKEN" if failed.code == "our-token" else "does not answer"
    return None


async def _until_well(
    name: str, ask: Trouble, *, say: Callable[[str], None], stopping: asyncio.Event, pause: timedelta
) -> None:
    said: str | None = None
    while not stopping.is_set():
        trouble = await _asked(ask)
        if trouble is None:
            if said is not None:
                say(f"{name} answers")
            return
        if trouble != said:
            say(f"{name} {trouble}; trying again")
            said = trouble
        try:
            await asyncio.wait_for(stopping.wait(), pause.total_seconds())
        except TimeoutError:
            pause = min(pause * 2, LONGEST_PAUSE)


async def _asked(ask: Trouble) -> str | None:
    try:
        return await ask()
    except Exception:  # noqa: BLE001 - whatever a provider does to its client, we only wanted to know how it is
        return "does not answer"
