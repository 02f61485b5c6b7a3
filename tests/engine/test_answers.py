"""What people write is read as meant, or not at all."""

import re
import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answers import MOST_WORDS_KEPT, UNCLEAR, is_beyond, read_answer
from bot.engine.definition import AnswerKind, Ask, Choice, Sign
from bot.engine.reading import Reading
from tests.engine.builders import CHOICES, EVERY, READINGS, a_question
from tests.engine.reply_table import QUESTIONS, TODAY, all_cases, asked_again

CASES = all_cases()


@pytest.mark.parametrize(("language", "kind"), sorted({(case.language, case.kind) for case in CASES}))
def test_replies_are_read_as_meant(language: str, kind: str) -> None:
    asked = [case for case in CASES if (case.language, case.kind) == (language, kind)]
    # Thousands of tests of one line each would take longer to be gathered than to be run.
    assert [f"{case}: {case.read!r}" for case in asked if case.read != case.expected] == []


def test_every_reply_of_the_table_has_a_reason_and_stands_once() -> None:
    assert [str(case) for case in CASES if not case.reason] == []
    places = Counter((case.language, case.kind, case.words) for case in CASES)
    assert [place for place, count in places.items() if count > 1] == []


@pytest.mark.parametrize("kind", AnswerKind)
def test_refusing_is_unclear_where_the_flow_wants_an_answer(kind: AnswerKind) -> None:
    question = a_question(kind, choices=CHOICES, skip=False)
    assert _read(question, "vill inte svara") is UNCLEAR
    assert _read(question, "-") is UNCLEAR


@pytest.mark.parametrize(
    ("kind", "words"),
    [("scale", "0"), ("scale", "6"), ("scale", "35"), ("scale", "-1"), ("scale", "nio"), ("scale", "٩"),
     ("scale", "nr 7"),
     ("scale-10", "11"), ("number", "41"), ("number", "-2"), ("choice", "5"), ("choice", "0"), ("choice", "nummer 9")],
)  # fmt: skip
def test_number_that_is_not_there_is_told_from_words_not_understood(kind: str, words: str) -> None:
    assert _read(QUESTIONS[kind], words) is UNCLEAR
    assert is_beyond(QUESTIONS[kind], words, reading=READINGS["sv"])


@pytest.mark.parametrize(
    ("kind", "words"),
    [("scale", "3"), ("scale", "3-4"), ("scale", "3,5"), ("scale", "hej"), ("scale", "9 barn"), ("scale", "inte 9"),
     ("scale", ""), ("choice", "4"), ("number", "minst 50"), ("yes-no", "9"), ("words", "9"), ("date", "99"),
     ("time", "25")],
)  # fmt: skip
def test_words_not_understood_are_no_number_beyond(kind: str, words: str) -> None:
    assert not is_beyond(QUESTIONS[kind], words, reading=READINGS["sv"])


def test_thumb_is_a_level_only_where_the_flow_says_so() -> None:
    assert _read(QUESTIONS["scale"], "👍") is UNCLEAR
    assert _read(a_question(AnswerKind.SCALE, signs=(Sign(sign="👍", value=4),)), "👍🏽") == 4
    assert _read(a_question(AnswerKind.SCALE, signs=(Sign(sign="⭐️⭐️", value=2),)), "⭐⭐") == 2


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


def test_choice_is_known_by_its_other_words_too() -> None:
    choices = (Choice(value="walk", label="flow/walk", also="flow/walk-also"), Choice(value="gym", label="flow/gym"))
    words = {"flow/walk": "Gå en promenad", "flow/walk-also": "ut, promenera, röra på mig", "flow/gym": "Träna på gym"}
    reading = replace(READINGS["sv"], labels=words)
    one, some = (a_question(kind, choices=choices) for kind in (AnswerKind.CHOICE, AnswerKind.SEVERAL))
    for said in ("ut", "Promenera!", "promenerra", "röra på mig", "ut tack"):
        assert read_answer(one, said, reading=reading, today=TODAY) == "walk"
    for said in ("u", "prom", "röra", "ute", "inte ut", "ut eller träna"):
        assert read_answer(one, said, reading=reading, today=TODAY) is UNCLEAR
    assert read_answer(some, "ut, träna", reading=reading, today=TODAY) == "walk,gym"


def test_word_for_two_choices_is_unclear() -> None:
    choices = (
        Choice(value="walk", label="flow/walk", also="flow/more"),
        Choice(value="gym", label="flow/gym", also="flow/more"),
    )
    reading = replace(READINGS["sv"], labels={"flow/walk": "Gå", "flow/gym": "Träna", "flow/more": "röra mig"})
    question = a_question(AnswerKind.CHOICE, choices=choices)
    assert read_answer(question, "röra mig", reading=reading, today=TODAY) is UNCLEAR


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


def test_table_is_long_and_nobody_guesses_in_it() -> None:
    """A wrong value would be a reply that is read and was meant otherwise."""
    assert len(CASES) >= 1_500
    assert len([case for case in CASES if case.language in ("sv", "en")]) >= 700
    assert [case for case in CASES if case.read not in (UNCLEAR, case.expected)] == []
    assert len(asked_again(CASES)) == len({case.language for case in CASES}) + 1


@pytest.mark.parametrize("language", READINGS)
def test_every_language_has_replies_to_the_questions_people_meet(language: str) -> None:
    kinds = {case.kind for case in CASES if case.language == language}
    assert kinds >= {"scale", "yes-no", "choice", "several"}


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
        case AnswerKind.DATE | AnswerKind.TIME:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d|([01]\d|2[0-3]):[0-5]\d", str(value))


@given(first=st.integers(0, 99), second=st.integers(0, 99), between=st.sampled_from([" ", "-", ",", ".", " eller "]))
def test_two_numbers_are_never_one_level(first: int, second: int, between: str) -> None:
    assert _read(QUESTIONS["scale"], f"{first}{between}{second}") is UNCLEAR


def _read(question: Ask, words: str, *, language: str = "sv") -> object:
    return read_answer(question, words, reading=READINGS[language], today=TODAY)
