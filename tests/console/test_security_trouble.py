"""When something breaks, nobody comes in that should not, and nobody is shown why."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.console.belongings import furnish
from tests.console.street import Street
from tests.console.test_security import GUARDS
from tests.console.walk import PARAMETERS, Walk


async def _walk(street: Street) -> Walk:
    made = Walk(street, await furnish(street), PARAMETERS)
    await made.sign_everybody_in()
    return made


async def test_an_error_in_a_page_shows_a_number_and_no_trace(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    walk = await _walk(street)
    async with street.database.transaction() as connection:
        await connection.execute(text("ALTER TABLE appointments RENAME TO lost"))
    with caplog.at_level(logging.ERROR):
        for page in walk.pages:
            if page.method == "GET":
                for path, _ in list(walk.ways(page))[:1]:
                    answer = await walk.ask("GET", path, as_="Karin")
                    assert answer.status_code == 500, path
                    assert "appointments" not in answer.text and "Traceback" not in answer.text, path
                    assert "SELECT" not in answer.text and ".py" not in answer.text, path
                    assert {name: answer.headers.get(name) for name in GUARDS} == GUARDS, path
    references = [one.getMessage().rpartition("reference ")[2] for one in caplog.records]
    assert references and references[-1] in answer.text
    assert "SELECT" not in caplog.text and "token" not in caplog.text
    await walk.close()


async def test_a_database_that_is_away_is_said_and_nobody_comes_in(street: Street) -> None:
    walk = await _walk(street)
    assert (await walk.ask("GET", "/", as_="Karin")).status_code == 200
    path = await _file_of(street)
    await street.database.close()
    moved = path.rename(path.with_suffix(".away"))
    try:
        for page in walk.pages:
            for way, _ in list(walk.ways(page))[:1]:
                answer = await walk.ask(page.method, way, as_="Karin")
                assert answer.status_code == 503, way
                assert {name: answer.headers.get(name) for name in GUARDS} == GUARDS, way
                assert "Karin" not in answer.text
    finally:
        moved.rename(path)
        await walk.close()


async def _file_of(street: Street) -> Path:
    async with street.database.reading() as connection:
        row = (await connection.execute(text("PRAGMA database_list"))).first()
    assert row is not None
    return Path(str(row[2]))
