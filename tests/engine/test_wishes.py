"""A stop is heard in every language; thanks, complaints and answers are never taken for a wish."""

import pytest
from hypothesis import given

from bot.engine.reading import Wish
from bot.engine.wishes import read_wish
from tests.engine.builders import EVERY, READINGS, WEDNESDAY
from tests.engine.steps import steps
from tests.engine.test_answers import any_words

STOPS = (
    *("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"),
    *("stop", "Stop.", "STOP!!!", '"STOP"', " stop ", "ＳＴＯＰ", "s\u200btop", "STOP please", "stop " * 20),
    *("STOPP", "stopp tack", "Stoppa!", "SLUTA", "Avsluta.", "sluta skriva", "snälla sluta", "stopp stopp"),
    *("توقف", "تَوَقَّف", "أوقف", "توقف من فضلك", "توقف لو سمحت", "إلغاء", "STOP 🛑", "stopp, tack! 🙏"),
)
NO_STOPS = (
    *("tack", "thanks", "شكرا", "ja", "no", "3", "-", "", "...", "🙏", "\ud800", "hoppa"),
    *("jag vill inte sluta", "stopp i trafiken", "the bus did not stop", "please don't stop", "stop it already"),
    *("busstopp", "stopp 3", "in the end", "ends", "slut", "tack stopp"),
)


@pytest.mark.parametrize("language", sorted(READINGS))
def test_stop_of_any_language_is_heard_by_everybody(language: str) -> None:
    read = {words: read_wish(words, reading=READINGS[language], every=EVERY, now=WEDNESDAY) for words in STOPS}
    assert read == dict.fromkeys(STOPS, Wish.STOP)


@pytest.mark.parametrize("language", sorted(READINGS))
def test_what_only_looks_like_a_stop_is_no_wish(language: str) -> None:
    read = {words: read_wish(words, reading=READINGS[language], every=EVERY, now=WEDNESDAY) for words in NO_STOPS}
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
    assert read_wish(words, reading=READINGS[language], every=EVERY, now=WEDNESDAY) is wish


def test_stop_is_heard_where_only_one_language_is_loaded() -> None:
    assert read_wish("stopp", reading=READINGS["sv"], every=(), now=WEDNESDAY) is Wish.STOP


@pytest.mark.parametrize("language", sorted(READINGS))
def test_number_alone_is_no_wish_and_costs_next_to_nothing(language: str) -> None:
    phrases = {phrase for known in READINGS[language].wishes.values() for phrase in known}
    cost = steps(lambda: read_wish("4", reading=READINGS[language], every=EVERY, now=WEDNESDAY))

    assert not any(phrase.isdecimal() for phrase in phrases)
    assert cost < 50


@given(words=any_words())
def test_any_text_is_a_wish_or_none_and_the_same_twice(words: str) -> None:
    first = read_wish(words, reading=READINGS["ar"], every=EVERY, now=WEDNESDAY)
    assert first is read_wish(words, reading=READINGS["ar"], every=EVERY, now=WEDNESDAY)
