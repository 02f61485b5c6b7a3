"""A conversation moves one turn at a time: what it was and what happened in, what it is and what to do out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from bot.engine.answers import UNCLEAR, Answer, read_answer, together
from bot.engine.definition import END, MOST_REPEATS, AnswerKind, Ask, Flow, Say, Step
from bot.engine.reading import Reading
from bot.engine.state import State
from bot.engine.taps import DONE, TAP, read_tap

OLD_BUTTON = "phrases/old-button"
"""Said when a button of a question that no longer waits is tapped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """Say `text` (a key). With `question`, the step's buttons go under it, and if `text` is the question's own, its
    SMS wording may stand for it.

    `number` and `count` fill the placeholders of the same name: question `number` of `count`.
    """

    text: str
    question: Ask | None = None
    number: int = 0
    count: int = 0
    nudge: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Save:
    """Keep an answer. `value` is `None` for "I do not want to answer".

    `value` of a scale, a number and a counted several-of is an `int`; of a date `YYYY-MM-DD`; of a choice its value;
    of several their values joined by commas, none of them the empty text; of yes/no `yes` or `no`; of words the words.
    A count goes from 0, whatever the step's own `low`.
    """

    step: str
    slug: str
    value: int | str | None
    indicator: str | None = None
    low: int = 1
    high: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A coach must see this: `kind` is the slug of the alert (for instance `wants-call`)."""

    kind: str


Effect = Send | Save | Alert

_Sends = tuple[Send, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one event led to. `state` is `None` when the conversation has ended; `left` says it was given up."""

    state: State | None
    effects: tuple[Effect, ...]
    left: bool = False


def begin(flow: Flow, *, picks: tuple[str, ...] = ()) -> Turn:
    """Start at the first step, up to and with the first question. `picks` are the rotating indicators' turn."""
    state, said = _onward(flow, place=0, picks=picks, asked=1, count=_count(flow, picks=picks))
    return Turn(state=state, effects=said)


def reply(flow: Flow, state: State, words: str, *, reading: Reading, now: datetime) -> Turn:
    """Read `words` as the answer to the question that waits. `now` is the person's local time, for dates.

    Choices are read by their labels too if `reading.labels` has them. A stop word, a wish or a crisis never comes
    here: reception reads those first. Words that start with `tap:` are a button's data (`tap:<step>:<value>`, see
    `read_tap`); a tap on a question that no longer waits changes nothing and returns the same state with
    `Send(text="phrases/old-button")`. A tap in a several-of question ticks or unticks and says nothing, until `done`.
    """
    step = _waiting(flow, state)
    if step is None:
        return Turn(state=None, effects=(Send(text=flow.left),), left=True)
    if words.startswith(TAP):
        return _tapped(flow, state, step=step, words=words)
    answer = read_answer(step, words, reading=reading, today=now.date())
    if answer is UNCLEAR:
        return _ask_again(flow, state, step=step)
    return _answered(flow, state, step=step, answer=answer)


def fall_silent(flow: Flow, state: State) -> Turn:
    """The person has not answered: the nudge and the question again the first time, the end after that.

    Whoever asked for the question later gets it then, without the nudge.
    """
    step = _waiting(flow, state)
    if step is None or state.nudged:
        return Turn(state=None, effects=())
    nudge = () if state.later else (Send(text=flow.nudge, nudge=True),)
    return Turn(state=replace(state, nudged=True, later=False), effects=(*nudge, _question(step, state)))


def repeat(flow: Flow, state: State) -> Turn:
    """The question that waits once more, as it was asked: in another language, perhaps."""
    step = _waiting(flow, state)
    return Turn(state=replace(state, later=False), effects=() if step is None else (_question(step, state),))


@lru_cache(maxsize=8_192)
def _count(flow: Flow, *, picks: tuple[str, ...]) -> int:
    """How many questions stand in line when no answer leads elsewhere."""
    return sum(isinstance(step, Ask) for step in _line(flow, place=0, picks=picks))


def _waiting(flow: Flow, state: State) -> Ask | None:
    place = flow.places.get(state.at)
    step = flow.steps[place] if place is not None else None
    return step if isinstance(step, Ask) else None


