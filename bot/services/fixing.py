"""An answer that was wrong is changed for a day, in one message or by asking its question again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.alerts import AlertKind
from bot.domain.messages import Purpose
from bot.engine.answers import UNCLEAR, Answer
from bot.engine.effects import FIXED, Send
from bot.engine.fixes import Fix
from bot.engine.line import question
from bot.engine.run import ask_anew, repeat
from bot.engine.state import State
from bot.services.answering import Standing, change, correctable, go_on, read_anew, read_sheet_anew, reply, standing
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.wording import drafts, say_effects
from bot.storage.given import Given

_LOOKED_AT = timedelta(days=31)
"""An older answer is not found: whoever writes about it is heard by a person."""


async def fix(hearing: Hearing, turn: Turn, wanted: Fix) -> None:
    """Change an answer, or ask its question again. What is no correction after all is read as other words are."""
    found = await hearing.work.given.by(turn.participant.id, since=hearing.now - _LOOKED_AT)
    given = _meant(found, wanted.number)
    answer = None if given is None else await standing(hearing, turn, given)
    if answer is None:
        _unknown(hearing, turn, wanted, any_found=bool(found))
    elif not correctable(hearing, answer.given):
        _too_late(hearing, turn, wanted)
    elif wanted.words:
        _change(hearing, turn, wanted, answer=answer)
    else:
        _ask_anew(hearing, turn, answer, beside=found)


async def edited(hearing: Hearing, turn: Turn) -> bool:
    """A message was edited: what it answered is changed if the words are plain, or else the coach sees it.

    `False`, and nothing done, if the message had answered nothing, or nothing that can still be changed.
    """
    given = await _given_by_message(hearing, turn)
    if not given:
        return False
    changes = await _read_edit(hearing, turn, given)
    for answer, value in changes:
        change(hearing, turn, answer, value=value)
    if changes:
        hearing.say(turn, FIXED)
    else:
        hearing.alert(turn, AlertKind.EDITED)
    return True


async def _given_by_message(hearing: Hearing, turn: Turn) -> list[Given]:
    """The answers that this message gave and that still can be changed, in the order of their questions."""
    _, _, message = (turn.message.message_id or "").rpartition(":")
    person = turn.participant.id
    arrivals = await hearing.work.given.arrivals_of(message, person=person) if message else []
    if not arrivals:
        return []
    found = await hearing.work.given.by(person, since=hearing.now - _LOOKED_AT)
    mine = [one for one in found if one.arrival_id in arrivals and correctable(hearing, one)]
    return sorted(mine, key=lambda one: one.number or 0)


async def _read_edit(hearing: Hearing, turn: Turn, given: Sequence[Given]) -> list[tuple[Standing, Answer]]:
    """What each of these answers becomes; none of them if anything is not plain."""
    answers = [await standing(hearing, turn, one) for one in given]
    known = [one for one in answers if one is not None]
    if len(known) != len(given):
        return []
    if len(known) == 1:
        value = read_anew(hearing, turn, known[0], words=turn.message.words)
        return [] if value is UNCLEAR else [(known[0], value)]
    filled = read_sheet_anew(hearing, turn, known, words=turn.message.words)
    values = [filled.get(one.given.number or 0, UNCLEAR) for one in known]
    plain = [(one, value) for one, value in zip(known, values, strict=True) if value is not UNCLEAR]
    return plain if len(plain) == len(known) else []


def _meant(found: Sequence[Given], number: int | None) -> Given | None:
    """The last answer, or the one to this question of the latest conversation in which something was answered."""
    if number is None or not found:
        return found[0] if found else None
    latest = max(one.live.id for one in found)
    return next((one for one in found if one.live.id == latest and one.number == number), None)


def _unknown(hearing: Hearing, turn: Turn, wanted: Fix, *, any_found: bool) -> None:
    if not wanted.sure or not any_found or wanted.number is None:
        _otherwise(hearing, turn)
    else:
        _say(hearing, turn, Send(text="phrases/fix-unknown", number=wanted.number))


def _too_late(hearing: Hearing, turn: Turn, wanted: Fix) -> None:
    if not wanted.sure:
        _otherwise(hearing, turn)
        return
    hearing.say(turn, "phrases/fix-too-late")
    hearing.alert(turn, AlertKind.QUESTION)


def _otherwise(hearing: Hearing, turn: Turn) -> None:
    """The words are no correction: an answer that is not understood, or something for a person to read."""
    if turn.live is not None:
        reply(hearing, turn, turn.live)
    else:
        hearing.ask_coach(turn)


def _change(hearing: Hearing, turn: Turn, wanted: Fix, *, answer: Standing) -> None:
    value = read_anew(hearing, turn, answer, words=wanted.words)
    if value is UNCLEAR and not wanted.sure:
        _otherwise(hearing, turn)
    elif value is UNCLEAR:
        _say(hearing, turn, Send(text="phrases/fix-unclear"))
    elif turn.live is not None and _is_asked_anew(turn, answer):
        # It was being asked again: this is the answer, and what waited behind goes on.
        reply(hearing, turn, turn.live, words=wanted.words)
    else:
        change(hearing, turn, answer, value=value)
        numbered = wanted.number is not None
        _say(hearing, turn, Send(text="phrases/fixed-number" if numbered else FIXED, number=wanted.number or 0))


def _is_asked_anew(turn: Turn, answer: Standing) -> bool:
    if turn.live is None or turn.live.id != answer.given.live.id:
        return False
    state = State.from_text(turn.live.state)
    return state.mends and state.at == answer.step.id


def _ask_anew(hearing: Hearing, turn: Turn, answer: Standing, *, beside: Sequence[Given]) -> None:
    """The last question again. Of several answers in one message, and beside another conversation, we ask which."""
    given, live = answer.given, turn.live
    several = given.arrival_id is not None and sum(one.arrival_id == given.arrival_id for one in beside) > 1
    if several or (live is not None and live.id != given.live.id):
        _say(hearing, turn, Send(text="phrases/fix-which"))
        return
    flow = answer.edition.flow
    state = State.from_text((live or given.live).state)
    if live is not None and state.mends:
        taken = repeat(flow, state)
    else:
        then = replace(state, over=live is None, behind="", had=())
        taken = ask_anew(flow, step=answer.step, number=given.number or 1, had=answer.had, then=then)
    go_on(hearing, turn, live or given.live, edition=answer.edition, taken=taken)


def _say(hearing: Hearing, turn: Turn, first: Send) -> None:
    """One text, and after it the question that waits, if one does: it goes on waiting."""
    live = turn.live
    if live is None:
        hearing.say(turn, first.text, values={"number": str(first.number)})
        return
    edition = hearing.callers.editions[live.definition_id].beside(turn.plan.texts)
    waiting = question(edition.flow, State.from_text(live.state))
    person, address = turn.participant, turn.address
    said = say_effects(turn.plan, edition, [first, waiting], participant=person, channel=address.channel)
    occasion = hearing.occasion(turn, Purpose.REPLY)
    hearing.pile.drafts += drafts(said, participant=person, address=address, occasion=occasion)
