"""A conversation moves one turn at a time: what it was and what happened in, what it is and what to do out."""

from dataclasses import replace
from datetime import datetime

from bot.domain.alerts import AlertKind
from bot.engine.answers import UNCLEAR, Answer, is_beyond, read_answer, together
from bot.engine.definition import MOST_REPEATS, AnswerKind, Ask, Flow
from bot.engine.effects import (
    FIXED,
    LEFT_AS_IT_WAS,
    OLD_BUTTON,
    SHEET_APART,
    SHEET_SAVED,
    SHEET_UNCLEAR,
    Alert,
    Effect,
    Save,
    Send,
    Turn,
)
from bot.engine.line import count_of, onward, place_of, question, questions_of
from bot.engine.reading import Reading
from bot.engine.sheet import Filled, read_sheet
from bot.engine.state import State
from bot.engine.taps import DONE, TAP, read_tap, toggled

__all__ = ["OLD_BUTTON", "Alert", "Effect", "Save", "Send", "Turn", "begin", "fall_silent", "repeat", "reply"]

_LABEL_SIGNS = (":", "=", ".", ")")


def begin(flow: Flow, *, picks: tuple[str, ...] = ()) -> Turn:
    """Start at the first step, up to and with the first question. `picks` are the rotating indicators' turn."""
    state, said = onward(flow, place=0, picks=picks, asked=1, count=count_of(flow, picks=picks))
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
    answer = UNCLEAR if state.together else read_answer(step, words, reading=reading, today=now.date())
    if answer is not UNCLEAR:
        return _answered(flow, state, step=step, answer=answer)
    filled = _filled(flow, state, words, reading=reading)
    if filled:
        return _took_sheet(flow, state, filled=filled)
    return _ask_again(flow, state, step=step, beyond=is_beyond(step, words, reading=reading))


def fall_silent(flow: Flow, state: State) -> Turn:
    """The person has not answered: the nudge and the question again the first time, the end after that.

    Whoever asked for the question later gets it then, without the nudge. A correction gives way to what waits behind
    it, or ends: the answer that was to be corrected goes on counting.
    """
    if state.behind and not state.later:
        # Whoever corrects something was heard from: what waits behind has not been reminded of since.
        state = replace(State.from_text(state.behind), nudged=False, later=False)
    step = _waiting(flow, state)
    if step is None or state.nudged:
        return Turn(state=None, effects=())
    nudge = () if state.later else (Send(text=flow.nudge, nudge=True),)
    return Turn(state=replace(state, nudged=True, later=False), effects=(*nudge, question(flow, state)))


def repeat(flow: Flow, state: State) -> Turn:
    """The question that waits once more, as it was asked: in another language, perhaps."""
    gone = _waiting(flow, state) is None
    return Turn(state=replace(state, later=False), effects=() if gone else (question(flow, state),))


def ask_anew(flow: Flow, *, step: Ask, number: int, had: tuple[str, ...], then: State) -> Turn:
    """Ask a question again, as its answer was wrong; afterwards goes on what waited (`then`).

    `then.over`: the conversation had ended as it stands in `then`, and ends again. `had` are the alerts of the answer.
    """
    behind = "" if then.over else then.to_text()
    state = State(
        at=step.id,
        asked=number,
        count=max(then.count, number),
        # Nobody is reminded of a correction.
        nudged=then.over,
        picks=then.picks,
        behind=behind,
        over=then.over,
        had=had,
    )
    return Turn(state=state, effects=(question(flow, state),))


def gave_up(before: State, turn: Turn) -> bool:
    """Whether this turn left a question that was not understood: a person reads what was written."""
    if before.mends:
        return any(isinstance(effect, Send) and effect.text == LEFT_AS_IT_WAS for effect in turn.effects)
    return turn.left or (turn.state is not None and turn.state.left and not before.left)


def _waiting(flow: Flow, state: State) -> Ask | None:
    gone = state.sheet and not flow.questions.keys() >= set(state.sheet)
    return None if gone else flow.questions.get(state.at)


def _tapped(flow: Flow, state: State, *, step: Ask, words: str) -> Turn:
    value = read_tap(step, words)
    if value is UNCLEAR:
        return Turn(state=state, effects=(Send(text=OLD_BUTTON),))
    if step.answer is not AnswerKind.SEVERAL or value is None:
        return _answered(flow, state, step=step, answer=value)
    if value == DONE:
        return _answered(flow, state, step=step, answer=together(step, frozenset(state.ticked)))
    return Turn(state=replace(state, ticked=toggled(step, state.ticked, str(value))), effects=())


def _ask_again(flow: Flow, state: State, *, step: Ask, beyond: bool) -> Turn:
    """The question in other words: its own first, then the common ones of its kind; at last we leave it kindly."""
    if state.together:
        return _ask_sheet_again(flow, state)
    if state.repeats >= MOST_REPEATS:
        return _leave(flow, state, step=step)
    common = tuple(f"phrases/unclear-{step.answer.value}-{number}" for number in range(1, MOST_REPEATS + 1))
    wording = (step.unclear[:MOST_REPEATS] + common)[state.repeats]
    if beyond and wording == common[0]:
        wording = f"phrases/unclear-{step.answer.value}-range"
    return Turn(
        state=state.again,
        effects=(Send(text=wording, question=step, number=state.asked, count=state.count),),
    )


