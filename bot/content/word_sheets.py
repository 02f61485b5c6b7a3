"""A language's file of reply words is read word by word, and whatever does not belong there is refused."""

from collections.abc import Iterator
from collections.abc import Mapping as PlainMapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.nodes import Mapping, Node, Scalar
from bot.content.pages import WEEKDAYS, Fields, Page, hint, open_page
from bot.content.wordings import placeholders
from bot.domain.people import Presence
from bot.engine.folding import bare, fold
from bot.engine.reading import Length, PartOfDay, Wish

FILE = "reply-words.yaml"

LANGUAGES = (
    *("sv", "en", "ar", "so", "ti", "fa", "fa_AF", "uk", "ckb", "ku", "tr", "sq", "bs", "hr", "sr_Latn", "pl", "th"),
)
"""The languages in which we read at least numbers, yes, no, stop and the wishes people need most."""

_REPLIES = ("yes", "no", "refuse", "nothing", "everything", "of", "within")
_LONE_WORDS = ("polite", "fillers", "joins", "doubt", "units", "clock")
_PHRASES = ("until", "through", "since", "absence-fillers", "absence-hints", "lookalikes")
_FIXES = ("questions", "meant")
_BY_NAME = ("numbers", "weekdays", "months", "days", "lengths", "duals", "parts-of-day", "parts-of-hour", "languages")
_OURS = ("reviewed", "not-yet", "dawn-clock")
_KNOWN = (*_OURS, *_BY_NAME, *_REPLIES, *_LONE_WORDS, *_PHRASES, *_FIXES, "wishes", "absences")
_NOT_YET = frozenset({"fallback"})

WISHES = tuple(wish.value for wish in Wish)
"""Each wish is a table of its own."""

ABSENCES = tuple(each.value for each in Presence if each not in (Presence.PRESENT, Presence.NOT_VALID))
"""And each way not to come."""

NUMBERED = {
    "numbers": {str(number): number for number in range(101)},
    "weekdays": {name: place + 1 for place, name in enumerate(WEEKDAYS)},
    "months": {str(month): month for month in range(1, 13)},
    "days": {str(days): days for days in range(-7, 15)},
    "parts-of-hour": {"half-to": -30, "quarter-to": -15, "quarter-past": 15, "half-past": 30},
}
"""What the names in these tables count."""

_NAMED: dict[str, tuple[str, ...]] = {
    **{table: tuple(names) for table, names in NUMBERED.items()},
    "lengths": tuple(Length),
    "duals": tuple(Length),
    "parts-of-day": tuple(PartOfDay),
    "languages": LANGUAGES,
}


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word or phrase, folded, with the table it stands in and what it means there."""

    table: str
    meaning: str
    folded: str
    node: Scalar

    @property
    def said(self) -> str:
        """Where it stands, for a complaint."""
        return self.table if self.table == self.meaning else f"{self.table} {self.meaning}"


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One language's reply words as they are written: by table and meaning. They can be kept and read again."""

    language: str
    reviewed: bool
    dawn_clock: bool
    not_yet: str
    words: PlainMapping[str, PlainMapping[str, tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One language's file as read."""

    language: str
    page: Page
    words: tuple[Word, ...]
    reviewed: bool
    dawn_clock: bool
    not_yet: str

    @property
    def spoken(self) -> Spoken:
        """What stands here, without the places where it stands."""
        tables: dict[str, dict[str, list[str]]] = {}
        for word in self.words:
            tables.setdefault(word.table, {}).setdefault(word.meaning, []).append(word.node.words)
        return Spoken(
            language=self.language,
            reviewed=self.reviewed,
            dawn_clock=self.dawn_clock,
            not_yet=self.not_yet,
            words={table: {name: tuple(words) for name, words in found.items()} for table, found in tables.items()},
        )


def read_sheet(file: Path, *, content: Path) -> Sheet:
    """One file under `content`. What is wrong in it stands in its page's complaints."""
    page = open_page(file, path=file.relative_to(content).as_posix())
    fields = page.fields(page.root, known=_KNOWN, where="the file")
    reviewed = page.flag(fields.need("reviewed"), where="'reviewed'")
    words = tuple(word for word in _words(page, fields) if word.folded)
    not_yet = _not_yet(page, fields.get("not-yet"))
    return Sheet(
        language=file.parent.name,
        page=page,
        words=words,
        reviewed=bool(reviewed),
        dawn_clock=page.flag(fields.get("dawn-clock"), where="'dawn-clock'") or False,
        not_yet=not_yet,
    )


def _not_yet(page: Page, node: Node | None) -> str:
    """What somebody is told in a language that we read and do not write; empty where none is needed."""
    key = page.words(node, key="not-yet", allowed=_NOT_YET)
    words = page.texts[key].words if key is not None else ""
    if key is not None and not placeholders(words):
        page.complain(node, "the placeholder {fallback} is lost", "say with {fallback} in which language we write")
    return words


def _words(page: Page, fields: Fields) -> Iterator[Word]:
    for table in _REPLIES:
        yield from _listed(page, fields.get(table), table=table, meaning=table)
    for table in _LONE_WORDS:
        for word in _listed(page, fields.get(table), table=table, meaning=table):
            if " " in word.folded:
                page.complain(word.node, f"'{table}' holds single words", "write each word for itself")
            yield word
    for table in (*_PHRASES, *_FIXES):
        yield from _listed(page, fields.get(table), table=table, meaning=table)
    for table in _BY_NAME:
        yield from _keyed(page, fields.get(table), table=table, known=_NAMED[table])
    yield from _keyed(page, fields.need("wishes"), table="wishes", known=WISHES)
    yield from _keyed(page, fields.get("absences"), table="absences", known=ABSENCES)


def _keyed(page: Page, node: Node | None, *, table: str, known: tuple[str, ...]) -> Iterator[Word]:
    if node is not None and not isinstance(node, Mapping):
        page.complain(node, f"'{table}' must have keys with lists", f"write '{known[0]}: [word, word]', one a line")
        return
    for entry in node.entries if node is not None else ():
        name = entry.key.words
        if name not in known:
            page.complain(entry.key, f"unknown key '{name[:40]}' in '{table}'", hint(name, known))
            continue
        # A wish is a table of its own: a person's whole wish stands beside answers of every kind. So is an absence.
        own = name if table in ("wishes", "absences") else table
        yield from _listed(page, entry.value, table=own, meaning=name)


def _listed(page: Page, node: Node | None, *, table: str, meaning: str) -> Iterator[Word]:
    for item in page.listed(node, where=f"'{meaning}'"):
        words = page.text(item, where=f"a word of '{meaning}'")
        if words is None or not isinstance(item, Scalar):
            continue
        folded = bare(fold(words, language=_language(page)))
        if not folded:
            page.complain(item, "only punctuation stands here", "write a word, or take it away")
        yield Word(table=table, meaning=meaning, folded=folded, node=item)


def _language(page: Page) -> str:
    """The language whose file this is: its folder's name."""
    return page.path.split("/")[-2]
