"""A yes opens the rest and a no closes it, at whatever moment it is said, and both are kept with what was asked."""

from bot.domain.alerts import AlertKind
from bot.domain.messages import InboundKind, Purpose
from bot.domain.people import AddressState, Agreement
from bot.domain.programme import MESSAGES_ALLOWED, WELCOME
from bot.engine.answers import read_answer
from bot.engine.definition import Ask
from bot.engine.effects import Send
from bot.engine.taps import TAP
from bot.engine.wishes import Later, Pause, Wish, Wished
from bot.services.answering import CORRECTABLE
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.lifting import lift
from bot.services.wording import drafts, say_effects
from bot.storage.agreements import NewAgreement
from bot.storage.talk import MovedOn, NewAnswer

_NEEDS_A_YES = (Wish.START, Wish.MY_WEEK, Wish.MY_ANSWERS, Wish.PAUSE, Wish.STOP_CHECK_INS)
"""About messages that have not begun, or about the person: nobody has said yet that it is their telephone."""

_ANSWERS = {"yes": Agreement.AGREED, "no": Agreement.REFUSED}


async def note_answer(hearing: Hearing, turn: Turn) -> None:
    """Keep what this turn answered to the welcome's question, if it did: at once, or as a correction."""
    for one in hearing.pile.answers:
        if one.arrival_id == turn.arrival and one.slug == MESSAGES_ALLOWED and one.value in _ANSWERS:
            live = turn.live
            asked_in = live.definition_id if live is not None and live.id == one.conversation_id else None
            definition = asked_in or await hearing.work.agreements.last_asked(turn.participant.enrolment_id)
            _keep(hearing, turn, _ANSWERS[one.value], definition=definition)


async def hear_late(hearing: Hearing, turn: Turn, wish: Wished | None) -> bool:
    """Take a clear yes or no of somebody who has not agreed, though nothing is open with them. Whether it was one.

    A start word is a yes also while the question waits.
    """
    person, live = turn.participant, turn.live
    if person.agreement is Agreement.AGREED or hearing.left(turn) or person.protected:
        return False
    starts = wish is Wish.START or turn.message.opt_out == "START"
    if starts and (live is None or live.flow == WELCOME):
        await _agree(hearing, turn)
        return True
    if live is not None or person.agreement is Agreement.UNASKED:
        return False
    said = _said(hearing, turn)
    if said == "yes":
        await _agree(hearing, turn)
    elif said == "no" and person.agreement is Agreement.ASKED:
        await _refuse(hearing, turn)
    else:
        return False
    return True


def comes_too_early(turn: Turn, wished: Wished) -> bool:
    """Whether this is granted only to somebody who has agreed. To put off the question itself is granted before."""
    if turn.participant.agreement is Agreement.AGREED:
        return False
    if wished is Wish.LATER or isinstance(wished, Later):
        return turn.live is None
    return wished in _NEEDS_A_YES or isinstance(wished, Pause)


def ask_for_yes(hearing: Hearing, turn: Turn) -> None:
    """Put the question itself once more, short; whoever was never asked, or is protected, is heard by a person."""
    question, person, address = _question(turn), turn.participant, turn.address
    if question is None or person.protected or person.agreement is not Agreement.ASKED:
        hearing.ask_coach(turn)
        return
    short, edition = [Send(text=question.text, question=question)], turn.plan.flows[WELCOME]
    said = say_effects(turn.plan, edition, short, participant=person, channel=address.channel)
    occasion = hearing.occasion(turn, Purpose.REPLY)
    hearing.pile.drafts += drafts(said, participant=person, address=address, occasion=occasion)


async def _agree(hearing: Hearing, turn: Turn) -> None:
    live = turn.live
    asked_in = live.definition_id if live else await hearing.work.agreements.last_asked(turn.participant.enrolment_id)
    _keep(hearing, turn, Agreement.AGREED, definition=asked_in)
    if live is not None:
        _close(hearing, turn)
    else:
        await _answer_anew(hearing, turn, "yes")
    await hearing.work.participants.change(turn.participant.id, stopped_at=None)
    if await lift(hearing.work, turn, now=hearing.now):
        hearing.address_states.append((turn.address.id, AddressState.ACTIVE))
    hearing.say(turn, "phrases/agreed", purpose=Purpose.CONFIRMATION)


async def _refuse(hearing: Hearing, turn: Turn) -> None:
    asked_in = await hearing.work.agreements.last_asked(turn.participant.enrolment_id)
    _keep(hearing, turn, Agreement.REFUSED, definition=asked_in)
    await _answer_anew(hearing, turn, "no")
    hearing.pile.stopped.append(turn.participant.id)
    hearing.alert(turn, AlertKind.UNWANTED)
    hearing.say(turn, "phrases/refused", purpose=Purpose.CONFIRMATION)


async def _answer_anew(hearing: Hearing, turn: Turn, value: str) -> None:
    """What was answered when the question was open counts no more: another tap is compared with this."""
    before = await hearing.work.given.by(turn.participant.id, since=hearing.now - CORRECTABLE)
    given = next((one for one in before if one.slug == MESSAGES_ALLOWED), None)
    if given is not None:
        hearing.pile.answers.append(
            NewAnswer(
                conversation_id=given.live.id,
                participant_id=turn.participant.id,
                step=given.step,
                slug=given.slug,
                value=value,
                number=given.number,
            )
        )


def _close(hearing: Hearing, turn: Turn) -> None:
    """The welcome is answered, by a word that is no answer to a yes-no question but means one."""
    live = turn.live
    assert live is not None
    hearing.pile.moved.append(MovedOn(id=live.id, state=live.state, silent_at=None, outcome="finished"))
    hearing.pile.answered.append(live.id)
    question = _question(turn)
    if question is not None:
        hearing.pile.answers.append(
            NewAnswer(
                conversation_id=live.id,
                participant_id=turn.participant.id,
                step=question.id,
                slug=MESSAGES_ALLOWED,
                value="yes",
            )
        )


def _said(hearing: Hearing, turn: Turn) -> str | None:
    """The answer to the welcome's question, though it is asked no longer."""
    question = _question(turn)
    if question is None:
        return None
    if turn.message.kind is InboundKind.TAP:
        of_step, _, value = turn.message.words.removeprefix(TAP).partition(":")
        return value if of_step == question.id else None
    readings = turn.plan.flows[WELCOME].readings
    reading = readings.get(turn.participant.language) or hearing.reading_of(turn)
    said = read_answer(question, turn.message.words, reading=reading, today=hearing.now.date())
    return said if isinstance(said, str) and said in _ANSWERS else None


def _question(turn: Turn) -> Ask | None:
    edition = turn.plan.flows.get(WELCOME)
    steps = edition.flow.steps if edition else ()
    return next((one for one in steps if isinstance(one, Ask) and one.saves == MESSAGES_ALLOWED), None)


def _keep(hearing: Hearing, turn: Turn, answer: Agreement, *, definition: int | None) -> None:
    hearing.pile.agreed.append(
        NewAgreement(
            enrolment_id=turn.participant.enrolment_id,
            answer=answer,
            definition_id=definition,
            language=turn.plan.language_of(turn.participant.language),
            channel=turn.address.channel,
        )
    )
