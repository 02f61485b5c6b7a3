"""What people write in each language is data, and no word of it means two things at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.content.catalogs import PARTICIPANTS, REFERENCE
from bot.content.complaints import Complaint, ContentRefused
from bot.content.language_names import names_in
from bot.content.word_sheets import ABSENCES, FILE, LANGUAGES, NUMBERED, WISHES, Sheet, Spoken, Word, read_sheet
from bot.domain.people import Presence
from bot.engine.folding import bare, fold
from bot.engine.reading import Length, PartOfDay, Reading, Wish

__all__ = ["FILE", "LANGUAGES", "Spoken", "check_readings", "load_readings", "readings_of", "spoken_in"]

# The tables that are looked at together: in each of these rooms a word means one thing. "No" may also be "nine", and
# an hour may also stand before a time: "saat 9", "9 saat".
_ROOMS = (
    ("questions", "meant", "numbers", "refuse", "polite", *WISHES),
    ("questions", "meant", "yes", "no", "refuse", "polite", *WISHES),
    ("numbers", "refuse", "nothing", "everything", "polite", "fillers", "joins", "of", "doubt", "units", *WISHES),
    ("yes", "no", "refuse", "polite", "fillers", *WISHES),
    ("weekdays", "months", "days", "refuse", "polite", "fillers", *WISHES),
    ("numbers", "refuse", "polite", "weekdays", "days", *WISHES, *ABSENCES),
    ("yes", "no", "refuse", "polite", *WISHES, *ABSENCES),
    (
        "numbers",
        "lengths",
        "duals",
        "parts-of-day",
        "until",
        "through",
        "weekdays",
        "months",
        "days",
        "polite",
        *WISHES,
        *ABSENCES,
    ),
    (
        "numbers",
        "parts-of-day",
        "clock",
        "until",
        "through",
        "weekdays",
        "months",
        "days",
        "polite",
        *WISHES,
        *ABSENCES,
    ),
    ("languages", "yes", "no", "refuse", "polite", "fillers", *WISHES, *ABSENCES),
    ("absence-fillers", "absence-hints", "until", "through", "since", "clock", "weekdays", "days", *ABSENCES),
)


def load_readings(content: Path) -> dict[str, Reading]:
    """Every language's reply words under `content`, by language, folded and ready. Raises as `spoken_in` does."""
    return readings_of(spoken_in(content))


