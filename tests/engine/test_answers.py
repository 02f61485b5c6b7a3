"""What people write is read as meant, or not at all."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answers import MOST_WORDS_KEPT, UNCLEAR, read_answer
from bot.engine.definition import AnswerKind, Ask
from bot.engine.reading import Reading
from tests.engine.builders import CHOICES, EVERY, READINGS, WEDNESDAY, a_question

QUESTIONS = {
    "scale": a_question(AnswerKind.SCALE),
    "scale-10": a_question(AnswerKind.SCALE, low=0, high=10),
    "yes-no": a_question(AnswerKind.YES_NO),
    "choice": a_question(AnswerKind.CHOICE, choices=CHOICES),
    "several": a_question(AnswerKind.SEVERAL, choices=CHOICES),
    "count": a_question(AnswerKind.SEVERAL, choices=CHOICES, counts=True, high=3),
    "number": a_question(AnswerKind.NUMBER, low=0, high=40),
    "date": a_question(AnswerKind.DATE),
    "words": a_question(AnswerKind.WORDS),
}
NUMBERS = {"scale", "scale-10", "number", "count"}
TODAY = WEDNESDAY.date()


def read_cases(text: str) -> list[tuple[str, str, str, str]]:
    """Language, kind, reply and meaning of each line."""
    cases, language, kind = [], "", ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"\[(\S+) (\S+)\]", line):
            language, kind = heading.groups()
        elif " => " in line and not line.startswith("# "):
            words, meaning = line.rsplit(" => ", 1)
            words = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), words)
            cases.append((language, kind, words, meaning))
    return cases


CASES = read_cases(Path(__file__).with_name("reply_cases.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("language", "kind", "words", "meaning"), CASES)
def test_reply_is_read_as_meant(language: str, kind: str, words: str, meaning: str) -> None:
    meanings = {"?": UNCLEAR, "skip": None, "none": ""}
    expected = meanings.get(meaning, int(meaning) if kind in NUMBERS and meaning.isdecimal() else meaning)
    assert _read(QUESTIONS[kind], words, language=language) == expected


def test_table_of_replies_is_a_table_worth_the_name() -> None:
    assert len(CASES) >= 150
    assert {(language, kind) for language, kind, _, _ in CASES} >= {
        (language, kind) for language in READINGS for kind in ("scale", "yes-no", "date")
    }


@pytest.mark.parametrize("kind", AnswerKind)
def test_refusing_is_unclear_where_the_flow_wants_an_answer(kind: AnswerKind) -> None:
    question = a_question(kind, choices=CHOICES, skip=False)
    assert _read(question, "vill inte svara") is UNCLEAR
    assert _read(question, "-") is UNCLEAR


def test_label_that_refuses_is_a_choice_like_any_other() -> None:
    reading = Reading(language="sv", refuse=frozenset({"vill inte svara"}), labels={"flow/gym": "Vill inte svara"})
    question = a_question(AnswerKind.CHOICE, choices=CHOICES)
    assert read_answer(question, "vill inte svara", reading=reading, today=TODAY) == "gym"


def test_choice_without_labels_is_read_by_number_only() -> None:
    reading = Reading(language="sv")
    question = a_question(AnswerKind.CHOICE, choices=CHOICES)
    assert read_answer(question, "2", reading=reading, today=TODAY) == "gym"
    assert read_answer(question, "gym", reading=reading, today=TODAY) is UNCLEAR


def test_label_may_begin_with_yes_or_no() -> None:
    reading = replace(
        READINGS["sv"], labels={"flow/walk": "Ja, gärna", "flow/gym": "Nej, inte nu", "flow/read": "Jag vet"}
    )
    question = a_question(AnswerKind.CHOICE, choices=CHOICES[:3])
    assert read_answer(question, "ja", reading=reading, today=TODAY) == "walk"
    assert read_answer(question, "nej tack", reading=reading, today=TODAY) == "gym"


def test_whole_label_counts_more_than_a_number_in_it() -> None:
    reading = replace(READINGS["sv"], labels={"flow/walk": "Steg 2", "flow/gym": "Steg 1"})
    question = a_question(AnswerKind.CHOICE, choices=CHOICES[:2])
    assert read_answer(question, "steg 2", reading=reading, today=TODAY) == "walk"
    assert read_answer(question, "2", reading=reading, today=TODAY) == "gym"


def test_beginning_of_two_labels_is_unclear() -> None:
    reading = replace(READINGS["sv"], labels={"flow/walk": "Gå ut", "flow/gym": "Gå hem"})
    question = a_question(AnswerKind.CHOICE, choices=CHOICES[:2])
    assert read_answer(question, "gå", reading=reading, today=TODAY) is UNCLEAR
    assert read_answer(question, "gå h", reading=reading, today=TODAY) == "gym"


def test_long_answer_in_own_words_is_cut() -> None:
    kept = _read(a_question(AnswerKind.WORDS), "  " + "å" * 5_000)
    assert kept == "å" * MOST_WORDS_KEPT


def test_number_far_too_long_is_unclear() -> None:
    assert _read(a_question(AnswerKind.NUMBER, low=-(10**12), high=10**12), "9" * 4_000) is UNCLEAR


@pytest.mark.parametrize(
    "storm",
    ["\u0301\u0316" * 50_000, "3" + "\u0f73" * 50_000, "\ufdfa" * 50_000, "1," * 50_000, "و" * 50_000, "ja " * 50_000],
)
@pytest.mark.parametrize("kind", AnswerKind)
def test_storm_of_letters_costs_no_time(storm: str, kind: AnswerKind) -> None:
    began = time.process_time()
    _read(a_question(kind, choices=CHOICES), storm, language="ar")
    assert time.process_time() - began < 0.5


def any_words() -> st.SearchStrategy[str]:
    """Anything a phone, a provider or a vandal may send: lone surrogates, NUL, and our own words in odd company."""
    known = sorted(
        {word for reading in EVERY for words in (reading.numbers, reading.yes, reading.doubt) for word in words}
    )
    pieces = st.one_of(
        st.sampled_from(known),
        st.sampled_from(["3", "٣", "፫", "-", "/", ",", " ", "\n", "\u0301", "\x00", "\ud800", "3️⃣", "½", "1/12"]),
        st.text(st.characters(), max_size=8),
    )
    return st.lists(pieces, max_size=12).map("".join)


@given(question=st.sampled_from(sorted(QUESTIONS)), words=any_words(), language=st.sampled_from(sorted(READINGS)))
def test_any_text_is_answer_or_unclear_and_within_bounds(question: str, words: str, language: str) -> None:
    asked = QUESTIONS[question]
    value = _read(asked, words, language=language)
    assert value == _read(asked, words, language=language)
    if value is UNCLEAR or value is None:
        return
    match asked.answer:
        case AnswerKind.SCALE | AnswerKind.NUMBER:
            assert type(value) is int
            assert asked.low <= value <= asked.high
        case AnswerKind.YES_NO:
            assert value in ("yes", "no")
        case AnswerKind.WORDS:
            assert isinstance(value, str)
            assert 0 < len(value) <= MOST_WORDS_KEPT
        case AnswerKind.SEVERAL if asked.counts:
            assert value in range(asked.high + 1)
        case AnswerKind.CHOICE | AnswerKind.SEVERAL:
            assert set(filter(None, str(value).split(","))) <= {choice.value for choice in CHOICES}
        case AnswerKind.DATE:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))


@given(first=st.integers(0, 99), second=st.integers(0, 99), between=st.sampled_from([" ", "-", ",", ".", " eller "]))
def test_two_numbers_are_never_one_level(first: int, second: int, between: str) -> None:
    assert _read(QUESTIONS["scale"], f"{first}{between}{second}") is UNCLEAR


def _read(question: Ask, words: str, *, language: str = "sv") -> object:
    return read_answer(question, words, reading=READINGS[language], today=TODAY)
