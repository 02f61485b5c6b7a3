"""A button that was tapped shows that it was heard, and stands for the answer it says."""

from bot.domain.messages import OutboxAct, Purpose
from bot.engine.definition import Ask
from bot.engine.state import State
from bot.services.answering import reply
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.wording import Act, Buttons, Occasion, act, keyboard, say
from bot.storage.talk import Live


def tap(hearing: Hearing, turn: Turn) -> None:
    """Take a tap as the answer it stands for, and settle the keyboard it was made on."""
    occasion = hearing.occasion(turn, Purpose.REPLY)
    first = len(hearing.pile.drafts)
    if hearing.away(turn):
        hearing.alert(turn, "question")
    elif turn.live is None:
        hearing.say(turn, "phrases/old-button")
    else:
        reply(hearing, turn, turn.live)
    show_heard(hearing, turn, first=first)
    if turn.message.message_id:
        _settle_keyboard(hearing, turn, turn.message.message_id, occasion=occasion)


def show_heard(hearing: Hearing, turn: Turn, *, first: int) -> None:
    """Let the button show that it was heard, before what is on the pile from `first` on leaves: it waits for that."""
    if turn.message.tap_id:
        done = Act(what=OutboxAct.ANSWER_TAP, ref=turn.message.tap_id, text=_thanks(hearing, turn))
        occasion = hearing.occasion(turn, Purpose.REPLY)
        drafted = act(done, participant=turn.participant, address=turn.address, occasion=occasion)
        hearing.pile.drafts.insert(first, drafted)


def _thanks(hearing: Hearing, turn: Turn) -> str:
    """What the tapped button says for a moment: that the answer is kept, if it was one. Never the answer."""
    live, pile = turn.live, hearing.pile
    if live is None:
        return ""
    rated = any(one.check_in_id == live.check_in_id for one in pile.ratings)
    if not rated and not any(one.conversation_id == live.id for one in pile.answers):
        return ""
    return say(turn.plan, "phrases/answer-kept", participant=turn.participant).text


def _settle_keyboard(hearing: Hearing, turn: Turn, message: str, *, occasion: Occasion) -> None:
    buttons: Buttons = ()
    if turn.live is not None and (ticked := _ticked(hearing, turn.live)) is not None:
        question, ticks = ticked
        edition = hearing.callers.editions[turn.live.definition_id].beside(turn.plan.texts)
        buttons = keyboard(turn.plan, edition, question, participant=turn.participant, ticked=ticks)
    hearing.pile.drafts.append(
        act(
            Act(what=OutboxAct.SETTLE_KEYBOARD, ref=message, buttons=buttons),
            participant=turn.participant,
            address=turn.address,
            occasion=occasion,
        )
    )


def _ticked(hearing: Hearing, live: Live) -> tuple[Ask, tuple[str, ...]] | None:
    """The several-of question that still waits after a tap, and what is ticked in it by now."""
    moved = next((one for one in reversed(hearing.pile.moved) if one.id == live.id), None)
    if moved is None or moved.outcome is not None or moved.state == live.state:
        return None
    state, flow = State.from_text(moved.state), hearing.callers.editions[live.definition_id].flow
    question = flow.steps[flow.places[state.at]]
    same = state.at == State.from_text(live.state).at
    return (question, state.ticked) if same and isinstance(question, Ask) else None
