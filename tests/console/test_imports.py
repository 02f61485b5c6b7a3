"""A file of people is shown before anything happens, and taken in once: by parts, through crashes, and by many."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from gettext import NullTranslations
from typing import Any

import httpx
import pytest
from sqlalchemy import event, func, select, update

from bot.console.visit import csrf_of
from bot.services import imports
from bot.services.published import Shelf
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Street
from tests.content.workbooks import workbook
from tests.databases import KEY

WELL = "first_name,phone,coach,phase\nNora,0701740699,,phase-2\n\nOmar,0701740698,karin@norrby.example,\n"


async def give(
    street: Street, reader: str, file: bytes | str, *, name: str = "people.csv", **fields: Any
) -> httpx.Response:
    browser = await street.browser(reader)
    content = file.encode() if isinstance(file, str) else file
    return await browser.client.post(
        "/people/import",
        data={"csrf": csrf_of(browser.token)} | fields,
        files={"table": (name, content, "application/octet-stream")},
    )


def many(count: int, *, coach: str = "") -> str:
    rows = (f"Person {number},+4670175{number:04},{coach}" for number in range(count))
    return "first_name,phone,coach\n" + "\n".join(rows) + "\n"


async def begun(street: Street, file: str, *, reader: str = "Karin") -> int:
    """An import that is to be taken in."""
    seen = await give(street, reader, file)
    number = int(seen.url.path.rpartition("/")[2])
    await (await street.browser(reader)).post(f"/people/import/{number}/begin", agreement="agreed")
    return number


async def go_on(street: Street) -> int:
    """To the end; in how many parts."""
    parts = 0
    while await imports.go_on(street.database, street.desk.shelf, now=street.hours.now):
        parts += 1
    return parts


async def the(street: Street, number: int) -> Any:
    async with street.database.reading() as connection:
        return (await connection.execute(select(tables.imports).where(tables.imports.c.id == number))).one()


async def names(street: Street) -> list[str]:
    """Whoever was taken in from a file, in the order they came."""
    async with street.database.reading() as connection:
        rows = await connection.execute(
            select(tables.participants.c.first_name)
            .join(tables.enrolments, tables.enrolments.c.participant_id == tables.participants.c.id)
            .where(tables.enrolments.c.import_id.is_not(None))
            .order_by(tables.enrolments.c.id)
        )
        return list(rows.scalars())


async def how_many(street: Street, table: Any) -> int:
    async with street.database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


def problems(html: str) -> list[tuple[str, str]]:
    """Row and column of each."""
    return re.findall(r'<th scope="row">(\d+)</th><td><bdi>([^<]*)</bdi>', html)


async def test_a_file_is_shown_first_then_taken_in_and_then_emptied(both_streets: Street) -> None:
    street = both_streets
    shown = await give(street, "Karin", WELL)
    assert "2 people would join STEGA" in shown.text and "+46 70 174 06 99" in shown.text and "Nora" in shown.text
    assert await how_many(street, tables.enrolments) == 5
    number = int(shown.url.path.rpartition("/")[2])
    kept = await the(street, number)
    assert kept.state == "previewed" and b"Nora" not in kept.cipher

    browser = await street.browser("Karin")
    running = await browser.post(f"/people/import/{number}/begin", agreement="agreed")
    assert "0 of 2 added" in running.text and 'hx-trigger="every 1s"' in running.text and "http-equiv" in running.text
    assert await go_on(street) == 1

    part = await browser.get(f"/people/import/{number}/progress")
    assert "2 of 2 added" in part.text and "hx-trigger" not in part.text and "<html" not in part.text
    whole = await browser.get(f"/people/import/{number}")
    assert re.findall(r"<bdi>(Nora|Omar)</bdi>", whole.text) == ["Nora", "Omar"] and "http-equiv" not in whole.text
    kept = await the(street, number)
    assert (kept.state, kept.done, kept.cipher) == ("done", 2, None) and kept.ended_at is not None
    async with street.database.reading() as connection:
        rows = (
            await connection.execute(select(tables.enrolments).where(tables.enrolments.c.import_id == number))
        ).all()
        logged = (await connection.execute(select(tables.audit.c.what).order_by(tables.audit.c.id))).scalars().all()
    assert [(row.coach_id, row.phase) for row in rows] == [
        (street.coaches["Karin"], "phase-2"),
        (street.coaches["Karin"], "phase-1"),
    ]
    assert logged == ["import-read", "import-begun", "person-added", "person-added"]


async def test_every_problem_is_shown_by_row_and_nothing_is_kept(both_streets: Street) -> None:
    file = (
        "first_name,phone,coach,language,phase,started_on,gender,birth_year,protected,zone,telegram\n"
        "=HYPERLINK(1),12,johan@norrby.example,xx,phase-9,1 november,x,850101,maybe,Mars,chat\n"
        "Nora,0701740605,,,,,,,,,\n"
        "Omar,0701740606,,,,,,,,,\n"
        "Pia,0701740606,nobody@example.se,,,,,,,,\n"
    )
    answer = await give(both_streets, "Karin", file)
    assert answer.status_code == 422 and "in 4 rows of people.csv" in answer.text
    assert problems(answer.text) == [
        ("2", "Coach"),
        ("2", "Phone number"),
        ("2", "Telegram chat"),
        ("2", "Phase"),
        ("2", "Language"),
        ("2", "First name"),
        ("2", "Time zone"),
        ("2", "First day"),
        ("2", "Gender"),
        ("2", "Year of birth"),
        ("2", "Protected identity"),
        ("3", "Phone number"),
        ("4", "Phone number"),
        ("5", "Coach"),
        ("5", "Phone number"),
    ]
    assert "Only a leader takes people in for another coach" in answer.text
    assert "Write one of: Fas 1, Fas 2, Fas 3." in answer.text or "Write one of: Phase 1, Phase 2" in answer.text
    assert (
        "Write one of: Woman, Man, Other." in answer.text
        and "Write one of: Swedish, English, Arabic, Somali, Bosnian, " in answer.text
    )
    assert await how_many(both_streets, tables.imports) == 0
    assert await how_many(both_streets, tables.enrolments) == 5


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "Give a heading"),
        (b"first_name\n", "Give a heading"),
        (bytes(range(256)) * 9, "This is no table"),
        (b"PK\x03\x04 and no more", "The file cannot be read"),
        (b"name,first_name,first_name\nNora,Nora,Nora\n", "There are two columns of this name"),
        (b"phone\n0701740699\n", "Add this column"),
        (workbook(("People",), ("first_name",), ("Nora",)), "There is no such column"),
    ],
    ids=["empty", "only a heading", "binary", "no archive", "two of a column", "no names", "a title above"],
)
async def test_a_file_that_is_no_list_of_people_says_what_to_do(street: Street, file: bytes, says: str) -> None:
    answer = await give(street, "Karin", file)
    assert answer.status_code == 422 and says in answer.text
    assert await how_many(street, tables.imports) == 0


async def test_no_file_and_too_large_ones_are_refused(street: Street) -> None:
    browser = await street.browser("Karin")
    assert "Choose a file." in (await browser.post("/people/import")).text
    large = await give(street, "Karin", "first_name\n" + "x" * (2 * 1024 * 1024))
    assert large.status_code == 422 and "larger than 2 MB" in large.text
    assert (await give(street, "Karin", b"x" * (2 * 1024 * 1024 + 17 * 1024))).status_code == 413
    assert (await give(street, "Karin", many(2_001))).status_code == 422
    assert (await give(street, "Karin", many(2_000))).url.path.startswith("/people/import/")


class Swedish(NullTranslations):
    """As much of it as a table needs."""

    def gettext(self, message: str) -> str:
        """The word of a Swedish list."""
        known = {
            "First name": "Förnamn",
            "Language": "Språk",
            "Phone number": "Telefonnummer",
            "Phase": "Fas",
            "Gender": "Kön",
            "Year of birth": "Födelseår",
            "Protected identity": "Skyddad identitet",
            "Woman": "Kvinna",
            "Yes": "Ja",
        }
        return known.get(message, message)


async def test_a_workbook_in_swedish_with_what_excel_makes_of_numbers_is_taken_in(street: Street) -> None:
    street.desk = replace(street.desk, words=street.desk.words | {"sv": Swedish()})  # type: ignore[operator]
    file = workbook(
        ("Förnamn", "Språk", "Telefonnummer", "Fas", "Kön", "Födelseår", "Skyddad identitet"),
        ("Nora", "engelska", 46701740699.0, "Fas 2", "kvinna", 1985.0, "Ja"),
        ("Omar", "Arabiska", 701740698, "phase-3", "Man", None, False),
    )
    shown = await give(street, "Karin", file, name="C:\\lists\\personer.xlsx")
    assert shown.status_code == 200
    assert "<bdi>personer.xlsx</bdi>" in shown.text
    number = int(shown.url.path.rpartition("/")[2])
    await (await street.browser("Karin")).post(f"/people/import/{number}/begin", agreement="agreed")
    await go_on(street)
    async with street.database.reading() as connection:
        people = (await connection.execute(select(tables.participants).order_by(tables.participants.c.id))).all()[-2:]
        phases = (await connection.execute(select(tables.enrolments.c.phase).order_by(tables.enrolments.c.id))).all()
        hashes = set((await connection.execute(select(tables.addresses.c.hash))).scalars())
    assert [(one.first_name, one.language, one.gender, one.birth_year, one.protected) for one in people] == [
        ("Nora", "en", "woman", 1985, True),
        ("Omar", "ar", "man", None, False),
    ]
    assert [row.phase for row in phases[-2:]] == ["phase-2", "phase-3"]
    assert {street.database.sealer.hash("sms", f"+4670174069{last}") for last in (8, 9)} <= hashes


async def test_the_empty_table_opens_again_as_a_table(street: Street) -> None:
    for language in ("sv", "en"):
        browser = await street.browser("Karin")
        empty = await browser.get(f"/people/import/template.csv?lang={language}")
        assert empty.headers["content-disposition"] == 'attachment; filename="people.csv"'
        sign = ";" if language == "sv" else ","
        shown = await give(street, "Karin", empty.content + f"Nora{sign * 8}\n".encode())
        assert shown.url.path.startswith("/people/import/"), language


async def test_a_leader_takes_people_in_for_every_coach_of_the_programme_and_no_other(street: Street) -> None:
    file = "first_name,coach\nNora,{}\nOmar,johan@norrby.example\n"
    for stranger in ("olof@norrby.example", "bertil@soderby.example", "lena@norrby.example", ""):
        answer = await give(street, "Lena", file.format(stranger))
        assert answer.status_code == 422 and problems(answer.text) == [("2", "Coach")], stranger
    await begun(street, file.format("Karin@norrby.example"), reader="Lena")
    await go_on(street)
    assert await names(street) == ["Nora", "Omar"]


async def test_nobody_takes_people_in_to_a_programme_that_is_not_theirs(street: Street) -> None:
    for programme in ("norrby/annan", "soderby/stega"):
        answer = await give(street, "Karin", WELL, programme=street.programmes[programme])
        assert answer.status_code == 404
    for reader in ("Tove", "Anders", "Adam"):
        assert (await give(street, reader, WELL)).status_code == 403
    assert await how_many(street, tables.imports) == 0


async def test_a_file_is_seen_begun_and_thrown_away_by_nobody_but_who_gave_it(street: Street) -> None:
    shown = await give(street, "Karin", WELL)
    for reader in ("Johan", "Lena", "Olof", "Bertil"):
        browser = await street.browser(reader)
        assert (await browser.get(shown.url.path)).status_code == 404
        assert (await browser.get(f"{shown.url.path}/progress")).status_code == 404
        assert (await browser.post(f"{shown.url.path}/begin", agreement="agreed")).status_code == 404
        assert (await browser.post(f"{shown.url.path}/throw-away")).status_code == 404
        assert "people.csv" not in (await browser.get("/people/import")).text
    assert "people.csv" in (await (await street.browser("Karin")).get("/people/import")).text
    assert (await the(street, int(shown.url.path.rpartition("/")[2]))).state == "previewed"


async def test_a_file_that_was_thrown_away_or_left_lying_is_emptied(both_streets: Street) -> None:
    street = both_streets
    thrown, left = [int((await give(street, "Karin", WELL)).url.path.rpartition("/")[2]) for _ in range(2)]
    browser = await street.browser("Karin")
    await browser.post(f"/people/import/{thrown}/throw-away")
    again = await browser.post(f"/people/import/{thrown}/begin", agreement="agreed")
    assert "The file was thrown away before anybody was added" in again.text
    await go_on(street)
    assert (await the(street, left)).state == "previewed"
    street.hours.now += imports.KEPT + timedelta(seconds=1)
    await go_on(street)
    for number in (thrown, left):
        kept = await the(street, number)
        assert (kept.state, kept.cipher, kept.done) == ("refused", None, 0)
    assert await names(street) == []


async def test_an_import_that_is_begun_twice_adds_everybody_once(both_streets: Street) -> None:
    number = await begun(both_streets, WELL)
    browser = await both_streets.browser("Karin")
    await browser.post(f"/people/import/{number}/begin", agreement="agreed")
    await go_on(both_streets)
    await browser.post(f"/people/import/{number}/begin", agreement="agreed")
    await browser.post(f"/people/import/{number}/throw-away")
    assert await go_on(both_streets) == 0
    assert await names(both_streets) == ["Nora", "Omar"]
    assert (await the(both_streets, number)).state == "done"


class Died(Exception):
    """The process is no more."""


@contextmanager
def dying_at(database: Database, statement: int) -> Iterator[list[str]]:
    """The process dies before this statement (from 1) reaches the database. Gives those that did."""
    reached: list[str] = []

    def die(connection: object, cursor: object, sql: str, *rest: object) -> None:
        if len(reached) + 1 == statement:
            raise Died
        reached.append(sql)

    event.listen(database._writer.sync_engine, "before_cursor_execute", die)
    try:
        yield reached
    finally:
        event.remove(database._writer.sync_engine, "before_cursor_execute", die)


async def test_another_process_goes_on_where_one_died(both_streets: Street) -> None:
    street = both_streets
    number = await begun(street, many(80))

    async def a_new_process() -> None:
        await imports.go_on(street.database, Shelf(street.desk.shelf.readings), now=street.hours.now)

    with dying_at(street.database, 0) as reached:
        await a_new_process()
    last = len(reached)
    for statement in (1, 3, last // 2, last - 30, last - 2, last - 1, last):
        with dying_at(street.database, statement), pytest.raises(Died):
            await a_new_process()
        assert len(await names(street)) == (await the(street, number)).done == 25, statement
    await go_on(street)
    assert await names(street) == [f"Person {one}" for one in range(80)]
    assert (await the(street, number)).state == "done"


@pytest.fixture
async def second(both_streets: Street) -> AsyncIterator[Database]:
    """Another process at the same database."""
    url = both_streets.database._writer.url.render_as_string(hide_password=False)
    other = Database(url.replace("+asyncpg", ""), key=KEY)
    yield other
    await other.close()


@pytest.mark.parametrize("both_streets", ["postgresql"], indirect=True)
async def test_two_processes_take_everybody_in_once(both_streets: Street, second: Database) -> None:
    street = both_streets
    files = [
        await begun(street, many(130)),
        await begun(street, many(130, coach="johan@norrby.example"), reader="Lena"),
    ]
    other = Shelf(street.desk.shelf.readings)

    async def work(database: Database, shelf: Shelf) -> int:
        parts = 0
        for _ in range(60):
            parts += await imports.go_on(database, shelf, now=street.hours.now)
        return parts

    parts = await asyncio.gather(work(street.database, street.desk.shelf), work(second, other))
    assert all(parts)
    # Both files name the same numbers: whoever came first has them, and the other file stops at its first such row.
    assert sorted(await names(street)) == sorted(f"Person {one}" for one in range(130))
    states = [await the(street, number) for number in files]
    assert sum(one.done for one in states) == 130
    assert {one.state for one in states} <= {"done", "refused"} and all(one.cipher is None for one in states)


async def test_a_row_that_somebody_took_meanwhile_stops_the_import_there(both_streets: Street) -> None:
    street = both_streets
    number = await begun(street, many(30))
    await street.enrol("Quick", "Johan", addresses=(("sms", "+46701750027"),))
    await go_on(street)
    assert await names(street) == [f"Person {one}" for one in range(27)]
    page = await (await street.browser("Karin")).get(f"/people/import/{number}")
    assert "Row 29, Phone number:" in page.text and "Somebody in the programme has it already" in page.text
    assert "27 of 30 added" in page.text and page.text.count("<li><a href=") >= 27
    kept = await the(street, number)
    assert (kept.state, kept.done, kept.cipher) == ("refused", 27, None) and "4670175" not in kept.reason


async def test_whoever_is_no_longer_a_coach_there_takes_nobody_in(street: Street) -> None:
    number = await begun(street, WELL)
    async with street.database.transaction() as connection:
        await connection.execute(
            tables.appointments.delete().where(tables.appointments.c.coach_id == street.coaches["Karin"])
        )
    await go_on(street)
    assert (await the(street, number)).state == "refused" and await names(street) == []


async def test_what_was_well_when_it_was_shown_may_be_wrong_by_now(street: Street) -> None:
    shown = await give(street, "Karin", WELL)
    await street.enrol("Quick", "Johan", addresses=(("sms", "+46701740699"),))
    browser = await street.browser("Karin")
    page = await browser.post(f"{shown.url.path}/begin", agreement="agreed")
    assert "Nobody can be added from this file any more" in page.text and problems(page.text) == [("2", "Phone number")]
    assert await go_on(street) == 0 and await names(street) == []


async def test_the_day_that_stood_in_the_preview_stays(street: Street) -> None:
    number = await begun(street, "first_name\nNora\n")
    day = street.hours.now.date()
    street.hours.now = street.hours.now.replace(day=27)
    await go_on(street)
    async with street.database.reading() as connection:
        row = (
            await connection.execute(
                select(tables.enrolments.c.started_on).where(tables.enrolments.c.import_id == number)
            )
        ).one()
    assert row.started_on == day


async def test_a_preview_is_shown_a_page_at_a_time(street: Street) -> None:
    shown = await give(street, "Karin", many(120))
    assert shown.text.count("<bdi>Person ") == 50 and "Add 120 people" in shown.text
    third = await (await street.browser("Karin")).get(f"{shown.url.path}?page=3")
    assert third.text.count("<bdi>Person ") == 20 and "<bdi>Person 119</bdi>" in third.text


async def test_hostile_names_are_shown_as_they_are_written(street: Street) -> None:
    file = 'first_name\n"<script>alert(1)</script>"\n'
    shown = await give(street, "Karin", file, name="<b>&.csv")
    assert "<script>alert" not in shown.text and "&lt;script&gt;alert(1)" in shown.text and "<b>&" not in shown.text


async def test_an_import_whose_key_is_lost_is_no_trouble_to_other_people(street: Street) -> None:
    """Nobody is added from bytes that were changed."""
    number = await begun(street, WELL)
    async with street.database.transaction() as connection:
        await connection.execute(
            update(tables.imports).where(tables.imports.c.id == number).values(cipher=b"\x01" + b"x" * 40)
        )
    await begun(street, "first_name\nPia\n")
    await go_on(street)
    assert await names(street) == ["Pia"]
    assert (await the(street, number)).state == "refused"


async def test_people_are_taken_in_by_the_unit_of_work_they_are_counted_in(street: Street) -> None:
    """What is counted is there, and what is there is counted, whatever part is asked."""
    number = await begun(street, many(51))
    for expected in (25, 50, 51):
        await imports.go_on(street.database, street.desk.shelf, now=street.hours.now)
        async with unit_of_work(street.database) as work:
            people = await work.participants.of_programme(street.programmes["norrby/stega"])
        assert len(people) - 3 == expected == (await the(street, number)).done
