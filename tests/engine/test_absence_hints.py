"""A part of a day, or a day without a reason, is kept in mind: nothing of it is guessed, and nothing forgotten."""

from datetime import date

import pytest

from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.engine.absences import NotComing, read_hint
from tests.engine.builders import READINGS
from tests.engine.test_absences import CHILD, FRIDAY, ILL, MONDAY, NAMES, OTHER, THURSDAY, WEDNESDAY, read


def hint(words: str, *, language: str = "sv") -> NotComing | None:
    return read_hint(words, reading=READINGS[language], today=WEDNESDAY, names=NAMES)


@pytest.mark.parametrize(
    ("language", "words", "category", "on"),
    [
        ("sv", "sjuk på förmiddagen", ILL, WEDNESDAY),
        ("sv", "sjuk i eftermiddag", ILL, WEDNESDAY),
        ("sv", "Sjuk imorgon förmiddag", ILL, THURSDAY),
        ("sv", "sjuk på fredag efter lunch", ILL, FRIDAY),
        ("sv", "sjuk 2 timmar", ILL, WEDNESDAY),
        ("sv", "sjuk kl 10", ILL, WEDNESDAY),
        ("sv", "vab imorgon kl 8-12", CHILD, THURSDAY),
        ("sv", "kommer inte i eftermiddag", OTHER, WEDNESDAY),
        ("en", "sick this afternoon", ILL, WEDNESDAY),
        ("en", "I am sick in the morning", ILL, WEDNESDAY),
    ],
)
def test_a_part_of_a_day_is_kept_as_its_day_and_said_to_be_a_part(
    language: str, words: str, category: Presence, on: date
) -> None:
    assert read(words, language=language) == NewAbsence(
        category=category, begins_on=on, ends_on=on, reported_by="participant", for_a_part=True
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(("en", "Good morning, I am sick"), ("en", "i am ill"), ("sv", "god morgon jag är sjuk")),
        *(("so", "subax wanaagsan, waan xanuunsanahay"), ("sv", "läkarbesök kl 10")),
    ],
)
def test_a_greeting_is_no_part_of_a_day(language: str, words: str) -> None:
    found = read(words, language=language)
    assert found is not None and not found.for_a_part


@pytest.mark.parametrize(
    ("language", "words", "days"),
    [
        *(("sv", "kan inte på fredag", (FRIDAY, FRIDAY)), ("sv", "kan inte imorgon", (THURSDAY, THURSDAY))),
        *(("sv", "Hej! Kan tyvärr inte på fredag", (FRIDAY, FRIDAY)), ("sv", "kan inte idag", (WEDNESDAY, WEDNESDAY))),
        *(("sv", "kan inte torsdag till måndag", (THURSDAY, MONDAY)), ("sv", "kan inte 30/11", (MONDAY, MONDAY))),
        *(("sv", "förkyld imorgon", (THURSDAY, THURSDAY)), ("sv", "sjuk och vab på fredag", (FRIDAY, FRIDAY))),
        *(("en", "can't on friday", (FRIDAY, FRIDAY)), ("en", "sorry I cannot tomorrow", (THURSDAY, THURSDAY))),
        *(("ar", "لا أستطيع يوم الجمعة", (FRIDAY, FRIDAY)), ("so", "ma awoodo maalinta jimcaha", (FRIDAY, FRIDAY))),
        # Which day is not clear, and that they may not come is.
        *(("sv", "kan inte på onsdag", ()), ("sv", "förkyld", ()), ("sv", "kan inte fredag och måndag", ())),
        # Of no day: it may be said of anything.
        *(("sv", "kan inte", None), ("sv", "på fredag", None), ("sv", "kan inte logga in", None)),
    ],
)
def test_who_cannot_on_a_day_is_asked_why_and_the_day_is_remembered(
    language: str, words: str, days: tuple[date, ...] | None
) -> None:
    found = hint(words, language=language)
    told = None if found is None else tuple(day for day in (found.begins_on, found.ends_on) if day)
    assert read(words, language=language) is None and told == days


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(("ar", "مريض يوم الجمعة"), ("ar", "مريضة الجمعة"), ("so", "waan xanuunsanahay maalinta jimcaha")),
        *(("en", "sick on Friday"), ("sv", "sjuk på fredag")),
    ],
)
def test_the_word_for_day_before_its_name_changes_nothing(language: str, words: str) -> None:
    found = read(words, language=language)
    assert found is not None and (found.category, found.begins_on, found.ends_on) == (ILL, FRIDAY, FRIDAY)


def test_who_cannot_for_a_part_of_a_day_is_asked_why_of_that_day() -> None:
    assert hint("kan inte efter lunch") == NotComing(begins_on=WEDNESDAY, ends_on=WEDNESDAY, for_a_part=True)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "min son är sjuk",
            "kan jag vara sjuk?",
            "var sjuk igår",
            "sjuk på onsdag",
            "mår inte bra",
            "jag är inte sjuk än",
        ),
        *("sjuk och vab", "kan inte idag", "förkyld", "bussen är försenad"),
    ],
)
def test_what_smells_of_an_absence_is_asked_about(words: str) -> None:
    assert read(words) is None and hint(words) is not None


@pytest.mark.parametrize(
    "words", ["hej", "tack", "3", "när börjar vi?", "på fredag", "frisk", "", "hej " * 30 + "sjuk"]
)
def test_what_has_nothing_to_do_with_an_absence_is_not(words: str) -> None:
    assert hint(words) is None
