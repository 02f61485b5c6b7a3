"""Whatever a flow is and whatever people write, a turn comes back, the same each time, and says no more than it may."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.definition import END, MOST_REPEATS, AlertOn, AnswerKind, Ask, Branch, Flow, Say, Step
from bot.engine.run import Save, Send, Turn, begin, fall_silent, reply
from bot.engine.state import State
from tests.engine.builders import CHOICES, LABELS, READINGS, WEDNESDAY
from tests.engine.test_answers import any_words

NAMES = ("a", "b", "c", "d", "e")
TARGETS = st.sampled_from((*NAMES, END, "nowhere", None))
VALUES = st.sampled_from(("1", "3", "yes", "no", *LABELS, ""))


def says(name: str) -> st.SearchStrategy[Step]:
    return st.builds(Say, id=st.just(name), text=st.just(f"say/{name}"), next=TARGETS)


def asks(name: str) -> st.SearchStrategy[Step]:
    return st.builds(
        Ask,
        id=st.just(name),
        text=st.just(f"ask/{name}"),
        answer=st.sampled_from(AnswerKind),
        saves=st.sampled_from((None, name)),
        indicator=st.sampled_from((None, name)),
        choices=st.sampled_from(((), CHOICES, CHOICES[:1])),
        low=st.integers(-2, 3),
        high=st.integers(-1, 12),
        unclear=st.lists(st.just("own"), max_size=4).map(tuple),
        skip=st.booleans(),
        rotates=st.booleans(),
        counts=st.booleans(),
        sheet=st.sampled_from((None, "together")),
        branches=st.lists(st.builds(Branch, answer=VALUES, to=TARGETS.map(str)), max_size=3).map(tuple),
        alerts=st.lists(st.builds(AlertOn, answer=VALUES, alert=st.just("alert")), max_size=2).map(tuple),
        next=TARGETS,
    )


def flows() -> st.SearchStrategy[Flow]:
    """Flows well made and badly made: circles, targets that are not there, a name that stands twice."""
    step = st.sampled_from(NAMES).flatmap(lambda name: says(name) | asks(name))
    return st.lists(step, max_size=6).map(lambda steps: Flow(slug="any", steps=tuple(steps)))


def events() -> st.SearchStrategy[list[str | None]]:
    """What happens to a conversation: words, taps, silence (`None`)."""
    taps = st.builds(lambda name, value: f"tap:{name}:{value}", st.sampled_from(NAMES), VALUES | st.just("done"))
    plain = st.sampled_from(("1", "3", "ja", "nej", "hoppa", "1/12", "1 2", "1 2 3", "2=3", "bra"))
    return st.lists(st.none() | any_words() | taps | plain, max_size=12)


@settings(max_examples=200)
@given(flow=flows(), events=events(), picks=st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple))
def test_any_conversation_goes_on_or_ends_and_never_breaks(
    flow: Flow, events: list[str | None], picks: tuple[str, ...]
) -> None:
    turn = begin(flow, picks=picks)
    assert turn == begin(replace(flow), picks=picks)
    _check(flow, turn)
    for event in events:
        if turn.state is None:
            break
        before = State.from_text(turn.state.to_text())
        assert before == turn.state
        turn = _happen(flow, before, event)
        assert turn == _happen(replace(flow), before, event)
        _check(flow, turn)


@given(flow=flows(), words=st.sampled_from(("", " ", "  ")))
def test_person_nobody_understands_is_left_in_peace_after_two_questions(flow: Flow, words: str) -> None:
    turn = begin(flow)
    thanks = 0
    for _ in range(2 * (MOST_REPEATS + 1)):
        if turn.state is None:
            return
        turn = _happen(flow, turn.state, words)
        thanks += Send(text=flow.left) in turn.effects

    assert turn.state is None and turn.left
    assert thanks == 2


def _happen(flow: Flow, state: State, event: str | None) -> Turn:
    if event is None:
        return fall_silent(flow, state)
    return reply(flow, state, event, reading=READINGS["sv"], now=WEDNESDAY)


def _check(flow: Flow, turn: Turn) -> None:
    """No turn says more than the flow has steps, and it asks at most one question, the one that waits."""
    questions = [effect for effect in turn.effects if isinstance(effect, Send) and effect.question]
    assert len([effect for effect in turn.effects if isinstance(effect, Send)]) <= len(flow.steps) + 1
    several = any(effect.numbers for effect in turn.effects if isinstance(effect, Send))
    assert len([effect for effect in turn.effects if isinstance(effect, Save)]) <= (len(flow.steps) if several else 1)
    assert len(questions) <= 1
    assert not (turn.left and turn.state)
    if questions:
        assert turn.state is not None
        assert questions[0].question in flow.steps
        assert questions[0].question is not None
        assert questions[0].question.id == turn.state.at
        assert 1 <= questions[0].number <= questions[0].count
