"""A slip is forgiven only where one word can have been meant."""

import pytest

from bot.engine.spelling import Spelling

WORDS = {
    "seven": {"7"},
    "eight": {"8"},
    "femma": {"5"},
    "femman": {"5"},
    "fem": {"5"},
    "sjuk": {"ill"},
    "never": {"no"},
}
SPELLING = Spelling(WORDS, lookalikes={"hemma", "even", "right"})
NUMBERS = {"seven", "eight", "femma", "femman", "fem"}


@pytest.mark.parametrize("slip", ["femmma", "fmema", "femna", "efmma", "femmaa"])
def test_one_slip_in_a_long_word_is_forgiven(slip: str) -> None:
    assert WORDS[SPELLING.meant(slip, among=NUMBERS) or ""] == {"5"}


@pytest.mark.parametrize(
    "slip", ["fel", "fe", "fm", "ffem", "femmmma", "hemma", "gemma", "even", "emma", "f3mma", "", "f" * 90]
)
def test_short_words_other_first_letters_and_two_slips_are_not(slip: str) -> None:
    assert SPELLING.meant(slip, among=NUMBERS) is None


def test_word_as_near_to_another_one_is_not_guessed() -> None:
    assert SPELLING.meant("sever", among=NUMBERS) is None
    assert Spelling({"seven": {"7"}}).meant("sever", among=NUMBERS) == "seven"


def test_known_word_means_itself() -> None:
    assert SPELLING.meant("never", among=NUMBERS) is None
    assert SPELLING.meant("femman", among=NUMBERS) is None


def test_words_written_as_one_are_taken_apart_only_when_all_are_known() -> None:
    assert SPELLING.apart("femmanseven") == ["femman", "seven"]
    assert SPELLING.apart("femmanx") == ["femmanx"]
    assert SPELLING.apart("13") == ["13"]
