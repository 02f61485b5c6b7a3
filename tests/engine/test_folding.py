"""Folding makes one text of two spellings, and keeps apart what is two words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.folding import LONGEST, bare, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Hej\t\nDU ", "hej du"),
        ("ÅÄÖ", "åäö"),
        ("a\u030aa\u0308o\u0308", "åäö"),
        ("Café Ñ Ç", "cafe n c"),
        ("İstanbul ısı", "istanbul isi"),
        ("STRASSE straße", "strasse strasse"),
        ("أَهْلاً", "اهلا"),
        ("مـــرحبا", "مرحبا"),
        ("على علي", "علي علي"),
        ("٠١٢ ۳ ४", "012 3 4"),
        ("፲", "10"),
        ("Ⅲ", "iii"),
        ("１２", "12"),
        ("3️⃣", "3"),
        ("👍🏽", "👍"),
        ("a\u200b\u00adb\x00c", "ab c"),
        ("3–4 — 5", "3-4 - 5"),
        ("don’t", "don't"),
        ("ที่", "ที่"),
    ],
)
def test_spellings_of_one_word_are_one(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("language", "spellings", "folded"),
    [
        ("tr", ["HAYIR", "hayır", "Hayir", "hayİr"], "hayir"),
        ("tr", ["DÖRT", "dört", "dort", "do\u0308rt"], "dort"),
        ("sv", ["ÅTTA", "åtta", "a\u030atta"], "åtta"),
        ("uk", ["п'ять", "п’ять", "пʼять", "п`ять", "пять", "П'ЯТЬ"], "пять"),
        ("uk", ["ні", "нi", "НI"], "ні"),
        ("ar", ["أَرْبَعَة", "اربعه", "أربعة", "اربـعـة"], "اربعه"),
        ("ckb", ["پێنج", "پينج", "پینج"], "پينج"),
        ("ckb", ["دوو", "دووـ"], "دوو"),
        ("ku", ["pênc", "penc", "PÊNC"], "penc"),
        ("sq", ["pesë", "pese", "PESË"], "pese"),
        ("pl", ["sześć", "szesc", "SZEŚĆ"], "szesc"),
        ("pl", ["źle", "zle"], "zle"),
        ("hr", ["četiri", "cetiri", "ČETIRI"], "cetiri"),
        ("sr_Latn", ["četiri", "четири", "ЧЕТИРИ"], "cetiri"),
        ("bs", ["da", "да"], "da"),
        ("so", ["ma'aha", "ma’aha", "maaha", "MA'AHA"], "maaha"),
        ("ti", ["ጸሓይ", "ፀሓይ"], "ጸሓይ"),
        ("th", ["น้ำ", "นํ้า", "น้ํา"], "น้ํา"),
        ("th", ["3ค่ะ", "3 ค่ะ", "๓ค่ะ"], "3 ค่ะ"),
        ("en", ["I'll", "I’ll"], "i'll"),
    ],
)
def test_letters_are_folded_as_the_language_writes_them(language: str, spellings: list[str], folded: str) -> None:
    assert {fold(each, language=language) for each in spellings} == {folded}


def test_swedish_letters_are_their_own_and_their_dots_no_mark() -> None:
    assert len({fold(word, language="sv") for word in ("har", "här", "hår")}) == 3
    assert fold("på", language="sv") != fold("pa", language="sv")


def test_apostrophe_of_an_english_word_stays() -> None:
    assert fold("I'll", language="en") != fold("ill", language="en")


def test_punctuation_goes_and_a_minus_stays() -> None:
    assert bare(fold("«Hej», -1! (tack) ...")) == "hej -1 tack"


def test_run_of_marks_is_kept_short_where_marks_are_letters() -> None:
    assert fold("ก" + "\u0e31" * 100) == "ก" + "\u0e31" * 4


@given(text=st.text(st.characters(), max_size=60), language=st.sampled_from([None, "sv", "tr", "so", "uk", "hr", "th"]))
def test_folding_twice_is_folding_once(text: str, language: str | None) -> None:
    once = fold(text, language=language)
    assert fold(once, language=language) == once


@pytest.mark.parametrize("storm", ["\u0301\u0316", "\u0f73", "\ufdfa", "\uff9e", "ﷺ\u064b", "\x00", "e\u0301"])
def test_storm_is_cut_before_it_is_normalised(storm: str) -> None:
    began = time.process_time()
    assert len(fold(storm * 100_000)) <= 3 * LONGEST
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize(("language", "one", "other"), [("ckb", "سێ", "سی"), ("ar", "ابدأ", "أبدا")])
def test_words_that_one_letter_parts_are_two(language: str, one: str, other: str) -> None:
    assert fold(one, language=language) != fold(other, language=language)
