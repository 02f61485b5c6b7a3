"""A person reads words in a language of theirs, with names that can not break the sentence around them."""

import time as machine
from datetime import date, time

import pytest

from bot.content.texts import Texts, clock, day, days, hours
from bot.domain.people import StaffedHours

WORDS = {
    "sv": {"a": "Hej {first_name}!", "b": "Bara svenska", "c": "{activities}"},
    "en": {"a": "Hi {first_name}!", "e": "Only English"},
    "ar": {"a": "مرحبا {first_name}!", "c": "{activities}"},
}
TEXTS = Texts(WORDS)
AMINA = {"first_name": "Amina"}


def test_words_come_in_the_persons_language() -> None:
    assert TEXTS.say("a", language="en", values=AMINA) == "Hi Amina!"


def test_without_own_words_the_programmes_language_comes_then_the_reference() -> None:
    assert TEXTS.say("e", language="ar", values={}, fallback=("so", "en")) == "Only English"
    assert TEXTS.say("b", language="ar", values={}, fallback=("so", "en")) == "Bara svenska"
    assert TEXTS.language_for("e", "ar", fallback=("en",)) == "en"
    assert TEXTS.language_for("b", "ar", fallback=("en",)) == "sv"


def test_a_key_that_is_nowhere_is_named() -> None:
    with pytest.raises(KeyError, match="hello/there/say"):
        TEXTS.say("hello/there/say", language="sv", values={})
    with pytest.raises(KeyError, match="hello/there/say"):
        TEXTS.language_for("hello/there/say", "sv")


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match=r"a: no value for \{first_name\}"):
        TEXTS.say("a", language="sv", values={})


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert TEXTS.say("a", language="sv", values={"first_name": "{coach}", "coach": "x"}) == "Hej {coach}!"


def test_nothing_of_a_value_can_be_reached() -> None:
    texts = Texts({"sv": {"x": "{first_name.__class__} {0} {first_name!r}"}})
    assert texts.say("x", language="sv", values=AMINA) == "{first_name.__class__} {0} {first_name!r}"


def test_only_right_to_left_languages_isolate_and_only_values() -> None:
    assert TEXTS.say("a", language="ar", values=AMINA) == "مرحبا \u2068Amina\u2069!"
    for language in ("sv", "en"):
        assert "\u2068" not in TEXTS.say("a", language=language, values=AMINA)


def test_words_that_fall_back_to_a_left_to_right_language_are_not_isolated() -> None:
    texts = Texts({"sv": {"x": "Hej {first_name}"}})
    assert texts.say("x", language="ar", values=AMINA) == "Hej Amina"


def test_each_line_of_a_value_is_isolated_once() -> None:
    lines = TEXTS.say("c", language="ar", values={"activities": "09:00 A\n10:00 B"})
    assert lines == "\u206809:00 A\u2069\n\u206810:00 B\u2069"
    assert TEXTS.say("c", language="ar", values={"activities": lines}) == lines


def test_a_flows_own_words_come_before_the_phrases() -> None:
    over = TEXTS.over({"sv": {"a": "Egna"}})
    assert over.say("a", language="sv", values={}) == "Egna"
    assert over.say("b", language="sv", values={}) == "Bara svenska"
    assert TEXTS.say("a", language="sv", values=AMINA) == "Hej Amina!"
    assert over.has("b", "sv") and not over.has("b", "en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "tisdag 24 november"),
        ("en", "Tuesday 24 November"),
        ("ar", "الثلاثاء 24 نوفمبر"),
        ("pl", "wtorek 24 listopada"),
        ("xx", "Tuesday 24 November"),
    ],
)
def test_a_day_is_weekday_day_and_month(language: str, said: str) -> None:
    assert day(date(2026, 11, 24), language) == said


def test_a_time_is_hours_and_minutes() -> None:
    assert clock(time(7, 5)) == "07:05"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (date(2026, 11, 24), "tisdag 24 november"),
        (date(2026, 11, 26), "24-26 november"),
        (date(2026, 12, 2), "24 november - 2 december"),
        (date(2027, 11, 26), "24 november - 26 november"),
    ],
)
def test_days_from_one_to_another_are_told_in_few_letters(last: date, said: str) -> None:
    assert days(date(2026, 11, 24), last, "sv") == said


def test_staffed_hours_are_runs_of_days() -> None:
    staffed = StaffedHours(weekdays=(1, 2, 3, 5), begins=time(8), ends=time(16))
    assert hours(staffed, "sv") == "måndag-onsdag, fredag 08:00-16:00"


def test_saying_a_thousand_things_takes_no_time() -> None:
    begun = machine.perf_counter()
    for _ in range(1_000):
        TEXTS.say("a", language="ar", values=AMINA)
        day(date(2026, 11, 24), "ar")
    assert machine.perf_counter() - begun < 0.5
