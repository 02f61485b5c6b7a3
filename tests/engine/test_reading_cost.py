"""What reading a reply costs grows with its length and no faster, and stops growing where we stop reading."""

import random

import pytest

from bot.engine.answers import is_beyond, read_answer
from bot.engine.spelling import Spelling
from tests.engine.builders import READINGS
from tests.engine.reply_table import QUESTIONS, TODAY
from tests.engine.steps import SHAPES, grown, steps

FEW_STEPS = 3_000
SHORT, LONG = 256, 512


@pytest.mark.parametrize(
    ("kind", "language"), [*((kind, "sv") for kind in QUESTIONS), ("scale", "th"), ("scale", "uk"), ("yes-no", "so")]
)
def test_twice_as_long_costs_at_most_twice_as_much(kind: str, language: str) -> None:
    for shape in SHAPES.values():
        _cost(kind, language=language, words=grown(shape, letters=LONG))
        short, long = (_cost(kind, language=language, words=grown(shape, letters=letters)) for letters in (SHORT, LONG))
        assert long <= 2.2 * short + FEW_STEPS, shape


@pytest.mark.parametrize("shape", ["yes after yes", "marks", "one long word"])
def test_what_stands_beyond_the_longest_message_costs_nothing(shape: str) -> None:
    _cost("scale", language="sv", words=grown(SHAPES[shape], letters=8_000))
    first, more = (
        _cost("scale", language="sv", words=grown(SHAPES[shape], letters=letters)) for letters in (8_000, 80_000)
    )
    assert more <= first


def test_slip_is_not_held_against_every_word() -> None:
    dice = random.Random(7)
    words = ["".join(dice.choices("abcdefghijklmno", k=7)) for _ in range(5_000)]
    few, many = (Spelling({word: {word} for word in ("femma", *words[:size])}) for size in (100, 5_000))
    assert few.meant("femmma", among={"femma"}) == many.meant("femmma", among={"femma"}) == "femma"
    few_steps, many_steps = (
        steps(lambda: few.meant("femmma", among={"femma"})),
        steps(lambda: many.meant("femmma", among={"femma"})),
    )
    assert many_steps <= few_steps + 50


def _cost(kind: str, *, language: str, words: str) -> int:
    def read() -> None:
        read_answer(QUESTIONS[kind], words, reading=READINGS[language], today=TODAY)
        is_beyond(QUESTIONS[kind], words, reading=READINGS[language])

    return steps(read)
