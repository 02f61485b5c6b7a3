"""What sounds like danger in each language is data that a clinician can read, and no plain answer sets it off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.complaints import Complaint, ContentRefused
from bot.content.nodes import Node, Scalar
from bot.content.pages import Page, open_page
from bot.content.reply_words import LANGUAGES
from bot.engine.crisis import Danger, DangerKind, Phrases, read_danger
from bot.engine.folding import bare, fold
from bot.engine.reading import Reading

FILE = "crisis-phrases.yaml"

_KNOWN = ("reviewed", "between", *(kind.value for kind in DangerKind))
_REVIEWS = ("native", "clinician")


@dataclass(frozen=True, kw_only=True)
class Cries:
    """One language's phrases of danger as they are written, by kind. They can be kept and read again.

    `reviewed` says that a native speaker and a clinician have read them; `between` are words that may stand inside one.
    """

    language: str
    reviewed: bool
    between: tuple[str, ...]
    phrases: Mapping[DangerKind, tuple[str, ...]]


@dataclass(kw_only=True)
class _Sheet:
    """One language's file as read: each phrase with the place it stands at."""

    language: str
    page: Page
    reviewed: bool = False
    between: list[str] = field(default_factory=list)
    phrases: list[tuple[Danger, Scalar]] = field(default_factory=list)

    @property
    def cries(self) -> Cries:
        phrases: dict[DangerKind, tuple[str, ...]] = {
            kind: tuple(danger.phrase for danger, _ in self.phrases if danger.kind is kind) for kind in DangerKind
        }
        return Cries(language=self.language, reviewed=self.reviewed, between=tuple(self.between), phrases=phrases)


def load_crisis_phrases(content: Path) -> Phrases:
    """All phrases under `content`, ready. Raises `ContentRefused` with every complaint about a file."""
    return phrases_of(cries_in(content))


def cries_in(content: Path) -> tuple[Cries, ...]:
    """All phrases under `content`, by language. Raises `ContentRefused` with every complaint about a file."""
    sheets = _sheets(content)
    complaints = tuple(sorted(complaint for sheet in sheets for complaint in sheet.page.complaints))
    if complaints:
        raise ContentRefused(complaints)
    return tuple(sheet.cries for sheet in sheets)


def phrases_of(cries: Iterable[Cries]) -> Phrases:
    """The same phrases, ready to be found."""
    every = tuple(cries)
    return Phrases(
        (
            Danger(kind=kind, language=one.language, phrase=phrase)
            for one in every
            for kind, phrases in one.phrases.items()
            for phrase in phrases
        ),
        between=(word for one in every for word in one.between),
        unreviewed=(one.language for one in every if not one.reviewed),
    )


def check_crisis_phrases(content: Path, readings: Mapping[str, Reading]) -> tuple[Complaint, ...]:
    """What `load_crisis_phrases` refuses, a language without phrases, and a phrase that is found in a plain answer.

    `readings` are the reply words of all languages: none of them may sound like danger in any language.
    """
    sheets = _sheets(content)
    for language in LANGUAGES if (content / "locales").is_dir() else ():
        if language not in {sheet.language for sheet in sheets}:
            page = Page(path=f"locales/{language}/{FILE}", source="")
            page.complain(None, "the language has no phrases of danger", f"write locales/{language}/{FILE}")
            sheets.append(_Sheet(language=language, page=page))
    _check_answers(sheets, readings)
    return tuple(sorted(complaint for sheet in sheets for complaint in sheet.page.complaints))


def _sheets(content: Path) -> list[_Sheet]:
    return [_sheet(file, content=content) for file in sorted((content / "locales").glob(f"*/{FILE}"))]


def _sheet(file: Path, *, content: Path) -> _Sheet:
    page = open_page(file, path=file.relative_to(content).as_posix())
    sheet = _Sheet(language=file.parent.name, page=page)
    top = page.fields(page.root, known=_KNOWN, where="the file")
    reviews = page.fields(top.need("reviewed"), known=_REVIEWS, where="'reviewed'")
    flags = [page.flag(reviews.need(each), where=f"'{each}'") for each in _REVIEWS]
    sheet.reviewed = all(flags)
    sheet.between = [words for words, _ in _listed(page, top.get("between"), where="between")]
    said: dict[str, Scalar] = {}
    for kind in DangerKind:
        node = top.need(kind.value)
        found = list(_listed(page, node, where=kind.value))
        if node is not None and not found:
            page.complain(node, f"'{kind}' has no phrases", "write what people say, one phrase a line")
        for words, at in found:
            other = said.setdefault(bare(fold(words)), at)
            if other is not at:
                page.complain(at, f"'{words}' stands twice (line {other.line})", "keep one of them")
            sheet.phrases.append((Danger(kind=kind, language=sheet.language, phrase=words), at))
    return sheet


def _listed(page: Page, node: Node | None, *, where: str) -> Iterator[tuple[str, Scalar]]:
    for item in page.listed(node, where=f"'{where}'"):
        words = page.text(item, where=f"a phrase of '{where}'")
        if words is None or not isinstance(item, Scalar):
            continue
        if not bare(fold(words)):
            page.complain(item, "nothing stands here but punctuation", "write a phrase, or take it away")
            continue
        yield words, item


def _check_answers(sheets: Iterable[_Sheet], readings: Mapping[str, Reading]) -> None:
    phrases = phrases_of(sheet.cries for sheet in sheets)
    places = {(danger.language, danger.phrase): (sheet.page, at) for sheet in sheets for danger, at in sheet.phrases}
    complained: set[tuple[str, str]] = set()
    for language, reading in readings.items():
        # The shortest says it best.
        for words in sorted(_answers(reading), key=lambda one: (len(one), one)):
            danger = read_danger(words, phrases=phrases)
            if danger is None or (danger.language, danger.phrase) in complained:
                continue
            complained.add((danger.language, danger.phrase))
            page, at = places[danger.language, danger.phrase]
            what = f"'{danger.phrase}' is found in '{words}', a plain answer or a wish in '{language}'"
            page.complain(at, what, "say more in the phrase")


def _answers(reading: Reading) -> Iterator[str]:
    """Every word and phrase that is an answer or a wish of the language."""
    yield from (*reading.numbers, *reading.weekdays, *reading.months, *reading.days, *reading.languages)
    yield from (*reading.yes, *reading.no, *reading.refuse, *reading.nothing, *reading.everything)
    yield from (*reading.polite, *reading.fillers, *reading.doubt, *reading.units, *reading.questions, *reading.meant)
    for table in (reading.wishes, reading.absences):
        for words in table.values():
            yield from words
