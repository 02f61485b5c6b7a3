"""What is meant as a correction is read as one, and what only looks like it is not."""

import pytest
from hypothesis import given

from bot.engine.definition import AlertOn, AnswerKind
from bot.engine.effects import Alert, Save, Send
from bot.engine.fixes import Fix, read_fix
from bot.engine.run import alerts_of_change, ask_anew, begin, fall_silent, gave_up, reply
from bot.engine.state import State
from tests.engine.builders import READINGS, WEDNESDAY, a_flow, a_question, a_scale, answer, said
from tests.engine.test_answers import any_words

AGAIN = Fix(number=None, words="")


@pytest.mark.parametrize("words", ["fel", "Fel!", "det blev fel", "FEL."])
def test_wrong_asks_the_last_question_again(words: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) == AGAIN


@pytest.mark.parametrize(
    ("words", "meant"), [("fel, menade 2", "2"), ("fel menade fyra", "fyra"), ("fel, ja", "ja"), ("fel: 3", "3")]
)
def test_what_was_meant_may_follow(words: str, meant: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) == Fix(number=None, words=meant)


@pytest.mark.parametrize("words", ["nej 2", "Nej, 2", "nej menade 2"])
def test_no_with_a_number_is_a_correction_only_if_it_answers(words: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) == Fix(number=None, words="2", sure=False)


@pytest.mark.parametrize(
    "words",
    ["3=5", "3 = 5", "3:5", "3: 5", "fråga 3 = 5", "Fråga 3: 5", "fråga 3 ska vara 5", "fel fråga 3 = 5", "٣=٥"],
)
def test_a_question_is_named_by_its_number(words: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) == Fix(number=3, words="5")


@pytest.mark.parametrize(
    "words",
    ["3", "3 5", "9:30", "13:5x", "nej", "nej tack", "nej 2 barn", "nej jag kan inte", "fel på min telefon",
     "fel nummer", "jag har fel adress", "=5", "3=", "333=5", "3==", "fråga 3", "", " "],
)  # fmt: skip
def test_what_says_something_else_is_no_correction(words: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) is None


@pytest.mark.parametrize(
    ("words", "meant"),
    [("wrong", AGAIN), ("wrong, I meant 2", Fix(number=None, words="2")), ("question 3 = 5", Fix(number=3, words="5"))],
)
def test_corrections_are_read_in_english(words: str, meant: Fix) -> None:
    assert read_fix(words, reading=READINGS["en"]) == meant


@given(words=any_words())
def test_any_text_is_a_correction_or_none_and_the_same_twice(words: str) -> None:
    assert read_fix(words, reading=READINGS["sv"]) == read_fix(words, reading=READINGS["sv"])


FLOW = a_flow(
    a_scale("first"),
    a_question(AnswerKind.YES_NO, id="call", saves="call", alerts=(AlertOn(answer="yes", alert="wants-call"),)),
    a_scale("last"),
)


def mending(*, over: bool) -> State:
    """The second question is asked anew, while the third waits or after the conversation ended."""
    waiting = answer(FLOW, answer(FLOW, begin(FLOW), "3"), "ja").state
    assert waiting is not None
    then = State(at=waiting.at, asked=3, count=3, over=over)
    step = FLOW.steps[1]
    turn = ask_anew(FLOW, step=step, number=2, had=("wants-call",), then=then)  # type: ignore[arg-type]
    assert turn.state is not None
    assert [one.number for one in turn.effects if isinstance(one, Send)] == [2]
    return State.from_text(turn.state.to_text())


def test_what_waited_goes_on_after_a_correction() -> None:
    turn = reply(FLOW, mending(over=False), "nej", reading=READINGS["sv"], now=WEDNESDAY)

    assert Save(step="call", slug="call", value="no", number=2) in turn.effects
    assert Alert(kind="corrected") in turn.effects and Alert(kind="wants-call") not in turn.effects
    assert said(turn) == ["phrases/fixed", "flow/last"]
    assert turn.state is not None and turn.state.at == "last" and not turn.state.mends


def test_a_conversation_that_was_over_ends_again_with_thanks() -> None:
    turn = reply(FLOW, mending(over=True), "ja", reading=READINGS["sv"], now=WEDNESDAY)

    assert turn.state is None and not turn.left
    assert said(turn) == ["phrases/fixed"]
    assert not [one for one in turn.effects if isinstance(one, Alert)]


def test_nobody_is_nudged_about_a_correction_of_what_was_over() -> None:
    assert fall_silent(FLOW, mending(over=True)).effects == ()


def test_a_correction_nobody_understands_leaves_the_answer_and_tells_a_person() -> None:
    state = mending(over=False)
    for _ in range(2):
        turn = reply(FLOW, state, "bla", reading=READINGS["sv"], now=WEDNESDAY)
        assert turn.state is not None and not gave_up(state, turn)
        state = turn.state

    turn = reply(FLOW, state, "bla", reading=READINGS["sv"], now=WEDNESDAY)

    assert gave_up(state, turn)
    assert said(turn) == ["phrases/fix-left", "flow/last"]
    assert turn.state is not None and turn.state.at == "last"


@pytest.mark.parametrize(
    ("had", "now", "told"),
    [
        ((), "yes", ["wants-call"]),
        (("wants-call",), "yes", []),
        (("wants-call",), "no", ["corrected"]),
        ((), "no", []),
        (("wants-call",), None, ["corrected"]),
    ],
)
def test_a_changed_answer_tells_what_it_newly_asks_for_and_what_no_longer(
    had: tuple[str, ...], now: str | None, told: list[str]
) -> None:
    step = FLOW.steps[1]

    assert [one.kind for one in alerts_of_change(step, had=had, answer=now)] == told  # type: ignore[arg-type]
