"""Danger is found however it is spelt, and neither an answer nor a wish is taken for it."""

import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.crisis import Danger, DangerKind, Phrases, read_danger
from tests.engine.reply_table import all_cases
from tests.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[2]
SELF_HARM, VIOLENCE, CHILD = DangerKind.SELF_HARM, DangerKind.VIOLENCE, DangerKind.CHILD_AT_RISK


@cache
def shipped() -> Phrases:
    return vocabulary().danger


def kind_of(words: str) -> DangerKind | None:
    found = read_danger(words, phrases=shipped())
    return None if found is None else found.kind


# As people write: from what crisis lines and schools say that messages look like, retyped with a phone's mistakes.
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("jag vill dö", SELF_HARM),
        ("JAG VILL DÖÖÖÖ!!!", SELF_HARM),
        ("jag vil do", SELF_HARM),
        ("villdö", SELF_HARM),
        ("vill... inte... leva", SELF_HARM),
        ("s j ä l v m o r d", SELF_HARM),
        ("tänker på sjalvmrod", SELF_HARM),
        ("jag vill verkligen inte leva längre", SELF_HARM),
        ("jag dör av skratt", SELF_HARM),
        ("i dont want to live anymore", SELF_HARM),
        ("I don’t want to live", SELF_HARM),
        ("gonna kil my self", SELF_HARM),
        ("sucidal", SELF_HARM),
        ("بدي موت", SELF_HARM),
        ("وأريد أن أموت", SELF_HARM),
        ("اُرِيدُ أَنْ أَمُوتَ", SELF_HARM),
        ("biddi mout", SELF_HARM),
        ("waxaan rabaa inaan dhinto", SELF_HARM),
        ("ክመውት እደሊ", SELF_HARM),
        ("میخوام بمیرم", SELF_HARM),
        ("не хочу жить", SELF_HARM),
        ("nechu da zivim, ne želim živjeti", SELF_HARM),
        ("убићу се", SELF_HARM),
        ("yasamak istemiyorum", SELF_HARM),
        ("ÖLMEK İSTİYORUM", SELF_HARM),
        ("dua te vdes", SELF_HARM),
        ("nie chce juz zyc", SELF_HARM),
        ("ผมอยากตายมากเลยครับ", SELF_HARM),
        ("ez dixwazim bimirim", SELF_HARM),
        ("دەمەوێت بمرم", SELF_HARM),
        ("4. men han slår mig", VIOLENCE),
        ("my husband beats me", VIOLENCE),
        ("زوجي يضربني", VIOLENCE),
        ("чоловік мене бє", VIOLENCE),
        ("kocam beni dovuyor", VIOLENCE),
        ("hon slår barnen hela tiden", CHILD),
        ("bije moje dziecko", CHILD),
        # Of two, the first kind counts.
        ("han slår mig och jag vill dö", SELF_HARM),
    ],
)
def test_what_sounds_like_danger_is_found(words: str, kind: DangerKind) -> None:
    assert kind_of(words) is kind


@pytest.mark.parametrize(
    "words",
    [
        *("1", "1 1 1", "0", "-", "stop", "STOPP", "hjälp", "help", "nej", "sjuk", "jag är sjuk", "kommer sen 20 min"),
        *("döda tiden", "jag dödar tid", "I was killing time", "deadline", "I want to diet", "love you to death"),
        *("jag orkar inte idag", "mår dåligt", "jag vill inte svara", "jag vill inte mer", "vill inte", "trött"),
        *("انتظر", "مريض", "لا اريد", "estoy bien", "ölmez", "bror kom hem", "skär av mitt bröd", "vi ses, hej då"),
        *("", " ", "...", "\U0001f52a", "👍", "wrong person", "fel nummer", "min man är snäll"),
    ],
)
def test_what_people_write_on_other_days_is_no_danger(words: str) -> None:
    assert kind_of(words) is None


def test_no_reply_of_the_table_is_danger() -> None:
    cases = all_cases()

    assert len(cases) > 300
    assert [str(one) for one in cases if kind_of(one.words) is not None] == []


def test_every_phrase_is_found_as_its_own_kind_or_a_graver_one() -> None:
    own = _phrase("vill inte alls leva", kind=VIOLENCE)

    assert read_danger("jag VILL inte, alls; leva", phrases=Phrases([own])) == own


def test_a_slip_is_forgiven_in_long_words_only() -> None:
    phrases = Phrases([_phrase("dra kniven"), _phrase("hota"), _phrase("mordet")])

    assert read_danger("dra knivn", phrases=phrases) is not None
    assert read_danger("dar kniven", phrases=phrases) is None
    # A phrase that is one short word is not found by a slip.
    assert read_danger("rota", phrases=phrases) is None
    assert read_danger("norder", phrases=phrases) is None
    assert read_danger("bordet", phrases=phrases) is None


def test_at_most_two_words_that_mean_little_stand_in_between() -> None:
    phrases = Phrases([_phrase("inte leva")], between=("bara", "mer"))

    assert read_danger("inte bara mer leva", phrases=phrases) is not None
    assert read_danger("inte bara mer bara leva", phrases=phrases) is None
    assert read_danger("inte alltid leva", phrases=phrases) is None


@given(st.text() | st.text(alphabet="jagvilldö \u0301\u200dا.,1👍\ud800\x00"))
def test_nothing_that_is_written_raises(words: str) -> None:
    read_danger(words, phrases=shipped())


@pytest.mark.parametrize("said", ["vill inte ", "v i l l ", "villavilla", "อยาก", "вилл "])
def test_reading_costs_no_more_than_the_length_says(said: str) -> None:
    """Counted in calls: of a text twice as long there are twice as many, not four times."""
    short, long = (said * (length // len(said)) for length in (1_000, 4_000))
    few, many = _calls(short), _calls(long)

    assert few > 100
    assert many < 4.6 * few


def _calls(words: str) -> int:
    counted, phrases = 0, shipped()

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    sys.setprofile(count)
    try:
        read_danger(words, phrases=phrases)
    finally:
        sys.setprofile(None)
    return counted


def _phrase(words: str, *, kind: DangerKind = SELF_HARM) -> Danger:
    return Danger(kind=kind, language="sv", phrase=words)
