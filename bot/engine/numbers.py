"""A number is read from a reply only when it can mean nothing else."""

import re
from collections.abc import Iterable

from bot.engine.folding import split_words
from bot.engine.reading import Reading

# A long message with a digit in it tells a story; it does not answer.
_MOST_WORDS = 8

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_LABELLED = re.compile(r"(?<=[^\W\d]):(?=[0-9])")
_HAS_DIGIT = re.compile(r"[0-9]")
_LONE_SIGNS = frozenset({"-", "+", "%", "/"})


def read_number(folded: str, *, reading: Reading, low: int, high: int) -> int | None:
    """The one whole number from `low` to `high` that a folded reply says, alone or in a short sentence; else `None`."""
    return _within(_said(_words(folded), reading=reading), low=low, high=high)


def read_level(folded: str, *, reading: Reading, low: int, high: int) -> int | None:
    """A level of a scale, which may be said with its top ("3 of 5", "3/5"), and counts nothing ("in 5 minutes")."""
    words = _without_top(_words(folded), reading=reading, top=str(high))
    if not reading.units.isdisjoint(words):
        return None
    return _within(_said(words, reading=reading), low=low, high=high)


def read_place(folded: str, *, reading: Reading, last: int) -> int | None:
    """A place in a list, from 1 to `last`, which counts nothing ("3 days")."""
    words = _words(folded)
    return _within(_said(words, reading=reading), low=1, high=last) if reading.units.isdisjoint(words) else None


def _words(folded: str) -> list[str]:
    return split_words(_LABELLED.sub(": ", folded))


def _within(number: int | None, *, low: int, high: int) -> int | None:
    return number if number is not None and low <= number <= high else None


def _without_top(words: list[str], *, reading: Reading, top: str) -> list[str]:
    """The words without the scale's top after a level: `3/5` and `3 of 5` are `3`."""
    words = " ".join(words).replace("/", " / ").split()
    numbers = [place for place, word in enumerate(words) if _WHOLE.fullmatch(word)]
    if len(numbers) != 2 or words[numbers[1]] != top:
        return words
    between = " ".join(words[numbers[0] + 1 : numbers[1]])
    if between != "/" and between not in reading.of:
        return words
    return words[: numbers[0] + 1] + words[numbers[1] + 1 :]


def _said(words: list[str], *, reading: Reading) -> int | None:
    """The only number in the words, unless one of them makes it doubtful."""
    whole = reading.numbers.get(" ".join(words))
    if whole is not None:
        return whole
    doubtful = any(not table.isdisjoint(words) for table in (reading.doubt, reading.no, reading.joins, _LONE_SIGNS))
    if doubtful or len(words) > _MOST_WORDS:
        return None
    spoken = [reading.numbers[word] for word in words if word in reading.numbers]
    written = [word for word in words if word not in reading.numbers and _HAS_DIGIT.search(word)]
    if not written:
        # In a sentence a number word is often something else ("one" in "no one"): beside it only fillers may stand.
        plain = all(word in reading.numbers or word in reading.around for word in words)
        return _agreed(spoken) if plain else None
    if len(written) > 1 or not _WHOLE.fullmatch(written[0]):
        return None
    return _agreed([*spoken, int(written[0])])


def _agreed(numbers: Iterable[int]) -> int | None:
    different = set(numbers)
    return different.pop() if len(different) == 1 else None
