"""What people say is read from its files when these change, and from the database else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.content.complaints import ContentRefused
from bot.content.crisis_phrases import FILE as CRIES
from bot.engine.crisis import read_danger
from bot.engine.reading import Wish
from bot.services.vocabulary import learn, recall
from bot.storage.database import Database
from bot.storage.tables import vocabularies
from tests.content.test_crisis_phrases import GOOD
from tests.content.test_reply_words import SV
from tests.databases import KEY, Databases
from tests.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    url = await (databases.sqlite(tmp_path) if request.param == "sqlite" else databases.postgresql())
    made = Database(url, key=KEY)
    yield made
    await made.close()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    home = tmp_path / "content"
    (home / "locales/sv").mkdir(parents=True)
    (home / "locales/sv/reply-words.yaml").write_text(SV, encoding="utf-8")
    (home / "locales/sv" / CRIES).write_text(GOOD, encoding="utf-8")
    return home


def say_stop(content: Path, word: str) -> None:
    file = content / "locales/sv/reply-words.yaml"
    file.write_text(SV.replace("[stopp", f"[{word}, stopp"), encoding="utf-8")


async def kept(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list(await connection.scalars(select(vocabularies.c.mark)))


async def test_all_that_we_ship_comes_back_as_it_was_read(database: Database) -> None:
    read = vocabulary()
    first = await learn(database, ROOT, now=NOW)
    again = await learn(database, ROOT, now=NOW)
    assert first.readings == again.readings == read.readings
    for found in (first.danger, again.danger):
        assert found.unreviewed == read.danger.unreviewed
        assert read_danger("jag vill inte leva", phrases=found) == read_danger(
            "jag vill inte leva", phrases=read.danger
        )
    assert len(await kept(database)) == 1


async def test_the_second_start_reads_what_the_first_one_kept(database: Database, content: Path) -> None:
    await learn(database, content, now=NOW)
    async with database.transaction() as connection:
        compiled = await connection.scalar(select(vocabularies.c.compiled))
        assert compiled is not None
        await connection.execute(update(vocabularies).values(compiled=compiled.replace('"stopp"', '"punkt"')))
    assert "punkt" in (await learn(database, content, now=NOW)).readings["sv"].wishes[Wish.STOP]
    assert "punkt" in (await recall(database, content)).readings["sv"].wishes[Wish.STOP]


async def test_a_word_that_is_written_later_is_understood_from_the_next_start_on(
    database: Database, content: Path
) -> None:
    before = await learn(database, content, now=NOW)
    say_stop(content, "sluta")
    after = await learn(database, content, now=NOW)
    assert "sluta" not in before.readings["sv"].wishes[Wish.STOP]
    assert "sluta" in after.readings["sv"].wishes[Wish.STOP]
    assert len(await kept(database)) == 1


async def test_a_phrase_of_danger_that_is_written_later_is_heard(database: Database, content: Path) -> None:
    await learn(database, content, now=NOW)
    (content / "locales/sv" / CRIES).write_text(GOOD.replace("[vill dö]", "[orkar inte mer]"), encoding="utf-8")
    after = await learn(database, content, now=NOW)
    assert read_danger("orkar inte mer", phrases=after.danger) is not None
    assert read_danger("vill dö", phrases=after.danger) is None


async def test_a_broken_file_is_refused_whatever_was_kept(database: Database, content: Path) -> None:
    await learn(database, content, now=NOW)
    (content / "locales/sv/reply-words.yaml").write_text("yes: [ja", encoding="utf-8")
    with pytest.raises(ContentRefused, match="reply-words"):
        await learn(database, content, now=NOW)


@pytest.mark.parametrize("rubbish", ["", "{}", "no json", '{"spoken": 1, "cries": []}'])
async def test_what_cannot_be_read_any_more_is_read_from_the_files_again(
    database: Database, content: Path, rubbish: str
) -> None:
    whole = await learn(database, content, now=NOW)
    async with database.transaction() as connection:
        await connection.execute(update(vocabularies).values(compiled=rubbish))
    assert (await recall(database, content)).readings == whole.readings
    assert (await learn(database, content, now=NOW)).readings == whole.readings
    async with database.reading() as connection:
        assert await connection.scalar(select(vocabularies.c.compiled)) != rubbish
