"""A number is read from a reply only when it can mean nothing else."""

import re
from collections.abc import Iterable, Sequence

from bot.engine.folding import split_words
from bot.engine.reading import Reading

# A long message with a digit in it tells a story; it does not answer.
_MOST_WORDS = 8

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_LABELLED = re.compile(r"(?<=[^\W\d]):(?=[0-9])")
_HAS_DIGIT = re.compile(r"[0-9]")
_LONE_SIGNS = frozenset({"-", "+", "%", "/"})

# Faces, hands, hearts, stars and flowers say nothing of a number; clocks, telephones and money do.
_FEELINGS = re.compile(
    "[\u2639-\u263b\u2665\u2728\u2764\u2b50\U0001f337-\U0001f33c\U0001f389\U0001f38a\U0001f446-\U0001f450"
    "\U0001f493-\U0001f49f\U0001f600-\U0001f64f\U0001f910-\U0001f92f\U0001f970-\U0001f97a]+"
)

# ":3" and "<3" are faces and hearts, ">3" is more than three.
_FACES = re.compile(r"(?:^|(?<=\s))(?:[:;=]['-]?[()dpo*/|]+|<+3+|:3+|\^_*\^)(?=\s|$)")
_COMPARED = re.compile(r"(?:^|(?<=\s))[<>=:;]+(?=-?[0-9])|(?<=[0-9])[<>]+(?=\s|$)")


def read_number(folded: str, *, reading: Reading, low: int, high: int) -> int | None:
    """The one whole number from `low` to `high` that a folded reply says, alone or in a short sentence; else `None`."""
    return _within(_counted(_words(folded), reading=reading), low=low, high=high)


def read_level(folded: str, *, reading: Reading, low: int, high: int) -> int | None:
    """A level of a scale, which may be said with its top ("3 of 5", "3/5"), and counts nothing ("in 5 minutes")."""
    return _within(read_lone(folded, reading=reading, top=high), low=low, high=high)


def read_place(folded: str, *, reading: Reading, last: int) -> int | None:
    """A place in a list, from 1 to `last`, which counts nothing ("3 days")."""
    return _within(read_lone(folded, reading=reading), low=1, high=last)


def read_lone(folded: str, *, reading: Reading, top: int | None = None) -> int | None:
    """The one whole number of a reply that says nothing else, however great it is.

    A word that nobody has listed may turn the number round or count something, so beside one there is no number.
    """
    words = _words(folded)
    if " ".join(words) in reading.lookalikes:
        return None
    if top is not None:
        words = _without_top(words, reading=reading, top=str(top))
    whole = reading.numbers.get(" ".join(words))
    if whole is not None:
        return whole
    numbers: set[int] = set()
    written = 0
    for word in words[: _MOST_WORDS + 1]:
        if _WHOLE.fullmatch(word):
            numbers.add(int(word))
            written += 1
        elif (spoken := _spoken(word, reading=reading)) is not None:
            numbers.add(spoken)
        elif not _is_around(word, reading=reading):
            return None
    return numbers.pop() if len(numbers) == 1 and written < 2 and len(words) <= _MOST_WORDS else None


def _words(folded: str) -> list[str]:
    if not folded.isalnum():
        folded = _COMPARED.sub(" % ", _FACES.sub(" ", _LABELLED.sub(": ", folded)))
    return split_words(folded)


def _within(number: int | None, *, low: int, high: int) -> int | None:
    return number if number is not None and low <= number <= high else None


def _spoken(word: str, *, reading: Reading) -> int | None:
    """The number that a word says, also with a slip of one letter."""
    if word in reading.numbers:
        return reading.numbers[word]
    meant = reading.spelling.meant(word, among=reading.numbers.keys())
    return None if meant is None else reading.numbers[meant]


def _is_around(word: str, *, reading: Reading) -> bool:
    """Whether a word changes nothing: politeness, an "I think", "yes", "today", or a face."""
    if word in reading.around or reading.days.get(word) == 0 or word in reading.yes:
        return True
    if word in reading.no or word in reading.doubt:
        return False
    return _FEELINGS.fullmatch(word) is not None


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


def _counted(words: Sequence[str], *, reading: Reading) -> int | None:
    """The only number in the words, unless one of them makes it doubtful. What is counted may have any name."""
    whole = reading.numbers.get(" ".join(words))
    if whole is not None:
        return whole
    if len(words) > _MOST_WORDS or any(_is_doubtful(word, reading=reading) for word in words):
        return None
    spoken = [reading.numbers[word] for word in words if word in reading.numbers]
    written = [word for word in words if word not in reading.numbers and _HAS_DIGIT.search(word)]
    if not written:
        # In a sentence a number word is often something else ("one" in "no one"): beside it only fillers may stand.
        numbers = [(_spoken(word, reading=reading), _is_around(word, reading=reading)) for word in words]
        plain = all(number is not None or around for number, around in numbers)
        return _agreed(number for number, _ in numbers if number is not None) if plain else None
    if len(written) > 1 or not _WHOLE.fullmatch(written[0]):
        return None
    return _agreed([*spoken, int(written[0])])


def _is_doubtful(word: str, *, reading: Reading) -> bool:
    doubtful = (reading.doubt, reading.no, reading.joins, reading.clock, _LONE_SIGNS)
    if any(word in table for table in doubtful):
        return True
    # "3" beside a "not" with a slip in it is no three.
    return not reading.spelling.knows(word) and any(
        near in table for near in reading.spelling.near(word) for table in doubtful
    )


def _agreed(numbers: Iterable[int]) -> int | None:
    different = set(numbers)
    return different.pop() if len(different) == 1 else None
