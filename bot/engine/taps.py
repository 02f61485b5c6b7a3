"""A button's data is the answer it stands for, as long as its question waits, or a wish at any time."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from bot.domain.people import Presence
from bot.engine.answers import UNCLEAR, Answer, Unclear
from bot.engine.definition import AnswerKind, Ask
from bot.engine.reading import Wish
from bot.engine.wishes import Later, NewAbsence, NotComing, Speak, Wished

TAP = "tap:"
"""What the words of a tap begin with: `tap:<step>:<value>`."""

SKIP = "skip"
"""The value of the button that says "I do not want to answer"."""

DONE = "done"
"""The value of the button that ends ticking in a several-of question."""

WISH_TAP = "wish:"
"""What the words of a tap on a wish begin with: `wish:<wish>[:<what>]`."""

LATER = {"afternoon": time(14), "tomorrow": time(9)}
"""What a button of "later" may say beside `hour`, and at which hour it then is."""

NOT_COMING = "absent"
"""The name of the wish not to come."""

_PART = "part"

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


def toggled(step: Ask, ticked: Iterable[str], value: str) -> tuple[str, ...]:
    """What is ticked after a tap on this choice, in the question's order."""
    ticks = frozenset(ticked) ^ {value}
    return tuple(choice.value for choice in step.choices if choice.value in ticks)


def read_wish_tap(words: str, *, now: datetime) -> Wished | None:
    """The wish that a button stands for; `None` if there is no such wish (any more). `now` is local time.

    `later:hour`, `later:afternoon` and `later:tomorrow` count from the tap; `language:<code>` names a language.
    `absent` says that somebody is not coming, `absent:<category>` what it is, and `absent:<category>:<first>:<last>` on
    which days.
    """
    name, _, what = words[len(WISH_TAP) :].partition(":")
    if name == Wish.LATER and what:
        return _later(what, now=now)
    if name == Wish.LANGUAGE and what:
        return Speak(language=what)
    if name == NOT_COMING:
        return _absent(what, today=now.date())
    return next((wish for wish in Wish if wish == name), None)


def _later(what: str, *, now: datetime) -> Later | None:
    if what == "hour":
        return Later(at=now.astimezone(UTC) + timedelta(hours=1))
    if what not in LATER:
        return None
    day = now.date() + timedelta(days=1 if what == "tomorrow" else 0)
    at = datetime.combine(day, LATER[what], now.tzinfo).astimezone(UTC)
    # This afternoon has come already: then it is soon.
    return Later(at=at if at > now else now.astimezone(UTC) + timedelta(hours=1))


def not_coming_tap(category: Presence, told: NotComing) -> str:
    """The wish behind a button that says why somebody is not coming, on the days that were told."""
    days = [str(day) for day in (told.begins_on, told.ends_on) if day is not None]
    return ":".join([NOT_COMING, category, *days, *([_PART] if told.for_a_part else [])])


def _absent(what: str, *, today: date) -> NewAbsence | NotComing | None:
    """Illness and the like begin today and have no end, as if the word had been written. Past days are no wish."""
    if not what:
        return NotComing()
    category, *days = what.split(":")
    if category in (Presence.PRESENT, Presence.NOT_VALID) or category not in tuple(Presence):
        return None
    absence = NewAbsence(category=Presence(category), begins_on=today, reported_by="participant")
    told = _told(days)
    if told is None or (told.ends_on or told.begins_on or today) < today:
        return None
    return told.because(absence)


def _told(days: Sequence[str]) -> NotComing | None:
    in_part = days[-1:] == [_PART]
    try:
        begins_on, ends_on = [*(date.fromisoformat(day) for day in days[: len(days) - in_part]), None, None][:2]
    except ValueError:
        return None
    if begins_on is not None and ends_on is not None and ends_on < begins_on:
        return None
    return NotComing(begins_on=begins_on, ends_on=ends_on, for_a_part=in_part)


def _offers(step: Ask, value: str) -> bool:
    return any(choice.value == value for choice in step.choices)
