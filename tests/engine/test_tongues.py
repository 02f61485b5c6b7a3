"""Who is understood in which languages is worked out once, and a language we cannot read is not among them."""

import pytest

from bot.engine.reading import Reading, Wish
from bot.engine.tongues import Saying, Tongues, plain_wish
from tests.engine.builders import READINGS, TONGUES

HELP = Reading(language="sv", wishes={Wish.HELP: frozenset({"hjälp", "hjälp mig"})}, polite=frozenset({"tack", "hej"}))


def test_languages_around_somebody_are_listed_once_without_their_own_and_those_we_cannot_read() -> None:
    ear = TONGUES.ear("ar", beside=("sv", "ar", "en", "sv", "ja"))

    assert [reading.language for reading in ear.tongues] == ["ar", "sv", "en"]
    assert ear is TONGUES.ear("ar", beside=("sv", "en"))
    assert ear is not TONGUES.ear("ar", beside=("en", "sv"))


def test_somebody_whose_language_we_cannot_read_has_no_ear() -> None:
    with pytest.raises(KeyError):
        Tongues([HELP]).ear("ja")


@pytest.mark.parametrize("language", sorted(READINGS))
def test_text_is_folded_by_the_rules_of_each_language(language: str) -> None:
    saying = Saying.of("Börja IGEN! 🙏", ear=TONGUES.ear(language))
    assert saying.by(READINGS["sv"]) == ["börja", "igen"]
    assert saying.by(READINGS["tr"]) == ["borja", "igen"]


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("hjälp", Wish.HELP),
        ("hjälp mig tack", Wish.HELP),
        ("hjälp hjälp tack", Wish.HELP),
        ("tack hjälp", None),
        ("tack", None),
        ("hjälp någon", None),
        ("", None),
    ],
)
def test_wish_is_all_that_is_said_with_thanks_only_after_it(said: str, wish: Wish | None) -> None:
    assert plain_wish(said.split(), among=HELP) is wish
