"""A conversation asks, hears, asks again in other words, and always ends."""

import pytest

from bot.engine.definition import END, AlertOn, AnswerKind, Branch, Say
from bot.engine.run import Alert, Save, Send, Turn, begin, fall_silent
from bot.engine.state import State
from tests.engine.builders import CHOICES, READINGS, a_flow, a_question, a_scale, answer, said


def test_conversation_says_and_asks_in_order_and_keeps_each_answer() -> None:
    flow = a_flow(Say(id="hello", text="hello"), a_scale("first"), a_scale("second"), Say(id="bye", text="bye"))
    turn = begin(flow)
    assert said(turn) == ["hello", "flow/first"]
    turn = answer(flow, turn, "4")
    assert turn.effects[0] == Save(step="first", slug="first", value=4, indicator="first", low=1, high=5)
    assert said(turn) == ["flow/second"]
    turn = answer(flow, turn, "hoppa över")
    assert turn.effects == (
        Save(step="second", slug="second", value=None, indicator="second", low=1, high=5, number=2),
        Send(text="bye"),
    )
    assert turn.state is None
    assert not turn.left


def test_question_knows_its_number_and_how_many_there_are() -> None:
    flow = a_flow(a_scale("first"), Say(id="well", text="well"), a_scale("second"), a_question(AnswerKind.WORDS))
    turn = begin(flow)
    numbers = []
    for words in ("1", "2", "bra"):
        numbers += [(effect.number, effect.count) for effect in _questions(turn)]
        turn = answer(flow, turn, words)
    assert numbers == [(1, 3), (2, 3), (3, 3)]


def test_rotating_question_is_asked_only_when_it_is_picked() -> None:
    flow = a_flow(*(a_scale(name, rotates=True) for name in "abc"), a_scale("always"))
    turn = begin(flow, picks=("b",))
    assert [(effect.text, effect.number, effect.count) for effect in _questions(turn)] == [("flow/b", 1, 2)]
    turn = answer(flow, turn, "3")
    assert said(turn) == ["flow/always"]
    assert answer(flow, turn, "3").state is None


def test_answer_leads_where_its_branch_says_and_otherwise_to_next() -> None:
    asked = a_question(AnswerKind.YES_NO, branches=(Branch(answer="no", to="thanks"),), next="call")
    call, other = Say(id="call", text="call", next=END), Say(id="other", text="other")
    flow = a_flow(asked, other, Say(id="thanks", text="thanks"), call)
    assert said(answer(flow, begin(flow), "nej")) == ["thanks", "call"]
    assert said(answer(flow, begin(flow), "ja")) == ["call"]
    assert said(answer(flow, begin(flow), "hoppa")) == ["call"]


def test_level_and_choice_lead_elsewhere_too() -> None:
    scale = a_scale(branches=(Branch(answer="1", to=END),))
    flow = a_flow(scale, Say(id="on", text="on"))
    assert said(answer(flow, begin(flow), "1")) == []
    assert said(answer(flow, begin(flow), "2")) == ["on"]


def test_answer_that_a_coach_must_see_raises_an_alert() -> None:
    flow = a_flow(a_question(AnswerKind.YES_NO, alerts=(AlertOn(answer="yes", alert="wants-call"),)))
    assert answer(flow, begin(flow), "ja").effects == (
        Save(step="question", slug="answer", value="yes"),
        Alert(kind="wants-call"),
    )
    assert Alert(kind="wants-call") not in answer(flow, begin(flow), "nej").effects


def test_any_of_several_choices_raises_its_alert() -> None:
    asked = a_question(AnswerKind.SEVERAL, choices=CHOICES, alerts=(AlertOn(answer="gym", alert="gym"),))
    flow = a_flow(asked)
    assert Alert(kind="gym") in answer(flow, begin(flow), "1 2").effects
    assert Alert(kind="gym") not in answer(flow, begin(flow), "1 3").effects


def test_what_is_ticked_is_counted_from_nothing_to_the_top() -> None:
    asked = a_question(AnswerKind.SEVERAL, choices=CHOICES, counts=True, high=3, indicator="job-search")
    flow = a_flow(asked)
    for words, value in (("0", 0), ("2 3", 2), ("1 2 3 4", 3)):
        kept = answer(flow, begin(flow), words).effects[0]
        assert kept == Save(step="question", slug="answer", value=value, indicator="job-search", low=0, high=3)


def test_question_that_keeps_nothing_goes_on_all_the_same() -> None:
    flow = a_flow(a_question(AnswerKind.YES_NO, saves=None), Say(id="on", text="on"))
    assert answer(flow, begin(flow), "ja").effects == (Send(text="on"),)


