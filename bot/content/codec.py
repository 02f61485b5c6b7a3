"""A definition becomes text and comes back the same, and stays readable when a class here is renamed."""

import json
from datetime import date, time, timedelta
from typing import Any, TypeVar

from cattrs import BaseValidationError, Converter, StructureHandlerNotFoundError
from cattrs.strategies import configure_tagged_union

from bot.domain.programme import Activity
from bot.domain.recurrence import Days, MonthDay, MonthWeekday, Recurrence, Weeks
from bot.domain.rules import (
    AfterStart,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    EveryMonths,
    NearMilestone,
    NearPhase,
    OnLastDay,
    WallClock,
    When,
)
from bot.engine.definition import Ask, Say, Step

Frozen = TypeVar("Frozen")

# Stored versions live as long as the database: their tags are these words, not the names of classes.
_TAGS: dict[type, str] = {
    Say: "say",
    Ask: "ask",
    BeforeDay: "before-day",
    BeforeActivity: "before-activity",
    BeforeFirst: "before-first",
    BeforeMeeting: "before-meeting",
    NearMilestone: "before-milestone",
    NearPhase: "near-phase",
    AfterStart: "after-start",
    WallClock: "wall-clock",
    EveryMonths: "every-months",
    OnLastDay: "on-last-day",
    Weeks: "weeks",
    MonthDay: "month-day",
    MonthWeekday: "month-weekday",
    Days: "days",
}


def freeze(definition: object) -> str:
    """JSON with sorted keys: the same definition always gives the same text."""
    return json.dumps(plain(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def thaw(cls: type[Frozen], text: str) -> Frozen:
    """What `freeze` was given. Raises `ValueError` for anything that is not a frozen `cls`."""
    try:
        return structured(cls, json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"not a frozen {cls.__name__}: {error.msg}") from None


def plain(definition: object) -> Any:
    """The definition as dicts, lists, text and numbers."""
    return _CONVERTER.unstructure(definition)


def structured(cls: type[Frozen], found: object) -> Frozen:
    """What `plain` was given. Raises `ValueError` for anything else."""
    try:
        return _CONVERTER.structure(found, cls)
    except (BaseValidationError, StructureHandlerNotFoundError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a frozen {cls.__name__}: {type(error).__name__}") from None


def _converter() -> Converter:
    # Everything is written out, defaults too: a default that changes later must not change what was published.
    converter = Converter(omit_if_default=False)
    converter.register_unstructure_hook(time, lambda moment: moment.isoformat(timespec="minutes"))
    converter.register_structure_hook(time, lambda text, _: time.fromisoformat(text))
    converter.register_unstructure_hook(date, lambda day: day.isoformat())
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_unstructure_hook(timedelta, lambda span: int(span.total_seconds()))
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    for union in (Step, Recurrence, When):
        configure_tagged_union(union, converter, tag_name="kind", tag_generator=_TAGS.__getitem__)
    _read_older(converter)
    return converter


def _read_older(converter: Converter) -> None:
    """What was published when a recurrence was a list of weekdays is read as weeks."""
    read_when, read_activity = converter.get_structure_hook(When), converter.get_structure_hook(Activity)

    def when(found: Any, cls: Any) -> Any:
        if found["kind"] != "weekly":
            return read_when(found, cls)
        return WallClock(recurs=Weeks(weekdays=tuple(found["weekdays"])), at=time.fromisoformat(found["at"]))

    def activity(found: Any, cls: Any) -> Any:
        if "weekdays" in found:
            found = {**found, "recurs": {"kind": "weeks", "weekdays": found["weekdays"]}}
        return read_activity(found, cls)

    converter.register_structure_hook(When, when)
    converter.register_structure_hook(Activity, activity)


_CONVERTER = _converter()
