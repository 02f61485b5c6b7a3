"""Updates are fetched through every kind of trouble: each is kept once, whatever Telegram answered in between."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.channels.telegram_feed import TelegramFeed
from bot.doors.telegram import TelegramPoll, poll
from bot.storage.database import Database
from bot.storage.landing import Landing
from bot.storage.tables import inbox
from tests.databases import KEY
from tests.fakes.bot_api import BOT_ID, TOKEN, BotApi
from tests.torture.answers import Class, Where
from tests.torture.fault import Place, Result

SOON = timedelta(seconds=40)
"""The feed waits ten seconds longer than it asked Telegram to, and as long again for the whole of an answer."""


async def fetched_through(classes: Sequence[Class], place: Place) -> Result:
    """Somebody writes before, during and after each of these; what of it was kept, and how often."""
    wrong: list[str] = []
    written = 0
    database = Database(await place.sqlite(), key=KEY, synchronous="NORMAL")
    landing = Landing(database)
    said = logging.getLogger("bot.doors.telegram")
    was = said.level
    said.setLevel(logging.CRITICAL)
    try:
        async with BotApi() as api:
            for one in classes:
                if one.fault.taken or (one.waits > 1 and one.name.startswith("429")):
                    # Nothing is done by being fetched; and the door waits by the wall's clock.
                    continue
                written += 3
                if not await _fetched(database, landing, api, one, until=written):
                    wrong.append(f"fetching, {one.name}: not kept within {SOON.total_seconds():.0f} s")
                place.say(f"fetching {one.name}")
        kept = await _kept(database)
    finally:
        said.setLevel(was)
        await landing.close()
        await database.close()
    return Result(
        tries=written // 3, lost=written - len(set(kept)), doubled=len(kept) - len(set(kept)), wrong=tuple(wrong)
    )


async def _fetched(database: Database, landing: Landing, api: BotApi, one: Class, *, until: int) -> bool:
    feed = TelegramFeed(token=TOKEN, api=api.url)
    api.write(4711, "before")
    match one.where:
        case Where.ANSWER:
            # Whatever is answered, Telegram forgets nothing that we have not confirmed.
            api.fail(replace(one.fault, only="getUpdates", taken=False))
        case Where.SLAMMED:
            api.slammed = 1
        case Where.NO_TLS:
            feed.api = api.url.replace("http:", "https:")
        case Where.NO_NAME:
            feed.api = "http://provider.invalid"
    async with _polling(landing, feed):
        await asyncio.sleep(0.05)
        api.write(4711, "during")
        if feed.api != api.url:
            feed.api = api.url
        api.write(4711, "after")
        for _ in range(int(SOON.total_seconds() * 50)):
            if len(await _kept(database)) >= until:
                return True
            await asyncio.sleep(0.02)
    return False


@asynccontextmanager
async def _polling(landing: Landing, feed: TelegramFeed) -> AsyncIterator[None]:
    async def held() -> bool:
        return True

    door = TelegramPoll(
        account=str(BOT_ID),
        feed=feed,
        clock=lambda: datetime.now(UTC),
        hold=held,
        landing=landing,
        nudge=lambda: None,
        wait=timedelta(seconds=1),
        renewal=timedelta(seconds=0.02),
        patience=timedelta(seconds=0.02),
    )
    stopping = asyncio.Event()
    running = asyncio.create_task(poll(door, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running
        await feed.close()


async def _kept(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [row.provider_id for row in await connection.execute(select(inbox.c.provider_id))]
