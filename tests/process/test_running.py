"""The running process says how it is, stops cleanly, and keeps to itself what it was told in confidence."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM, Signals

import httpx
import pytest

from bot.domain.messages import OutboxStatus
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import inbox, outbox
from tests.cases import a_few_of
from tests.cli.asking import ask
from tests.databases import KEY, Databases
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.twilio_api import ACCOUNT, NUMBER
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.fakes.twilio_api import refusal as twilio_refusal
from tests.fakes.wire import HTML, Fault
from tests.ports import free_port
from tests.process.burst import BEGINS, SAYS, Burst, a_burst
from tests.process.running import (
    KEY_SETTING,
    ROOT,
    SERVE,
    SERVE_WITH_SHORT_LEASE,
    environment,
    running,
    told,
    until,
    until_rows,
)

NOBODY_THERE = {
    "FRAMSTEG_PUBLIC_URL": "https://framsteg.example.se",
    "FRAMSTEG_TWILIO_ACCOUNT": ACCOUNT,
    "FRAMSTEG_TWILIO_TOKEN": TWILIO_TOKEN,
    "FRAMSTEG_TWILIO_API": "http://127.0.0.1:1",
    "FRAMSTEG_TELEGRAM_TOKEN": BOT_TOKEN,
    "FRAMSTEG_TELEGRAM_API": "http://127.0.0.1:1",
    "FRAMSTEG_SMTP_URL": "smtp://127.0.0.1:1",
}


async def status(url: str, path: str) -> tuple[int, str]:
    async with httpx.AsyncClient() as client:
        got = await client.get(url + path)
    return got.status_code, got.text


async def test_it_starts_and_says_so_when_providers_are_down(sqlite_url: str) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url, **NOBODY_THERE}) as one:
        for name in ("Twilio", "Telegram", "The mail server"):
            await one.until_says(f"{name} does not answer; trying again")
        assert await status(one.url, "/healthz") == (200, "ok")
        assert await status(one.url, "/readyz") == (200, '{"not_ready":[]}')
        await asyncio.sleep(0.5)
        assert await one.stop() == 0
    assert one.output.count("does not answer; trying again") == 3


@pytest.mark.slow
async def test_it_is_alive_but_not_ready_without_its_database(databases: Databases, postgresql_url: str) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": postgresql_url}) as one:
        await one.until_says("ready at")
        assert (await status(one.url, "/readyz"))[0] == 200
        await databases.gone(postgresql_url)
        assert await status(one.url, "/readyz") == (503, '{"not_ready":["cannot be asked"]}')
        assert (await status(one.url, "/healthz"))[0] == 200
        await one.until_says("tick listen failed (DatabaseAway)")
        assert await one.stop() == 0
    assert one.output.count("tick listen failed") == 1


@pytest.mark.parametrize(
    "signals", a_few_of([((SIGTERM,),), ((SIGTERM, SIGTERM),), ((SIGINT, SIGTERM),), ((SIGHUP,),)])
)
async def test_it_stops_when_it_is_told_to(sqlite_url: str, signals: tuple[Signals, ...]) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url}) as one:
        await one.until_says("ready at")
        assert await one.stop(*signals) == 0
    assert len(one.lines) == 1


async def test_what_is_in_hand_is_finished_before_it_stops(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=1, rule=SAYS) as burst:
        burst.twilio.pause = burst.telegram.pause = 0.7
        async with running(burst.settings(port=free_port())) as one:
            await one.until_says("ready at")
            await until(lambda: burst.twilio.sent and burst.telegram.sent)
            assert await one.stop() == 0
        assert [row.status for row in await burst.rows(outbox, "status")] == [OutboxStatus.SENT] * 2


async def test_nobody_reading_what_it_says_is_no_reason_to_stop(sqlite_url: str) -> None:
    port = free_port()
    reading, writing = os.pipe()
    os.close(reading)
    given = environment(FRAMSTEG_DATABASE_URL=sqlite_url, FRAMSTEG_PORT=str(port), **NOBODY_THERE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *SERVE, cwd=ROOT, env=given, stdin=asyncio.subprocess.DEVNULL, stdout=writing, stderr=writing
    )
    os.close(writing)
    try:
        await until(lambda: answers(port))
        assert await status(f"http://127.0.0.1:{port}", "/readyz") == (200, '{"not_ready":[]}')
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_rehearsal_writes_to_the_named_phones_alone(sqlite_url: str, tmp_path: Path) -> None:
    async with a_burst(sqlite_url, tmp_path, people=3, rule=SAYS) as burst:
        own = {"FRAMSTEG_REHEARSAL": f"{burst.numbers[1]}, {burst.chats[2]}"}
        async with running(burst.settings(port=free_port()) | own, ("-m", "bot", "rehearse")) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _settled(burst))
            assert await one.stop() == 0
        assert "a rehearsal" in one.lines[0]
        assert [sent.to for sent in burst.twilio.sent] == [burst.numbers[1]]
        assert [sent["chat"]["id"] for sent in burst.telegram.sent] == [burst.chats[2]]


async def _settled(burst: Burst) -> bool:
    rows = await burst.rows(outbox, "status")
    return len(rows) == 2 * len(burst.numbers) and not {OutboxStatus.QUEUED, OutboxStatus.SENDING} & {
        row.status for row in rows
    }


async def test_what_only_commands_need_is_not_carried_while_serving(sqlite_url: str) -> None:
    # The tick that takes people in from files reads numbers; the pages are made when somebody asks for one.
    heavy = "{'alembic', 'mako', 'jinja2', 'argon2', 'segno', 'pyotp', 'bot.console'}"
    code = f"import sys, bot.cli.serve, bot.serving; print(sorted({heavy} & set(sys.modules)))"
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url}, ("-c", code)) as one:
        assert await one.ended() == 0
    assert one.lines == ["[]"]


async def test_the_console_is_there_for_whoever_asks(sqlite_url: str) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url}) as one:
        await one.until_says("ready at")
        # Several at once, the first of which make it.
        pages = await asyncio.gather(*(status(one.url, "/sign-in") for _ in range(3)))
        assert [code for code, _ in pages] == [200, 200, 200]
        assert all('name="password"' in text for _, text in pages)
        assert await status(one.url, "/healthz") == (200, "ok")


async def test_a_port_that_is_taken_is_named_in_one_line(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, words = await told({"FRAMSTEG_DATABASE_URL": sqlite_url, "FRAMSTEG_PORT": port}, "run")
    assert (code, words.count("\n")) == (2, 0)
    assert "FRAMSTEG_PORT" in words


async def test_a_database_of_an_older_release_is_migrated_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/framsteg.db"
    database = Database(url, key=KEY)
    await migrate(database, to="0001")
    await database.close()
    code, words = await told({"FRAMSTEG_DATABASE_URL": url}, "run")
    assert (code, words) == (2, "the database is not up to date: run `framsteg migrate`")


@pytest.mark.slow
async def test_beside_a_running_process_an_sqlite_file_can_be_read_and_not_written(
    sqlite_url: str, tmp_path: Path
) -> None:
    given = {"FRAMSTEG_DATABASE_URL": sqlite_url}
    assert (await ask(given, "programme", "publish", str(ROOT / "flows" / "programmes" / "stega"))).code == 0
    async with running(given) as one:
        await one.until_says("ready at")
        reading = [("people", "list", "stega"), ("programme", "export", "stega", str(tmp_path / "out")), ("doctor",)]
        for words in reading:
            said = await ask(given, *words)
            assert said.code == 0, said
        writing = [("run",), ("migrate",), ("stop-all", "stega"), ("coach", "add", "Karin", "karin@example.se")]
        for words in writing:
            said = await ask(given, *words)
            assert (said.code, said.words.count("\n")) == (2, 1), said
            assert "stop `framsteg run` first" in said.words
        assert await one.stop() == 0


@pytest.mark.slow
async def test_two_processes_share_a_postgresql_database(postgresql_url: str, tmp_path: Path) -> None:
    async with a_burst(postgresql_url, tmp_path, people=30, rule=SAYS) as burst:
        first, second = burst.settings(port=free_port()), burst.settings(port=free_port())
        async with running(first) as one, running(second) as other:
            await one.until_says("ready at")
            await other.until_says("ready at")
            await until_rows(lambda: _sent(burst))
            assert (await told({"FRAMSTEG_DATABASE_URL": postgresql_url}, "stop-all", "stega"))[0] == 0
            assert [await one.stop(), await other.stop()] == [0, 0]
        assert sorted(sent.to for sent in burst.twilio.sent) == burst.numbers
        assert sorted(int(sent["chat"]["id"]) for sent in burst.telegram.sent) == burst.chats


async def _sent(burst: Burst) -> bool:
    rows = await burst.rows(outbox, "status")
    return len(rows) == 2 * len(burst.numbers) and {row.status for row in rows} == {OutboxStatus.SENT}


WORDS = ("jag orkar inte leva längre", "mamma-ligger-på-sjukhus", "سأتأخر اليوم", "4711-fyra-punkter", "1 3", "STOPP")


async def test_a_busy_run_logs_ids_only(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=6, rule=BEGINS) as burst:
        settings = burst.settings(port=free_port()) | {"FRAMSTEG_LOG_LEVEL": "DEBUG"}
        burst.twilio.fail(
            Fault(kind="reset", only="Messages"), twilio_refusal(20500, status=500), Fault(answer=HTML, only="Messages")
        )
        burst.telegram.fail(Fault(kind="reset", only="sendMessage"), Fault(kind="cut", only="getUpdates", taken=True))
        async with running(settings, SERVE_WITH_SHORT_LEASE) as one:
            await one.until_says("ready at")
            await until(lambda: len(burst.twilio.sent) >= 2)
            for number, chat, words in zip(burst.numbers, burst.chats, WORDS, strict=True):
                assert await burst.twilio.text(sender=number, body=words) == 200
                burst.telegram.write(chat, words)
            burst.telegram.push("message", {"text": "hemligheten i en trasig uppdatering"})
            await burst.twilio.text(sender="+46733333333", body="vem är ni")
            fields = burst.twilio.inbound(sender="+46733333333", body="osignerat")
            async with httpx.AsyncClient() as client:
                unsigned = await client.post(f"{burst.twilio.product}/twilio/message", data=fields)
            assert unsigned.status_code == 403
            await until_rows(lambda: _handled(burst, 2 * len(WORDS) + 2))
            assert await one.stop() == 0
    names = [f"Person{number}{channel}" for number in range(6) for channel in ("sms", "telegram")]
    people = [*burst.numbers, *map(str, burst.chats), "+46733333333", "karin@example.se", *names]
    secrets = [BOT_TOKEN, BOT_TOKEN.partition(":")[2], TWILIO_TOKEN, KEY_SETTING, KEY.hex(), NUMBER]
    said = [*WORDS, "hemligheten", "vem är ni", "osignerat", "Fråga", "Hej "]
    assert [words for words in (*people, *secrets, *said) if words in one.output] == []
    assert "bot.doors" in one.output, "nothing was logged at all"


async def _handled(burst: Burst, of: int) -> bool:
    rows = await burst.rows(inbox, "state")
    return len(rows) >= of and "waiting" not in {row.state for row in rows}
