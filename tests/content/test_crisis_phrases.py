"""Phrases of danger are complained of by name, and one that a plain answer would set off is refused."""

from functools import cache
from pathlib import Path

import pytest

from bot.content.complaints import ContentRefused
from bot.content.crisis_phrases import FILE, check_crisis_phrases, load_crisis_phrases
from bot.content.reply_words import LANGUAGES, load_readings
from bot.engine.reading import Reading

ROOT = Path(__file__).resolve().parents[2]
GOOD = """reviewed: {native: false, clinician: false}
between: [bara]
self-harm: [vill dö]
violence: [han slår mig]
child-at-risk: [slår barnen]
"""


@cache
def readings() -> dict[str, Reading]:
    return load_readings(ROOT)


def written(tmp_path: Path, source: str) -> Path:
    (tmp_path / "locales/sv").mkdir(parents=True)
    (tmp_path / "locales/sv" / FILE).write_text(source, encoding="utf-8")
    return tmp_path


def complaints(content: Path) -> list[str]:
    found = check_crisis_phrases(content, readings())
    return [str(one).partition(": ")[2] for one in found if one.path == f"locales/sv/{FILE}"]


def test_what_we_ship_has_every_language_and_nothing_to_complain_about() -> None:
    assert check_crisis_phrases(ROOT, readings()) == ()
    assert set(load_crisis_phrases(ROOT).unreviewed) == set(LANGUAGES)


def test_a_good_file_has_nothing_to_complain_about(tmp_path: Path) -> None:
    assert complaints(written(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("between:", "betwen:", "unknown key 'betwen': did you mean 'between'?"),
        ("[vill dö]", "[]", "'self-harm' has no phrases: write what people say, one phrase a line"),
        ("[vill dö]", "[vill dö, Vill  DÖ!]", "'Vill  DÖ!' stands twice (line 3): keep one of them"),
        ("[slår barnen]", "[slår barnen, vill dö]", "'vill dö' stands twice (line 3): keep one of them"),
        ("[vill dö]", '[vill dö, "..."]', "nothing stands here but punctuation: write a phrase, or take it away"),
        ("[vill dö]", "[vill dö, nej]", "'nej' is found in 'nej', a plain answer or a wish in 'sv': say more"),
        ("[vill dö]", "[sjuk]", "'sjuk' is found in "),
        ("{native: false, clinician: false}", "false", "'reviewed' must have keys with values"),
        ("violence: [han slår mig]\n", "", "the file has no 'violence': add 'violence: …'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert GOOD.count(old) == 1

    found = complaints(written(tmp_path, GOOD.replace(old, new)))

    assert any(complaint in one for one in found), found


def test_a_wrong_file_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        load_crisis_phrases(written(tmp_path, GOOD.replace("[vill dö]", "[]")))


def test_both_reviews_make_a_language_reviewed(tmp_path: Path) -> None:
    half = written(tmp_path / "half", GOOD.replace("native: false", "native: true"))
    whole = written(tmp_path / "whole", GOOD.replace("false", "true"))

    assert load_crisis_phrases(half).unreviewed == ("sv",)
    assert load_crisis_phrases(whole).unreviewed == ()


def test_a_language_without_a_file_is_complained_of(tmp_path: Path) -> None:
    found = check_crisis_phrases(written(tmp_path, GOOD), readings())

    assert {one.path for one in found} == {f"locales/{one}/{FILE}" for one in LANGUAGES if one != "sv"}