def _tapped(flow: Flow, state: State, *, step: Ask, words: str) -> Turn:
    value = read_tap(step, words)
    if value is UNCLEAR:
        return Turn(state=state, effects=(Send(text=OLD_BUTTON),))
    if step.answer is not AnswerKind.SEVERAL or value is None:
        return _answered(flow, state, step=step, answer=value)
    if value == DONE:
        return _answered(flow, state, step=step, answer=together(step, frozenset(state.ticked)))
    ticks = frozenset(state.ticked) ^ {value}
    ticked = tuple(choice.value for choice in step.choices if choice.value in ticks)
    return Turn(state=replace(state, ticked=ticked), effects=())


def _ask_again(flow: Flow, state: State, *, step: Ask) -> Turn:
    """The question in other words: its own first, then the common ones of its kind; at last we leave it kindly."""
    if state.repeats >= MOST_REPEATS:
        return _leave(flow, state, step=step)
    common = tuple(f"phrases/unclear-{step.answer.value}-{number}" for number in range(1, MOST_REPEATS + 1))
    wording = (step.unclear[:MOST_REPEATS] + common)[state.repeats]
    return Turn(
        state=replace(state, repeats=state.repeats + 1),
        effects=(Send(text=wording, question=step, number=state.asked, count=state.count),),
    )


def _leave(flow: Flow, state: State, *, step: Ask) -> Turn:
    """Leave a question with thanks and go on; whoever could not be understood twice is left in peace."""
    thanks = Send(text=flow.left)
    if state.left:
        return Turn(state=None, effects=(thanks,), left=True)
    place = _place_of(flow, step.next, following=flow.places[step.id] + 1)
    then, said = _onward(flow, place=place, picks=state.picks, asked=state.asked + 1, count=state.count)
    return Turn(state=then and replace(then, left=True), effects=(thanks, *said), left=then is None)


def _answered(flow: Flow, state: State, *, step: Ask, answer: Answer) -> Turn:
    effects: list[Effect] = []
    slug = step.saves or step.indicator
    if slug is not None:
        low = 0 if step.counts else step.low
        effects.append(Save(step=step.id, slug=slug, value=answer, indicator=step.indicator, low=low, high=step.high))
    to = step.next
    if step.alerts or step.branches:
        given = _given(step, answer)
        effects += [Alert(kind=each.alert) for each in step.alerts if each.answer in given]
        to = next((branch.to for branch in step.branches if branch.answer in given), to)
    place = _place_of(flow, to, following=flow.places[step.id] + 1)
    then, said = _onward(flow, place=place, picks=state.picks, asked=state.asked + 1, count=state.count)
    if state.left and then is not None:
        then = replace(then, left=True)
    return Turn(state=then, effects=(*effects, *said))


def _given(step: Ask, answer: Answer) -> tuple[str, ...]:
    """The answer as branches and alerts name it; each chosen value of several is one."""
    if answer is None:
        return ()
    return tuple(answer.split(",")) if step.answer is AnswerKind.SEVERAL and isinstance(answer, str) else (str(answer),)


# Where an answer leads depends on the definition alone, and few ways through a flow are walked again and again.
@lru_cache(maxsize=8_192)
def _onward(flow: Flow, *, place: int, picks: tuple[str, ...], asked: int, count: int) -> tuple[State | None, _Sends]:
    """What is said from `place` on up to and with the next question, which is the `asked`-th; and the state then."""
    said: list[Send] = []
    for step in _line(flow, place=place, picks=picks):
        if isinstance(step, Say):
            said.append(Send(text=step.text))
            continue
        # A branch may lead back, and more be asked than stands in line.
        state = State(at=step.id, asked=asked, count=max(count, asked), picks=picks)
        return state, (*said, _question(step, state))
    return None, tuple(said)


def _question(step: Ask, state: State) -> Send:
    return Send(text=step.text, question=step, number=state.asked, count=state.count)


def _line(flow: Flow, *, place: int, picks: tuple[str, ...]) -> Iterator[Step]:
    """The steps from `place` on, in the order they follow when no answer leads elsewhere.

    Each comes once: a definition that goes in a circle ends here.
    """
    seen: set[int] = set()
    while place < len(flow.steps) and place not in seen:
        seen.add(place)
        step = flow.steps[place]
        if isinstance(step, Say) or not step.rotates or step.indicator in picks:
            yield step
        place = _place_of(flow, step.next, following=place + 1)


def _place_of(flow: Flow, to: str | None, *, following: int) -> int:
    if to is None:
        return following
    return flow.places.get(to, len(flow.steps)) if to != END else len(flow.steps)
