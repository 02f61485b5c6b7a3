"""A length of time is read from a number and its unit, as each language says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.engine.phrasing import phrase_at
from bot.engine.reading import Length, Reading

_NUMBER = re.compile(r"[0-9]{1,3}")
_LASTS = {
    Length.MINUTE: timedelta(minutes=1),
    Length.QUARTER: timedelta(minutes=15),
    Length.HALF_HOUR: timedelta(minutes=30),
    Length.HOUR: timedelta(hours=1),
    Length.DAY: timedelta(days=1),
    Length.WEEK: timedelta(days=7),
    Length.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasts:
    """So many of a unit. `count`: 0 if it was not told exactly ("10-15 minutes"), or if none was."""

    unit: Length
    count: int = 1

    @property
    def time(self) -> timedelta:
        """How long that is."""
        return _LASTS[self.unit] * self.count

    @property
    def in_days(self) -> bool:
        """Whether it is told in days, or in more."""
        return _LASTS[self.unit] >= _LASTS[Length.DAY]


def length_at(words: Sequence[str], place: int, *, reading: Reading) -> tuple[Lasts, int] | None:
    """The length that begins here, and how many words it has: "2 days", "10-15 minutes", two hours in one word.

    A unit alone is none: what stands around it must say that one of it is meant.
    """
    first = words[place] if place < len(words) else ""
    if first in reading.duals:
        return Lasts(unit=reading.duals[first], count=2), 1
    count = _number(words, place, reading=reading)
    if count is None:
        return None
    begins = place + 1
    if words[begins : begins + 1] == ["-"] and _number(words, begins + 1, reading=reading) is not None:
        count, begins = 0, begins + 2
    size = phrase_at(words, begins, among=reading.lengths)
    if not size:
        return None
    unit = reading.lengths[" ".join(words[begins : begins + size])]
    return Lasts(unit=unit, count=count), begins + size - place


def _number(words: Sequence[str], place: int, *, reading: Reading) -> int | None:
    word = words[place] if place < len(words) else ""
    return int(word) if _NUMBER.fullmatch(word) else reading.numbers.get(word)
