"""What one event led to is plain data: what to say, what to keep, and what a coach must see."""

from dataclasses import dataclass

from bot.engine.definition import Ask
from bot.engine.state import State

OLD_BUTTON = "phrases/old-button"
"""Said when a button of a question that no longer waits is tapped."""

SHEET, SHEET_UNCLEAR, SHEET_APART = "phrases/sheet", "phrases/sheet-unclear", "phrases/sheet-apart"
"""Said before the questions of a sheet, when its answer is not plain, and when they are then asked one by one."""

SHEET_SAVED = "phrases/sheet-saved"
"""Said with the numbers of the questions that were answered."""

FIXED, LEFT_AS_IT_WAS = "phrases/fixed", "phrases/fix-left"
"""Said when an answer is changed, and when nobody understood to what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """Say `text` (a key). With `question`, the step's buttons go under it, and if `text` is the question's own, its
    SMS wording may stand for it.

    `number` and `count` fill the placeholders of the same name: question `number` of `count`. With `sheet`, these
    questions are asked together, the first of them as `number`; with `numbers`, it is about these questions.
    """

    text: str
    question: Ask | None = None
    number: int = 0
    count: int = 0
    nudge: bool = False
    sheet: tuple[Ask, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Save:
    """Keep an answer. `value` is `None` for "I do not want to answer".

    `value` of a scale, a number and a counted several-of is an `int`; of a date `YYYY-MM-DD`; of a choice its value;
    of several their values joined by commas, none of them the empty text; of yes/no `yes` or `no`; of words the words.
    A count goes from 0, whatever the step's own `low`. `number` is which question of the conversation it was.
    """

    step: str
    slug: str
    value: int | str | None
    indicator: str | None = None
    low: int = 1
    high: int = 5
    number: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A coach must see this: `kind` is the slug of the alert (for instance `wants-call`)."""

    kind: str


Effect = Send | Save | Alert


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one event led to. `state` is `None` when the conversation has ended; `left` says it was given up."""

    state: State | None
    effects: tuple[Effect, ...]
    left: bool = False
