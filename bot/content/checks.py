"""Everything under a content root is checked together, so that what is published can not fail in somebody's hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogs import REFERENCE, check_catalog, read_catalogs
from bot.content.complaints import Complaint
from bot.content.flows import read_flow
from bot.content.instruments import read_instrument
from bot.content.packages import translated
from bot.content.pages import Page, open_page
from bot.content.shelf import (
    PHRASES_FILE,
    Shelf,
    check_file_name,
    check_names,
    programme_directories,
    read_shelf,
    shown,
)
from bot.content.typography import dear_texts, dear_translations
from bot.content.usual import filled
from bot.content.wordings import Text
from bot.domain.sms_parts import sms_parts


@dataclass(frozen=True, kw_only=True)
class PartsRow:
    """How many SMS parts one text takes in one language, with names and days of a usual length put in."""

    key: str
    language: str
    parts: int


def check(content: Path) -> tuple[Complaint, ...]:
    """All that is wrong under a content root, in order of file and place. Empty: it can be published."""
    catalogs = read_catalogs(content)
    shelves = _shelves(content)
    complaints = {complaint for shelf in shelves for complaint in shelf.complaints}
    for shelf in shelves:
        complaints.update(translated(shelf, catalogs)[1])
    strays = _strays(content, {page.path for shelf in shelves for page in shelf.pages})
    complaints.update(complaint for page in strays for complaint in page.complaints)
    texts = _texts(shelves, strays)
    complaints.update(dear_texts(texts))
    for file in catalogs:
        # A language that no programme uses yet may have gaps; what is there must still fit.
        checked = check_catalog(file, texts)
        complaints.update(checked.faults, dear_translations(file, checked.words))
    pages = {page.path: page for shelf in shelves for page in shelf.pages} | {page.path: page for page in strays}
    complaints.update(_shared_names(pages.values()))
    complaints.update(_unread(content, set(pages)))
    if not shelves:
        what, remedy = "there is no programme", "add flows/programmes/<name>/programme.yaml"
        complaints.add(Complaint(path="flows/programmes", line=1, column=1, what=what, remedy=remedy))
    return tuple(sorted(complaints))


def parts(content: Path) -> tuple[PartsRow, ...]:
    """What each text costs as an SMS in each language, by key and language."""
    texts, files = all_texts(content), [file for file in read_catalogs(content) if file.language != REFERENCE]
    said = {REFERENCE: {key: text.words for key, text in texts.items()}}
    said |= {file.language: dict(check_catalog(file, texts).words) for file in files}
    rows = [
        PartsRow(key=key, language=language, parts=sms_parts(filled(words, language=language, languages=said)))
        for language, spoken in said.items()
        for key, words in spoken.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.key, row.language)))


def all_texts(content: Path) -> dict[str, Text]:
    """Every reference text under a content root by key, also of files that no programme uses yet."""
    shelves = _shelves(content)
    return _texts(shelves, _strays(content, {page.path for shelf in shelves for page in shelf.pages}))


def _shelves(content: Path) -> tuple[Shelf, ...]:
    return tuple(read_shelf(directory, content=content) for directory in programme_directories(content))


def _texts(shelves: Iterable[Shelf], strays: Iterable[Page]) -> dict[str, Text]:
    texts = {key: text for shelf in shelves for key, text in shelf.texts.items()}
    return texts | {key: text for page in strays for key, text in page.texts.items()}


def _strays(content: Path, read: set[str]) -> tuple[Page, ...]:
    """The common flows and instruments that no programme uses: checked as far as they stand alone."""
    pages = []
    for folder in ("flows/instruments", "flows/common"):
        for file in sorted((content / folder).glob("*.yaml")):
            path = shown(file, content=content)
            if path in read or file.name == PHRASES_FILE:
                continue
            page = open_page(file, path=path)
            if page.root is not None:
                found = read_instrument(page) if folder.endswith("instruments") else read_flow(page, instrument=None)
                check_file_name(page, found.slug if found else None)
            pages.append(page)
    return tuple(pages)


def _unread(content: Path, read: set[str]) -> tuple[Complaint, ...]:
    """YAML in a place, or with an ending, where nothing looks for it: its words would never be said."""
    files = sorted(file for ending in ("*.yaml", "*.yml") for file in (content / "flows").rglob(ending))
    known = read | {
        shown(file, content=content) for each in programme_directories(content) for file in each.glob("*.yaml")
    }
    remedy = "see flows/README.md for where files stand; they end with .yaml"
    return tuple(
        Complaint(path=path, line=1, column=1, what="nothing reads this file", remedy=remedy)
        for path in (file.relative_to(content).as_posix() for file in files)
        if path not in known
    )


def _shared_names(pages: Iterable[Page]) -> tuple[Complaint, ...]:
    """Two programmes, or a programme and a flow of another, with one name: their translations would be mixed up."""
    bare = [Page(path=page.path, source="", root=page.root, texts=page.texts) for page in pages]
    check_names(bare)
    return tuple(complaint for page in bare for complaint in page.complaints)
