"""A name is found however it is written: in large or small letters, and with or without the dots of å, ä and ö.

Neither database knows this by itself: SQLite folds A to Z alone, and PostgreSQL as the server's locale has it. Each
letter that is looked for becomes the class of all letters it may stand for, which both can match: no name leaves the
database to be compared here, and no second column has to follow the first.
"""

import unicodedata
from functools import cache

from sqlalchemy import ColumnElement

MOST_LETTERS = 40
_SCRIPTS = (range(0x41, 0x250), range(0x370, 0x530), range(0x600, 0x700), range(0x1E00, 0x2000))
"""Latin, Greek, Cyrillic and Arabic: the scripts in which one name may be written with other sizes or marks."""

_BETWEEN = " -.'\u2019"
"""Signs between the parts of a name: one is as good as another."""


def name_like(column: ColumnElement[str], words: str, *, dialect: str) -> ColumnElement[bool]:
    """True where the words stand anywhere in a name."""
    letters = _plain(" ".join(words.split()))[:MOST_LETTERS]
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)("*" + "".join(map(_in_glob, letters)) + "*")
    return column.op("~", is_comparison=True)("".join(map(_in_expression, letters)))


def _in_glob(letter: str) -> str:
    if letter.isalnum():
        return _class(letter)
    if letter in _BETWEEN:
        return "?"
    return f"[{letter}]" if letter in "*?[" else letter


def _in_expression(letter: str) -> str:
    if letter.isalnum():
        return _class(letter)
    if letter in _BETWEEN:
        return "."
    return f"\\{letter}" if letter.isascii() else letter


def _class(letter: str) -> str:
    """`[aAåÅ…]`."""
    return f"[{_alike().get(letter, letter)}]"


@cache
def _alike() -> dict[str, str]:
    """By a small letter without marks: every letter that is the same but for its size and marks."""
    found: dict[str, list[str]] = {}
    for letter in (chr(number) for each in _SCRIPTS for number in each):
        plain = _plain(letter)
        if letter.isalpha() and len(plain) == 1:
            found.setdefault(plain, []).append(letter)
    return {plain: "".join(letters) for plain, letters in found.items()}


def _plain(words: str) -> str:
    """Small letters without marks."""
    parts = unicodedata.normalize("NFD", words.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))
