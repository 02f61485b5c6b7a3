"""An answer that was wrong is named by its question's number, or is the last one."""

import re
from dataclasses import dataclass

from bot.engine.folding import bare, fold
from bot.engine.reading import Reading, Wish

_EQUALS = re.compile(r"([0-9]{1,2}) ?= ?([^=\s].{0,40})")
_COLON = re.compile(r"([0-9]{1,2}) ?: ?(\S.{0,20})")
_NUMBER = re.compile(r"([0-9]{1,2}) (\S.{0,40})")
_DIGITS = re.compile(r"[0-9]{1,3}")

_MOST_WORDS = 6
"""What was meant is said in few words; a longer text tells a story."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """Another answer: to question `number` (`None`: the last one), in these words (empty: ask it again).

    `sure`: the words can be nothing else; otherwise they are a correction only if they answer the question.
    """

    number: int | None
    words: str
    sure: bool = True


def read_fix(words: str, *, reading: Reading) -> Fix | None:
    """The correction that the whole of `words` says ("3=5", "wrong", "wrong, I meant 2", "no 2"), or `None`."""
    said = fold(words, language=reading.language)
    plain = bare(said)
    wrong = reading.wishes.get(Wish.WRONG, frozenset())
    if plain in wrong:
        return Fix(number=None, words="")
    numbered = _numbered(said, reading=reading)
    if numbered is not None:
        return numbered
    rest = _after(plain, wrong)
    if rest is not None:
        # "Wrong" may be followed by the whole correction, or by what was meant.
        again = _numbered(_without(_after(said, wrong) or "", reading), reading=reading)
        return again or _meant(rest, reading=reading, sure=True)
    rest = _after(plain, reading.no)
    return None if rest is None else _meant(rest, reading=reading, sure=False)


def _numbered(said: str, *, reading: Reading) -> Fix | None:
    """`3=5`, `3: 5`, `question 3 = 5`, `question 3 should be 5`."""
    named = _after(said, reading.questions)
    text = said if named is None else named
    if found := _EQUALS.fullmatch(text):
        return Fix(number=int(found[1]), words=found[2])
    if (found := _COLON.fullmatch(text)) and _is_level(found[2], reading=reading):
        return Fix(number=int(found[1]), words=found[2])
    found = _NUMBER.fullmatch(text)
    rest = _after(found[2], reading.meant) if found else None
    return None if found is None or rest is None else Fix(number=int(found[1]), words=rest)


def _is_level(words: str, *, reading: Reading) -> bool:
    """One digit, a number word or a refusal: "9:30" is a time."""
    said = bare(words)
    return (len(said) == 1 and said.isdecimal()) or said in reading.numbers or said in reading.refuse


def _meant(rest: str, *, reading: Reading, sure: bool) -> Fix | None:
    """What was meant: after the words that say so anything short, otherwise one number, yes, no or a refusal."""
    named = _without(rest, reading)
    if named != rest:
        return Fix(number=None, words=named, sure=sure) if named and len(named.split()) <= _MOST_WORDS else None
    plain = " ".join(word for word in rest.split() if word not in reading.around or word in reading.numbers)
    number = _DIGITS.fullmatch(plain) is not None or plain in reading.numbers
    one = number or (sure and any(plain in table for table in (reading.yes, reading.no, reading.refuse)))
    return Fix(number=None, words=plain, sure=sure) if one else None


def _without(rest: str, reading: Reading) -> str:
    """The text without the words that only say that something else was meant."""
    found = _after(rest, reading.meant)
    return rest if found is None else found


def _after(said: str, phrases: frozenset[str]) -> str | None:
    """What follows the longest of these phrases at the beginning of a text; `None` if none stands there."""
    words = said.split()
    for many in range(min(len(words) - 1, 5), 0, -1):
        if bare(" ".join(words[:many])) in phrases:
            return " ".join(words[many:])
    return None
