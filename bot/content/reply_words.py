"""What people write in each language is data, and no word of it means two things at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogs import PARTICIPANTS, REFERENCE
from bot.content.complaints import Complaint, ContentRefused
from bot.content.language_names import names_in
from bot.content.nodes import Mapping, Node, Scalar
from bot.content.pages import WEEKDAYS, Fields, Page, hint, open_page
from bot.content.wordings import placeholders
from bot.domain.people import Presence
from bot.engine.folding import bare, fold
from bot.engine.reading import Length, PartOfDay, Reading, Wish

FILE = "reply-words.yaml"

LANGUAGES = (
    *("sv", "en", "ar", "so", "ti", "fa", "fa_AF", "uk", "ckb", "ku", "tr", "sq", "bs", "hr", "sr_Latn", "pl", "th"),
)
"""The languages in which we read at least numbers, yes, no, stop and the wishes people need most."""

_REPLIES = ("yes", "no", "refuse", "nothing", "everything", "of", "within")
_LONE_WORDS = ("polite", "fillers", "joins", "doubt", "units", "clock")
_PHRASES = ("until", "since", "absence-fillers", "absence-hints", "lookalikes")
_FIXES = ("questions", "meant")
_BY_NAME = ("numbers", "weekdays", "months", "days", "lengths", "duals", "parts-of-day", "parts-of-hour", "languages")
_KNOWN = (
    "reviewed",
    "not-yet",
    "dawn-clock",
    *_BY_NAME,
    *_REPLIES,
    *_LONE_WORDS,
    *_PHRASES,
    *_FIXES,
    "wishes",
    "absences",
)
_NOT_YET = frozenset({"fallback"})

# The tables that are looked at together: in each of these rooms a word means one thing. "No" may also be "nine", and
# an hour may also stand before a time: "saat 9", "9 saat".
_WISHES = tuple(wish.value for wish in Wish)
_ABSENCES = tuple(each.value for each in Presence if each not in (Presence.PRESENT, Presence.NOT_VALID))
_ROOMS = (
    ("questions", "meant", "numbers", "refuse", "polite", *_WISHES),
    ("questions", "meant", "yes", "no", "refuse", "polite", *_WISHES),
    ("numbers", "refuse", "nothing", "everything", "polite", "fillers", "joins", "of", "doubt", "units", *_WISHES),
    ("yes", "no", "refuse", "polite", "fillers", *_WISHES),
    ("weekdays", "months", "days", "refuse", "polite", "fillers", *_WISHES),
    ("numbers", "refuse", "polite", "weekdays", "days", *_WISHES, *_ABSENCES),
    ("yes", "no", "refuse", "polite", *_WISHES, *_ABSENCES),
    (
        "numbers",
        "lengths",
        "duals",
        "parts-of-day",
        "until",
        "weekdays",
        "months",
        "days",
        "polite",
        *_WISHES,
        *_ABSENCES,
    ),
    ("numbers", "parts-of-day", "clock", "until", "weekdays", "months", "days", "polite", *_WISHES, *_ABSENCES),
    ("languages", "yes", "no", "refuse", "polite", "fillers", *_WISHES, *_ABSENCES),
    ("absence-fillers", "absence-hints", "until", "since", "clock", "weekdays", "days", *_ABSENCES),
)
_NUMBERED = {
    "numbers": {str(number): number for number in range(101)},
    "weekdays": {name: place + 1 for place, name in enumerate(WEEKDAYS)},
    "months": {str(month): month for month in range(1, 13)},
    "days": {str(days): days for days in range(-7, 15)},
    "parts-of-hour": {"half-to": -30, "quarter-to": -15, "quarter-past": 15, "half-past": 30},
}
_NAMED: dict[str, tuple[str, ...]] = {
    **{table: tuple(names) for table, names in _NUMBERED.items()},
    "lengths": tuple(Length),
    "duals": tuple(Length),
    "parts-of-day": tuple(PartOfDay),
    "languages": LANGUAGES,
}


@dataclass(frozen=True, kw_only=True)
class _Word:
    """One word or phrase, folded, with the table it stands in and what it means there."""

    table: str
    meaning: str
    folded: str
    node: Scalar

    @property
    def said(self) -> str:
        return self.table if self.table == self.meaning else f"{self.table} {self.meaning}"


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """One language's file as read."""

    language: str
    page: Page
    words: tuple[_Word, ...]
    reviewed: bool
    dawn_clock: bool
    not_yet: str


def load_readings(content: Path) -> dict[str, Reading]:
    """Every language's reply words under `content`, by language, folded and ready.

    Raises `ContentRefused` with every complaint: an unknown key, a wrong kind of value, a word with two meanings, a
    word that is a stop in another language or the name of another language there (both are read for everybody).
    """
    sheets = _sheets(content)
    complaints = sorted(complaint for sheet in sheets for complaint in sheet.page.complaints)
    if not sheets:
        remedy = f"write locales/<language>/{FILE}"
        complaints = [Complaint(path="locales", line=1, column=1, what="no language has reply words", remedy=remedy)]
    if complaints:
        raise ContentRefused(tuple(complaints))
    return {sheet.language: _reading(sheet) for sheet in sheets}


def check_readings(content: Path) -> tuple[Complaint, ...]:
    """What `load_readings` refuses, and every language that we read and do not write without a sentence saying so."""
    complaints: list[Complaint] = []
    try:
        load_readings(content)
    except ContentRefused as refused:
        complaints += refused.complaints
    for sheet in _sheets(content):
        written = (content / "locales" / sheet.language / "LC_MESSAGES" / f"{PARTICIPANTS}.po").exists()
        if not sheet.not_yet and not written and sheet.language != REFERENCE:
            what, remedy = (
                "the file has no 'not-yet'",
                "add 'not-yet: We cannot write … yet. We write in {fallback}. …'",
            )
            complaints.append(Complaint(path=sheet.page.path, line=1, column=1, what=what, remedy=remedy))
    return tuple(complaints)


