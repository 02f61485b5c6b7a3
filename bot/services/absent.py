"""Whoever is not coming is thanked and left alone: the coach sees the category, and the day's reminders fall silent.

Lateness silences nothing. The question that waits goes on waiting, for an answer is still welcome, but it is not asked
again while the person is away (`unanswered.fall_silent`); a question that has not left yet is never asked.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.content.texts import days
from bot.domain.alerts import AlertKind
from bot.domain.calendar import moment, zone_of
from bot.domain.day import NewAbsence
from bot.domain.people import Participant, Presence
from bot.engine.absences import NotComing, answers_back, read_absence, read_hint, says_back
from bot.engine.taps import not_coming_tap
from bot.services.answering import answers, reply, takes_free_words
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.wording import Buttons
from bot.storage.absences import ABSENT, Hush
from bot.storage.talk import MovedOn

ASKED_FOR = timedelta(hours=36)
"""For so long a plain yes or no answers the question whether somebody is back."""

ASKED_WHY_FOR = timedelta(hours=1)
"""For so long a category alone is of the days that were told with the question."""

_TOLD_OTHERS = (Presence.ILLNESS, Presence.CARE_OF_CHILD)
"""These are reported to authorities too, and last until somebody is back."""

_REASONS = (Presence.ILLNESS, Presence.CARE_OF_CHILD, Presence.AUTHORITY_VISIT, Presence.OTHER_VALID)
_DAYS_AHEAD = 7


async def hear_absent(hearing: Hearing, turn: Turn) -> bool:
    """Deal with words about not coming, or being back, that are no plain wish. `False`: they are about something else.

    An answer to the question that waits is never taken for it. Where free words were asked for, only a clear report is.
    """
    live, one, reading = turn.live, turn.participant, hearing.reading_of(turn)
    if live is not None and answers(hearing, turn, live):
        return False
    words, today, names = turn.message.words, _today(hearing, one), (one.first_name, one.coach_first_name)
    if absence := read_absence(words, reading=reading, today=today, names=names):
        await report(hearing, turn, absence)
        return True
    if says_back(words, reading=reading, today=today, names=names):
        await come_back(hearing, turn)
        return True
    if live is not None and takes_free_words(hearing, live):
        return False
    back = answers_back(words, reading=reading, today=today, names=names)
    if back is not None and await _answered(hearing, turn, back=back):
        return True
    told = read_hint(words, reading=reading, today=today, names=names)
    if told is not None:
        # Words that may report an absence: which it is is asked, and a person reads them.
        hearing.say(turn, "phrases/absent-which", buttons=_menu(hearing, turn, (*_REASONS, Presence.LATE), told))
        hearing.alert(turn, AlertKind.QUESTION)
    return told is not None


async def report(hearing: Hearing, turn: Turn, absence: NewAbsence) -> None:
    """Keep that somebody is not coming, and say that the coach knows."""
    live, today = turn.live, _today(hearing, turn.participant)
    doubtful = absence.ends_on is None and absence.category in (Presence.AUTHORITY_VISIT, Presence.OTHER_VALID)
    if doubtful and live is not None and takes_free_words(hearing, live) and turn.message.tap_id is None:
        # "Doctor" is also what somebody wants to become.
        reply(hearing, turn, live)
        return
    if absence.ends_on is None and absence.begins_on == today:
        if turn.message.tap_id is None:
            absence = (await _asked_why(hearing, turn)).because(absence)
        elif absence.category in _TOLD_OTHERS and await _answered(hearing, turn, back=False):
            # "No" under the question whether they are back says it again: they need not hear all of it again.
            return
    placed = _placed(absence, turn, now=hearing.now)
    for place in await _places(hearing, turn, placed):
        await hearing.work.absences.report(place.enrolment_id, placed, today=today, now=hearing.now)
        if placed.category is not Presence.LATE:
            await _hush(hearing, turn, place, placed)
    _thank(hearing, turn, placed, today=today)


def ask_why(hearing: Hearing, turn: Turn, told: NotComing) -> None:
    """Somebody tapped that they are not coming: only the category is asked for."""
    hearing.say(turn, "phrases/absent-why", buttons=_menu(hearing, turn, _REASONS, told))


async def come_back(hearing: Hearing, turn: Turn) -> None:
    """Somebody is back: what holds today is over. Whoever was not away is told so kindly."""
    places = await hearing.work.participants.people([turn.participant.id])
    today, ended = _today(hearing, turn.participant), 0
    for place in places[turn.participant.id]:
        ended += await hearing.work.absences.end_those_on(place.enrolment_id, today, now=hearing.now)
    if ended or await _answered(hearing, turn, back=True):
        if ended:
            hearing.say(turn, "phrases/back-yes")
        return
    hearing.say(turn, "phrases/back-not-away")


async def _asked_why(hearing: Hearing, turn: Turn) -> NotComing:
    """Of which days somebody said just before that they cannot come, and was asked why."""
    one, since = turn.participant, hearing.now - ASKED_WHY_FOR
    before = await hearing.work.said.wrote(one.id, before=turn.arrival, since=since)
    if before is None:
        return NotComing()
    reading, names = hearing.reading_of(turn), (one.first_name, one.coach_first_name)
    # "Tomorrow" is the day after it was written.
    on = before.at.astimezone(zone_of(one.zone)).date()
    if read_absence(before.words, reading=reading, today=on, names=names) is not None:
        # It was kept, and nothing was asked: the dentist tomorrow, and ill today.
        return NotComing()
    return read_hint(before.words, reading=reading, today=on, names=names) or NotComing()


async def _answered(hearing: Hearing, turn: Turn, *, back: bool) -> bool:
    """Take a yes or a no as the answer to the question whether somebody is back, if it was asked lately."""
    places = (await hearing.work.participants.people([turn.participant.id]))[turn.participant.id]
    enrolments = [place.enrolment_id for place in places]
    asked = await hearing.work.absences.asked_of(enrolments, since=hearing.now - ASKED_FOR)
    for one in asked:
        if back:
            await hearing.work.absences.end(one.id, now=hearing.now)
        else:
            await hearing.work.absences.last_until(one.id, None)
    if asked:
        hearing.say(turn, "phrases/back-yes" if back else "phrases/back-no")
    return bool(asked)


def _menu(hearing: Hearing, turn: Turn, categories: tuple[Presence, ...], told: NotComing) -> Buttons:
    return tuple((hearing.button(turn, f"phrases/{one}-button", not_coming_tap(one, told)),) for one in categories)


def _today(hearing: Hearing, one: Participant) -> date:
    return hearing.now.astimezone(zone_of(one.zone)).date()


def _placed(absence: NewAbsence, turn: Turn, *, now: datetime) -> NewAbsence:
    """The absence on its day. Illness lasts; whoever else named no day means the next time something is held."""
    if absence.ends_on is not None or absence.category in _TOLD_OTHERS:
        return absence
    local = now.astimezone(zone_of(turn.participant.zone))
    if absence.begins_on != local.date():
        return absence
    for on in (absence.begins_on + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
        held = turn.plan.timetable.on_for(on, phase=turn.participant.phase, blocks=turn.participant.blocks(on))
        if any(on > local.date() or one.ends > local.time() for one in held):
            return replace(absence, begins_on=on, ends_on=on)
    return replace(absence, ends_on=absence.begins_on)


async def _places(hearing: Hearing, turn: Turn, absence: NewAbsence) -> list[Participant]:
    """Where the absence holds: whoever is away on a day is away from every programme, and late for the one at hand."""
    if absence.category is Presence.LATE:
        return [turn.participant]
    places = await hearing.work.participants.people([turn.participant.id])
    return [
        place for place in places[turn.participant.id] if place.ended_on is None or place.ended_on >= absence.begins_on
    ]


async def _hush(hearing: Hearing, turn: Turn, place: Participant, absence: NewAbsence) -> None:
    """What waits to leave on those days is not sent; a conversation whose question thus never leaves is over."""
    zone, last = zone_of(place.zone), absence.last_day
    begun = absence.begins_on <= _today(hearing, place)
    hush = Hush(
        participant_id=place.id,
        programme_id=place.programme_id,
        since=None if begun else moment(absence.begins_on, time(0), zone),
        until=None if last is None else moment(last + timedelta(days=1), time(0), zone),
    )
    unseen = await hearing.work.absences.hush(hush, now=hearing.now)
    if turn.live is not None and turn.live.id in unseen:
        hearing.pile.moved.append(MovedOn(id=turn.live.id, state=turn.live.state, silent_at=None, outcome=ABSENT))


def _thank(hearing: Hearing, turn: Turn, placed: NewAbsence, *, today: date) -> None:
    if placed.for_a_part:
        # Which part it is, and what it means for the rest of the day, a person reads.
        hearing.ask_coach(turn)
        return
    key, values = _thanks(turn, placed, today=today)
    hearing.say(turn, key, values=values)


def _thanks(turn: Turn, absence: NewAbsence, *, today: date) -> tuple[str, dict[str, str]]:
    if absence.category is Presence.LATE:
        return "phrases/absent-late", {}
    tells = "-tell" if absence.category in _TOLD_OTHERS else ""
    if absence.begins_on == today and absence.last_day in (None, today):
        return f"phrases/absent-today{tells}", {}
    language = turn.plan.language_of(turn.participant.language)
    told = days(absence.begins_on, absence.last_day or absence.begins_on, language)
    return f"phrases/absent-days{tells}", {"days": told}
