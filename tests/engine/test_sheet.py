"""Several answers in one message are read only when each can belong to one question alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.answers import UNCLEAR
from bot.engine.definition import AnswerKind, Choice, Say
from bot.engine.effects import Save, Send
from bot.engine.run import begin, fall_silent, reply
from bot.engine.sheet import read_sheet
from bot.engine.state import State
from tests.engine.builders import READINGS, WEDNESDAY, a_flow, a_question, a_scale, answer, said
from tests.engine.test_answers import any_words


def questions(count: int) -> list:  # type: ignore[type-arg]
    return [a_scale(f"q{number}", sheet="ratings", short=f"short/{number}") for number in range(2, 2 + count)]


def read(words: str, count: int, language: str = "sv") -> dict[int, object]:
    """What is read by question number; the first is number 2. `"?"` is unclear, `None` no answer."""
    filled = read_sheet(questions(count), words, first=2, reading=READINGS[language])
    return {number: "?" if value is UNCLEAR else value for number, value in filled.items()}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("4 3 5 - 2", [4, 3, 5, None, 2]),
        ("4,3,5,2", [4, 3, 5, 2]),
        ("4, 3, 5, 2.", [4, 3, 5, 2]),
        ("4.3.5", [4, 3, 5]),
        ("4. 3. 5", [4, 3, 5]),
        ("4\n3\n5", [4, 3, 5]),
        ("4;3;5", [4, 3, 5]),
        ("fyra 3 fem", [4, 3, 5]),
        ("4 3 och 5 tack", [4, 3, 5]),
        ("Svar: 4 3 5", [4, 3, 5]),
        ("٤ ٣ ٥", [4, 3, 5]),
        ("４　３　５", [4, 3, 5]),
        ("4️⃣3️⃣5️⃣", [4, 3, 5]),
        ("④③⑤", [4, 3, 5]),
        ("4 hoppa 5", [4, None, 5]),
        ("4 hoppa över 5", [4, None, 5]),
        ("4 -- 5", [4, None, 5]),
        ("3, 5", [3, 5]),
        ("hoppa", [None, None, None]),
        ("vill inte svara", [None, None]),
        ("4 9 2", [4, "?", 2]),
        ("0 3 5", ["?", 3, 5]),
        ("4 10 2", [4, "?", 2]),
    ],
)
def test_as_many_answers_as_questions_are_taken_in_order(words: str, values: list[object]) -> None:
    assert read(words, len(values)) == dict(enumerate(values, start=2))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "four 3 skip"),
        ("en", "4, three and -"),
        ("ar", "أربعة ٣ -"),
        ("ar", "٤، ٣، -"),
        ("so", "afar 3 -"),
    ],
)
def test_words_of_each_language_count_as_well(language: str, words: str) -> None:
    assert read(words, 3, language) == {2: 4, 3: 3, 4: None}


@pytest.mark.parametrize(
    ("words", "count", "values"),
    [
        ("2:4 3:3 4:5", 3, {2: 4, 3: 3, 4: 5}),
        ("2=4, 4=3", 3, {2: 4, 4: 3}),
        ("4=1 2=5", 3, {2: 5, 4: 1}),
        ("2 = 4", 3, {2: 4}),
        ("fråga 2: fyra, fråga 3: hoppa", 3, {2: 4, 3: None}),
        ("2:4 och 3:5", 3, {2: 4, 3: 5}),
        ("2. 4\n3. 5\n4. 1", 3, {2: 4, 3: 5, 4: 1}),
        ("2) 4\n4) 1", 3, {2: 4, 4: 1}),
        ("2:4 3:9", 3, {2: 4, 3: "?"}),
        ("2:4 2:3 3:1", 3, {2: "?", 3: 1}),
        ("2:4 2:4", 3, {2: 4}),
    ],
)
def test_a_label_says_which_question_is_answered(words: str, count: int, values: dict[int, object]) -> None:
    assert read(words, count) == values


@pytest.mark.parametrize(
    ("words", "count", "why"),
    [
        ("4", 3, "one number for three questions"),
        ("4 3", 3, "one is missing, and nobody knows which"),
        ("4 3 5 2", 3, "one too many"),
        ("-", 3, "the sign stands for one question"),
        ("3,5", 2, "three and a half"),
        ("3.5", 2, "three and a half"),
        ("3,5 4", 3, "two answers, one with a decimal, or three"),
        ("4 35", 2, "thirty-five, or 3 and 5"),
        ("4 35 2", 3, "35 may be two answers"),
        ("435", 3, "a number, or three"),
        ("3-5", 2, "from three to five"),
        ("4/3/5", 3, "a date"),
        ("3/5 4/5", 2, "three of five"),
        ("3 av 5", 2, "three of five"),
        ("4 eller 3 5", 3, "not decided"),
        ("inte 4 3 5", 3, "not these"),
        ("4 bra 5", 3, "a word that is no answer"),
        ("1:4 2:3", 3, "no question has number 1: they may count from one"),
        ("2:4 3", 3, "half of it has labels"),
        ("2. 4 3. 5 4. 2", 6, "three labelled answers or six plain ones"),
        ("2. 4 3. 5", 4, "two labelled answers or four plain ones"),
        ("jag mår inte bra", 3, "words"),
        ("om 5 minuter 3 4", 3, "a time"),
        ("0701740001", 8, "a telephone number"),
        ("", 3, "nothing"),
        ("2:", 3, "a label alone"),
        (":::", 3, "signs alone"),
        ("9:30", 3, "a time of day"),
        ("9 9 9", 3, "nothing of it is an answer"),
        ("-1 3 4", 3, "less than nothing"),
    ],
)
def test_what_may_mean_two_things_is_not_read_at_all(words: str, count: int, why: str) -> None:
    assert read(words, count) == {}, why


def test_a_question_that_wants_an_answer_takes_no_refusal() -> None:
    steps = [a_scale("q2", skip=False), a_scale("q3")]

    assert read_sheet(steps, "- 3", first=2, reading=READINGS["sv"]) == {2: UNCLEAR, 3: 3}


@settings(max_examples=300)
@given(words=any_words(), count=st.integers(2, 9))
def test_any_text_gives_levels_of_the_questions_or_nothing(words: str, count: int) -> None:
    filled = read_sheet(questions(count), words, first=2, reading=READINGS["sv"])

    assert filled == read_sheet(questions(count), words, first=2, reading=READINGS["sv"])
    assert set(filled) <= set(range(2, 2 + count))
    assert all(value is UNCLEAR or value in (None, 1, 2, 3, 4, 5) for value in filled.values())


@settings(max_examples=100)
@given(
    values=st.lists(st.sampled_from((1, 2, 3, 4, 5, None)), min_size=2, max_size=9),
    mark=st.sampled_from((" ", ", ", "\n", " ; ")),
)
def test_what_is_written_as_we_ask_is_read_as_it_was_meant(values: list[int | None], mark: str) -> None:
    text = mark.join("-" if value is None else str(value) for value in values)

    assert read(text, len(values)) == dict(enumerate(values, start=2))


SHEET = a_flow(
    a_question(AnswerKind.SEVERAL, id="ticks", choices=(Choice(value="a", label="a"), Choice(value="b", label="b"))),
    *questions(3),
    a_question(AnswerKind.WORDS, id="words", saves="words"),
    Say(id="thanks", text="thanks"),
)


def kept(turn: object) -> dict[int, object]:
    return {one.number: one.value for one in turn.effects if isinstance(one, Save)}  # type: ignore[attr-defined]


def at_the_sheet() -> State:
    state = answer(SHEET, begin(SHEET), "0").state
    assert state is not None and state.together
    return state


def write(state: State | None, words: str):  # type: ignore[no-untyped-def]
    assert state is not None
    assert State.from_text(state.to_text()) == state
    return reply(SHEET, state, words, reading=READINGS["sv"], now=WEDNESDAY)


def test_questions_of_one_scale_beside_each_other_are_asked_together() -> None:
    turn = answer(SHEET, begin(SHEET), "0")

    [sheet] = [one for one in turn.effects if isinstance(one, Send)]
    assert [step.id for step in sheet.sheet] == ["q2", "q3", "q4"]
    assert (sheet.text, sheet.number, sheet.count) == ("phrases/sheet", 2, 5)


def test_where_there_are_buttons_every_question_stands_alone() -> None:
    turn = answer(SHEET.one_by_one, begin(SHEET.one_by_one), "0")

    assert turn.state is not None and not turn.state.sheet and turn.state.at == "q2"
    assert SHEET.one_by_one is SHEET.one_by_one
    plain = a_flow(a_scale())
    assert plain.one_by_one is plain


def test_questions_of_another_scale_or_with_a_way_of_their_own_are_asked_alone() -> None:
    other = a_flow(a_scale("q1", sheet="ratings"), a_scale("q2", sheet="ratings", high=10))

    turn = begin(other)

    assert turn.state is not None and not turn.state.sheet
    assert said(turn) == ["flow/q1"]


def test_all_answers_at_once_go_on_to_what_follows_the_sheet() -> None:
    turn = write(at_the_sheet(), "4 - 2")

    assert kept(turn) == {2: 4, 3: None, 4: 2}
    assert turn.state is not None and turn.state.at == "words" and turn.state.asked == 5
    assert said(turn) == ["phrases/sheet-saved", "flow/question"]
    assert next(one.numbers for one in turn.effects if isinstance(one, Send)) == (2, 3, 4)


def test_only_what_is_missing_is_asked_by_its_own_number() -> None:
    first = write(at_the_sheet(), "4 9 8")
    assert kept(first) == {2: 4}
    assert first.state is not None and (first.state.at, first.state.asked) == ("q3", 3)
    second = write(first.state, "5")
    assert kept(second) == {3: 5}
    assert second.state is not None and (second.state.at, second.state.asked) == ("q4", 4)
    third = write(second.state, "1")

    assert kept(third) == {4: 1}
    assert third.state is not None and third.state.at == "words" and not third.state.sheet


def test_the_last_missing_question_is_read_as_any_other() -> None:
    state = write(at_the_sheet(), "2:4 3:5").state

    assert kept(write(state, "tror 3, tack")) == {4: 3}
    assert kept(write(state, "4=3")) == {4: 3}
    assert kept(write(state, "4 3")) == {}
    assert kept(write(state, "3=1")) == {}


def test_a_wrong_count_keeps_nothing_and_says_how_many_then_asks_one_by_one() -> None:
    first = write(at_the_sheet(), "4 3")
    assert kept(first) == {} and said(first) == ["phrases/sheet-unclear"]
    second = write(first.state, "4")
    assert kept(second) == {} and said(second) == ["phrases/sheet-apart", "flow/q2"]

    third = write(second.state, "4")

    assert kept(third) == {2: 4} and said(third) == ["flow/q3"]


def test_whoever_is_silent_before_a_sheet_is_asked_all_of_it_again() -> None:
    turn = fall_silent(SHEET, at_the_sheet())

    assert said(turn) == ["phrases/nudge", "phrases/sheet"]
    assert kept(write(turn.state, "1 2 3")) == {2: 1, 3: 2, 4: 3}


def test_a_sheet_whose_question_is_gone_is_left_kindly() -> None:
    other = a_flow(a_scale("q2"), left="left")

    turn = reply(other, at_the_sheet(), "4 3 2", reading=READINGS["sv"], now=WEDNESDAY)

    assert turn.left and said(turn) == ["left"]
