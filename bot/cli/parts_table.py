"""What each text costs as SMS stands in one table, with a mark at those that cost too much."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.content.checks import PartsRow
from bot.content.typography import PLAIN

_FIRST = ("sv", "en", "ar", "so")
_MARK = "!"

# locales/README.md, "Length": parts in the plain alphabet, and in any other.
_USUAL = (2, 2)
_LONGER = (2, 3)
_LONG_TEXTS = ("welcome/", "phrases/help", "phrases/welcome")


def parts_table(rows: Iterable[PartsRow]) -> Iterator[str]:
    """A line for each text and a column for each language; a mark beside more parts than `locales/README.md` allows.

    Texts only coaches read have no line. A dash: no translation yet.
    """
    counted = _by_key(rows)
    languages = _languages(counted)
    width = max(map(len, counted), default=0)
    yield " ".join(["text".ljust(width), *(language.rjust(4) for language in languages)])
    for key, parts in counted.items():
        cells = (_cell(key, language, parts.get(language)) for language in languages)
        yield " ".join([key.ljust(width), *cells]).rstrip()


def parts_totals(rows: Iterable[PartsRow]) -> Iterator[str]:
    """One line with the sum of each language, and one for each text that takes too many parts."""
    counted = _by_key(rows)
    sums = [
        f"{language} {sum(parts.get(language, 0) for parts in counted.values())}" for language in _languages(counted)
    ]
    yield f"SMS parts of {len(counted)} texts: {', '.join(sums)}"
    for key, parts in counted.items():
        for language, count in parts.items():
            if count > most_parts(key, language):
                yield f"{key} takes {count} parts in '{language}', {most_parts(key, language)} are allowed: shorten it"


def most_parts(key: str, language: str) -> int:
    """How many parts a text may take."""
    plain, other = _LONGER if key.startswith(_LONG_TEXTS) else _USUAL
    return plain if language in PLAIN else other


def _by_key(rows: Iterable[PartsRow]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if not row.key.endswith("/coach-question"):
            counted[row.key][row.language] = row.parts
    return counted


def _languages(counted: dict[str, dict[str, int]]) -> list[str]:
    there = {language for parts in counted.values() for language in parts}
    return [*(each for each in _FIRST if each in there), *sorted(there - set(_FIRST))]


def _cell(key: str, language: str, count: int | None) -> str:
    said = "-" if count is None else str(count)
    mark = _MARK if count is not None and count > most_parts(key, language) else " "
    return said.rjust(4 - len(mark)) + mark