def spoken_in(content: Path) -> tuple[Spoken, ...]:
    """Every language's reply words under `content`, with the names that languages have in it.

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
    return tuple(_with_names(sheet.spoken) for sheet in sheets)


def readings_of(spoken: Iterable[Spoken]) -> dict[str, Reading]:
    """The same words by language, folded and ready."""
    return {one.language: _reading(one) for one in spoken}


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
            remedy = "add 'not-yet: We cannot write … yet. We write in {fallback}. …'"
            what = "the file has no 'not-yet'"
            complaints.append(Complaint(path=sheet.page.path, line=1, column=1, what=what, remedy=remedy))
    return tuple(complaints)


def _sheets(content: Path) -> list[Sheet]:
    sheets = [read_sheet(file, content=content) for file in sorted((content / "locales").glob(f"*/{FILE}"))]
    for sheet in sheets:
        _check_meanings(sheet)
    _check_stops(sheets)
    _check_names(sheets)
    return sheets


def _check_meanings(sheet: Sheet) -> None:
    complained: set[int] = set()
    for room in _ROOMS:
        first: dict[str, Word] = {}
        for word in sorted((word for word in sheet.words if word.table in room), key=_place):
            other = first.setdefault(word.folded, word)
            if (other.table, other.meaning) != (word.table, word.meaning) and word.node.start not in complained:
                complained.add(word.node.start)
                what = f"'{word.node.words}' means both {other.said} (line {other.node.line}) and {word.said}"
                sheet.page.complain(word.node, what, "keep one of them")


def _place(word: Word) -> int:
    return word.node.start


def _check_stops(sheets: list[Sheet]) -> None:
    stops = {word.folded: sheet.language for sheet in sheets for word in sheet.words if word.table == Wish.STOP}
    for sheet in sheets:
        for word in sheet.words:
            language = stops.get(word.folded, sheet.language)
            if language != sheet.language and word.table != Wish.STOP:
                what = f"'{word.node.words}' is a stop word of '{language}', which is read for everybody"
                sheet.page.complain(word.node, what, "take it away here or there")


def _check_names(sheets: list[Sheet]) -> None:
    """A language is called by its name in any language, so one name means one language in all of them."""
    first: dict[str, Word] = {}
    for sheet in sheets:
        for word in sheet.words:
            other = first.setdefault(word.folded, word) if word.table == "languages" else word
            if other.meaning != word.meaning:
                what = f"'{word.node.words}' names '{word.meaning}' here and '{other.meaning}' in another language"
                sheet.page.complain(word.node, what, "take it away here or there")


def _with_names(spoken: Spoken) -> Spoken:
    """What the file calls a language goes before what the world calls it."""
    found = {name: (name, language) for name, language in names_in(spoken.language, of=LANGUAGES).items()}
    for language, names in spoken.words.get("languages", {}).items():
        found |= {bare(fold(name, language=spoken.language)): (name, language) for name in names}
    languages = {one: tuple(name for name, other in found.values() if other == one) for _, one in found.values()}
    return replace(spoken, words={**spoken.words, "languages": languages})


@dataclass(frozen=True)
class _Tables:
    """The tables of one language, folded as replies are."""

    spoken: Spoken

    def named(self, table: str) -> dict[str, str]:
        """What each word of the table means."""
        return {
            bare(fold(word, language=self.spoken.language)): meaning
            for meaning, words in self.spoken.words.get(table, {}).items()
            for word in words
        }

    def all_of(self, table: str) -> frozenset[str]:
        """The words of the table, which all mean the same."""
        return frozenset(self.named(table))

    def numbered(self, table: str) -> dict[str, int]:
        """The number that each word of the table stands for."""
        return {word: NUMBERED[table][name] for word, name in self.named(table).items()}


def _reading(spoken: Spoken) -> Reading:
    tables = _Tables(spoken)
    return _with_absences(_with_time(_answers(tables), tables), tables)


def _answers(tables: _Tables) -> Reading:
    """Whole replies, and the words around them."""
    return Reading(
        language=tables.spoken.language,
        reviewed=tables.spoken.reviewed,
        not_yet=tables.spoken.not_yet,
        numbers=tables.numbered("numbers"),
        yes=tables.all_of("yes"),
        no=tables.all_of("no"),
        refuse=tables.all_of("refuse"),
        nothing=tables.all_of("nothing"),
        everything=tables.all_of("everything"),
        polite=tables.all_of("polite"),
        fillers=tables.all_of("fillers"),
        joins=tables.all_of("joins"),
        of=tables.all_of("of"),
        doubt=tables.all_of("doubt"),
        units=tables.all_of("units"),
        lookalikes=tables.all_of("lookalikes"),
        questions=tables.all_of("questions"),
        meant=tables.all_of("meant"),
        languages=tables.named("languages"),
        wishes={wish: tables.all_of(wish) for wish in Wish},
    )


def _with_time(reading: Reading, tables: _Tables) -> Reading:
    """Days, hours and how long something lasts."""
    return replace(
        reading,
        weekdays=tables.numbered("weekdays"),
        months=tables.numbered("months"),
        days=tables.numbered("days"),
        lengths={word: Length(name) for word, name in tables.named("lengths").items()},
        duals={word: Length(name) for word, name in tables.named("duals").items()},
        parts_of_day={word: PartOfDay(name) for word, name in tables.named("parts-of-day").items()},
        parts_of_hour=tables.numbered("parts-of-hour"),
        clock=tables.all_of("clock"),
        dawn_clock=tables.spoken.dawn_clock,
        until=tables.all_of("until") | tables.all_of("through"),
        through=tables.all_of("through"),
        within=tables.all_of("within"),
        since=tables.all_of("since"),
    )


def _with_absences(reading: Reading, tables: _Tables) -> Reading:
    """The words for not coming, and what may stand around them."""
    return replace(
        reading,
        absences={Presence(each): tables.all_of(each) for each in ABSENCES},
        absence_fillers=tables.all_of("absence-fillers"),
        absence_hints=tables.all_of("absence-hints"),
    )
