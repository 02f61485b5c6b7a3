"""The work of the program can be split among processes: each does its part, and together they do everything once."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from bot.domain.messages import OutboxStatus
from bot.storage.tables import inbox, outbox
from tests.cli.asking import ask
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.ports import free_port
from tests.process.burst import BEGINS, SAYS, Burst, a_burst
from tests.process.running import SERVE, SERVE_WITH_SHORT_LEASE, Running, running, until, until_rows

SQLITE = {"FRAMSTEG_DATABASE_URL": "sqlite:////tmp/there-is-none.db"}
POSTGRESQL = {"FRAMSTEG_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
HOOKED = {
    "FRAMSTEG_TELEGRAM_TOKEN": BOT_TOKEN,
    "FRAMSTEG_TELEGRAM_MODE": "webhook",
    "FRAMSTEG_TELEGRAM_SECRET": "a-secret-of-the-tests-alone",
    "FRAMSTEG_PUBLIC_URL": "https://framsteg.example.se",
}


@pytest.mark.parametrize(
    ("given", "words", "named"),
    [
        (SQLITE, ("--only", "web"), "needs PostgreSQL"),
        (SQLITE, ("--only", "web,telegram,clock,delivery"), "needs PostgreSQL"),
        (POSTGRESQL, ("--only", "post"), "'post'"),
        (POSTGRESQL, ("--only", "web,"), "'nothing'"),
        (POSTGRESQL, ("--only", ""), "'nothing'"),
        (POSTGRESQL, ("--only", "web", "--only", "clocks"), "'clocks'"),
        (POSTGRESQL, ("--only", "telegram"), "nothing to fetch"),
        (POSTGRESQL | HOOKED, ("--only", "telegram,clock"), "nothing to fetch"),
    ],
)
async def test_a_part_that_cannot_be_done_is_refused_in_one_line(
    given: dict[str, str], words: tuple[str, ...], named: str
) -> None:
    said = await ask(given, "run", *words)

    assert (said.code, said.words.count("\n")) == (2, 1), said
    assert "--only" in said.words and named in said.words


def only(*parts: str) -> tuple[str, ...]:
    return (*SERVE, *(word for part in parts for word in ("--only", part)))


def without_port(settings: dict[str, str]) -> dict[str, str]:
    # An empty setting is one that was not given.
    return settings | {"FRAMSTEG_PORT": ""}


@pytest.mark.slow
async def test_four_processes_with_a_part_each_remind_hear_and_answer(postgresql_url: str, tmp_path: Path) -> None:
    async with a_burst(postgresql_url, tmp_path, people=2, rule=BEGINS) as burst:
        web = burst.settings(port=free_port())
        health = web | {"FRAMSTEG_PORT": str(free_port())}
        async with (
            running(web, only("web")) as door,
            running(without_port(web), only("telegram", "clock")) as quiet,
            running(health, only("delivery")) as sender,
        ):
            for one in (door, quiet, sender):
                await one.until_says("ready")
            await until(lambda: len(burst.twilio.sent) == 2 and len(burst.telegram.sent) == 4)
            assert await burst.twilio.text(sender=burst.numbers[0], body="1 3") == 200
            burst.telegram.write(burst.chats[1], "1 3")
            await until(lambda: len(burst.twilio.sent) == 3 and len(burst.telegram.sent) == 5)

            assert "ready, at no address" in quiet.lines
            assert await asked(sender.url, "/healthz") == 200
            assert await asked(sender.url, "/twilio/message") == 404
            assert await asked(sender.url, "/sign-in") == 404
            assert await asked(door.url, "/sign-in") == 200
            assert [await one.stop() for one in (door, quiet, sender)] == [0, 0, 0]
        assert Counter(sent.to for sent in burst.twilio.sent) == {burst.numbers[0]: 2, burst.numbers[1]: 1}


async def asked(url: str, path: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(url + path)).status_code


@pytest.mark.slow
async def test_an_answer_is_read_though_nobody_is_at_the_door_or_fetches(postgresql_url: str, tmp_path: Path) -> None:
    async with a_burst(postgresql_url, tmp_path, people=1, rule=BEGINS) as burst:
        web = burst.settings(port=free_port())
        async with running(without_port(web), only("clock,delivery")) as rest:
            await rest.until_says("ready")
            await until(lambda: len(burst.twilio.sent) == 1)
            async with running(web, only("web")) as door:
                await door.until_says("ready at")
                # It is kept, and whoever kept it dies before it could be read.
                assert await burst.twilio.text(sender=burst.numbers[0], body="1 3") == 200
                await door.kill()
            await until(lambda: len(burst.twilio.sent) == 2)
            assert await rest.stop() == 0


@pytest.mark.slow
async def test_eight_processes_of_which_some_are_killed_send_everything_once(
    postgresql_url: str, tmp_path: Path
) -> None:
    parts = ("web", "telegram", "clock", "delivery") * 2
    async with a_burst(postgresql_url, tmp_path, people=60, rule=SAYS) as burst, AsyncExitStack() as stack:
        settings = burst.settings(port=free_port())
        every = [
            await stack.enter_async_context(running(_own(settings, part, place), (*SERVE_WITH_SHORT_LEASE, part)))
            for place, part in enumerate(parts)
        ]
        for one in every:
            await until(lambda one=one: any(line.startswith("ready") for line in one.lines), seconds=60)
        # One that plans and one that sends die in the midst of it.
        await until(lambda: len(burst.twilio.sent) > 5, seconds=60)
        for place in (2, 3):
            await every[place].kill()
        await until_rows(lambda: _settled(burst), seconds=60)
        answers = [burst.twilio.text(sender=number, body="hej") for number in burst.numbers[:10]]
        assert await asyncio.gather(*answers) == [200] * 10
        await until_rows(lambda: _heard(burst), seconds=60)
        alive = [one for place, one in enumerate(every) if place not in (2, 3)]
        assert await asyncio.gather(*(one.stop() for one in alive)) == [0] * 6
        assert _errors(every) == []
        # What was under way by SMS is looked up; Telegram cannot be asked, and is not written to twice.
        rule = Counter(sent.to for sent in burst.twilio.sent if "Vi ses" in sent.body)
        assert rule == dict.fromkeys(burst.numbers, 1)
        assert max(Counter(int(one["chat"]["id"]) for one in burst.telegram.sent).values()) == 1


def _own(settings: dict[str, str], part: str, place: int) -> dict[str, str]:
    """What each is told: Twilio knows the address of the first alone."""
    if part != "web":
        return without_port(settings)
    return settings if place == 0 else settings | {"FRAMSTEG_PORT": str(free_port())}


async def _settled(burst: Burst) -> bool:
    rows = await burst.rows(outbox, "status")
    open_ones = {OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.UNSETTLED}
    return len(rows) >= 2 * len(burst.numbers) and not open_ones & {row.status for row in rows}


async def _heard(burst: Burst) -> bool:
    rows = await burst.rows(inbox, "state")
    return len(rows) == 10 and {row.state for row in rows} == {"handled"}


def _errors(processes: list[Running]) -> list[str]:
    return [line for one in processes for line in one.lines if " ERROR " in line]
