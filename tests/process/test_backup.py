"""A copy is made while the program serves; whoever puts it back is stopped once, told what to do, and goes on."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.messages import OutboxStatus
from bot.storage.database import Database
from bot.storage.tables import outbox, programmes
from tests.cli.asking import ask
from tests.databases import KEY, Databases
from tests.ports import free_port
from tests.postgres import place_of_commands
from tests.process.burst import SAYS, Burst, a_burst
from tests.process.running import ROOT, running, told, until_rows

POSTGRESQL = "postgresql://nobody@127.0.0.1:1/nothing"


async def test_a_copy_that_cannot_be_made_leaves_nothing_behind_and_says_why(sqlite_url: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("something else")
    empty = tmp_path / "empty.db"
    empty.touch()
    tries = [
        (sqlite_url, there, "is there already"),
        (sqlite_url, tmp_path, "is there already"),
        (sqlite_url, tmp_path / "no" / "such" / "place.db", "No such file or directory"),
        (sqlite_url, Path("/proc/copy.db"), "cannot be written"),
        (f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db", "there is no file"),
        (f"sqlite:///{empty}", tmp_path / "copy.db", "framsteg migrate"),
        (f"sqlite:///{there}", tmp_path / "copy.db", "could not be written"),
        (POSTGRESQL, tmp_path / "copy.db", "pg_dump"),
        ("framsteg.db", tmp_path / "copy.db", "FRAMSTEG_DATABASE_URL"),
    ]
    before = sorted(tmp_path.rglob("*"))
    for url, file, why in tries:
        said = await ask({"FRAMSTEG_DATABASE_URL": url}, "backup", str(file))
        assert (said.code, said.words.count("\n")) == (2, 1), said
        assert why in said.words, said
    assert sorted(tmp_path.rglob("*")) == before
    assert there.read_text() == "something else"


@pytest.mark.slow
async def test_a_disk_that_is_full_leaves_no_half_copy(sqlite_url: str, tmp_path: Path) -> None:
    little = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))"
    code = f"{little}; from bot.cli import main; main()"
    given = {"FRAMSTEG_DATABASE_URL": sqlite_url}
    async with running(given, ("-c", code, "backup", str(tmp_path / "copy.db"))) as one:
        assert await one.ended() == 2
    assert len(one.lines) == 1 and "is there room on its disk?" in one.output
    assert sorted(tmp_path.glob("*copy*")) == []


@pytest.mark.slow
async def test_a_copy_made_while_the_program_sends_is_put_back_and_nobody_hears_anything_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    async with a_burst(sqlite_url, tmp_path, people=20, rule=SAYS) as burst:
        settings = burst.settings(port=free_port())
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: burst.rows(outbox, "id"))
            # Into the midst of it.
            code, words = await told({"FRAMSTEG_DATABASE_URL": sqlite_url}, "backup", str(copy))
            await until_rows(lambda: _all_sent(burst))
            assert await one.stop() == 0
        assert code == 0 and f"{copy.stat().st_size:,} bytes" in words and "FRAMSTEG_KEY" in words
        assert copy.stat().st_mode & 0o777 == 0o600
        assert sqlite3.connect(copy).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        before = _phones(burst)

        Path(sqlite_url.removeprefix("sqlite:///")).unlink()
        for end in ("-wal", "-shm"):
            Path(sqlite_url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
        os.replace(copy, sqlite_url.removeprefix("sqlite:///"))
        await _goes_on(burst, settings)
        assert _phones(burst) == before


@pytest.mark.slow
async def test_a_dump_that_is_put_back_is_known_on_postgresql(
    postgresql_url: str, databases: Databases, tmp_path: Path
) -> None:
    async with a_burst(postgresql_url, tmp_path, people=3, rule=SAYS) as burst:
        settings = burst.settings(port=free_port())
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: burst.rows(outbox, "id"))
            served = await ask({"FRAMSTEG_DATABASE_URL": postgresql_url}, "resume", "--from", "2026-01-01T00:00+00:00")
            assert (served.code, "stop every" in served.words) == (2, True)
            await one.kill()
        burst.database_url = await databases.copy(postgresql_url, tmp_path)
        async with running(settings) as one:
            await one.until_says("ready at")
            await until_rows(lambda: _all_sent(burst, url=postgresql_url), seconds=60)
            assert await one.stop() == 0
        before = _phones(burst)
        assert len(before) == 6

        await _goes_on(burst, settings | {"FRAMSTEG_DATABASE_URL": burst.database_url})
        assert _phones(burst) == before
        await databases.gone(burst.database_url)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a new one", "the old one"])
async def test_the_documented_commands_make_a_copy_that_is_known(
    postgresql_url: str, databases: Databases, tmp_path: Path, place: str
) -> None:
    given, dump = {"FRAMSTEG_DATABASE_URL": postgresql_url}, tmp_path / "framsteg.dump"
    for _ in range(2):
        # Stopped and started again, it is the same.
        async with running(given) as one:
            await one.until_says("ready at")
            assert await one.stop() == 0
    await client("pg_dump", "--format=custom", f"--file={dump}", postgresql_url)
    again = await databases.empty_postgresql() if place == "a new one" else postgresql_url
    clean = () if place == "a new one" else ("--clean", "--if-exists")
    await client("pg_restore", *clean, "--exit-on-error", "--no-owner", f"--dbname={again}", str(dump))
    restored = {"FRAMSTEG_DATABASE_URL": again}

    refused = await told(restored, "run")
    assert refused[0] == 2 and "framsteg resume" in refused[1]
    assert (await ask(restored, "resume", "--moved")).code == 0
    async with running(restored) as one:
        await one.until_says("ready at")
        assert await one.stop() == 0
    if place == "a new one":
        await databases.gone(again)


async def client(name: str, *words: str) -> None:
    """One of PostgreSQL's own commands, of the server's version."""
    made = await asyncio.create_subprocess_exec(place_of_commands() / name, *words)
    assert await made.wait() == 0
    assert f"{name} " in (ROOT / "docs" / "operating.md").read_text("utf-8")


async def _goes_on(burst: Burst, settings: dict[str, str]) -> None:
    """The copy refuses to run until it was resumed, and then plans from there."""
    given = {"FRAMSTEG_DATABASE_URL": settings["FRAMSTEG_DATABASE_URL"]}
    code, words = await told(settings, "run")
    assert (code, words.count("\n")) == (2, 0) and "framsteg resume" in words
    for wrong in ("yesterday", "2026-11-23T08:00", "2999-01-01T00:00+01:00", "2001-01-01T00:00+01:00"):
        said = await ask(given, "resume", "--from", wrong)
        assert (said.code, said.words.count("\n")) == (2, 1) and "--from" in said.words, said
    assert (await ask(given, "resume", "--from", "2026-11-23T08:00+01:00", "--moved")).code == 2
    said = await ask(given, "resume")
    assert said.code == 0 and said.words.startswith("this is a copy of 2"), said
    again = await ask(given, "resume")
    assert (again.code, "is not known as a copy" in again.words) == (2, True)
    (resumed,) = await burst.rows(programmes, "planned_until")
    async with running(settings) as one:
        await one.until_says("ready at")
        await until_rows(lambda: _planned_after(burst, resumed.planned_until))
        # Whatever was going to be sent would be sent by now.
        await asyncio.sleep(1.5)
        assert await one.stop() == 0


@pytest.mark.slow
async def test_a_file_may_be_renamed_moved_and_copied_while_nothing_runs(sqlite_url: str, tmp_path: Path) -> None:
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url}) as one:
        await one.until_says("ready at")
        assert await one.stop() == 0
    place = tmp_path / "elsewhere" / "renamed.db"
    place.parent.mkdir()
    os.replace(sqlite_url.removeprefix("sqlite:///"), place)
    async with running({"FRAMSTEG_DATABASE_URL": f"sqlite:///{place}"}) as one:
        await one.until_says("ready at")
        assert await one.stop() == 0


async def test_a_copy_can_be_moved_to_when_nothing_was_sent_since(sqlite_url: str, tmp_path: Path) -> None:
    given, copy = {"FRAMSTEG_DATABASE_URL": sqlite_url}, tmp_path / "copy.db"
    assert (await ask(given, "backup", str(copy))).code == 0
    moved = {"FRAMSTEG_DATABASE_URL": f"sqlite:///{copy}"}
    assert (await ask(moved, "resume", "--moved")).code == 0
    async with running(moved) as one:
        await one.until_says("ready at")
        assert await one.stop() == 0
    # The one it was taken from was never a copy.
    assert (await ask(given, "resume", "--moved")).code == 2
    assert (await ask(given, "resume", "stega", "--moved")).code == 2


async def _all_sent(burst: Burst, *, url: str = "") -> bool:
    database = Database(url or burst.database_url, key=KEY, read_only=True)
    try:
        async with database.reading() as connection:
            found = list(await connection.scalars(select(outbox.c.status)))
    finally:
        await database.close()
    over = {OutboxStatus.SENT, OutboxStatus.UNCERTAIN}
    return len(found) == 2 * len(burst.numbers) and set(found) <= over


async def _planned_after(burst: Burst, moment: object) -> list[object]:
    rows = await burst.rows(programmes, "planned_until")
    return [row for row in rows if row.planned_until > moment]


def _phones(burst: Burst) -> list[str]:
    return sorted([one.to for one in burst.twilio.sent] + [str(one["chat"]["id"]) for one in burst.telegram.sent])
