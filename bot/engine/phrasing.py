"""A phrase of several words is found where it begins, the longest first."""

import re
from collections.abc import Container, Sequence

_LONGEST_PHRASE = 5
_SEAMS = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")


def phrase_at(words: Sequence[str], place: int, *, among: Container[str]) -> int:
    """How many words the longest of the phrases has that begins here; 0 if none does."""
    sizes = range(min(_LONGEST_PHRASE, len(words) - place), 0, -1)
    return next((size for size in sizes if " ".join(words[place : place + size]) in among), 0)


def after_phrase(words: Sequence[str], phrases: Container[str]) -> list[str] | None:
    """What follows the longest of the phrases that the words begin with; `None` if they begin with none."""
    size = phrase_at(words, 0, among=phrases)
    return list(words[size:]) if size else None


def apart(folded: str) -> str:
    """The text with a number and its unit as words of their own ("3pm", "15min")."""
    return _SEAMS.sub(" ", folded)
