"""No text of the plain alphabet is paid twice because of a curly quote, a long dash or three dots in one letter."""

import unicodedata
from collections.abc import Mapping

from bot.content.catalogs import REFERENCE, CatalogFile
from bot.content.complaints import Complaint
from bot.content.wordings import Text
from bot.domain.sms_parts import foreign_letters

PLAIN = (REFERENCE, "en", "so")
"""The languages whose words fit the small alphabet of SMS, 160 letters a part; one letter outside it leaves 70."""

_INSTEAD = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033«»", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
    "\u2022": "-",
    "\u00d7": "x",
}


def dear_texts(texts: Mapping[str, Text]) -> tuple[Complaint, ...]:
    """What is wrong with the letters of the reference texts."""
    return tuple(
        Complaint(path=text.path, line=text.node.line, column=text.node.column, what=what, remedy=remedy)
        for key, text in texts.items()
        for what, remedy in _faults(key, text.words)
    )


def dear_translations(file: CatalogFile, words: Mapping[str, str]) -> tuple[Complaint, ...]:
    """What is wrong with the letters of a catalog's `words`, if its language is of the plain alphabet."""
    if file.language not in PLAIN:
        return ()
    return tuple(
        Complaint(path=file.path, line=file.by_key[key].lineno or 1, column=1, what=what, remedy=remedy)
        for key, said in words.items()
        for what, remedy in _faults(key, said)
    )


def _faults(key: str, words: str) -> list[tuple[str, str]]:
    return [
        (f"'{key}' has {_shown(letter)}: every part is paid twice", _remedy(letter))
        for letter in foreign_letters(words)
    ]


def _shown(letter: str) -> str:
    return f"'{letter}' ({unicodedata.name(letter, f'U+{ord(letter):04X}').lower()})"


def _remedy(letter: str) -> str:
    """Another way to write it. A letter with an accent loses it; what is no letter at all goes."""
    instead = _INSTEAD.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return "take it away" if foreign_letters(instead) else f"write {instead}"
