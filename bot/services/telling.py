"""Whoever asks what we know is told in short: their week, their answers, what is kept and who sees it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from bot.content.texts import clock, day
from bot.domain.alerts import AlertKind
from bot.domain.calendar import zone_of
from bot.domain.messages import Purpose
from bot.domain.people import ChannelName
from bot.domain.programme import Indicator
from bot.domain.timetable import Planned
from bot.services.callers import Turn
from bot.services.hearing import Hearing
from bot.services.wording import drafts, say
from bot.storage.meetings import Meeting
from bot.storage.said import GivenAnswer

DAYS_AHEAD = 7


def help_out(hearing: Hearing, turn: Turn) -> None:
    """Who we are, and what can be written: by SMS as words, in Telegram as buttons."""
    if turn.address.channel is ChannelName.SMS:
        told = [say(turn.plan, f"phrases/{key}", participant=turn.participant) for key in ("help", "help-words")]
        whole = replace(told[0], text="\n".join(one.text for one in told))
        occasion = hearing.occasion(turn, Purpose.REPLY)
        hearing.pile.drafts += drafts([whole], participant=turn.participant, address=turn.address, occasion=occasion)
        return
    wishes = ("my-week", "my-answers", "later", "pause", "language", "coach", "my-data", "who-sees")
    buttons = [hearing.button(turn, f"phrases/{wish}-button", wish) for wish in wishes]
    hearing.say(turn, "phrases/help", buttons=tuple(zip(buttons[::2], buttons[1::2], strict=True)))


async def tell_week(hearing: Hearing, turn: Turn) -> None:
    """The activities and meetings of seven days, with day, time and place; from tomorrow if today's are over."""
    today = hearing.now.astimezone(zone_of(turn.participant.zone)).date()
    met = await hearing.work.meetings.coming(
        turn.participant.enrolment_id, first=today, last=today + timedelta(days=DAYS_AHEAD)
    )
    found = {on: lines for on in _days(hearing, turn, met) if (lines := _lines(turn, _held(turn, on), _on(met, on)))}
    if not found:
        hearing.say(turn, "phrases/my-week-empty")
        return
    language = turn.plan.language_of(turn.participant.language)
    lines = [line for on, held in found.items() for line in (day(on, language), *held)]
    hearing.say(turn, "phrases/my-week", values={"days": "\n".join(lines)})


async def tell_answers(hearing: Hearing, turn: Turn) -> None:
    """The latest answers: in Telegram in plain words; by SMS only which questions were answered, and when."""
    given = await hearing.work.said.check_in(turn.participant.enrolment_id)
    if not given:
        hearing.say(turn, "phrases/my-answers-none")
        return
    language = turn.plan.language_of(turn.participant.language)
    values = {"day": day(given[-1].rated_at.astimezone(zone_of(turn.participant.zone)).date(), language)}
    if turn.address.channel is ChannelName.SMS:
        answered = [str(one.number or place) for place, one in enumerate(given, start=1) if one.value is not None]
        hearing.say(turn, "phrases/my-answers-sms", values=values | {"questions": ", ".join(answered) or "-"})
        return
    asked = {each.slug: each for each in turn.plan.instrument.indicators}
    lines = [_answer(turn, asked[one.indicator], one) for one in given if one.indicator in asked]
    hearing.say(turn, "phrases/my-answers", values=values | {"answers": "\n".join(lines)})


def take_request(hearing: Hearing, turn: Turn) -> None:
    """Somebody wants to see, correct or erase what is kept: a person does that."""
    hearing.alert(turn, AlertKind.DATA_REQUEST)
    hearing.say(turn, "phrases/data-request")


def _days(hearing: Hearing, turn: Turn, met: Iterable[Meeting]) -> Iterable[date]:
    local = hearing.now.astimezone(zone_of(turn.participant.zone))
    coming = any(one.ends > local.time() for one in _held(turn, local.date()))
    coming = coming or any(one.hour.begins_at(turn.plan.programme.zone) > hearing.now for one in _on(met, local.date()))
    first = local.date() if coming else local.date() + timedelta(days=1)
    return [first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]


def _held(turn: Turn, on: date) -> tuple[Planned, ...]:
    one = turn.participant
    if on < one.started_on or (one.ended_on is not None and on > one.ended_on):
        return ()
    return turn.plan.timetable.on_for(on, phase=one.phase, blocks=one.blocks(on))


def _on(met: Iterable[Meeting], on: date) -> list[Meeting]:
    return [one for one in met if one.hour.on == on]


def _lines(turn: Turn, held: Iterable[Planned], met: Iterable[Meeting]) -> list[str]:
    """What there is on one day, in the order of the hours."""
    activities = [
        (
            one.begins,
            _text(
                turn,
                "phrases/activity-line",
                begins=clock(one.begins),
                title=_text(turn, one.activity.title),
                place=one.place or _text(turn, one.activity.place),
            ),
        )
        for one in held
    ]
    meetings = [
        (
            one.hour.begins,
            _text(turn, "phrases/meeting-line", begins=clock(one.hour.begins), coach=one.coach, place=one.hour.place),
        )
        for one in met
    ]
    return [line for _, line in sorted([*activities, *meetings])]


def _answer(turn: Turn, asked: Indicator, given: GivenAnswer) -> str:
    return _text(turn, "phrases/answer-line", title=_text(turn, asked.title), answer=_value(turn, asked, given))


def _value(turn: Turn, asked: Indicator, given: GivenAnswer) -> str:
    if given.value is None:
        return _text(turn, "phrases/answer-none")
    if asked.sensitive:
        # Its operator can read what stands in a chat.
        return _text(turn, "phrases/answer-private", coach=turn.participant.coach_first_name)
    place = given.value - given.low
    return _text(turn, asked.anchors[place]) if 0 <= place < len(asked.anchors) else str(given.value)


def _text(turn: Turn, key: str, **values: str) -> str:
    plan = turn.plan
    language = plan.language_of(turn.participant.language)
    return plan.texts.say(key, language=language, fallback=plan.programme.languages, values=values)