def test_unclear_answer_is_asked_again_in_other_words_twice_and_then_left() -> None:
    flow = a_flow(a_scale(), a_scale("second"))
    turn = answer(flow, begin(flow), "bra")
    assert turn.effects == (Send(text="phrases/unclear-scale-1", question=flow.steps[0], number=1, count=2),)
    turn = answer(flow, turn, "bra")
    assert said(turn) == ["phrases/unclear-scale-2"]
    turn = answer(flow, turn, "bra")
    assert said(turn) == ["phrases/left", "flow/second"]
    assert turn.state is not None and turn.state.left


def test_person_who_is_not_understood_twice_is_left_in_peace() -> None:
    flow = a_flow(a_scale(), a_scale("second"), a_scale("third"))
    turn = begin(flow)
    for _ in range(3):
        turn = answer(flow, turn, "bra")
    for _ in range(3):
        turn = answer(flow, turn, "bra")
    assert turn == Turn(state=None, effects=(Send(text="phrases/left"),), left=True)


def test_answer_after_a_left_question_does_not_forget_that_one_was_left() -> None:
    flow = a_flow(a_scale(), a_scale("second"), a_scale("third"))
    turn = begin(flow)
    for words in ("bra", "bra", "bra", "4"):
        turn = answer(flow, turn, words)
    assert turn.state is not None and turn.state.left


def test_own_other_wording_comes_before_the_common_ones() -> None:
    flow = a_flow(a_question(AnswerKind.YES_NO, unclear=("own",)))
    turn = answer(flow, begin(flow), "bra")
    assert said(turn) == ["own"]
    assert said(answer(flow, turn, "bra")) == ["phrases/unclear-yes-no-1"]


def test_answer_after_a_repeat_counts_and_the_next_question_starts_afresh() -> None:
    flow = a_flow(a_scale(), a_scale("second"))
    turn = answer(flow, answer(flow, begin(flow), "9"), "4")
    assert turn.state == State(at="second", asked=2, count=2)


def test_silence_brings_one_nudge_and_the_question_then_the_end() -> None:
    flow = a_flow(a_scale(), nudge="flow/nudge")
    first = begin(flow).state
    assert first is not None
    nudged = fall_silent(flow, first)
    assert nudged.effects == (
        Send(text="flow/nudge", nudge=True),
        Send(text="flow/belief", question=flow.steps[0], number=1, count=1),
    )
    assert nudged.state is not None
    assert nudged.state.nudged
    assert fall_silent(flow, nudged.state) == Turn(state=None, effects=())


def test_answer_after_a_nudge_lets_the_next_question_nudge_again() -> None:
    flow = a_flow(a_scale(), a_scale("second"))
    first = begin(flow).state
    assert first is not None
    turn = answer(flow, fall_silent(flow, first), "3")
    assert turn.state is not None
    assert not turn.state.nudged


def test_nudge_forgets_neither_the_repeats_nor_the_picks() -> None:
    flow = a_flow(a_scale("a", rotates=True))
    again = answer(flow, begin(flow, picks=("a",)), "bra").state
    assert again is not None
    nudged = fall_silent(flow, again).state
    assert nudged is not None
    assert (nudged.repeats, nudged.picks) == (1, ("a",))


def test_more_questions_than_stand_in_line_raise_the_count() -> None:
    asked = a_question(AnswerKind.YES_NO, branches=(Branch(answer="yes", to="question"),))
    flow = a_flow(asked)
    turn = answer(flow, answer(flow, begin(flow), "ja"), "ja")
    assert turn.state == State(at="question", asked=3, count=3)


@pytest.mark.parametrize("target", ["first", "second", "nowhere", END])
def test_flow_that_goes_in_a_circle_or_nowhere_ends(target: str) -> None:
    flow = a_flow(Say(id="first", text="first"), Say(id="second", text="second", next=target))
    assert begin(flow) == Turn(state=None, effects=(Send(text="first"), Send(text="second")))


def test_empty_flow_ends_at_once() -> None:
    assert begin(a_flow()) == Turn(state=None, effects=())


@pytest.mark.parametrize("at", ["hello", "gone"])
def test_state_of_another_flow_is_left_kindly(at: str) -> None:
    flow = a_flow(Say(id="hello", text="hello"), a_scale())
    lost = Turn(state=State(at=at), effects=())
    assert answer(flow, lost, "3") == Turn(state=None, effects=(Send(text="phrases/left"),), left=True)
    assert fall_silent(flow, State(at=at)) == Turn(state=None, effects=())


def test_two_drafts_of_one_flow_are_never_taken_for_each_other() -> None:
    first, second = a_flow(a_scale(), Say(id="bye", text="one")), a_flow(a_scale(), Say(id="bye", text="two"))
    assert said(answer(first, begin(first), "3", reading=READINGS["en"])) == ["one"]
    assert said(answer(second, begin(second), "3", reading=READINGS["en"])) == ["two"]


def _questions(turn: Turn) -> list[Send]:
    return [effect for effect in turn.effects if isinstance(effect, Send) and effect.question]
