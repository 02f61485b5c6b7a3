"""A password is long and is none that everybody thinks of; which letters it is made of is nobody's business."""

import re
from functools import cache
from pathlib import Path

LEAST, MOST = 12, 200

MOST_ORNAMENT = 8
"""So many figures and signs around a word that everybody thinks of make it no better."""

_COMMON = Path(__file__).parent / "common_passwords.txt"
_LOOK_ALIKE = str.maketrans("013457@$!", "oieastasi")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_BETWEEN = re.compile(r"[\W\d_]+")


def complaint_about(password: str, *, email: str) -> str | None:
    """What is wrong with a new password: `short-password`, `long-password`, `own-email`, `common-password`."""
    if len(password) < LEAST:
        return "short-password"
    if len(password) > MOST:
        return "long-password"
    if email.lower() in password.lower():
        return "own-email"
    return "common-password" if _is_common(password.lower()) else None


def _is_common(password: str) -> bool:
    bare = _AROUND.sub("", password)
    if len(_unit(password)) < 3 or not {password, _unit(password)}.isdisjoint(common()):
        return True
    for plain in (bare, bare.translate(_LOOK_ALIKE)):
        one_word = _BETWEEN.sub("", plain)
        if len(password) - len(one_word) <= MOST_ORNAMENT and not {one_word, _unit(one_word)}.isdisjoint(common()):
            return True
    return False


def _unit(words: str) -> str:
    """What is said over and over, if nothing else is."""
    at = (words + words).find(words, 1)
    return words[:at] if words else words


@cache
def common() -> frozenset[str]:
    """Some thousands of passwords that are tried first: words, names, years, and walks over the keyboard."""
    return frozenset(_COMMON.read_text("utf-8").split())
