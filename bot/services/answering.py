"""What answers the question that waits moves the conversation on; what answers a closed one is met kindly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.alerts import AlertKind, FlowKind
from bot.domain.calendar import zone_of
from bot.domain.messages import Purpose
from bot.engine.answers import UNCLEAR, Answer, Unclear, read_answer
from bot.engine.definition import AnswerKind, Ask
from bot.engine.effects import Alert
from bot.engine.effects import Turn as Step
from bot.engine.line import asked_at
from bot.engine.run import alerted, alerts_of_change, gave_up, saved
from bot.engine.sheet import Filled, read_sheet
from bot.engine.state import State
from bot.services import conversation
from bot.services.callers import Turn
from bot.services.conversation import Taken, flow_for
from bot.services.hearing import Hearing
from bot.services.pile import alert_about
from bot.services.published import FlowEdition
from bot.storage.given import Given
from bot.storage.talk import Live

CORRECTABLE = timedelta(hours=24)
"""For so long after an answer it can be changed."""


def reply(hearing: Hearing, turn: Turn, live: Live, *, words: str | None = None) -> None:
    """Read somebody's words, or their tap, as the answer to the question of this conversation."""
    edition = _edition(hearing.callers.editions[live.definition_id], turn)
    said = turn.message.words if words is None else words
    taken = conversation.reply(live, edition, said, participant=turn.participant, now=hearing.now)
    if gave_up(State.from_text(live.state), taken):
        # Three times not understood: whatever it was, a person reads it.
        hearing.alert(turn, AlertKind.QUESTION)
    go_on(hearing, turn, live, edition=edition, taken=taken)


def go_on(hearing: Hearing, turn: Turn, live: Live, *, edition: FlowEdition, taken: Step) -> None:
    """Put what a turn of a conversation led to on the pile."""
    conversation.keep(_taken(turn, live, edition=edition, taken=taken), hearing.pile, now=hearing.now)


def _taken(turn: Turn, live: Live, *, edition: FlowEdition, taken: Step) -> Taken:
    return Taken(
        participant=turn.participant,
        address=turn.address,
        plan=turn.plan,
        edition=edition.beside(turn.plan.texts),
        live=live,
        turn=taken,
        once=turn.once,
        arrival=turn.arrival,
    )


def _edition(edition: FlowEdition, turn: Turn) -> FlowEdition:
    return replace(edition, flow=flow_for(edition, turn.address.channel))


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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An answer that counts, with the question it answers, as it was asked."""

    given: Given
    edition: FlowEdition
    step: Ask

    @property
    def had(self) -> tuple[str, ...]:
        """The alerts that the answer raised."""
        return alerted(self.step, self.given.value)


async def standing(hearing: Hearing, turn: Turn, given: Given) -> Standing | None:
    """An answer with its question; `None` if the definition no longer knows it."""
    number = given.live.definition_id
    edition = _edition((await hearing.shelf.flows(hearing.work, [number]))[number], turn)
    step = asked_at(edition.flow, given.step)
    return None if step is None else Standing(given=given, edition=edition, step=step)


def correctable(hearing: Hearing, given: Given) -> bool:
    """Whether an answer may still be changed."""
    return hearing.now - given.given_at <= CORRECTABLE


def read_anew(hearing: Hearing, turn: Turn, answer: Standing, *, words: str) -> Answer | Unclear:
    """What the words answer to a question that was answered already."""
    reading = conversation.reading_for(answer.edition, turn.participant)
    today = hearing.now.astimezone(zone_of(turn.participant.zone)).date()
    return read_answer(answer.step, words, reading=reading, today=today)


def read_sheet_anew(hearing: Hearing, turn: Turn, answers: Sequence[Standing], *, words: str) -> Filled:
    """What the words answer to questions that one message answered before: nothing if others stood between them."""
    numbers = [one.given.number for one in answers]
    first = numbers[0] or 0
    alike = all(one.given.live.id == answers[0].given.live.id for one in answers)
    scales = all(one.step.answer is AnswerKind.SCALE for one in answers)
    if not (alike and scales and numbers == list(range(first, first + len(numbers)))):
        return {}
    reading = conversation.reading_for(answers[0].edition, turn.participant)
    return read_sheet([one.step for one in answers], words, first=first, reading=reading)


def change(hearing: Hearing, turn: Turn, answer: Standing, *, value: Answer | Unclear) -> None:
    """Keep another value in the place of one that stands, which stays as what was said before.

    Nothing of the flow happens again, wherever the answer would have led. A value that is the same changes nothing.
    """
    given, step, pile = answer.given, answer.step, hearing.pile
    if value is UNCLEAR or given.value == (None if value is None else str(value)):
        return
    done = Step(state=None, effects=())
    taken = _taken(turn, given.live, edition=answer.edition, taken=done)
    for effect in saved(step, value, number=given.number or 1):
        conversation.save(effect, taken, pile)
    for alert in alerts_of_change(step, had=answer.had, answer=value):
        pile.alerts.append(alert_about(turn.participant, FlowKind(alert.kind), once=turn.once, about=given.live.id))
        if alert == Alert(kind=AlertKind.UNWANTED):
            pile.stopped.append(turn.participant.id)
            hearing.say(turn, "phrases/refused", purpose=Purpose.CONFIRMATION)
