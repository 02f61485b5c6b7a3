"""A number is read from a reply only when it can mean nothing else."""

import re
from collections.abc import Iterable

from bot.engine.folding import split_words
from bot.engine.reading import Reading

# A long message with a digit in it tells a story; it does not answer.
_MOST_WORDS = 8

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_PART_OF = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
_LABELLED = re.compile(r"(?<=[^\W\d]):(?=[0-9])")
_HAS_DIGIT = re.compile(r"[0-9]")
_LONE_SIGNS = frozenset({"-", "+", "%"})


def read_number(folded: str, *, reading: Reading, low: int, high: int, bare_of_units: bool = False) -> int | None:
    """The one whole number from `low` to `high` that a folded reply says, alone or in a short sentence; else `None`.

    `bare_of_units` refuses a number that counts something ("in 5 minutes").
    """
    words = split_words(_LABELLED.sub(": ", folded))
    number = reading.numbers.get(" ".join(words))
    if number is None:
        foreign = reading.doubt | reading.no | _LONE_SIGNS | (reading.units if bare_of_units else frozenset())
        if len(words) <= _MOST_WORDS and foreign.isdisjoint(words):
            number = _only_number(words, reading=reading, high=high)
    return number if number is not None and low <= number <= high else None


def _only_number(words: list[str], *, reading: Reading, high: int) -> int | None:
    written: list[int] = []
    places: list[int] = []
    for place, word in enumerate(words):
        if word in reading.numbers or not _HAS_DIGIT.search(word):
            continue
        number = _written(word, high=high)
        if number is None:
            return None
        written.append(number)
        places.append(place)
    if len(written) == 2 and written[1] == high and _is_of(words[places[0] + 1 : places[1]], reading=reading):
        del written[1]
    spoken = [reading.numbers[word] for word in words if word in reading.numbers]
    # In a sentence a number word is often something else ("one" in "no one"), so beside it only fillers may stand.
    if not written and not all(word in reading.numbers or word in reading.around for word in words):
        return None
    return _agreed(spoken + written) if len(written) <= 1 else None


def _written(word: str, *, high: int) -> int | None:
    if _WHOLE.fullmatch(word):
        return int(word)
    part = _PART_OF.fullmatch(word)
    return int(part[1]) if part and int(part[2]) == high else None


def _is_of(words: list[str], *, reading: Reading) -> bool:
    return words == ["/"] or " ".join(words) in reading.of


def _agreed(numbers: Iterable[int]) -> int | None:
    different = set(numbers)
    return different.pop() if len(different) == 1 else None
