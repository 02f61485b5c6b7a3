"""A button's data is the answer it stands for, as long as its question waits."""

import re
from typing import Literal

from bot.engine.answers import UNCLEAR, Answer, Unclear
from bot.engine.definition import AnswerKind, Ask

TAP = "tap:"
"""What the words of a tap begin with: `tap:<step>:<value>`."""

SKIP = "skip"
"""The value of the button that says "I do not want to answer"."""

DONE = "done"
"""The value of the button that ends ticking in a several-of question."""

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read_tap(step: Ask, words: str) -> Answer | Literal[Unclear.UNCLEAR]:
    """The value of a button under `step`; unclear if the button belongs to another question or is none of ours.

    The value is a level (`3`), a choice's value, `yes`, `no` or `skip`. In a several-of question it is a choice's
    value, which is ticked or unticked, or `done`. Dates, numbers and free words have no buttons but `skip`.
    """
    of_step, _, value = words[len(TAP) :].partition(":")
    if of_step != step.id:
        return UNCLEAR
    if value == SKIP and step.skip:
        return None
    match step.answer:
        case AnswerKind.SCALE:
            level = int(value) if _WHOLE.fullmatch(value) else None
            return level if level is not None and step.low <= level <= step.high else UNCLEAR
        case AnswerKind.YES_NO:
            return value if value in ("yes", "no") else UNCLEAR
        case AnswerKind.CHOICE:
            return value if _offers(step, value) else UNCLEAR
        case AnswerKind.SEVERAL:
            return value if value == DONE or _offers(step, value) else UNCLEAR
        case _:
            return UNCLEAR


def _offers(step: Ask, value: str) -> bool:
    return any(choice.value == value for choice in step.choices)
