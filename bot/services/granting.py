"""Each wish is done by the story it belongs to."""

from datetime import datetime

from bot.domain.people import ChannelName
from bot.engine.wishes import Fix, Later, NewAbsence, NotComing, Pause, Speak, ToCoach, Wish, Wished
from bot.services.absent import ask_why, come_back, report
from bot.services.agreeing import ask_for_yes, comes_too_early
from bot.services.callers import Turn
from bot.services.fixing import fix
from bot.services.hearing import Hearing
from bot.services.pausing import ask_when, later, pause, resume, stop_check_ins
from bot.services.speaking import ask_language, reach_by, speak
from bot.services.talking import call_coach, to_coach
from bot.services.telling import help_out, take_request, tell_answers, tell_week

TOLD = {
    Wish.HELP: help_out,
    Wish.DATA_REQUEST: take_request,
    Wish.LANGUAGE: ask_language,
}
"""What is answered from what stands, and changes nothing."""

DONE = {
    Wish.START: resume,
    Wish.MY_WEEK: tell_week,
    Wish.STOP_CHECK_INS: stop_check_ins,
    Wish.MY_ANSWERS: tell_answers,
    Wish.COACH: call_coach,
    Wish.BACK: come_back,
}
SAID = {Wish.MY_DATA: "phrases/my-data", Wish.WHO_SEES: "phrases/who-sees"}
CHANNELS = {Wish.BY_SMS: ChannelName.SMS, Wish.BY_TELEGRAM: ChannelName.TELEGRAM}


async def grant(hearing: Hearing, turn: Turn, wished: Wished) -> None:
    """Do what somebody wants, and say so in one short message."""
    if comes_too_early(turn, wished):
        ask_for_yes(hearing, turn)
    else:
        await _do(hearing, turn, wished)


async def _do(hearing: Hearing, turn: Turn, wished: Wished) -> None:
    match wished:
        case Wish():
            await _plain(hearing, turn, wished)
        case Pause(days=days):
            await pause(hearing, turn, days=days)
        case Later(at=at):
            await _later(hearing, turn, at)
        case Speak(language=str(language)):
            await speak(hearing, turn, language=language)
        case NewAbsence() | NotComing():
            await _absent(hearing, turn, wished)
        case Fix():
            await fix(hearing, turn, wished)
        case ToCoach():
            await to_coach(hearing, turn)
        case _:
            hearing.ask_coach(turn)


async def _absent(hearing: Hearing, turn: Turn, wished: NewAbsence | NotComing) -> None:
    if isinstance(wished, NewAbsence):
        await report(hearing, turn, wished)
    else:
        ask_why(hearing, turn, wished)


async def _later(hearing: Hearing, turn: Turn, at: datetime | None) -> None:
    if at is None:
        ask_when(hearing, turn)
    else:
        await later(hearing, turn, at=at)


async def _plain(hearing: Hearing, turn: Turn, wish: Wish) -> None:
    if wish in TOLD:
        TOLD[wish](hearing, turn)
    elif wish in DONE:
        await DONE[wish](hearing, turn)
    elif wish in SAID:
        hearing.say(turn, SAID[wish])
    elif wish in CHANNELS:
        await reach_by(hearing, turn, channel=CHANNELS[wish])
    elif wish is Wish.PAUSE:
        await pause(hearing, turn, days=None)
    elif wish is Wish.LATER:
        await later(hearing, turn, at=None)
    else:
        hearing.ask_coach(turn)
