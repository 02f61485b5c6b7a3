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


def test_punctuation_goes_and_a_minus_stays() -> None:
    assert bare(fold("«Hej», -1! (tack) ...")) == "hej -1 tack"


def test_run_of_marks_is_kept_short_where_marks_are_letters() -> None:
    assert fold("ก" + "\u0e31" * 100) == "ก" + "\u0e31" * 4


@given(text=st.text(st.characters(), max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("storm", ["\u0301\u0316", "\u0f73", "\ufdfa", "\uff9e", "ﷺ\u064b", "\x00", "e\u0301"])
def test_storm_is_cut_before_it_is_normalised(storm: str) -> None:
    began = time.process_time()
    assert len(fold(storm * 100_000)) <= 3 * LONGEST
    assert time.process_time() - began < 0.2
