"""The catalogs are up to date, complete where they are used, and count as CLDR counts."""

import shutil
from pathlib import Path

import pytest

from bot.content.catalogs import CONSOLE, PARTICIPANTS, catalog_files, check_catalog, plural_forms, read_catalog
from bot.content.checks import all_texts
from bot.content.extract import update_catalogs
from bot.content.po import header_field, header_of

CONTENT = Path(__file__).parents[2]
CATALOGS = [
    pytest.param(file, id=f"{language}-{domain}")
    for domain in (PARTICIPANTS, CONSOLE)
    for language, file in catalog_files(CONTENT, domain=domain).items()
]


def test_english_and_arabic_are_complete() -> None:
    texts = all_texts(CONTENT)
    files = catalog_files(CONTENT, domain=PARTICIPANTS)
    for language in ("en", "ar"):
        checked = check_catalog(read_catalog(files[language], content=CONTENT), texts)
        assert [str(each) for each in (*checked.faults, *checked.gaps)] == []


@pytest.mark.parametrize("file", CATALOGS)
def test_a_catalog_counts_as_cldr_counts(file: Path) -> None:
    language = file.parent.parent.name
    assert header_field(header_of(file.read_text("utf-8")), "Plural-Forms") == plural_forms(language)


@pytest.mark.parametrize("file", CATALOGS)
def test_a_catalog_says_whether_a_native_speaker_has_read_it(file: Path) -> None:
    assert header_field(header_of(file.read_text("utf-8")), "X-Framsteg-Reviewed") in ("yes", "no")


def test_bringing_the_catalogs_up_to_date_changes_nothing(tmp_path: Path) -> None:
    for folder in ("flows", "locales"):
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    assert [file.relative_to(tmp_path).as_posix() for file in update_catalogs(tmp_path)] == []


def test_the_console_is_whole_in_swedish() -> None:
    file = catalog_files(CONTENT, domain=CONSOLE)["sv"]
    catalog = read_catalog(file, content=CONTENT).catalog
    unsaid = [message.id for message in catalog if message.id and (message.fuzzy or not all(strings(message.string)))]
    assert unsaid == []


def strings(words: object) -> tuple[object, ...]:
    return words if isinstance(words, tuple) else (words,)
