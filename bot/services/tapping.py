"""A button that was tapped shows that it was heard, and stands for the answer it says, also another time."""

from bot.domain.alerts import AlertKind
from bot.domain.messages import OutboxAct, Purpose
from bot.domain.programme import WELCOME
from bot.engine.answers import UNCLEAR, together
from bot.engine.definition import AnswerKind, Ask
from bot.engine.effects import OLD_BUTTON
from bot.engine.line import asked_at
from bot.engine.state import State
from bot.engine.taps import DONE, TAP, read_tap, toggled
from bot.services.answering import CORRECTABLE, change, correctable, reply, standing
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.published import FlowEdition
from bot.services.wording import TICK, Act, Buttons, Occasion, act, keyboard, say
from bot.storage.given import Keyboard
from bot.storage.talk import Live


async def tap(hearing: Hearing, turn: Turn) -> None:
    """Take a tap as the answer it stands for, and settle the keyboard it was made on."""
    # A button shows that it was heard also when it ended everything.
    occasion = hearing.occasion(turn, Purpose.CONFIRMATION)
    first = len(hearing.pile.drafts)
    kept, buttons = await _heard(hearing, turn)
    show_heard(hearing, turn, first=first, kept=kept)
    if turn.message.message_id:
        _settle_keyboard(hearing, turn, buttons, occasion=occasion)


def show_taken(hearing: Hearing, turn: Turn, *, first: int) -> None:
    """The same for a yes or no to messages that was taken although its question is closed, and mark what was chosen."""
    show_heard(hearing, turn, first=first)
    edition = turn.plan.flows.get(WELCOME)
    if edition is None or not turn.message.message_id:
        return
    step = asked_at(edition.flow, turn.message.words.removeprefix(TAP).partition(":")[0])
    if step is not None:
        buttons = _stays(turn, edition, step, ticked=())
        _settle_keyboard(hearing, turn, buttons, occasion=hearing.occasion(turn, Purpose.CONFIRMATION))


def show_heard(hearing: Hearing, turn: Turn, *, first: int, kept: bool = False) -> None:
    """Let the button show that it was heard, before what is on the pile from `first` on leaves: it waits for that."""
    if turn.message.tap_id:
        text = say(turn.plan, "phrases/answer-kept", participant=turn.participant).text if kept else ""
        done = Act(what=OutboxAct.ANSWER_TAP, ref=turn.message.tap_id, text=text)
        occasion = hearing.occasion(turn, Purpose.CONFIRMATION)
        drafted = act(done, participant=turn.participant, address=turn.address, occasion=occasion)
        hearing.pile.drafts.insert(first, drafted)


async def _heard(hearing: Hearing, turn: Turn) -> tuple[bool, Buttons]:
    """Whether the tap kept an answer (which is never said), and the buttons that stay under the message."""
    live = turn.live
    if hearing.away(turn):
        hearing.alert(turn, AlertKind.QUESTION)
        return False, ()
    under = await _under(hearing, turn)
    if live is not None and _waits(turn, live, under=under):
        reply(hearing, turn, live)
        return _answered(hearing, turn, live)
    changed = None if under is None else await _changed(hearing, turn, under)
    if changed is None:
        hearing.say(turn, OLD_BUTTON)
    return changed or (False, ())


async def _under(hearing: Hearing, turn: Turn) -> Keyboard | None:
    """Under which question the tapped button stands. Asked once for all the taps of a batch."""
    if hearing.keyboards is None:
        turns = hearing.callers.turns
        messages = [one.message.message_id for one in turns if one.message.tap_id and one.message.message_id]
        people = [one.participant.id for one in turns]
        hearing.keyboards = await hearing.work.given.keyboards(messages, people=people)
    return hearing.keyboards.get(turn.message.message_id or "")


def _waits(turn: Turn, live: Live, *, under: Keyboard | None) -> bool:
    """Whether the button's own question waits: one of the same name was asked last week, too."""
    if under is not None and under.conversation_id != live.id:
        return False
    return turn.message.words.startswith(f"{TAP}{State.from_text(live.state).at}:")


