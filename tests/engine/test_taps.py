"""A button is an answer while its question waits, and nothing afterwards."""

import pytest

from bot.engine.definition import AnswerKind, Say
from bot.engine.run import Save, Send, Turn, begin
from bot.engine.state import State
from tests.engine.builders import CHOICES, a_flow, a_question, a_scale, answer, said

OLD = (Send(text="phrases/old-button"),)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (AnswerKind.SCALE, "3", 3),
        (AnswerKind.SCALE, "skip", None),
        (AnswerKind.YES_NO, "yes", "yes"),
        (AnswerKind.YES_NO, "no", "no"),
        (AnswerKind.CHOICE, "gym", "gym"),
        (AnswerKind.SEVERAL, "skip", None),
        (AnswerKind.WORDS, "skip", None),
    ],
)
def test_tap_is_the_answer_it_stands_for(kind: AnswerKind, value: str, kept: int | str | None) -> None:
    flow = a_flow(a_question(kind, choices=CHOICES), Say(id="on", text="on"))
    turn = answer(flow, begin(flow), f"tap:question:{value}")
    assert turn == Turn(state=None, effects=(Save(step="question", slug="answer", value=kept), Send(text="on")))


@pytest.mark.parametrize(
    "data",
    ["tap:first:3", "tap:second:9", "tap:second:", "tap:second", "tap:", "tap::", "tap:second:yes", "tap:second:٣"],
)
def test_tap_on_an_old_or_foreign_button_changes_nothing(data: str) -> None:
    flow = a_flow(a_scale("first"), a_scale("second"))
    waiting = answer(flow, begin(flow), "3")
    assert answer(flow, waiting, data) == Turn(state=waiting.state, effects=OLD)


@pytest.mark.parametrize("kind", AnswerKind)
def test_skip_button_is_old_where_the_flow_wants_an_answer(kind: AnswerKind) -> None:
    flow = a_flow(a_question(kind, choices=CHOICES, skip=False))
    assert answer(flow, begin(flow), "tap:question:skip").effects == OLD


@pytest.mark.parametrize("kind", [AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.WORDS])
def test_question_without_buttons_takes_no_tapped_value(kind: AnswerKind) -> None:
    flow = a_flow(a_question(kind))
    assert answer(flow, begin(flow), "tap:question:3").effects == OLD


def test_taps_tick_and_untick_until_done() -> None:
    flow = a_flow(a_question(AnswerKind.SEVERAL, choices=CHOICES))
    turn = begin(flow)
    for value in ("read", "walk", "gym", "gym"):
        turn = answer(flow, turn, f"tap:question:{value}")
        assert turn.effects == ()
    assert turn.state == State(at="question", ticked=("walk", "read"))
    assert answer(flow, turn, "tap:question:done").effects == (Save(step="question", slug="answer", value="walk,read"),)


def test_done_with_nothing_ticked_is_an_answer_of_nothing() -> None:
    flow = a_flow(a_question(AnswerKind.SEVERAL, choices=CHOICES, counts=True))
    assert answer(flow, begin(flow), "tap:question:done").effects == (
        Save(step="question", slug="answer", value=0, low=0),
    )


def test_written_numbers_replace_what_was_ticked() -> None:
    flow = a_flow(a_question(AnswerKind.SEVERAL, choices=CHOICES))
    ticked = answer(flow, begin(flow), "tap:question:gym")
    assert answer(flow, ticked, "1").effects == (Save(step="question", slug="answer", value="walk"),)


def test_tap_after_a_repeat_still_counts() -> None:
    flow = a_flow(a_scale(), Say(id="on", text="on"))
    assert said(answer(flow, answer(flow, begin(flow), "bra"), "tap:belief:3")) == ["on"]
