"""What is meant for a coach reaches the coach at once, and the person is told truthfully when it is read."""

from datetime import timedelta

from bot.content.texts import clock
from bot.domain.alerts import AlertKind
from bot.domain.staffed import is_staffed
from bot.services.callers import Turn
from bot.services.hearing import Hearing

TALKING_LASTS = timedelta(minutes=30)
"""For so long after "coach" the next text is the coach's, whatever was asked."""


async def call_coach(hearing: Hearing, turn: Turn) -> None:
    """The next text is for the coach."""
    await hearing.work.participants.change(turn.participant.id, talking_until=hearing.now + TALKING_LASTS)
    hearing.say(turn, "phrases/coach-asked")


def is_talking(hearing: Hearing, turn: Turn) -> bool:
    """Whether the person said that the next text is for the coach."""
    until = turn.participant.talking_until
    return until is not None and until > hearing.now


async def to_coach(hearing: Hearing, turn: Turn) -> None:
    """Hand these words to the coach, and say when somebody reads."""
    if turn.participant.talking_until is not None:
        await hearing.work.participants.change(turn.participant.id, talking_until=None)
    hearing.alert(turn, AlertKind.QUESTION)
    staffed, zone = turn.plan.programme.staffed, turn.plan.programme.zone
    if is_staffed(staffed, zone=zone, now=hearing.now):
        hearing.say(turn, "phrases/to-coach-now", values={"until": clock(staffed.ends)})
        return
    hearing.say_when_read(turn)
