"""Each wish is done by the story it belongs to."""

from bot.engine.wishes import Wish, Wished
from bot.services.callers import Turn
from bot.services.hearing import Hearing


async def grant(hearing: Hearing, turn: Turn, wished: Wished) -> None:
    """Do what somebody wants, and say so in one short message."""
    match wished:
        case Wish.HELP:
            hearing.say(turn, "phrases/help")
        case _:
            hearing.ask_coach(turn)
