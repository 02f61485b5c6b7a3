"""A length of time is read as each language says it: two in one word, one without a number, and "in" after it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.day import NewAbsence
from bot.engine.wishes import Later, Pause, read_wish
from tests.engine.builders import TONGUES

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


def wish(language: str, words: str) -> object:
    return read_wish(words, ear=TONGUES.ear(language), now=NOW)


@pytest.mark.parametrize(
    ("language", "words", "days"),
    [
        ("ar", "استراحة أسبوعين", 14),
        ("ar", "استراحة لمدة يومين", 2),
        ("ar", "استراحة شهر", 30),
        ("ar", "استراحة ٣ أيام", 3),
        ("so", "haki toddobaad", 7),
        ("so", "haki laba todobaad", 14),
        ("sv", "pausa vecka", 7),
    ],
)
def test_pause_lasts_as_long_as_was_said(language: str, words: str, days: int) -> None:
    assert wish(language, words) == Pause(days=days)


@pytest.mark.parametrize(
    ("language", "words", "hours"),
    [
        *(("sv", "om en halvtimme", 0.5), ("sv", "om en kvart", 0.25), ("en", "in half an hour", 0.5)),
        *(("ar", "بعد نصف ساعة", 0.5), ("so", "nus saac kadib", 0.5)),
        ("ar", "بعد ساعتين", 2),
        ("ar", "بعد ساعة", 1),
        ("so", "2 saac kadib", 2),
        ("so", "laba saac ka dib", 2),
    ],
)
def test_later_is_as_much_later_as_was_said(language: str, words: str, hours: float) -> None:
    assert wish(language, words) == Later(at=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(("language", "words"), [("ar", "ساعتين"), ("so", "2 saac"), ("so", "saac"), ("sv", "vecka")])
def test_length_alone_is_no_wish(language: str, words: str) -> None:
    assert wish(language, words) is None


def test_somebody_is_ill_for_two_days_in_one_word() -> None:
    absence = wish("ar", "مريضة يومين")
    assert isinstance(absence, NewAbsence) and absence.ends_on == date(2026, 11, 26)
