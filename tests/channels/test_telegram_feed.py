"""Updates come raw and stay with Telegram until the next offset says they are kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.telegram_feed import FeedFailed, FeedTaken, TelegramFeed, bot_id
from bot.channels.telegram_updates import read_update
from tests.fakes.bot_api import BOT_ID, TOKEN, BotApi, refusal
from tests.fakes.wire import EMPTY, HTML, HTML_200, Answer, Fault

NOW = timedelta(0)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


@pytest.fixture
async def feed(api: BotApi) -> AsyncIterator[TelegramFeed]:
    made = TelegramFeed(token=TOKEN, api=api.url)
    yield made
    await made.close()


async def test_updates_are_repeated_until_the_offset_moves(api: BotApi, feed: TelegramFeed) -> None:
    first, second = api.write(4711, "hej"), api.write(4712, "hallå")
    fetched = await feed.fetch(None, wait=NOW)
    assert [update.update_id for update in fetched] == [first, second]
    assert [update.update_id for update in await feed.fetch(first, wait=NOW)] == [first, second]
    assert await feed.fetch(second + 1, wait=NOW) == []
    assert api.waiting == []


async def test_what_is_fetched_can_be_read_later(api: BotApi, feed: TelegramFeed) -> None:
    api.write(4711, "5 \ud83d\udc4d å")
    [update] = await feed.fetch(None, wait=NOW)
    assert update.sender == "4711"
    assert read_update(update.raw).words == "5 👍 å"


async def test_we_wait_for_news_and_get_it_at_once(api: BotApi, feed: TelegramFeed) -> None:
    fetching = asyncio.create_task(feed.fetch(None, wait=timedelta(seconds=30)))
    while not api.asked:
        await asyncio.sleep(0.001)
    api.write(4711, "hej")
    assert len(await asyncio.wait_for(fetching, 1)) == 1


async def test_one_malformed_update_harms_only_itself(api: BotApi, feed: TelegramFeed) -> None:
    api.write(4711, "före")
    body = {"ok": True, "result": [*api.waiting, {"update_id": 501, "message": 5}, "odd", {"no": "id"}]}
    api.fail(Fault(answer=Answer(body=json.dumps(body).encode())))
    fetched = await feed.fetch(None, wait=NOW)
    assert [update.update_id for update in fetched] == [500, 501, None, None]
    assert read_update(fetched[0].raw).words == "före"


async def test_two_who_fetch_with_one_token_are_told_apart_from_a_fault(api: BotApi, feed: TelegramFeed) -> None:
    other = TelegramFeed(token=TOKEN, api=api.url)
    first = asyncio.create_task(feed.fetch(None, wait=timedelta(seconds=30)))
    while not api.asked:
        await asyncio.sleep(0.001)
    await other.fetch(None, wait=NOW)
    with pytest.raises(FeedTaken):
        await first
    await other.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(answer=HTML),
        Fault(answer=HTML_200),
        Fault(answer=EMPTY),
        refusal(401, "Unauthorized"),
        refusal(500, "Internal Server Error"),
        Fault(answer=Answer(body=b'{"ok": true}')),
        Fault(answer=Answer(body=b'{"ok": true, "result": {}}')),
        Fault(answer=Answer(body=b"[" * 100_000)),
        Fault(kind="cut"),
        Fault(kind="reset"),
    ],
)
async def test_a_fetch_that_fails_says_so_and_the_next_one_works(api: BotApi, feed: TelegramFeed, fault: Fault) -> None:
    api.write(4711, "hej")
    api.fail(fault)
    with pytest.raises(FeedFailed) as failed:
        await feed.fetch(None, wait=NOW)
    assert not isinstance(failed.value, FeedTaken)
    assert TOKEN not in str(failed.value)
    assert len(await feed.fetch(None, wait=NOW)) == 1


async def test_a_wait_that_telegram_asks_for_is_passed_on(api: BotApi, feed: TelegramFeed) -> None:
    api.fail(refusal(429, "Too Many Requests", retry_after=9))
    with pytest.raises(FeedFailed) as failed:
        await feed.fetch(None, wait=NOW)
    assert failed.value.retry_after == timedelta(seconds=9)


async def test_a_webhook_is_set_shown_and_taken_away(api: BotApi, feed: TelegramFeed) -> None:
    await feed.set_webhook("https://framsteg.example/telegram", secret="a-secret-of-the-test")
    expected = {
        "url": "https://framsteg.example/telegram",
        "secret_token": "a-secret-of-the-test",
        "max_connections": "1",
    }
    assert api.webhook == expected
    shown = await feed.webhook_info()
    assert (shown.url, shown.pending, shown.last_error) == ("https://framsteg.example/telegram", 0, None)
    with pytest.raises(FeedTaken):
        await feed.fetch(None, wait=NOW)
    await feed.delete_webhook()
    assert (await feed.webhook_info()).url == ""


async def test_the_token_says_who_we_are_and_telegram_agrees(feed: TelegramFeed) -> None:
    me = await feed.me()
    assert (str(me.id), me.username) == (bot_id(TOKEN), "framsteg_bot")
    assert me.id == BOT_ID


@pytest.mark.parametrize("fault", [refusal(401, "Unauthorized"), Fault(answer=HTML_200), Fault(kind="reset")])
async def test_asking_who_we_are_fails_like_a_fetch(api: BotApi, feed: TelegramFeed, fault: Fault) -> None:
    api.fail(fault)
    with pytest.raises(FeedFailed):
        await feed.me()
