"""A page asks the same questions of many people as of few, and loads no rows that it does not show."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.console.belongings import furnish
from tests.console.street import Street, moved_in
from tests.console.walk import PARAMETERS, Walk, may
from tests.console.year import Year, live
from tests.databases import Databases

READERS = ("Karin", "Lena", "Anders", "Tove", "Adam")
SIZES = (10, 160, 320)
SLACK = 20
"""A group that has become larger may show one line more."""

A_LINE_FOR_EACH = ("/summary/now", "/log.csv")
"""A letter has a line for each of a coach's own people, and a file each line of the log: that is what they show."""

MOST_ROWS = 1500
"""However long a page is, nobody reads more than this."""


@dataclass
class Asked:
    """What a page asked the database: the statements, and how many rows each brought."""

    rows: list[int] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Asked]:
    """Hear everything that any engine is asked."""
    heard = Asked()

    def after(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.statements.append(statement)
        # The asynchronous drivers' cursors hold all that was fetched.
        heard.rows.append(len(cursor._rows))

    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield heard
    finally:
        event.remove(Engine, "after_cursor_execute", after)


async def walk_after(street: Street, year: Year) -> Walk:
    """The street after so long, with so many."""
    walk = Walk(street, await furnish(street), PARAMETERS)
    async with street.database.reading() as connection:
        row = (await connection.execute(text("PRAGMA database_list"))).first()
    assert row is not None
    live(Path(str(row[2])), street, year, sealer=street.database.sealer)
    await walk.sign_everybody_in()
    return walk


async def asked_of(walk: Walk, year: Year) -> dict[str, Asked]:
    """What every page asks, by page and reader; of people, somebody with all that time behind them."""
    found = {}
    for page in walk.pages:
        if page.method != "GET":
            continue
        for reader in READERS:
            if not may(reader, page):
                continue
            for path, chosen in walk.ways(page):
                if chosen and not walk.sees(reader, page, chosen):
                    continue
                path = path.replace(str(walk.things.ids["enrolment"]["Amina"]), str(year.first))
                await walk.ask("GET", path, as_=reader)
                with listening() as heard:
                    answer = await walk.ask("GET", path, as_=reader)
                if answer.status_code == 200:
                    found[f"{page.path} {reader}"] = heard
                break
    return found


@pytest.fixture(scope="module")
async def measured(
    settled: dict[str, tuple[str, Street]], databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Asked]]:
    """What every page asks with few people, with more than a page of them, and with twice as many."""
    url, there = settled["sqlite"]
    found = []
    for people in SIZES:
        home = tmp_path_factory.mktemp("year")
        year = Year(people=people, weeks=3, a_coach_has=people)
        async with moved_in(there, lambda home=home: databases.copy(url, home)) as street:
            walk = await walk_after(street, year)
            found.append(await asked_of(walk, year))
            await walk.close()
    return found


@pytest.mark.slow
async def test_a_page_asks_the_same_number_of_questions_however_many_people_there_are(
    measured: list[dict[str, Asked]],
) -> None:
    few, _, most = measured
    wrong = [
        f"{page}: {[len(size[page].statements) for size in measured]} " + _more(few[page], most[page])
        for page in few
        if len({len(size[page].statements) for size in measured}) > 1
    ]
    assert wrong == [], "\n".join(wrong)


async def test_no_page_loads_rows_that_it_does_not_show(measured: list[dict[str, Asked]]) -> None:
    _, many, most = measured
    assert len(many) > 20, "hardly a page answers"
    wrong = []
    for page in many:
        before, after = sum(many[page].rows), sum(most[page].rows)
        if (after > before + SLACK or after > MOST_ROWS) and not page.startswith(A_LINE_FOR_EACH):
            worst = max(range(len(most[page].rows)), key=most[page].rows.__getitem__)
            wrong.append(
                f"{page}: {before} -> {after} rows, {most[page].rows[worst]} of {most[page].statements[worst]}"
            )
    assert wrong == [], "\n".join(wrong)


async def test_no_page_asks_more_than_a_few_questions(measured: list[dict[str, Asked]]) -> None:
    assert {page: len(asked.statements) for page, asked in measured[0].items() if len(asked.statements) > 40} == {}


def _more(few: Asked, most: Asked) -> str:
    left = list(most.statements)
    for one in few.statements:
        if one in left:
            left.remove(one)
    return "; ".join(left)[:600]
