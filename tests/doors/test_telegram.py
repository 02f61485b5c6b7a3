"""An update is confirmed to Telegram only when it is kept, and is kept once, however it comes."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text
from starlette.routing import Route

from bot.channels.telegram_feed import TelegramFeed
from bot.doors.telegram import TelegramHook, TelegramPoll, poll, telegram_routes
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.landing import Landing
from bot.storage.tables import inbox
from tests.fakes.bot_api import BOT_ID, TOKEN, BotApi, refusal
from tests.fakes.served import served
from tests.fakes.wire import HTML, Fault

SECRET = "a-secret-of-the-test"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
NAME = f"telegram:{BOT_ID}"


def now() -> datetime:
    return datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class House:
    """Telegram before the door, and the landing behind it. `held` is whether the lease is ours."""

    database: Database
    landing: Landing
    api: BotApi
    url: str = ""
    nudges: list[str] = field(default_factory=list)
    held: bool = True
    asked_to_hold: int = 0
    away: int = 0

    async def hold(self) -> bool:
        self.asked_to_hold += 1
        if self.away:
            self.away -= 1
            raise DatabaseAway("away")
        return self.held

    def nudge(self) -> None:
        self.nudges.append("inbox")

    def routes(self, url: str) -> list[Route]:
        self.url = url
        hook = TelegramHook(account=str(BOT_ID), secret=SECRET, clock=now, keep=self.landing.keep, nudge=self.nudge)
        return telegram_routes(hook)

    async def run(self, statement: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(text(statement))

    async def kept(self) -> list[str]:
        async with self.database.reading() as connection:
            rows = await connection.execute(select(inbox.c.provider_id).order_by(inbox.c.id))
            return [row.provider_id for row in rows]

    async def post(self, raw: bytes, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(self.url + "/telegram", content=raw, headers=headers)

    @asynccontextmanager
    async def polling(self, *, renewal: float = 0.02) -> AsyncIterator[None]:
        feed = TelegramFeed(token=TOKEN, api=self.api.url)
        door = TelegramPoll(
            account=str(BOT_ID),
            feed=feed,
            clock=now,
            hold=self.hold,
            landing=self.landing,
            nudge=self.nudge,
            wait=timedelta(seconds=30),
            renewal=timedelta(seconds=renewal),
            patience=timedelta(seconds=0.01),
        )
        stopping = asyncio.Event()
        running = asyncio.create_task(poll(door, stopping))
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait_for(running, 1)
            await feed.close()

    async def asked_three_times(self) -> None:
        before = self.asked_to_hold
        while self.asked_to_hold < before + 3:
            await asyncio.sleep(0.005)

    async def until_kept(self, count: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(kept := await self.kept()) < count:
                await asyncio.sleep(0.005)
        return kept


@pytest.fixture
async def house(sqlite_database: Database) -> AsyncIterator[House]:
    async with BotApi() as api:
        made = House(database=sqlite_database, landing=Landing(sqlite_database), api=api)
        yield made
        await made.landing.close()


async def test_what_is_written_is_fetched_kept_and_confirmed(house: House) -> None:
    async with house.polling():
        house.api.write(4711, "hej")
        assert await house.until_kept(1) == [f"{BOT_ID}:500"]
        house.api.write(4712, "hallå")
        house.api.write(4711, "igen")
        assert await house.until_kept(3) == [f"{BOT_ID}:500", f"{BOT_ID}:501", f"{BOT_ID}:502"]
        while house.api.waiting:
            await asyncio.sleep(0.005)
    assert await house.landing.cursor(NAME) == 503
    assert house.nudges


async def test_a_new_process_goes_on_where_the_last_one_came_to(house: House) -> None:
    async with house.polling():
        house.api.write(4711, "hej")
        await house.until_kept(1)
    async with house.polling():
        house.api.write(4711, "igen")
        await house.until_kept(2)
    offsets = [asked.query.get("offset") for asked in house.api.asked]
    assert offsets[0] is None
    assert "501" in offsets


async def test_nothing_is_confirmed_that_could_not_be_kept(house: House) -> None:
    await house.run("CREATE TRIGGER refuse BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'refused'); END")
    house.api.write(4711, "hej")
    async with house.polling():
        while len(house.api.asked) < 3:
            await asyncio.sleep(0.005)
        assert {asked.query.get("offset") for asked in house.api.asked} == {None}
        await house.run("DROP TRIGGER refuse")
        assert await house.until_kept(1) == [f"{BOT_ID}:500"]


async def test_a_malformed_update_is_kept_once_and_stands_in_nobodys_way(house: House) -> None:
    house.api.push("message", {"chat": "nonsense"})
    async with house.polling():
        assert await house.until_kept(1) == [f"{BOT_ID}:500"]
        house.api.write(4711, "hej")
        await house.until_kept(2)


async def test_an_update_without_an_id_is_kept_once_and_does_not_drive_us_in_circles(house: House) -> None:
    house.api.waiting.append({"no": "id"})
    async with house.polling(renewal=0.15):
        [kept] = await house.until_kept(1)
        assert kept.startswith(f"{BOT_ID}:bytes-")
        # Telegram repeats it, as nothing can confirm it: each time after a rest, and it is not kept again.
        await asyncio.sleep(0.1)
        assert len(house.api.asked) <= 2
        house.api.write(4711, "hej")
        assert await house.until_kept(2) == [kept, f"{BOT_ID}:500"]


@pytest.mark.parametrize(
    "fault", [Fault(answer=HTML), Fault(kind="cut"), Fault(kind="reset"), refusal(500, "Internal Server Error")]
)
async def test_a_fault_of_telegram_is_waited_out(house: House, fault: Fault) -> None:
    house.api.fail(fault, fault)
    async with house.polling():
        house.api.write(4711, "hej")
        assert len(await house.until_kept(1)) == 1


async def test_a_wait_that_telegram_asks_for_is_kept_to(house: House) -> None:
    house.api.fail(refusal(429, "Too Many Requests", retry_after=30))
    house.api.write(4711, "hej")
    async with house.polling():
        while not house.api.asked:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        assert len(house.api.asked) == 1
    # That stopping ends the wait at once, `polling` has seen to.
    assert await house.kept() == []


async def test_a_database_that_is_away_is_waited_out(house: House) -> None:
    house.away = 3
    async with house.polling():
        house.api.write(4711, "hej")
        assert len(await house.until_kept(1)) == 1


async def test_two_who_fetch_are_told_once_and_not_at_every_try(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.api.webhook = {"url": "https://elsewhere.example", "secret_token": ""}
    with caplog.at_level(logging.WARNING, logger="bot.doors.telegram"):
        async with house.polling():
            while len(house.api.asked) < 4:
                await asyncio.sleep(0.005)
            house.api.webhook = {}
            house.api.write(4711, "hej")
            await house.until_kept(1)
    assert caplog.text.count("another process fetches") == 1
    assert TOKEN not in caplog.text


async def test_only_who_holds_the_lease_fetches(house: House) -> None:
    house.held = False
    house.api.write(4711, "hej")
    async with house.polling():
        while house.asked_to_hold < 3:
            await asyncio.sleep(0.005)
        assert house.api.asked == []
        house.held = True
        await house.until_kept(1)


async def test_who_loses_the_lease_stops_waiting_for_news(house: House) -> None:
    async with house.polling(), asyncio.timeout(5):
        while not house.api.asked:
            await asyncio.sleep(0.005)
        house.held = False
        await house.asked_three_times()
        house.api.write(4711, "hej")
        await house.asked_three_times()
        assert await house.kept() == []
        house.held = True
        await house.until_kept(1)


async def test_an_update_that_telegram_brings_is_kept(house: House) -> None:
    async with served(house.routes):
        house.api.webhook = {"url": house.url + "/telegram", "secret_token": SECRET}
        house.api.write(4711, "hej")
        house.api.tap(4711, 2, "tap:hope:1")
        assert await house.api.call() == [200, 200]
        assert await house.kept() == [f"{BOT_ID}:500", f"{BOT_ID}:501"]
        assert house.nudges == ["inbox", "inbox"]


async def test_an_update_brought_many_times_at_once_is_kept_once(house: House) -> None:
    async with served(house.routes):
        house.api.write(4711, "hej")
        raw = json.dumps(house.api.waiting[0]).encode()
        answers = await asyncio.gather(*(house.post(raw, {HEADER: SECRET}) for _ in range(20)))
    assert {got.status_code for got in answers} == {200}
    assert len(await house.kept()) == 1
    assert house.nudges == ["inbox"]


async def test_an_update_both_fetched_and_brought_is_kept_once(house: House) -> None:
    house.api.write(4711, "hej")
    raw = json.dumps(house.api.waiting[0]).encode()
    async with house.polling():
        await house.until_kept(1)
    async with served(house.routes):
        assert (await house.post(raw, {HEADER: SECRET})).status_code == 200
    assert len(await house.kept()) == 1


@pytest.mark.parametrize("given", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xe5" * 20])
async def test_without_the_secret_nothing_is_kept(house: House, given: str | None) -> None:
    async with served(house.routes):
        headers = {} if given is None else {HEADER: given.encode("latin-1")}
        got = await house.post(b'{"update_id": 1}', headers)  # type: ignore[arg-type]
    assert (got.status_code, got.content) == (403, b"")
    assert await house.kept() == []


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b"\xff\x00", b'{"message": {}}', b"[" * 100_000])
async def test_what_is_no_update_is_kept_once_so_that_it_is_not_repeated(house: House, raw: bytes) -> None:
    async with served(house.routes):
        for _ in range(2):
            assert (await house.post(raw, {HEADER: SECRET})).status_code == 200
    [kept] = await house.kept()
    assert kept.startswith(f"{BOT_ID}:bytes-")


async def test_a_large_update_is_turned_away(house: House) -> None:
    async with served(house.routes):
        got = await house.post(b" " * (1024 * 1024 + 1), {HEADER: SECRET})
    assert got.status_code == 413


async def test_an_update_that_cannot_be_kept_is_brought_again(house: House) -> None:
    house.landing = Landing(house.database, room=0)
    async with served(house.routes):
        house.api.webhook = {"url": house.url + "/telegram", "secret_token": SECRET}
        house.api.write(4711, "hej")
        assert await house.api.call() == [503]
        assert len(house.api.waiting) == 1
    assert house.nudges == []
