"""A definition becomes text and comes back the same, and stays readable when a class here is renamed."""

import json
from datetime import date, time, timedelta
from typing import Any, TypeVar

from cattrs import BaseValidationError, Converter, StructureHandlerNotFoundError
from cattrs.strategies import configure_tagged_union

from bot.domain.programme import BeforeDay, BeforeMilestone, EveryMonths, Weekly, When
from bot.engine.definition import Ask, Say, Step

Frozen = TypeVar("Frozen")

# Stored versions live as long as the database: their tags are these words, not the names of classes.
_TAGS: dict[type, str] = {
    Say: "say",
    Ask: "ask",
    BeforeDay: "before-day",
    BeforeMilestone: "before-milestone",
    Weekly: "weekly",
    EveryMonths: "every-months",
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
    for union in (Step, When):
        configure_tagged_union(union, converter, tag_name="kind", tag_generator=_TAGS.__getitem__)
    return converter


_CONVERTER = _converter()