def _answered(hearing: Hearing, turn: Turn, live: Live) -> tuple[bool, Buttons]:
    edition = hearing.callers.editions[live.definition_id]
    pile = hearing.pile
    rated = any(one.arrival_id == turn.arrival for one in pile.ratings)
    kept = rated or any(one.arrival_id == turn.arrival for one in pile.answers)
    if (ticked := _ticked(hearing, live)) is not None:
        return kept, _buttons(turn, edition, ticked[0], ticked=ticked[1])
    before = State.from_text(live.state)
    step = asked_at(edition.flow, before.at)
    return kept, _stays(turn, edition, step, ticked=before.ticked) if kept and step is not None else ()


async def _changed(hearing: Hearing, turn: Turn, under: Keyboard) -> tuple[bool, Buttons] | None:
    """Change the answer that an earlier tap gave. `None`: there is none, or it can no longer be changed."""
    since = hearing.now - CORRECTABLE
    found = await hearing.work.given.by(turn.participant.id, since=since)
    given = next((one for one in found if (one.live.id, one.step) == (under.conversation_id, under.step)), None)
    answer = await standing(hearing, turn, given) if given is not None and correctable(hearing, given) else None
    if answer is None:
        return None
    step, value = answer.step, read_tap(answer.step, turn.message.words)
    if value is UNCLEAR:
        return None
    ticked: tuple[str, ...] = ()
    if step.answer is AnswerKind.SEVERAL:
        ticked = await _shown(hearing, turn, step)
        if isinstance(value, str) and value != DONE:
            # What is ticked counts when somebody says that they are done, as it did the first time.
            return False, _buttons(turn, answer.edition, step, ticked=toggled(step, ticked, value))
        value = value and together(step, frozenset(ticked))
    change(hearing, turn, answer, value=value)
    return True, _stays(turn, answer.edition, step, ticked=ticked)


async def _shown(hearing: Hearing, turn: Turn, step: Ask) -> tuple[str, ...]:
    """What is ticked of the choices under the tapped message, as it was shown last."""
    settled = await hearing.work.given.settled(turn.message.message_id or "", person=turn.participant.id)
    marked = {button.data.rpartition(":")[2] for line in settled for button in line if button.label.startswith(TICK)}
    return tuple(choice.value for choice in step.choices if choice.value in marked)


def _stays(turn: Turn, edition: FlowEdition, step: Ask, *, ticked: tuple[str, ...]) -> Buttons:
    """The buttons of an answered question, what was chosen marked: another tap changes the answer."""
    chosen = turn.message.words.rpartition(":")[2]
    return _buttons(turn, edition, step, ticked=ticked if chosen == DONE else (chosen,))


def _buttons(turn: Turn, edition: FlowEdition, step: Ask, *, ticked: tuple[str, ...]) -> Buttons:
    spoken = edition.beside(turn.plan.texts)
    return keyboard(turn.plan, spoken, step, participant=turn.participant, ticked=ticked)


def _settle_keyboard(hearing: Hearing, turn: Turn, buttons: Buttons, *, occasion: Occasion) -> None:
    done = Act(what=OutboxAct.SETTLE_KEYBOARD, ref=turn.message.message_id or "", buttons=buttons)
    hearing.pile.drafts.append(act(done, participant=turn.participant, address=turn.address, occasion=occasion))


def _ticked(hearing: Hearing, live: Live) -> tuple[Ask, tuple[str, ...]] | None:
    """The several-of question that still waits after a tap, and what is ticked in it by now."""
    moved = next((one for one in reversed(hearing.pile.moved) if one.id == live.id), None)
    if moved is None or moved.outcome is not None or moved.state == live.state:
        return None
    state, flow = State.from_text(moved.state), hearing.callers.editions[live.definition_id].flow
    question = flow.steps[flow.places[state.at]]
    same = state.at == State.from_text(live.state).at
    return (question, state.ticked) if same and isinstance(question, Ask) else None
