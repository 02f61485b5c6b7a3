"""Whoever wants a pause, no questions, or something later gets just that, and nothing old comes afterwards."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.content.texts import clock, day
from bot.domain.calendar import first_awake, moment, zone_of
from bot.domain.messages import Priority, Purpose
from bot.domain.people import Participant
from bot.domain.rules import BeforeDay, NearMilestone
from bot.engine.folding import fold, split_words
from bot.engine.postponing import read_moment, tells_time
from bot.engine.state import State
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.published import Plan
from bot.services.wording import Buttons, Occasion, Said, drafts
from bot.storage.said import SaidReminder
from bot.storage.talk import Live, MovedOn
from bot.storage.wished import Own

USUAL_PAUSE, LONGEST_PAUSE = 7, 56
"""In days."""

USUALLY_LATER = timedelta(hours=1)
SAID_LATELY = timedelta(hours=12)
"""A reminder said before that is nothing to be reminded of again."""


async def pause(hearing: Hearing, turn: Turn, *, days: int | None) -> None:
    """Begin nothing for so many days, today included; what is open ends, and what waits is not sent."""
    one = turn.participant
    zone = zone_of(one.zone)
    lasts = timedelta(days=min(days or USUAL_PAUSE, LONGEST_PAUSE))
    again = hearing.now.astimezone(zone).date() + lasts
    await hearing.work.participants.change(one.id, paused_until=moment(again, time(0), zone))
    await hearing.work.wished.note(one.enrolment_id, Own.PAUSE, became=again.isoformat(), now=hearing.now)
    await hearing.work.said.cancel_begun([one.id], why="paused", now=hearing.now)
    if turn.live is not None:
        _end(hearing, turn.live, outcome="paused")
    values = {"day": day(again, turn.plan.language_of(one.language))}
    hearing.say(turn, "phrases/paused", purpose=Purpose.CONFIRMATION, values=values)


async def stop_check_ins(hearing: Hearing, turn: Turn) -> None:
    """Ask no more questions of check-ins. Reminders go on, and so does a conversation that is none."""
    one, live = turn.participant, turn.live
    await hearing.work.participants.change(one.id, check_ins_stopped_at=hearing.now)
    await hearing.work.wished.note(one.enrolment_id, Own.NO_QUESTIONS, now=hearing.now)
    if live is not None and live.check_in_id is not None:
        await hearing.work.said.cancel_begun([one.id], why="stopped", now=hearing.now, conversation=live.id)
        _end(hearing, live, outcome="stopped")
    hearing.say(turn, "phrases/check-ins-stopped", purpose=Purpose.CONFIRMATION)


async def resume(hearing: Hearing, turn: Turn) -> None:
    """Write as before the pause, and ask questions again. What a coach holds stays held."""
    one = turn.participant
    paused = one.paused_until is not None and one.paused_until > hearing.now
    less = paused or one.check_ins_stopped_at is not None
    if less:
        await hearing.work.participants.change(one.id, paused_until=None, check_ins_stopped_at=None)
        await hearing.work.wished.note(one.enrolment_id, Own.START, now=hearing.now)
    if one.held_at is not None:
        # It is the coach who lets it go on, so nothing is promised.
        hearing.ask_coach(turn)
        return
    hearing.say(turn, "phrases/started" if less else "phrases/going-on", purpose=Purpose.CONFIRMATION)


async def later(hearing: Hearing, turn: Turn, *, at: datetime | None) -> None:
    """Repeat then what was asked or said last, and never at night; `None`: it was not said when."""
    when = _awake(turn, at or hearing.now + USUALLY_LATER)
    if turn.live is not None:
        _put_off(hearing, turn.live, until=when)
        _confirm(hearing, turn, "phrases/question-later", when=when, chosen=at is not None)
        return
    since = hearing.now - SAID_LATELY
    said = await hearing.work.said.reminder(turn.participant.id, since=since)
    if said is None:
        # Nothing of ours can be meant: it was perhaps said to a person.
        hearing.ask_coach(turn)
        return
    until = _means_something_until(said, turn.plan, turn.participant)
    if when >= until:
        hearing.say(turn, "phrases/later-too-late")
        return
    _say_again(hearing, turn, said, when=when, until=until)
    _confirm(hearing, turn, "phrases/reminder-later", when=when, chosen=at is not None)


def ask_when(hearing: Hearing, turn: Turn) -> None:
    """The question is to come later, and when is not clear: that is asked. It comes as usual if nobody says."""
    if turn.live is None:
        hearing.ask_coach(turn)
        return
    _put_off(hearing, turn.live, until=_awake(turn, hearing.now + USUALLY_LATER), wait=True)
    hearing.say(turn, "phrases/unclear-time-1", buttons=_choices(hearing, turn))


async def hear_when(hearing: Hearing, turn: Turn) -> bool:
    """Take words after `ask_when` for the time they tell. `False`: that was not asked, or they tell no time at all.

    Until the question comes again a time that is not clear is asked for again: "3" is then no answer to the question.
    """
    state = None if turn.live is None else State.from_text(turn.live.state)
    if state is None or not state.later or state.when != state.at:
        return False
    reading, local = hearing.reading_of(turn), hearing.now.astimezone(zone_of(turn.participant.zone))
    said = split_words(fold(turn.message.words, language=reading.language))
    if not tells_time(said, reading=reading):
        return False
    at = read_moment(said, reading=reading, now=local, asked=True)
    if at is None:
        ask_when(hearing, turn)
    else:
        await later(hearing, turn, at=at)
    return True


def _awake(turn: Turn, when: datetime) -> datetime:
    return first_awake(turn.plan.programme.quiet, zone=turn.participant.zone, now=when)


def _end(hearing: Hearing, live: Live, *, outcome: str) -> None:
    hearing.pile.moved.append(MovedOn(id=live.id, state=live.state, silent_at=None, outcome=outcome))


def _put_off(hearing: Hearing, live: Live, *, until: datetime, wait: bool = False) -> None:
    """The question comes again then. `wait`: a better time may be told before."""
    state = State.from_text(live.state)
    if state.nudged:
        hearing.pile.answered.append(live.id)
    put_off = replace(state, later=True, nudged=False, when=state.at if wait else "").to_text()
    hearing.pile.moved.append(MovedOn(id=live.id, state=put_off, silent_at=until))


def _confirm(hearing: Hearing, turn: Turn, key: str, *, when: datetime, chosen: bool) -> None:
    local = when.astimezone(zone_of(turn.participant.zone))
    values = {"day": day(local.date(), turn.plan.language_of(turn.participant.language)), "time": clock(local.time())}
    hearing.say(turn, key, values=values, buttons=() if chosen else _choices(hearing, turn))


def _choices(hearing: Hearing, turn: Turn) -> Buttons:
    return tuple(
        (hearing.button(turn, f"phrases/later-{when}-button", f"later:{when}"),)
        for when in ("hour", "afternoon", "tomorrow")
    )


def _say_again(hearing: Hearing, turn: Turn, said: SaidReminder, *, when: datetime, until: datetime) -> None:
    occasion = Occasion(
        # It begins as the reminder's own does: it may be put off once more.
        once="/".join([*said.once.split("/")[:5], "later", str(turn.arrival)]),
        purpose=Purpose.REMINDER,
        priority=Priority.REMINDER,
        expires_at=until,
        now=when,
    )
    again = Said(text=said.text, language=said.language)
    hearing.pile.drafts += drafts([again], participant=turn.participant, address=turn.address, occasion=occasion)


def _means_something_until(said: SaidReminder, plan: Plan, one: Participant) -> datetime:
    """Until the day's first activity begins, the milestone's day is over, or the day after the reminder is."""
    end = said.expires_at or datetime.max.replace(tzinfo=UTC)
    kind, _, slug, at, *_ = [*said.once.split("/"), "", "", "", ""]
    rule = next((each for each in plan.programme.rules if each.slug == slug), None)
    if kind != "rule" or rule is None:
        return end
    zone = zone_of(one.zone)
    on = datetime.strptime(at, "%Y%m%dT%H%M").replace(tzinfo=UTC).astimezone(zone).date()
    match rule.when:
        case BeforeDay(days=days):
            ahead = on + timedelta(days=days)
            held = plan.timetable.on_for(ahead, phase=one.phase, blocks=one.blocks(ahead))
            return moment(ahead, held[0].begins, zone) if held else end
        case NearMilestone(days=days):
            return moment(on + timedelta(days=days + 1), time(0), zone)
        case _:
            return moment(on + timedelta(days=2), time(0), zone)
