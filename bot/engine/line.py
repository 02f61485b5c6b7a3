"""The steps of a flow stand in a line, and what is said on the way to a question depends on the definition alone."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bot.engine.definition import END, Ask, Flow, Say, Step
from bot.engine.effects import SHEET, Send
from bot.engine.sheet import sheet_of
from bot.engine.state import State

_Sends = tuple[Send, ...]


def question(flow: Flow, state: State) -> Send:
    """What asks what waits: one question, or those of a sheet."""
    if state.together:
        return Send(text=SHEET, number=state.first, count=state.count, sheet=questions_of(flow, state))
    step = asked_at(flow, state.at)
    assert step is not None
    return _alone(step, state)


def _alone(step: Ask, state: State) -> Send:
    return Send(text=step.text, question=step, number=state.asked, count=state.count)


@lru_cache(maxsize=8_192)
def count_of(flow: Flow, *, picks: tuple[str, ...]) -> int:
    """How many questions stand in line when no answer leads elsewhere."""
    return sum(isinstance(step, Ask) for step in line_from(flow, place=0, picks=picks))


# Where an answer leads depends on the definition alone, and few ways through a flow are walked again and again.
@lru_cache(maxsize=8_192)
def onward(flow: Flow, *, place: int, picks: tuple[str, ...], asked: int, count: int) -> tuple[State | None, _Sends]:
    """What is said from `place` on up to and with the next question, which is the `asked`-th; and the state then."""
    said: list[Send] = []
    line = tuple(line_from(flow, place=place, picks=picks))
    for nth, step in enumerate(line):
        if isinstance(step, Say):
            said.append(Send(text=step.text))
            continue
        # A branch may lead back, and more be asked than stands in line.
        state = State(at=step.id, asked=asked, count=max(count, asked), picks=picks)
        if sheet := tuple(each.id for each in sheet_of(line[nth:])):
            state = replace(state, count=max(count, asked + len(sheet) - 1), sheet=sheet, first=asked, missing=sheet)
            return state, (*said, question(flow, state))
        return state, (*said, _alone(step, state))
    return None, tuple(said)


def line_from(flow: Flow, *, place: int, picks: tuple[str, ...]) -> Iterator[Step]:
    """The steps from `place` on, in the order they follow when no answer leads elsewhere.

    Each comes once: a definition that goes in a circle ends here.
    """
    seen: set[int] = set()
    while place < len(flow.steps) and place not in seen:
        seen.add(place)
        step = flow.steps[place]
        if isinstance(step, Say) or not step.rotates or step.indicator in picks:
            yield step
        place = place_of(flow, step.next, following=place + 1)


def place_of(flow: Flow, to: str | None, *, following: int) -> int:
    """Where a step stands that an answer leads to."""
    if to is None:
        return following
    return flow.places.get(to, len(flow.steps)) if to != END else len(flow.steps)


def asked_at(flow: Flow, step: str) -> Ask | None:
    """The question of this id, if the flow has one."""
    return flow.questions.get(step)


def questions_of(flow: Flow, state: State) -> tuple[Ask, ...]:
    """The questions of the sheet that the conversation is at, as far as the flow has them."""
    return tuple(flow.questions[each] for each in state.sheet if each in flow.questions)
