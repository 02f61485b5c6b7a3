"""An answer that was wrong is named by its question's number, or is the last one."""

import re
from dataclasses import dataclass

from bot.engine.folding import fold
from bot.engine.reading import Reading, Wish

_NUMBERED = re.compile(r"([0-9]{1,2}) ?= ?([0-9]{1,3})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """Another answer: to question `number` (`None`: the last one), in these words (empty: ask it again)."""

    number: int | None
    words: str


def read_fix(words: str, *, reading: Reading) -> Fix | None:
    """The correction that the whole of `words` says ("3=5", "wrong"), or `None`."""
    said = fold(words)
    if numbered := _NUMBERED.fullmatch(said):
        return Fix(number=int(numbered[1]), words=numbered[2])
    return Fix(number=None, words="") if said in reading.wishes.get(Wish.WRONG, frozenset()) else None
