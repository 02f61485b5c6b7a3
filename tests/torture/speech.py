"""What people write under torture: answers to what they were asked, right and wrong ones, and words for their coach."""

from random import Random

from bot.engine.definition import AnswerKind
from tests.torture.model import Model

_ANSWERS = {
    AnswerKind.SCALE: ("1", "2", "3", "4", "5", "3", "4", "9", "banan"),
    AnswerKind.SEVERAL: ("1", "1 3", "1 3 5", "2 4 6 8", "1 2", "blå bil"),
    AnswerKind.YES_NO: ("nej", "nej", "nej", "ja", "banan"),
}
_CHAT = ("Bussen var blå", "Det var en lång rad", "Blommorna står i fönstret", "Hunden heter Sixten")


def words_for(model: Model, address: str, dice: Random) -> str:
    """What this person may write now: an answer, mostly, or something for the coach."""
    question = model.waits(address)
    if question is None:
        return f"{dice.choice(_CHAT)} {dice.choice('abcdefgh')}"
    words = _ANSWERS[question.answer]
    return dice.choice((*words, "hoppa")) if question.skip else dice.choice(words)
