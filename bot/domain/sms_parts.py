"""What a text costs as SMS is known before it is sent: how many parts, and which letters make it dearer."""

from collections.abc import Iterable
from math import ceil

# 3GPP TS 23.038: the default alphabet, and its extension table, whose characters are sent as an escape and a letter.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Each of them takes one unit of a part in the small alphabet."""

_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM7 = BASIC | _EXTENDED

GSM7_ALONE, GSM7_SPLIT = 160, 153
UCS2_ALONE, UCS2_SPLIT = 70, 67

# Above this, a character is two UTF-16 units.
LAST_SINGLE_UNIT = 0xFFFF


def gsm7(text: str) -> bool:
    """Whether every character fits the small alphabet, in which a part holds more than twice as much."""
    return _GSM7.issuperset(text)


def foreign_letters(text: str) -> tuple[str, ...]:
    """The characters that push `text` out of the small alphabet, each once, in the order they stand."""
    return tuple(dict.fromkeys(letter for letter in text if letter not in _GSM7))


def sms_parts(text: str) -> int:
    """How many SMS `text` is sent as, and paid as. The empty text is one part: a message is a message.

    Nothing that takes two units (an extension character, an emoji) is cut in two by a part's end.
    """
    if gsm7(text):
        double, alone, split = _EXTENDED, GSM7_ALONE, GSM7_SPLIT
    else:
        double = frozenset(letter for letter in set(text) if ord(letter) > LAST_SINGLE_UNIT)
        alone, split = UCS2_ALONE, UCS2_SPLIT
    if double.isdisjoint(text):
        return 1 if len(text) <= alone else ceil(len(text) / split)
    return _parts((1 + (letter in double) for letter in text), alone=alone, split=split)


def _parts(units: Iterable[int], *, alone: int, split: int) -> int:
    total, parts, filled = 0, 1, 0
    for size in units:
        total += size
        if filled + size > split:
            parts, filled = parts + 1, 0
        filled += size
    return 1 if total <= alone else parts
