"""Two spellings of the same reply are one text: case, digit script, marks and invisible letters do not part them."""

import re
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
# Sorani's own letters are left out where a phone has only Arabic ones; ł, đ and ø where it has none of them.
_LETTERS |= {"ێ": "ي", "ۆ": "و", "ۊ": "و", "ڵ": "ل", "ڕ": "ر", "ھ": "ه", "ł": "l", "đ": "d", "ø": "o"}
_SIGNS = {"\u2212": "-", "🔟": " 10 "}
_SPECIAL = _PUNCTUATION | _QUOTES | _LETTERS | _SIGNS

# Nobody hears these rows of the Ethiopic script apart any more, and each is written for the other.
_ROWS = {"ሠ": "ሰ", "ፀ": "ጸ", "ኀ": "ሐ"}
_SPECIAL |= {chr(ord(old) + vowel): chr(ord(new) + vowel) for old, new in _ROWS.items() for vowel in range(7)}
_SPECIAL |= {"ኣ": "አ", "ዐ": "ዓ"}

_ASCII = dict.fromkeys((*range(32), 127), " ")

# In Swedish å, ä and ö are letters of their own, not an a or o with something on it. So they are until a language says
# otherwise: in every other one the dots are often left out.
_SWEDISH = (("a\u030a", "å"), ("a\u0308", "ä"), ("o\u0308", "ö"))
_PLAIN_VOWELS = str.maketrans("åäö", "aao")

# On a Ukrainian keyboard the apostrophe is far away, so it is left out or something like it is written.
_APOSTROPHE = re.compile(r"(?<=[\u0400-\u04ff])['\"`*](?=[\u0400-\u04ff])")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_MIXED = re.compile(r"[a-z\u0400-\u04ff]+")
_LOOKALIKES = str.maketrans("aceiopxy", "асеіорху")

_THAI_DIGIT = re.compile(r"(?<=[0-9])(?=[\u0e01-\u0e4e])|(?<=[\u0e01-\u0e4e])(?=[0-9])")
# Am is one vowel of two signs, and the tone stands before or between them.
_THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b])\u0e32")

# A glottal stop is written in Somali schoolbooks and seldom on a phone.
_GLOTTAL = re.compile(r"(?<=[a-z])'")

# Bosnian, Croatian and Serbian are one set of words here, in Latin letters; Serbian is typed in Cyrillic as well.
_SERBIAN = str.maketrans(
    dict(zip("абвгдезијклмнопрстћуфхцчшжђ", "abvgdezijklmnoprstcufhccszd", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dz"}
)
# One letter parts "begin" from "never", and three from thirty: in these words alone it is kept, for elsewhere it is
# often left out. No other folded text has the letter ئ, which is always taken apart.
_KEPT = {
    "ar": (re.compile("(?<!\\w)ا[\u0654\u0655]?بدا\u0654(?!\\w)"), "ابدئ"),
    "ckb": (re.compile("(?<!\\w)سێ(?!\\w)"), "سئ"),
}
_RULES = {"sv": "sv", "so": "so", "ar": "ar", "ckb": "ckb", "bs": "sr", "hr": "sr", "sr": "sr", "sr_Latn": "sr"}


def fold(text: str, *, language: str | None = None) -> str:
    """The text as it is compared: lower case, plain digits, single spaces. Never raises, and linear in time.

    Letters are also folded as the `language` (its code) writes them. Without one å, ä and ö stand.
    """
    text, rules = text[:LONGEST], rules_of(language)
    if text.isascii():
        folded = " ".join(text.translate(_ASCII).casefold().split())
        return _GLOTTAL.sub("", folded) if rules == "so" else folded
    text = unicodedata.normalize("NFKD", _calmed(text))[:LONGEST].casefold()
    if rules in _KEPT:
        kept, folded = _KEPT[rules]
        text = kept.sub(folded, text)
    for decomposed, letter in _SWEDISH:
        text = text.replace(decomposed, letter)
    return _own(" ".join("".join(map(_folded, text)).split()), rules=rules)


def rules_of(language: str | None) -> str:
    """By which rules of their own words are folded: languages with the same rules are folded alike."""
    return "sv" if language is None else _RULES.get(language, "")


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


def _own(folded: str, *, rules: str) -> str:
    """What a script, and then a language, makes of letters that are already folded."""
    if _CYRILLIC.search(folded):
        folded = _APOSTROPHE.sub("", folded)
        folded = folded.translate(_SERBIAN) if rules == "sr" else _MIXED.sub(_unmixed, folded)
    folded = _THAI_DIGIT.sub(" ", _THAI_AM.sub("\\1\u0e4d\u0e32", folded))
    if rules == "sv":
        return folded
    folded = folded.translate(_PLAIN_VOWELS)
    return _GLOTTAL.sub("", folded) if rules == "so" else folded


def _unmixed(word: re.Match[str]) -> str:
    """A Cyrillic word with the Latin letters that look the same in it."""
    return word[0].translate(_LOOKALIKES) if _CYRILLIC.search(word[0]) else word[0]