def _leave(flow: Flow, state: State, *, step: Ask) -> Turn:
    """Leave a question with thanks and go on; whoever could not be understood twice is left in peace."""
    if state.mends:
        return _back(flow, state, said=LEFT_AS_IT_WAS, kept=())
    thanks = Send(text=flow.left)
    if state.left:
        return Turn(state=None, effects=(thanks,), left=True)
    then, said = _after(flow, state, step=step, to=step.next)
    return Turn(state=then and replace(then, left=True), effects=(thanks, *said), left=then is None)


def _answered(flow: Flow, state: State, *, step: Ask, answer: Answer) -> Turn:
    if state.mends:
        alerts = alerts_of_change(step, had=state.had, answer=answer)
        return _back(flow, state, said=FIXED, kept=(*saved(step, answer, number=state.asked), *alerts))
    effects: tuple[Effect, ...] = saved(step, answer, number=state.asked)
    to = step.next
    if step.alerts or step.branches:
        given = _given(step, answer)
        effects += tuple(Alert(kind=kind) for kind in alerted(step, answer))
        to = next((branch.to for branch in step.branches if branch.answer in given), to)
    then, said = _after(flow, state, step=step, to=to)
    if state.left and then is not None:
        then = replace(then, left=True)
    return Turn(state=then, effects=effects + said)


def saved(step: Ask, answer: Answer, *, number: int) -> tuple[Save, ...]:
    """What keeps an answer; nothing if the question keeps none."""
    slug = step.saves or step.indicator
    if slug is None:
        return ()
    low = 0 if step.counts else step.low
    about = step.indicator
    return (Save(step=step.id, slug=slug, value=answer, indicator=about, low=low, high=step.high, number=number),)


def alerted(step: Ask, answer: Answer) -> tuple[str, ...]:
    """The alerts that an answer raises."""
    given = _given(step, answer) if step.alerts else ()
    return tuple(each.alert for each in step.alerts if each.answer in given)


def alerts_of_change(step: Ask, *, had: tuple[str, ...], answer: Answer) -> tuple[Alert, ...]:
    """What a coach must see of a changed answer: what it newly asks for, and that it no longer asks for something.

    The alert of the old answer stays open: the coach may have promised something by then.
    """
    has = alerted(step, answer)
    new = tuple(Alert(kind=kind) for kind in has if kind not in had)
    return new if set(had) <= set(has) else (*new, Alert(kind=AlertKind.CORRECTED))


def _back(flow: Flow, state: State, *, said: str, kept: tuple[Effect, ...]) -> Turn:
    """A correction is done, or given up: what waited before it goes on waiting."""
    if state.over:
        return Turn(state=None, effects=(*kept, Send(text=said)))
    then = State.from_text(state.behind)
    return Turn(state=then, effects=(*kept, Send(text=said), question(flow, then)))


def _filled(flow: Flow, state: State, words: str, *, reading: Reading) -> Filled:
    """What is plain of the answers to a sheet. When it is asked one by one, only what names a missing question."""
    if not state.sheet or state.mends:
        return {}
    if not state.together and not any(sign in words for sign in _LABEL_SIGNS):
        return {}
    filled = read_sheet(questions_of(flow, state), words, first=state.first, reading=reading)
    missing = {state.number_of(step) for step in state.missing}
    return filled if missing & {number for number, answer in filled.items() if answer is not UNCLEAR} else {}


def _took_sheet(flow: Flow, state: State, *, filled: Filled) -> Turn:
    """Keep what was plain, say which numbers that are, and ask what is missing one by one."""
    effects: list[Effect] = []
    told: list[int] = []
    for step in questions_of(flow, state):
        answer = filled.get(state.number_of(step.id), UNCLEAR)
        if answer is not UNCLEAR:
            told.append(state.number_of(step.id))
            effects += saved(step, answer, number=told[-1])
    missing = tuple(step for step in state.missing if state.number_of(step) not in told)
    after = replace(state, missing=missing, alone=True, nudged=False, later=False)
    then, said = _after(flow, after, step=None, to=None)
    if state.left and then is not None:
        then = replace(then, left=True)
    return Turn(state=then, effects=(*effects, Send(text=SHEET_SAVED, numbers=tuple(told)), *said))


def _ask_sheet_again(flow: Flow, state: State) -> Turn:
    """How many answers are expected; if that was said already, the questions one by one."""
    if state.repeats:
        alone = replace(state, alone=True, repeats=0)
        return Turn(state=alone, effects=(Send(text=SHEET_APART), question(flow, alone)))
    again = replace(question(flow, state), text=SHEET_UNCLEAR)
    return Turn(state=replace(state, repeats=1), effects=(again,))


def _after(flow: Flow, state: State, *, step: Ask | None, to: str | None) -> tuple[State | None, tuple[Send, ...]]:
    """Where the conversation stands when `step` is done with: the next of a sheet, or what comes after it all."""
    last, asked = state.at, state.asked + 1
    if state.sheet:
        missing = tuple(each for each in state.missing if step is None or each != step.id)
        if missing:
            asked = state.number_of(missing[0])
            then = replace(state, at=missing[0], asked=asked, missing=missing, repeats=0, nudged=False, later=False)
            return then, (question(flow, then),)
        last, asked = state.sheet[-1], state.first + len(state.sheet)
    place = place_of(flow, to, following=flow.places[last] + 1)
    return onward(flow, place=place, picks=state.picks, asked=asked, count=state.count)


def _given(step: Ask, answer: Answer) -> tuple[str, ...]:
    """The answer as branches and alerts name it; each chosen value of several is one."""
    if answer is None:
        return ()
    return tuple(answer.split(",")) if step.answer is AnswerKind.SEVERAL and isinstance(answer, str) else (str(answer),)
