"""What answers the question that waits moves the conversation on; what answers a closed one is met kindly."""

from bot.engine.definition import AnswerKind, Ask
from bot.engine.state import State
from bot.services import conversation
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.storage.talk import Live


def reply(hearing: Hearing, turn: Turn, live: Live) -> None:
    """Read somebody's words, or their tap, as the answer to the question of this conversation."""
    edition = hearing.callers.editions[live.definition_id]
    taken = conversation.reply(live, edition, turn.message.words, participant=turn.participant, now=hearing.now)
    if taken.left or (taken.state is not None and taken.state.left and not State.from_text(live.state).left):
        # Three times not understood: whatever it was, a person reads it.
        hearing.alert(turn, "question")
    conversation.keep(
        conversation.Taken(
            participant=turn.participant,
            address=turn.address,
            plan=turn.plan,
            edition=edition.beside(turn.plan.texts),
            live=live,
            turn=taken,
            once=turn.once,
        ),
        hearing.pile,
        now=hearing.now,
    )


def answers(hearing: Hearing, turn: Turn, live: Live) -> bool:
    """Whether the words can only be an answer to the question that waits; free words may be anything."""
    edition = hearing.callers.editions[live.definition_id]
    return conversation.would_answer(live, edition, turn.message.words, participant=turn.participant, now=hearing.now)


def is_late(hearing: Hearing, turn: Turn) -> bool:
    """Whether the words answer the question that expired: then nobody needs to read them as a message."""
    lapsed = hearing.callers.lapsed.get(turn.participant.id)
    if lapsed is None:
        return False
    return answers(hearing, turn, lapsed)


def takes_free_words(hearing: Hearing, live: Live) -> bool:
    """Whether the question that waits asks for words of one's own: then anything may be its answer."""
    flow = hearing.callers.editions[live.definition_id].flow
    question = flow.steps[flow.places[State.from_text(live.state).at]]
    return isinstance(question, Ask) and question.answer is AnswerKind.WORDS
