"""How many SMS a text comes to is counted where the text is put together, as `domain.sms_parts` counts it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, case, cast, func, literal

from bot.domain.sms_parts import BASIC, GSM7_ALONE, GSM7_SPLIT, LAST_SINGLE_UNIT, UCS2_ALONE, UCS2_SPLIT, gsm7

NOT_COUNTED = 0
"""What stands for a number that has to be counted letter by letter, where something takes two units."""

PLAIN = "A-Za-z0-9 .,:'\nÅÄÖåäöÉéØøÆæÜü-"
"""What names are mostly made of, as a bracket of a pattern has it: all of the small alphabet, one unit each."""

_SINGLE = "\u0001-\uffff"


def parts_of(fixed: str, put_in: Sequence[ColumnElement[str]], *, is_sqlite: bool) -> ColumnElement[int]:
    """The parts of `fixed` with these values put in, or `NOT_COUNTED`."""
    if any(ord(letter) > LAST_SINGLE_UNIT for letter in fixed):
        return literal(NOT_COUNTED)
    values: ColumnElement[str] = literal("")
    for one in put_in:
        values = values + one
    length = literal(len(fixed)) + func.length(values)
    if gsm7(fixed):
        if not BASIC.issuperset(fixed):
            return literal(NOT_COUNTED)
        small = _parts(length, alone=GSM7_ALONE, split=GSM7_SPLIT)
        return case((_only(PLAIN, values, is_sqlite=is_sqlite), small), else_=NOT_COUNTED)
    large = _parts(length, alone=UCS2_ALONE, split=UCS2_SPLIT)
    return case((_only(_SINGLE, values, is_sqlite=is_sqlite), large), else_=NOT_COUNTED)


def _parts(length: ColumnElement[int], *, alone: int, split: int) -> ColumnElement[int]:
    # Whole numbers are divided, on both databases.
    more = cast(length + (split - 1), Integer).op("/", return_type=Integer())(literal(split))
    return case((length <= alone, 1), else_=more)


def _only(letters: str, values: ColumnElement[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    if is_sqlite:
        return values.op("NOT GLOB", is_comparison=True)(f"*[^{letters}]*")
    return values.op("!~", is_comparison=True)(f"[^{letters}]")
