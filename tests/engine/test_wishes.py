"""A stop is heard in every language; thanks, complaints and answers are never taken for a wish."""

import pytest
from hypothesis import given

from bot.engine.reading import Reading, Wish
from bot.engine.tongues import Ear, Tongues
from bot.engine.wishes import read_wish
from tests.engine.builders import READINGS, TONGUES, WEDNESDAY
from tests.engine.steps import SHAPES, grown, steps
from tests.engine.test_answers import any_words

STOPS = (
    *("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"),
    *("stop", "Stop.", "STOP!!!", '"STOP"', " stop ", "ＳＴＯＰ", "s\u200btop", "STOP please", "stop " * 20),
    *("STOPP", "stopp tack", "Stoppa!", "SLUTA", "Avsluta.", "sluta skriva", "snälla sluta", "stopp stopp"),
    *("snälla sluta skriva till mig", "Skriv inte mer!", "ta bort mitt nummer tack"),
    *("توقف", "تَوَقَّف", "أوقف", "توقف من فضلك", "توقف لو سمحت", "إلغاء", "STOP 🛑", "stopp, tack! 🙏"),
)
NO_STOPS = (
    *("tack", "thanks", "شكرا", "ja", "no", "3", "-", "", "...", "🙏", "\ud800", "hoppa"),
    *("jag vill inte sluta", "stopp i trafiken", "the bus did not stop", "please don't stop", "stop it already"),
    *("busstopp", "stopp 3", "in the end", "ends", "slut", "tack stopp"),
)


@pytest.mark.parametrize("language", sorted(READINGS))
def test_stop_of_any_language_is_heard_by_everybody(language: str) -> None:
    read = {words: read_wish(words, ear=TONGUES.ear(language), now=WEDNESDAY) for words in STOPS}
    assert read == dict.fromkeys(STOPS, Wish.STOP)


@pytest.mark.parametrize("language", sorted(READINGS))
def test_what_only_looks_like_a_stop_is_no_wish(language: str) -> None:
    read = {words: read_wish(words, ear=TONGUES.ear(language), now=WEDNESDAY) for words in NO_STOPS}
    assert read == dict.fromkeys(NO_STOPS)


@pytest.mark.parametrize(
    ("language", "words", "wish"),
    [
        ("sv", "START", Wish.START),
        ("sv", "börja igen", Wish.START),
        ("sv", "Hjälp!", Wish.HELP),
        ("sv", "info tack", Wish.HELP),
        ("en", "unstop", Wish.START),
        ("en", "help please", Wish.HELP),
        ("ar", "ابدأ", Wish.START),
        ("ar", "إبدأ", Wish.START),
        ("ar", "ابدأ من جديد", Wish.START),
        ("ar", "أبدا", None),
        ("ar", "أبداً", None),
        ("ar", "ابدا", None),
        ("ar", "start", Wish.START),
        ("ar", "مساعدة", Wish.HELP),
        ("en", "hjälp", None),
        ("sv", "مساعدة", None),
    ],
)
def test_other_wishes_are_heard_in_the_own_language(language: str, words: str, wish: Wish | None) -> None:
    assert read_wish(words, ear=TONGUES.ear(language), now=WEDNESDAY) is wish


SPOKEN = ("sv", "en", "ar", "so")


@pytest.mark.parametrize("language", sorted(READINGS))
def test_languages_beside_ones_own_take_no_word_from_it(language: str) -> None:
    ear, alone = TONGUES.ear(language, beside=SPOKEN), TONGUES.ear(language)
    known = sorted(READINGS[language].vocabulary)
    wished = {word: read_wish(word, ear=alone, now=WEDNESDAY) for word in known}

    assert {word: read_wish(word, ear=ear, now=WEDNESDAY) for word in known} == wished


def a_language(language: str, *, no: str = "", **wishes: str) -> Reading:
    """One that knows a few words: these wishes, and a no."""
    known = {Wish(name.replace("_", "-")): frozenset({word}) for name, word in wishes.items()}
    return Reading(language=language, wishes=known, no=frozenset({no}) - {""})


@pytest.mark.parametrize(
    ("others", "wish"),
    [
        ([a_language("en", help="help")], Wish.HELP),
        ([a_language("en", help="help"), a_language("pl", help="help")], Wish.HELP),
        ([a_language("en", help="help"), a_language("pl", pause="help")], None),
        ([a_language("en", help="help"), a_language("pl", no="help")], None),
        ([a_language("en", help="help"), a_language("pl", no="never")], Wish.HELP),
    ],
)
def test_word_that_other_languages_disagree_about_is_no_wish(others: list[Reading], wish: Wish | None) -> None:
    ear = Tongues([a_language("tr"), *others]).ear("tr", beside=("en", "pl"))
    assert read_wish("help", ear=ear, now=WEDNESDAY) is wish


@pytest.mark.parametrize("word", ["START", "börja", "ابدأ", "bilow", "ጀምር", "почати", "เริ่ม", "zacznij"])
@pytest.mark.parametrize("language", sorted(READINGS))
def test_start_is_heard_in_every_language(language: str, word: str) -> None:
    assert read_wish(word, ear=TONGUES.ear(language), now=WEDNESDAY) is Wish.START


@pytest.mark.parametrize("other", [a_language("pl", no="begin"), a_language("pl", help="begin")])
def test_start_word_that_means_something_else_elsewhere_is_none(other: Reading) -> None:
    ear = Tongues([a_language("tr"), a_language("en", start="begin"), other]).ear("tr")
    assert read_wish("begin", ear=ear, now=WEDNESDAY) is None


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_wishes_in_twice_as_many_letters_cost_at_most_twice_as_much(shape: str) -> None:
    ear = TONGUES.ear("ar", beside=SPOKEN)
    _cost(ear, grown(shape, letters=512))
    short, long = (_cost(ear, grown(shape, letters=letters)) for letters in (256, 512))
    assert long <= 2.2 * short + 3_000


def _cost(ear: Ear, words: str) -> int:
    return steps(lambda: read_wish(words, ear=ear, now=WEDNESDAY))


def test_stop_is_heard_where_only_one_language_is_loaded() -> None:
    assert read_wish("stopp", ear=Tongues([READINGS["sv"]]).ear("sv"), now=WEDNESDAY) is Wish.STOP


@pytest.mark.parametrize("language", sorted(READINGS))
def test_number_alone_is_no_wish_and_costs_next_to_nothing(language: str) -> None:
    phrases = {phrase for known in READINGS[language].wishes.values() for phrase in known}
    ear = TONGUES.ear(language, beside=("sv", "en"))
    cost = steps(lambda: read_wish("4", ear=ear, now=WEDNESDAY))

    assert not any(phrase.isdecimal() for phrase in phrases)
    assert cost < 50


@given(words=any_words())
def test_any_text_is_a_wish_or_none_and_the_same_twice(words: str) -> None:
    ear = TONGUES.ear("ar", beside=SPOKEN)
    assert read_wish(words, ear=ear, now=WEDNESDAY) == read_wish(words, ear=ear, now=WEDNESDAY)
