"""A text key becomes words in one person's language, with names and days put in and nothing else evaluated."""

import re
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from bot.content.packages import Words
from bot.domain.people import StaffedHours

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Texts:
    """Words by key and language. Nothing in it changes; `over` makes another one.

    A key is looked for in the person's own language, then in the programme's (`fallback`, in order), then in the
    reference language.
    """

    __slots__ = ("_layers", "_reference")

    def __init__(self, words: Words, *, reference: str = "sv", beneath: tuple[Words, ...] = ()) -> None:
        self._layers = (words, *beneath)
        self._reference = reference

    def over(self, words: Words) -> "Texts":
        """These texts with `words` (of one flow version) found before all others."""
        return Texts(words, reference=self._reference, beneath=self._layers)

    def has(self, key: str, language: str) -> bool:
        """Whether the key has words in exactly this language."""
        return self._find(key, language) is not None

    def language_for(self, key: str, language: str, *, fallback: tuple[str, ...] = ()) -> str:
        """The language in which `say` would say the key. Raises `KeyError` naming a key that is nowhere."""
        for each in (language, *fallback, self._reference):
            if self._find(key, each) is not None:
                return each
        raise KeyError(key)

    def say(self, key: str, *, language: str, values: Mapping[str, object], fallback: tuple[str, ...] = ()) -> str:
        """The words with `values` put in. In a right-to-left language each value stands isolated, in no other.

        Raises `KeyError` naming the key when no language has it, or the placeholder that has no value.
        """
        for each in (language, *fallback, self._reference):
            words = self._find(key, each)
            if words is not None:
                return _fill(key, words, values, isolate=is_right_to_left(each))
        raise KeyError(key)

    def _find(self, key: str, language: str) -> str | None:
        for layer in self._layers:
            words = layer.get(language)
            if words is not None and key in words:
                return words[key]
        return None


def day(when: date, language: str) -> str:
    """Weekday, day and month: "tisdag 24 november". Latin digits in every language."""
    weekdays, months = _names(language)
    return f"{weekdays[when.weekday()]} {when.day} {months[when.month - 1]}"


def days(first: date, last: date, language: str) -> str:
    """From a day to a day, in few letters: "24-26 november", "30 november - 2 december". One day is as `day` has it."""
    if first == last:
        return day(first, language)
    _, months = _names(language)
    ends = f"{last.day} {months[last.month - 1]}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{ends}"
    return f"{first.day} {months[first.month - 1]} - {ends}"


def clock(when: time) -> str:
    """Hours and minutes, "07:30", in every language."""
    return f"{when.hour:02}:{when.minute:02}"


def hours(staffed: StaffedHours, language: str) -> str:
    """When somebody reads: "måndag-fredag 08:00-16:00". Plain hyphens: a dash would halve what an SMS holds."""
    weekdays, _ = _names(language)
    runs: list[list[int]] = []
    for number in sorted(staffed.weekdays):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    days = ", ".join("-".join(dict.fromkeys((weekdays[run[0] - 1], weekdays[run[-1] - 1]))) for run in runs)
    return f"{days} {clock(staffed.begins)}-{clock(staffed.ends)}"


@lru_cache(maxsize=64)
def is_right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    return _locale(language).text_direction == "rtl"


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of weekdays (Monday first) and months as they stand within a date."""
    locale = _locale(language)
    weekdays, months = locale.days["format"]["wide"], locale.months["format"]["wide"]
    return tuple(weekdays[number] for number in range(7)), tuple(months[number] for number in range(1, 13))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        # A language without known days still gets its words: the days then come in English.
        return Locale.parse("en")


def _fill(key: str, words: str, values: Mapping[str, object], *, isolate: bool) -> str:
    pieces = _pieces(words)
    if len(pieces) == 1:
        return words
    said = []
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            said.append(piece)
        elif piece not in values:
            raise KeyError(f"{key}: no value for {{{piece}}}")
        else:
            said.append(_isolated(str(values[piece])) if isolate else str(values[piece]))
    return "".join(said)


@lru_cache(maxsize=8_192)
def _pieces(words: str) -> tuple[str, ...]:
    """Words and placeholder names, taking turns, words first."""
    return tuple(_PLACEHOLDER.split(words))


def _isolated(value: str) -> str:
    if not value or FIRST_STRONG_ISOLATE in value:
        # Lines that we have rendered ourselves hold their isolates already.
        return value
    # An isolate ends with its line, so each line has its own.
    return "\n".join(f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" if line else line for line in value.split("\n"))
