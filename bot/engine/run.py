"""A conversation moves one turn at a time: what it was and what happened in, what it is and what to do out."""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.engine.definition import Ask, Flow
from bot.engine.reading import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Where a conversation stands between turns. Kept as text by `to_text`, read back by `from_text`.

    `at` is the id of the question that waits; `asked` counts the questions put so far, of `count` in all; `repeats`
    how often this one was asked again; `picks` the rotating indicators of this conversation.
    """

    at: str
    asked: int = 1
    count: int = 1
    repeats: int = 0
    nudged: bool = False
    picks: tuple[str, ...] = ()

    def to_text(self) -> str:
        """JSON, short, with no names of classes: readable by any later version."""
        raise NotImplementedError

    @classmethod
    def from_text(cls, text: str) -> "State":
        """The state that `to_text` wrote. Raises `ValueError` for anything else."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """Say `text` (a key). With `question`, the step's buttons go under it, and its SMS wording may stand for it.

    `number` and `count` fill the placeholders of the same name: question `number` of `count`.
    """

    text: str
    question: Ask | None = None
    number: int = 0
    count: int = 0
    nudge: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Save:
    """Keep an answer. `value` is `None` for "I do not want to answer".

    `value` of a scale, a number and a counted several-of is an `int`; of a date `YYYY-MM-DD`; of a choice its value;
    of several their values joined by commas; of yes/no `yes` or `no`; of words the words.
    """

    step: str
    slug: str
    value: int | str | None
    indicator: str | None = None
    low: int = 1
    high: int = 5


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


def begin(flow: Flow, *, picks: tuple[str, ...] = ()) -> Turn:
    """Start at the first step, up to and with the first question. `picks` are the rotating indicators' turn."""
    raise NotImplementedError


def reply(flow: Flow, state: State, words: str, *, reading: Reading, now: datetime) -> Turn:
    """Read `words` as the answer to the question that waits. `now` is the person's local time, for dates.

    A stop word, a wish or a crisis never comes here: reception reads those first. Words that start with `tap:` are a
    button's data (`tap:<step>:<value>`); a tap on a question that no longer waits changes nothing and returns the
    same state with `Send(text="phrases/old-button")`.
    """
    raise NotImplementedError


def fall_silent(flow: Flow, state: State) -> Turn:
    """The person has not answered: the nudge and the question again the first time, the end after that."""
    raise NotImplementedError


