"""The catalogs are up to date, complete where they are used, and count as CLDR counts."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.catalogs import CONSOLE, PARTICIPANTS, catalog_files, check_catalog, plural_forms, read_catalog
from bot.content.checks import all_texts
from bot.content.extract import update_catalogs
from bot.content.po import header_field, header_of
from bot.engine.folding import fold, split_words
from bot.engine.reading import Reading, Wish
from tests.vocabulary import vocabulary

CONTENT = Path(__file__).parents[2]
CATALOGS = [
    pytest.param(file, id=f"{language}-{domain}")
    for domain in (PARTICIPANTS, CONSOLE)
    for language, file in catalog_files(CONTENT, domain=domain).items()
]

_CAPITALS = re.compile(r"\b[A-ZÅÄÖ]{2,}(?: [A-ZÅÄÖ]{2,})*\b")
_NAMES = {"sms", "cv", "stega"}


def test_english_arabic_and_somali_are_complete() -> None:
    texts = all_texts(CONTENT)
    files = catalog_files(CONTENT, domain=PARTICIPANTS)
    for language in ("en", "ar", "so"):
        checked = check_catalog(read_catalog(files[language], content=CONTENT), texts)
        assert [str(each) for each in (*checked.faults, *checked.gaps)] == []


def tables(reading: Reading) -> dict[str, frozenset[str]]:
    """What may be written at any time, by what it means."""
    absences = {str(category): words for category, words in reading.absences.items()}
    return {**{str(wish): reading.wishes[wish] for wish in Wish}, **absences, "refuse": reading.refuse}


def phrases(text: str, language: str) -> Iterator[str]:
    """Every run of up to four words in a text, folded."""
    words = split_words(fold(text, language=language))
    for first in range(len(words)):
        for last in range(first + 1, min(first + 4, len(words)) + 1):
            yield " ".join(words[first:last])


def capitals(words: str) -> set[str]:
    """What stands in capitals, folded: those are the words we ask people to write."""
    return {run.casefold() for run in _CAPITALS.findall(words)} - _NAMES


def meanings(said: set[str], reading: Reading) -> set[str]:
    folded = {fold(words, language=reading.language) for words in said}
    return {meaning for meaning, known in tables(reading).items() if known & folded}


def everything_said() -> dict[str, dict[str, str]]:
    """The words of every language by key."""
    texts = all_texts(CONTENT)
    said = {"sv": {key: text.words for key, text in texts.items()}}
    for language, file in catalog_files(CONTENT, domain=PARTICIPANTS).items():
        said[language] = check_catalog(read_catalog(file, content=CONTENT), texts).words
    return said


def test_words_we_ask_people_to_write_are_words_we_read() -> None:
    readings, said = vocabulary().readings, everything_said()
    unread = [
        f"{key} in {language} asks for '{word}'"
        for language, texts in said.items()
        for key, words in texts.items()
        for word in capitals(words)
        if not meanings({word}, readings[language])
    ]
    assert unread == []


def test_every_language_asks_for_a_word_where_the_swedish_does() -> None:
    readings, said = vocabulary().readings, everything_said()
    wanted = {key: meanings(capitals(words), readings["sv"]) for key, words in said["sv"].items()}
    assert {"stop", "start", "refuse"} <= set().union(*wanted.values())
    unsaid = [
        f"{key} in {language} has no word for '{meaning}'"
        for language, texts in said.items()
        for key, words in texts.items()
        for meaning in wanted[key]
        if not tables(readings[language])[meaning] & set(phrases(words, language))
    ]
    assert unsaid == []


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