def _sheets(content: Path) -> list[_Sheet]:
    sheets = [_sheet(file, content=content) for file in sorted((content / "locales").glob(f"*/{FILE}"))]
    for sheet in sheets:
        _check_meanings(sheet)
    _check_stops(sheets)
    _check_names(sheets)
    return sheets


def _sheet(file: Path, *, content: Path) -> _Sheet:
    page = open_page(file, path=file.relative_to(content).as_posix())
    fields = page.fields(page.root, known=_KNOWN, where="the file")
    reviewed = page.flag(fields.need("reviewed"), where="'reviewed'")
    words = tuple(word for word in _words(page, fields) if word.folded)
    not_yet = _not_yet(page, fields.get("not-yet"))
    return _Sheet(
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


def _words(page: Page, fields: Fields) -> Iterator[_Word]:
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
    yield from _keyed(page, fields.need("wishes"), table="wishes", known=_WISHES)
    yield from _keyed(page, fields.get("absences"), table="absences", known=_ABSENCES)


def _keyed(page: Page, node: Node | None, *, table: str, known: tuple[str, ...]) -> Iterator[_Word]:
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


def _listed(page: Page, node: Node | None, *, table: str, meaning: str) -> Iterator[_Word]:
    for item in page.listed(node, where=f"'{meaning}'"):
        words = page.text(item, where=f"a word of '{meaning}'")
        if words is None or not isinstance(item, Scalar):
            continue
        folded = bare(fold(words, language=_language(page)))
        if not folded:
            page.complain(item, "only punctuation stands here", "write a word, or take it away")
        yield _Word(table=table, meaning=meaning, folded=folded, node=item)


def _language(page: Page) -> str:
    """The language whose file this is: its folder's name."""
    return page.path.split("/")[-2]


def _check_meanings(sheet: _Sheet) -> None:
    complained: set[int] = set()
    for room in _ROOMS:
        first: dict[str, _Word] = {}
        for word in sorted((word for word in sheet.words if word.table in room), key=_place):
            other = first.setdefault(word.folded, word)
            if (other.table, other.meaning) != (word.table, word.meaning) and word.node.start not in complained:
                complained.add(word.node.start)
                what = f"'{word.node.words}' means both {other.said} (line {other.node.line}) and {word.said}"
                sheet.page.complain(word.node, what, "keep one of them")


def _place(word: _Word) -> int:
    return word.node.start


def _check_stops(sheets: list[_Sheet]) -> None:
    stops = {word.folded: sheet.language for sheet in sheets for word in sheet.words if word.table == Wish.STOP}
    for sheet in sheets:
        for word in sheet.words:
            language = stops.get(word.folded, sheet.language)
            if language != sheet.language and word.table != Wish.STOP:
                what = f"'{word.node.words}' is a stop word of '{language}', which is read for everybody"
                sheet.page.complain(word.node, what, "take it away here or there")


def _check_names(sheets: list[_Sheet]) -> None:
    """A language is called by its name in any language, so one name means one language in all of them."""
    first: dict[str, _Word] = {}
    for sheet in sheets:
        for word in sheet.words:
            other = first.setdefault(word.folded, word) if word.table == "languages" else word
            if other.meaning != word.meaning:
                what = f"'{word.node.words}' names '{word.meaning}' here and '{other.meaning}' in another language"
                sheet.page.complain(word.node, what, "take it away here or there")


def _reading(sheet: _Sheet) -> Reading:
    def all_of(table: str) -> frozenset[str]:
        return frozenset(word.folded for word in sheet.words if word.table == table)

    def named(table: str) -> list[tuple[str, str]]:
        return [(word.folded, word.meaning) for word in sheet.words if word.table == table]

    def numbered(table: str) -> dict[str, int]:
        return {word.folded: _NUMBERED[table][word.meaning] for word in sheet.words if word.table == table}

    return Reading(
        language=sheet.language,
        reviewed=sheet.reviewed,
        numbers=numbered("numbers"),
        yes=all_of("yes"),
        no=all_of("no"),
        refuse=all_of("refuse"),
        nothing=all_of("nothing"),
        everything=all_of("everything"),
        weekdays=numbered("weekdays"),
        months=numbered("months"),
        days=numbered("days"),
        polite=all_of("polite"),
        fillers=all_of("fillers"),
        joins=all_of("joins"),
        of=all_of("of"),
        doubt=all_of("doubt"),
        units=all_of("units"),
        wishes={wish: all_of(wish) for wish in Wish},
        absences={Presence(each): all_of(each) for each in _ABSENCES},
        lengths={words: Length(name) for words, name in named("lengths")},
        duals={words: Length(name) for words, name in named("duals")},
        parts_of_day={words: PartOfDay(name) for words, name in named("parts-of-day")},
        clock=all_of("clock"),
        until=all_of("until"),
        within=all_of("within"),
        since=all_of("since"),
        absence_fillers=all_of("absence-fillers"),
        absence_hints=all_of("absence-hints"),
        parts_of_hour=numbered("parts-of-hour"),
        dawn_clock=sheet.dawn_clock,
        lookalikes=all_of("lookalikes"),
        questions=all_of("questions"),
        meant=all_of("meant"),
        languages=names_in(sheet.language, of=LANGUAGES) | dict(named("languages")),
        not_yet=sheet.not_yet,
    )
