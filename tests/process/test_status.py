"""Whoever asks in the terminal how it goes is told what has to be done, before what is well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.domain.messages import OutboxStatus
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import alerts, inbox, organisations, outbox, pauses, programmes
from tests.cli.asking import Said, ask
from tests.databases import KEY
from tests.ports import free_port
from tests.process.burst import SAYS, Burst, a_burst
from tests.process.running import running, until_rows


async def test_what_cannot_be_asked_is_named(tmp_path: Path, sqlite_url: str) -> None:
    none = await ask({"FRAMSTEG_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}, "status")
    assert (none.code, none.words.count("\n")) == (2, 1) and "framsteg migrate" in none.words
    away = await ask({"FRAMSTEG_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "status")
    assert (away.code, to_do(away)) == (1, ["the database does not answer"])
    other = await ask({"FRAMSTEG_DATABASE_URL": sqlite_url, "FRAMSTEG_TWILIO_TOKEN": "too-short"}, "status")
    assert (other.code, other.words.count("\n")) == (2, 1) and "FRAMSTEG_TWILIO_TOKEN" in other.words
    url = f"sqlite:///{tmp_path}/old.db"
    database = Database(url, key=KEY)
    await migrate(database, to="0004")
    await database.close()
    old = await ask({"FRAMSTEG_DATABASE_URL": url}, "status")
    assert old.code == 1 and "run `framsteg migrate`" in old.words
    assert (await ask({"FRAMSTEG_DATABASE_URL": sqlite_url}, "backup", str(tmp_path / "copy.db"))).code == 0
    copy = await ask({"FRAMSTEG_DATABASE_URL": f"sqlite:///{tmp_path}/copy.db"}, "status")
    assert copy.code == 1 and "run `framsteg resume`" in copy.words


async def test_all_is_well_while_it_serves_and_nobody_serves_when_it_is_stopped(
    database_url: str, tmp_path: Path
) -> None:
    async with a_burst(database_url, tmp_path, people=2, rule=SAYS) as burst:
        settings = burst.settings(port=free_port())
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _all_sent(burst))
            well = await ask(settings, "status")
            assert await one.stop() == 0
        stopped = await ask(settings, "status")
    assert (well.code, to_do(well)) == (0, []), well
    assert "sms within 24 hours: 2 sent" in well.words and "a process serves" in well.words
    assert "Telegram is fetched from" in well.words
    assert stopped.code == 1 and to_do(stopped)[:2] == ["no process serves", "nobody fetches from Telegram"]
    assert [word for word in ("Person", "karin", "Vi ses", *burst.numbers) if word in well.words + stopped.words] == []


@pytest.mark.slow
async def test_whatever_is_wrong_is_named_with_what_to_do(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=1, rule=SAYS) as burst:
        settings = burst.settings(port=free_port())
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _all_sent(burst))
            assert await one.stop() == 0
        await _go_wrong(database_url)
        said = await ask(settings, "status")
    assert said.code == 1
    # What the SMS cost stands behind each programme, with the day.
    assert [what.partition(";")[0] for what in to_do(said)] == [
        "no process serves",
        "sms: 1 messages are due, the oldest for 10 min",
        "telegram is left alone for another 60 min, after 7 tries in a row without an answer",
        "1 arrivals wait to be handled, the oldest for 3 h 0 min",
        "programme 1 was last planned 3 h 0 min ago",
        "3 messages could not be handled, and nobody has seen to them",
        "nobody fetches from Telegram",
    ]


async def _go_wrong(url: str) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(hours=3)
    database = Database(url, key=KEY)
    queued = {"status": OutboxStatus.QUEUED, "available_at": now - timedelta(minutes=10, seconds=5)}
    arrived = {"channel": "sms", "provider_id": "SM1", "account": "", "sender_hash": KEY, "raw": b""}
    alert = {"organisation_id": 1, "kind": "set-aside", "raised_at": now}
    async with database.transaction() as connection:
        assert await connection.scalar(organisations.select().with_only_columns(organisations.c.id)) == 1
        await connection.execute(update(outbox).where(outbox.c.channel == "sms").values(queued))
        await connection.execute(insert(inbox).values(arrived | {"received_at": long_ago}))
        await connection.execute(update(programmes).values(planned_until=long_ago))
        await connection.execute(insert(alerts), [alert | {"once": f"aside/{number}"} for number in range(3)])
        pause = {"channel": "telegram", "until": now + timedelta(seconds=3605), "reason": "away", "failures": 7}
        await connection.execute(pauses.delete())
        await connection.execute(insert(pauses).values(pause))
    await database.close()


def to_do(said: Said) -> list[str]:
    """What has to be done, without how."""
    lines = said.words.splitlines()
    todo = [line.removeprefix("to do  ").rpartition(": ")[0] for line in lines if line.startswith("to do  ")]
    # What is to be done stands before what is well.
    assert all(line.startswith("to do  ") for line in lines[: len(todo)])
    return todo


async def _all_sent(burst: Burst) -> bool:
    rows = await burst.rows(outbox, "status")
    return len(rows) == 2 * len(burst.numbers) and {row.status for row in rows} == {OutboxStatus.SENT}
