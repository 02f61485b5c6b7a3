"""A package is a programme with everything it needs, read from files and ready to be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogs import REFERENCE, CatalogFile, check_catalog, read_catalogs
from bot.content.complaints import Complaint, ContentRefused
from bot.content.pages import Page
from bot.content.shelf import Shelf, node_at, read_shelf
from bot.content.wordings import Text
from bot.domain.programme import Instrument, Programme
from bot.engine.definition import Flow

Words = Mapping[str, Mapping[str, str]]
"""Language, then text key, then the words."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """What one programme directory amounts to. `words` hold every key of the package in every complete language;
    `sources` the YAML as written, by a path relative to the content root (`flows/…`)."""

    programme: Programme
    instrument: Instrument
    flows: Mapping[str, Flow]
    words: Words
    sources: Mapping[str, str]


def load_package(directory: Path, *, content: Path) -> Package:
    """Read `directory` (a programme) with the common flows, instruments, phrases and catalogs under `content`.

    Raises `ContentRefused` with every complaint, never with only the first.
    """
    shelf = read_shelf(directory, content=content)
    words, complaints = translated(shelf, read_catalogs(content))
    complaints = tuple(sorted({*shelf.complaints, *complaints}))
    if complaints or shelf.programme is None or shelf.instrument is None:
        raise ContentRefused(complaints)
    return Package(
        programme=shelf.programme,
        instrument=shelf.instrument,
        flows=shelf.flows,
        words=words,
        sources={page.path: page.source for page in shelf.pages},
    )


def translated(shelf: Shelf, catalogs: tuple[CatalogFile, ...]) -> tuple[Words, tuple[Complaint, ...]]:
    """The words of every language that has them all, and what is missing in the languages the programme uses."""
    texts = shelf.texts
    words: dict[str, Mapping[str, str]] = {REFERENCE: {key: text.words for key, text in texts.items()}}
    complaints: list[Complaint] = []
    languages = shelf.programme.languages if shelf.programme else ()
    for file in catalogs:
        if file.language == REFERENCE:
            continue
        checked = check_catalog(file, texts)
        if file.language in languages:
            complaints += [*checked.faults, *checked.gaps]
        if not checked.faults and not checked.gaps:
            words[file.language] = checked.words
    there = {REFERENCE, *(file.language for file in catalogs)}
    complaints += [_no_catalog(shelf.pages[0], language) for language in languages if language not in there]
    return words, tuple(complaints)


def load_words(content: Path) -> Words:
    """Every text of a content root that is fit to be said, by language: also of languages that are not complete.

    What is wrong with the rest is for `checks.check` to say; nothing is raised here.
    """
    texts: dict[str, Text] = {}
    for directory in sorted((content / "flows/programmes").glob("*")):
        texts.update(read_shelf(directory, content=content).texts if directory.is_dir() else {})
    found: dict[str, Mapping[str, str]] = {REFERENCE: {key: text.words for key, text in texts.items()}}
    for file in read_catalogs(content):
        if file.language != REFERENCE:
            found[file.language] = check_catalog(file, texts).words
    return found


def _no_catalog(page: Page, language: str) -> Complaint:
    at = node_at(page, "languages")
    what = f"there are no words in '{language}'"
    remedy = f"add locales/{language}/LC_MESSAGES/participants.po (see 'make texts'), or take '{language}' away"
    line, column = (at.line, at.column) if at else (1, 1)
    return Complaint(path=page.path, line=line, column=column, what=what, remedy=remedy)
