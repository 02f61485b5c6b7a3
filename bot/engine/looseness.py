"""Two spellings of a word are one: letters said longer, marks left out, one slip, words written together."""

import unicodedata
from collections.abc import Iterator

from bot.engine.folding import fold

TYPO_FROM = 5
"""Letters a word must have before one slip in it is forgiven: shorter ones are too near each other."""

LONGEST_WORD = 30

# Tones are left out on a phone; what stands within a word is no part of it.
_PLAIN = str.maketrans("åäö", "aao", "'`^\u0e48\u0e49\u0e4a\u0e4b")
_AND = ("و", "ف")


def foldings(words: str) -> Iterator[str]:
    """The text as it is compared, in each way it may be meant."""
    folded = fold(words)
    yield folded
    if any("\u0400" <= letter <= "\u04ff" for letter in folded):
        # Serbian is written in both scripts, and its phrases stand in one of them.
        yield fold(words, language="sr_Latn")


def split_loosely(folded: str) -> list[str]:
    """The words of a folded text without any mark over their letters, each calmed."""
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in folded.translate(_PLAIN)
    )
    return [calmed(word) for word in spaced.split()]


def calmed(word: str) -> str:
    """The word with every letter that is repeated said once."""
    return "".join(letter for place, letter in enumerate(word) if place == 0 or letter != word[place - 1])


def without_and(word: str) -> str:
    """The word without the "and" that Arabic writes onto it; empty where there is none."""
    return word[1:] if word[:1] in _AND and len(word) > 3 else ""


def is_unspaced(word: str) -> bool:
    """Whether it is of a script that has no spaces between words."""
    return any("\u0e01" <= letter <= "\u0e4e" for letter in word)


def shortened(word: str) -> set[str]:
    """The word, and the word without one of its letters: two that share one of these are near each other."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def is_one_slip(word: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or two beside each other were swapped."""
    if len(word) > len(other):
        word, other = other, word
    place = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), len(word))
    if len(word) < len(other):
        return word[place:] == other[place + 1 :]
    rest, others = word[place:], other[place:]
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
