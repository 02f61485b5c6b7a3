"""Written cries for help are counted as heard or missed, and everyday sentences as alarming or not.

These counts are of sentences of ours. No real person's cry has been tried, and many ways to cry are still missed.

The sentences were written before the phrases were read. Each second cry is held out: misses among them were never
shown. Before the lists grew they heard 64, 46, 51 and 45 of a hundred such cries (sv, en, ar, so); only that is blind.
One hand wrote cries and phrases within the hour: 20 held-out cries are almost a phrase that was added, and 3 are heard
only by a phrase put back with them in mind. How strangers cry is heard less well than the numbers now say.

A second set of 40 a language, by another hand that had read neither phrases nor cries, found the grown lists hearing
19, 23, 24 and 19 of 40 (sv, en, ar, so): 48, 58, 60 and 48 of a hundred. Only that is blind. The misses were then read
and the phrases of the set's kinds were added, so that all 40 are heard now: that only keeps what was found from being
lost, and says nothing of the next person's words. Expect about half of them to be heard.
Of the 60 everyday sentences a language by the same hand, 2, 0, 1 and 0 alarmed before and after. One of them stood
already among those that may alarm; the others stand in the lists below, with near misses of what was added.
"""

from functools import cache
from pathlib import Path

import pytest

from bot.engine.crisis import Phrases, read_danger
from tests.vocabulary import vocabulary

HERE = Path(__file__).resolve().parent
LANGUAGES = ("sv", "en", "ar", "so")
BLIND_OF_FORTY = {"sv": 19, "en": 23, "ar": 24, "so": 19}
"""Cries of the second set that were heard before anybody changed a phrase for them."""

OF_EACH_HUNDRED = {"known": 95, "held out": 90}


@cache
def shipped() -> Phrases:
    return vocabulary().danger


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def alarming(sentences: list[str]) -> list[str]:
    return [one for one in sentences if read_danger(one, phrases=shipped()) is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_hundred_everyday_sentences_fewer_than_one_alarms(language: str) -> None:
    sentences = lines(f"harmless/{language}.txt")
    wrong = alarming(sentences)
    print(f"{language}: {len(wrong)} of {len(sentences)} everyday sentences raise an alarm: {wrong}")

    assert len(set(sentences)) == len(sentences) >= 200
    assert len(wrong) * 100 < len(sentences), wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("half", "first"), [("known", 0), ("held out", 1)])
def test_written_cries_of_the_first_set_stay_heard(language: str, half: str, first: int) -> None:
    cries = lines(f"cries/{language}.txt")[first::2]
    heard = alarming(cries)
    print(f"{language}, {half}: {len(heard)} of {len(cries)} cries for help are heard")

    assert len(cries) >= 50
    assert len(heard) * 100 >= OF_EACH_HUNDRED[half] * len(cries), sorted(set(cries) - set(heard))


@pytest.mark.parametrize("language", LANGUAGES)
def test_cries_of_the_second_set_that_the_lists_were_grown_by_stay_heard(language: str) -> None:
    cries = lines(f"cries/second/{language}.txt")
    heard = alarming(cries)
    print(f"{language}, second set: {len(heard)} of {len(cries)} are heard; blind it was {BLIND_OF_FORTY[language]}")

    assert len(set(cries)) == len(cries) == 40
    assert len(heard) * 100 >= 95 * len(cries), sorted(set(cries) - set(heard))


def test_of_the_first_set_ninety_five_in_a_hundred_stay_heard() -> None:
    for language in LANGUAGES:
        cries = lines(f"cries/{language}.txt")
        assert len(alarming(cries)) * 100 >= 95 * len(cries), language


def test_laughing_to_death_may_alarm() -> None:
    apart = lines("harmless/may-alert.txt")
    print(f"{len(alarming(apart))} of {len(apart)} sentences that may alarm do")

    assert "jag dör av skratt" in alarming(apart)


def test_one_on_ones_health_never_alarms() -> None:
    assert alarming(["1", "1.", "1!", "1/5", "nr 3: 1", "hälsa 1", "١", "1 tack", "health 1", "caafimaad 1"]) == []
