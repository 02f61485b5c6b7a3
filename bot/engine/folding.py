"""Two spellings of the same reply are one text: case, digit script, marks and invisible letters do not part them."""

import unicodedata
from functools import lru_cache

LONGEST = 4_096
"""What stands beyond so many characters of a message is not read."""

# Normalising sorts each run of marks, and a run of thousands takes seconds: nobody's language needs more than this.
_MOST_MARKS = 4

_EDGES = "\"'.,:;!?()[]{}<>*_~#=|\\^`"
_PUNCTUATION = {"،": ",", "؛": ";", "؟": "?", "٫": ",", "٬": ",", "٪": "%", "።": ".", "፣": ",", "፤": ";", "·": "."}
_QUOTES = dict.fromkeys("\u2018\u2019\u201a\u02bc\u02b9\u2032", "'") | dict.fromkeys("\u201c\u201d\u201e«»", '"')
_LETTERS = {"ı": "i", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا", "ـ": "", "ء": ""}
_SIGNS = {"\u2212": "-", "🔟": " 10 "}
_SPECIAL = _PUNCTUATION | _QUOTES | _LETTERS | _SIGNS

# In Swedish å, ä and ö are letters of their own, not an a or o with something on it.
_SWEDISH = (("a\u030a", "å"), ("a\u0308", "ä"), ("o\u0308", "ö"))


def fold(text: str) -> str:
    """The text as it is compared: lower case, plain digits, single spaces. Never raises, and linear in time."""
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _calmed(text))[:LONGEST]
    text = text.casefold()
    for decomposed, letter in _SWEDISH:
        text = text.replace(decomposed, letter)
    return " ".join("".join(map(_folded, text)).split())


def split_words(folded: str) -> list[str]:
    """The words of a folded text, without the punctuation around each."""
    return [word for word in (chunk.strip(_EDGES) for chunk in folded.split()) if word]


def bare(folded: str) -> str:
    """A folded text without the punctuation around its words."""
    return " ".join(split_words(folded))


def _calmed(text: str) -> str:
    kept, run = [], 0
    for letter in text:
        run = run + 1 if unicodedata.category(letter)[0] == "M" else 0
        if run <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=4_096)
def _folded(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    kind = unicodedata.category(letter)
    if kind[0] == "N":
        return _digit(letter)
    if kind == "Pd":
        return "-"
    if kind == "So":
        return f" {letter} "
    if kind in ("Cf", "Sk", "Me") or _is_dropped_mark(letter):
        return "" if letter not in "^`" else letter
    return " " if kind in ("Cc", "Zs") else letter


def _digit(letter: str) -> str:
    """A digit of any script. A numeral that is no digit (Ethiopic ten) stands alone: such scripts have no places."""
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    number = unicodedata.numeric(letter)
    return f" {int(number)} " if number.is_integer() else f" {letter} "


def _is_dropped_mark(letter: str) -> bool:
    """Accents of Latin letters, Arabic vowel signs and variation selectors; never the vowels of Thai and the like."""
    return (
        "\u0300" <= letter <= "\u036f"
        or "\u0610" <= letter <= "\u061a"
        or "\u064b" <= letter <= "\u065f"
        or (letter == "\u0670" or "\u06d6" <= letter <= "\u06ed" or "\ufe00" <= letter <= "\ufe0f")
    )
