"""Whatever is written, in whatever language: no reader raises, none goes on for ever, each says the same twice."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.content.language_names import names_in
from bot.engine.absences import answers_back, read_absence, read_hint, says_back
from bot.engine.answers import is_beyond, read_answer
from bot.engine.clocks import read_time
from bot.engine.crisis import read_danger
from bot.engine.dates import read_day
from bot.engine.fixes import read_fix
from bot.engine.folding import bare, fold, split_words
from bot.engine.postponing import read_days, read_moment, tells_time
from bot.engine.run import begin, reply
from bot.engine.sheet import read_sheet
from bot.engine.spans import spans
from bot.engine.taps import TAP, WISH_TAP, read_tap, read_wish_tap
from bot.engine.wishes import read_wish
from tests.cases import a_few_of
from tests.engine.builders import READINGS, TONGUES, WEDNESDAY, a_flow, a_scale
from tests.engine.reply_table import QUESTIONS
from tests.engine.steps import steps
from tests.engine.test_crisis import shipped

TODAY = WEDNESDAY.date()
NAMES = ("Amina", "Karin", "سمير")
SHEET = a_flow(*(a_scale(f"q{number}", sheet="ratings") for number in range(1, 4)))
ASKED = begin(SHEET).state

Reader = Callable[[str, str], object]
"""From what was written and a language to what is read."""


def _tokens(words: str, language: str) -> list[str]:
    return split_words(bare(fold(words, language=language)))


def _replied(words: str, language: str) -> object:
    assert ASKED is not None
    return reply(SHEET, ASKED, words, reading=READINGS[language], now=WEDNESDAY)


def _language(words: str, language: str) -> object:
    return names_in(language, of=READINGS).get(bare(fold(words, language=language)))


READERS: Mapping[str, Reader] = {
    **{
        f"answer to {kind}": lambda words, language, asked=asked: read_answer(
            asked, words, reading=READINGS[language], today=TODAY
        )
        for kind, asked in QUESTIONS.items()
    },
    **{
        f"beyond {kind}": lambda words, language, asked=QUESTIONS[kind]: is_beyond(
            asked, words, reading=READINGS[language]
        )
        for kind in ("scale", "choice", "number")
    },
    "sheet": lambda words, language: read_sheet(SHEET.steps, words, first=1, reading=READINGS[language]),  # type: ignore[arg-type]
    "reply to a sheet": _replied,
    "correction": lambda words, language: read_fix(words, reading=READINGS[language]),
    "wish": lambda words, language: read_wish(words, ear=TONGUES.ear(language), now=WEDNESDAY, names=NAMES),
    "wish beside others": lambda words, language: read_wish(
        words, ear=TONGUES.ear(language, beside=("sv", "en", "ar", "so")), now=WEDNESDAY
    ),
    "absence": lambda words, language: read_absence(words, reading=READINGS[language], today=TODAY, names=NAMES),
    "back": lambda words, language: says_back(words, reading=READINGS[language], today=TODAY, names=NAMES),
    "yes, back": lambda words, language: answers_back(words, reading=READINGS[language], today=TODAY, names=NAMES),
    "hint of absence": lambda words, language: read_hint(words, reading=READINGS[language], today=TODAY, names=NAMES),
    "danger": lambda words, language: read_danger(words, phrases=shipped()),
    "span": lambda words, language: spans(_tokens(words, language), reading=READINGS[language], today=TODAY),
    "length": lambda words, language: read_days(_tokens(words, language), reading=READINGS[language], today=TODAY),
    "moment": lambda words, language: read_moment(
        _tokens(words, language), reading=READINGS[language], now=WEDNESDAY, asked=True
    ),
    "tells time": lambda words, language: tells_time(_tokens(words, language), reading=READINGS[language]),
    "day": lambda words, language: read_day(
        fold(words, language=language), reading=READINGS[language], today=TODAY, past=True
    ),
    "time": lambda words, language: read_time(fold(words, language=language), reading=READINGS[language]),
    "name of a language": _language,
    "tap": lambda words, _: [read_tap(asked, TAP + words) for asked in QUESTIONS.values()],
    "tap on a wish": lambda words, _: read_wish_tap(WISH_TAP + words, now=WEDNESDAY),
}


@cache
def known(language: str) -> tuple[str, ...]:
    """Every word and phrase of a language's tables, whatever it means there."""
    reading, found = READINGS[language], set[str]()
    for field in fields(reading):
        table = getattr(reading, field.name)
        if isinstance(table, frozenset):
            found |= table
        elif isinstance(table, Mapping):
            found |= {one for one in table if type(one) is str}
            found |= {one for each in table.values() if isinstance(each, frozenset) for one in each}
    return tuple(sorted(found))


ODD = ("3", "٣", "፫", "Ⅲ", "3️⃣", "½", "³", "④", "-", "–", "/", ":", "=", ",", "،", ".", " ", "\n", "\r", "\t", "+", "()")
NASTY = (
    "\x00",
    "\ud800",
    "\udfff",
    "\u0301",
    "\u0489",
    "\u200d",
    "\u200f",
    "\ufeff",
    "\U000e0041",
    "ﷺ",
    "İ",
    "ß",
    "\u3000",
)
LONG = (
    "1" * 100_000,
    "a " * 50_000,
    "fel 1=2 " * 9_000,
    "و" * 100_000,
    "3:" * 50_000,
    "a\u0301" * 50_000,
    "e" + "\u0301" * 99_999,
)


def written(language: str) -> st.SearchStrategy[str]:
    """The words of this language in odd company, run together or not."""
    pieces = st.sampled_from(known(language)) | st.sampled_from(ODD) | st.sampled_from(NASTY) | st.text(max_size=6)
    return st.builds(
        lambda between, parts: between.join(parts), st.sampled_from(("", " ", "  ")), st.lists(pieces, max_size=9)
    )


@pytest.mark.parametrize("language", a_few_of(READINGS, few=5))
def test_no_reader_raises_and_each_says_the_same_twice(language: str) -> None:
    @settings(max_examples=40)
    @given(words=written(language))
    @example(words="")
    @example(words="".join(NASTY))
    def tried(words: str) -> None:
        for reader in READERS.values():
            assert reader(words, language) == reader(words, language)

    tried()


@pytest.mark.parametrize("name", a_few_of(READERS, few=10))
def test_no_reader_takes_longer_for_more_than_anybody_writes(name: str) -> None:
    """Counted in steps: a text is cut before it is read."""
    read = READERS[name]

    costs = {words[:9]: steps(lambda words=words: read(words, "ar")) for words in LONG}  # type: ignore[misc]

    assert {said: cost for said, cost in costs.items() if cost > MOST_STEPS} == {}


MOST_STEPS = 8_000_000
"""About a fifth of a second: what grows faster than the text took ten times as many."""
