"""Help for somebody in danger is at most two SMS in every language we write, with the longest day put in."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.catalogs import check_catalog, read_catalogs
from bot.content.checks import all_texts
from bot.content.texts import Texts, day
from bot.domain.sms_parts import sms_parts

CONTENT = Path(__file__).resolve().parents[2]
LANGUAGES = ("sv", "en", "ar", "so")
LONG_NAME = "Ann-Christin"
WHERE = ("phrases/danger", "phrases/danger-others")
TOLD = ("phrases/danger-told-now", "phrases/danger-told-later", "phrases/danger-told-unknown")


@pytest.fixture(scope="module")
def texts() -> Texts:
    said = all_texts(CONTENT)
    words = {"sv": {key: text.words for key, text in said.items()}}
    for file in read_catalogs(CONTENT):
        if file.language in LANGUAGES[1:]:
            words[file.language] = dict(check_catalog(file, said).words)
    return Texts(words)


def longest_day(language: str) -> str:
    """The day of a year whose name has most letters."""
    return max((day(date(2026, 1, 1) + timedelta(days=number), language) for number in range(365)), key=len)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("told", TOLD)
def test_help_in_danger_is_two_sms_at_most(texts: Texts, language: str, where: str, told: str) -> None:
    values = {"coach": LONG_NAME, "until": "16:00", "day": longest_day(language), "time": "08:00"}
    whole = "\n".join(texts.say(key, language=language, values=values) for key in (where, told))

    assert texts.has(where, language) and texts.has(told, language)
    assert sms_parts(whole) <= 2, (len(whole), whole)
    assert all(number in whole for number in ("112", "1177", "90101"))
