"""The parts of an SMS are counted as the network counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sms_parts import foreign_letters, gsm7, sms_parts

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"
LETTERS = st.one_of(
    st.sampled_from(BASIC + EXTENDED * 3), st.sampled_from("ا👍🏽ł–"), st.characters(exclude_categories=["Cs"])
)
TEXTS = st.one_of(
    st.text(st.sampled_from(BASIC + EXTENDED * 3), max_size=500),
    st.text(LETTERS, max_size=300),
    st.text(st.sampled_from("a👍"), max_size=300),
)


def parts_slowly(text: str) -> int:
    """An independent model: write every unit out, then fill parts character by character and count them."""
    small = all(letter in BASIC or letter in EXTENDED for letter in text)
    if small:
        pieces = ["\x1b" + letter if letter in EXTENDED else letter for letter in text]
        alone, split = 160, 153
    else:
        pieces = [letter.encode("utf-16-be").decode("latin-1")[::2] for letter in text]
        alone, split = 70, 67
    if len("".join(pieces)) <= alone:
        return 1
    parts = [""]
    for piece in pieces:
        if len(parts[-1] + piece) > split:
            parts.append("")
        parts[-1] += piece
    return len(parts)


@given(text=TEXTS)
def test_parts_are_what_the_slow_count_says(text: str) -> None:
    assert sms_parts(text) == parts_slowly(text)


@given(length=st.integers(0, 700), letter=st.sampled_from(["a", "€", "ا", "👍"]))
def test_parts_of_one_letter_are_what_the_slow_count_says(length: int, letter: str) -> None:
    assert sms_parts(letter * length) == parts_slowly(letter * length)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        # The euro would begin on the 153rd place: it moves to the next part whole.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ا" * 70, 1),
        ("ا" * 71, 2),
        ("ا" * 134, 2),
        ("ا" * 135, 3),
        ("👍" * 35, 1),
        ("👍" * 36, 2),
        ("👍" * 66, 2),
        ("👍" * 67, 3),
        ("å" * 160, 1),
        ("a" * 159 + "–", 3),
        ("\ud800" * 70, 1),
    ],
)
def test_parts_end_where_the_standard_says(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


@pytest.mark.parametrize("letter", BASIC + EXTENDED)
def test_letter_of_the_small_alphabet_is_small(letter: str) -> None:
    assert gsm7(letter)
    assert foreign_letters(letter) == ()


@pytest.mark.parametrize("letter", "çłşıاዕ–’“”…\u2068\u00a0👍`\t")
def test_letter_outside_makes_the_message_dearer(letter: str) -> None:
    assert not gsm7(f"Hej {letter}")
    assert foreign_letters(f"Hej {letter}") == (letter,)


def test_small_alphabet_has_as_many_letters_as_the_standard() -> None:
    assert sum(gsm7(chr(code)) for code in range(0x10000)) == 127 + 10


def test_foreign_letters_stand_once_each_in_order() -> None:
    assert foreign_letters("“Hej” – “du”") == ("“", "”", "–")


@given(text=st.text(st.characters(), max_size=200))
def test_text_is_small_exactly_when_no_letter_is_foreign(text: str) -> None:
    assert gsm7(text) == (foreign_letters(text) == ())
    assert sms_parts(text) >= 1
