"""A flow is steps in order; each says or asks, and words are named by key, never spoken."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

END = "end"
"""The place after the last step: `next: end` ends the conversation."""

MOST_REPEATS = 2
"""How often a question is asked again, in other words, before it is left with thanks."""


class AnswerKind(StrEnum):
    """What kind of answer a question takes."""

    SCALE = "scale"
    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes-no"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    WORDS = "words"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing to choose: `value` is kept, `label` is the text key of what the person reads.

    `also` is the text key of the other words for it, with commas between: they are read and never sent.
    """

    value: str
    label: str
    also: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What may be written for a level: `sign` is one or more emoji, `value` the level."""

    sign: str
    value: int


@dataclass(frozen=True, kw_only=True)
class Branch:
    """An answer that leads elsewhere: `answer` as it is kept (`"1"`, `"yes"`, a choice's value), `to` a step or `END`.

    Of a several-of question, `answer` is any one of the values chosen.
    """

    answer: str
    to: str


@dataclass(frozen=True, kw_only=True)
class AlertOn:
    """An answer that a coach must see: `answer` as it is kept, `alert` the kind of alert."""

    answer: str
    alert: str


@dataclass(frozen=True, kw_only=True)
class Say:
    """A step that says `text` (a key) and goes on to `next`, or to the following step."""

    id: str
    text: str
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A step that asks `text` (a key) and waits.

    `sms_text` is said instead on SMS when the programme asks in neutral words. `saves` is the slug the answer stands
    under; `indicator` makes the answer a rating. `anchors` are one text key for each level of a scale, lowest first.
    `low` and `high` bound a scale or number. `unclear` holds the step's own other wordings (at most two); the common
    ones of the answer's kind fill up. `rotates` marks a step asked only when its indicator is among the picks.
    `counts` makes what is ticked in a several-of question a rating: the number ticked, at most `high`. Scale questions
    with the same `sheet` may be asked in one message, each by its `short` line. `past` asks about a day that has been.
    `signs` are the emoji that mean a level of this scale: no other is read as one.
    """

    id: str
    text: str
    answer: AnswerKind
    sms_text: str | None = None
    saves: str | None = None
    indicator: str | None = None
    choices: tuple[Choice, ...] = ()
    anchors: tuple[str, ...] = ()
    low: int = 1
    high: int = 5
    unclear: tuple[str, ...] = ()
    skip: bool = False
    sensitive: bool = False
    rotates: bool = False
    counts: bool = False
    sheet: str | None = None
    short: str | None = None
    past: bool = False
    signs: tuple[Sign, ...] = ()
    branches: tuple[Branch, ...] = ()
    alerts: tuple[AlertOn, ...] = ()
    next: str | None = None


Step = Say | Ask


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A conversation as it is defined. Immutable once published: `version` is its number then.

    `check_in` says that the answers are one check-in. `nudge_after` of silence brings `nudge` (a text key) once;
    `expires_after` of silence ends the conversation without a word. `rotating` is how many of the rotating
    indicators one conversation asks. `left` is said when a question was not understood after `MOST_REPEATS` other
    wordings: the conversation goes on with the next one, and ends if that happens a second time.
    """

    slug: str
    steps: tuple[Step, ...]
    check_in: bool = False
    rotating: int = 0
    nudge_after: timedelta = timedelta(hours=3)
    expires_after: timedelta = timedelta(hours=20)
    nudge: str = "phrases/nudge"
    left: str = "phrases/left"
    instrument: str | None = None
    instrument_version: int = 0
    version: int = 0

    def __hash__(self) -> int:
        """Quick, for flows are looked up at every turn: two flows of one version are seldom compared."""
        return hash((self.slug, self.version))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each step stands, by its id."""
        return {step.id: place for place, step in enumerate(self.steps)}

    @cached_property
    def questions(self) -> dict[str, Ask]:
        """The steps that ask, by their ids."""
        return {step.id: step for step in self.steps if isinstance(step, Ask)}

    @cached_property
    def one_by_one(self) -> "Flow":
        """The same flow with every question asked alone, as where there are buttons."""
        if not any(isinstance(step, Ask) and step.sheet for step in self.steps):
            return self
        alone = (replace(step, sheet=None) if isinstance(step, Ask) else step for step in self.steps)
        return replace(self, steps=tuple(alone))

    @cached_property
    def rotating_indicators(self) -> tuple[str, ...]:
        """The indicators that take turns, in the flow's order."""
        return tuple(step.indicator for step in self.steps if isinstance(step, Ask) and step.rotates and step.indicator)
