"""Whoever watches by machine is told how it goes, and what the alert rules ask for is told."""

import re
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML
from sqlalchemy import update

from bot.domain.messages import OutboxStatus
from bot.storage.database import Database
from bot.storage.tables import inbox, outbox
from tests.cli.asking import ask
from tests.databases import KEY, Databases
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.twilio_api import ACCOUNT, NUMBER
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.ports import free_port
from tests.process.burst import SAYS, a_burst
from tests.process.running import KEY_SETTING, ROOT, running, told, until_rows

ALERTS = ROOT / "docs" / "alerts.yaml"


@pytest.mark.parametrize("wrong", ["9464", "127.0.0.1", "127.0.0.1:", "http://127.0.0.1:9464", "127.0.0.1:99999", ":0"])
async def test_an_address_of_metrics_that_is_none_is_refused(wrong: str) -> None:
    said = await ask({"FRAMSTEG_METRICS": wrong}, "run")

    assert (said.code, said.words.count("\n")) == (2, 1)
    assert said.words.startswith("FRAMSTEG_METRICS is wrong")


@pytest.mark.slow
async def test_an_address_of_metrics_that_is_taken_is_named(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        code, words = await told({"FRAMSTEG_DATABASE_URL": sqlite_url, "FRAMSTEG_METRICS": place}, "run")
    assert (code, words.count("\n")) == (2, 0)
    assert words.startswith(f"FRAMSTEG_METRICS: cannot serve at {place}")


async def test_what_every_alert_rule_asks_for_is_told_and_nothing_about_anybody(
    database_url: str, tmp_path: Path
) -> None:
    async with a_burst(database_url, tmp_path, people=3, rule=SAYS) as burst:
        settings = burst.settings(port=free_port()) | {"FRAMSTEG_METRICS": "127.0.0.1:0"}
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _sent(burst.rows(outbox, "status"), of=6))
            assert await burst.twilio.text(sender=burst.numbers[0], body="mamma-ligger-på-sjukhus") == 200
            await until_rows(lambda: _handled(burst.rows(inbox, "state")))
            text = await _metrics(one.lines)
            async with httpx.AsyncClient() as client:
                # What is told here is told at no address that others can reach.
                assert (await client.get(f"{one.url}/metrics")).status_code == 404
            assert await one.stop() == 0
    told_names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    asked = {name for rule in _rules() for name in re.findall(r"\b(?:framsteg|process)_\w+", rule["expr"])}
    assert asked - told_names == set()
    assert _value(text, 'framsteg_sends_last_day{channel="telegram",status="sent"}') == 3
    # The answer to what was just written may be on its way.
    assert _value(text, 'framsteg_outbox_oldest_due_seconds{channel="sms"}') < 5
    assert _value(text, 'framsteg_outbox_oldest_due_seconds{channel="telegram"}') == 0
    assert _value(text, 'framsteg_spending_parts{programme="1"}') >= 3
    assert _value(text, "framsteg_inbox_oldest_unhandled_seconds") == 0
    assert _value(text, "framsteg_database_up") == 1
    assert _value(text, 'framsteg_tick_failures{tick="send-sms"}') == 0
    assert _value(text, f'framsteg_lease_held{{lease="telegram/{BOT_TOKEN.partition(":")[0]}"}}') == 1
    assert 0 < _value(text, "framsteg_reminder_planned_lag_seconds") < 360
    assert _value(text, "framsteg_reminder_sent_timestamp_seconds") > 1_700_000_000
    secrets = [BOT_TOKEN, TWILIO_TOKEN, ACCOUNT, KEY_SETTING, NUMBER, "karin", "Person", "mamma", "stega"]
    assert [word for word in (*secrets, *burst.numbers, *map(str, burst.chats)) if word in text] == []


@pytest.mark.slow
async def test_what_has_waited_too_long_is_told_in_seconds(sqlite_url: str, tmp_path: Path) -> None:
    async with a_burst(sqlite_url, tmp_path, people=1, rule=SAYS) as burst:
        settings = burst.settings(port=free_port())
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _sent(burst.rows(outbox, "status"), of=2))
            assert await one.stop() == 0
        # A provider that cannot be reached keeps what is due.
        database = Database(sqlite_url, key=KEY)
        async with database.transaction() as connection:
            await connection.execute(update(outbox).values(status=OutboxStatus.QUEUED, attempts=0, sent_at=None))
        await database.close()
        nobody = {"FRAMSTEG_TWILIO_API": "http://127.0.0.1:1", "FRAMSTEG_TELEGRAM_API": "http://127.0.0.1:1"}
        async with running(settings | nobody | {"FRAMSTEG_METRICS": "127.0.0.1:0"}) as one:
            await one.until_says("ready at")
            text = await _metrics(one.lines)
    for channel in ("sms", "telegram"):
        assert _value(text, f'framsteg_outbox_oldest_due_seconds{{channel="{channel}"}}') > 1
        assert _value(text, f'framsteg_outbox_due_messages{{channel="{channel}"}}') == 1
    assert _value(text, f'framsteg_lease_held{{lease="telegram/{BOT_TOKEN.partition(":")[0]}"}}') in (0, 1)


@pytest.mark.slow
async def test_a_database_that_is_away_is_told_and_no_reason_to_fall_silent(
    databases: Databases, postgresql_url: str
) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": postgresql_url, "FRAMSTEG_METRICS": "127.0.0.1:0"}) as one:
        await one.until_says("ready at")
        await databases.gone(postgresql_url)
        await one.until_says("tick listen failed")
        text = await _metrics(one.lines)
        assert await one.stop() == 0
    assert _value(text, "framsteg_database_up") == 0
    assert _value(text, 'framsteg_tick_failures{tick="listen"}') >= 1
    assert "framsteg_outbox" not in text


async def test_the_library_is_not_carried_by_a_process_that_nobody_asks(sqlite_url: str) -> None:
    code = "import sys, bot.cli.serve, bot.serving, bot.ticking; print('prometheus_client' in sys.modules)"
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url}, ("-c", code)) as one:
        assert await one.ended() == 0
    assert one.lines == ["False"]


def test_every_alert_rule_says_what_is_wrong_and_what_to_do() -> None:
    rules = _rules()
    assert len({rule["alert"] for rule in rules}) == len(rules) > 12
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"]["severity"] in ("page", "warning")
        assert set(rule["annotations"]) == {"summary", "remedy"}
        # Only what the expression keeps can be named.
        named = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        kept = {one.strip() for by in re.findall(r"by \(([^)]*)\)", rule["expr"]) for one in by.split(",")}
        assert named <= kept, rule["alert"]


def _rules() -> list[dict[str, Any]]:
    groups = YAML(typ="safe").load(ALERTS.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


async def _metrics(lines: list[str]) -> str:
    url = next(line for line in lines if line.startswith("metrics at ")).split()[-1]
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return answer.text


def _value(text: str, name: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).rpartition(" ")[2])


async def _sent(asked: Any, *, of: int) -> bool:
    rows = await asked
    return len(rows) == of and {row.status for row in rows} == {OutboxStatus.SENT}


async def _handled(asked: Any) -> bool:
    rows = await asked
    return bool(rows) and {row.state for row in rows} == {"handled"}
