"""An editor that knows the schemas underlines what the reader refuses, and the other way round."""

import copy
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from bot.content import activities, asks, flows, instruments, phrases, programmes, reminders
from bot.content.edit import read_any
from bot.content.pages import page_of

CONTENT = Path(__file__).parents[2]
SHIPPED = sorted((CONTENT / "flows").glob("**/*.yaml"))
KINDS = ("flow", "instrument", "programme", "phrases")


def schema_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTENT / "flows" / f"{kind}.schema.json").read_text("utf-8"))
    return found


def plain(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    return found


def kind_of(content: dict[str, Any]) -> str:
    # A programme names its instrument, a phrases file nothing but phrases.
    return next(kind for kind in ("flow", "programme", "phrases", "instrument") if kind in content)


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(kind))


def mappings(content: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(content, dict):
        yield path
        for key, value in content.items():
            yield from mappings(value, *path, key)


def written(content: Any) -> str:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(content, stream)
    return stream.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_file_fits_its_schema(file: Path) -> None:
    content = plain(file)
    assert [error.message for error in validator(kind_of(content)).iter_errors(content)] == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_schema_and_reader_refuse_the_same_unknown_keys(file: Path) -> None:
    content = plain(file)
    kind = kind_of(content)
    seen: set[tuple[Any, ...]] = set()
    for path in mappings(content):
        # One step, one activity, one reminder of each form says it all.
        shape = tuple(sorted(map(str, here(content, path))))
        if shape in seen:
            continue
        seen.add(shape)
        changed = copy.deepcopy(content)
        here(changed, path)["Not A Key"] = "Ananas"
        page = page_of(written(changed), path=file.name)
        read_any(page)
        by_schema = not validator(kind).is_valid(changed)
        assert bool(page.complaints) == by_schema, (path, [str(complaint) for complaint in page.complaints])


def here(content: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        content = content[key]
    return content


@pytest.mark.parametrize(
    ("kind", "place", "known"),
    [
        ("flow", (), flows.KNOWN_KEYS),
        ("flow", ("properties", "nudge"), flows.NUDGE_KEYS),
        ("flow", ("$defs", "say"), flows.SAY_KEYS),
        ("flow", ("$defs", "ask"), asks.ASK_KEYS),
        ("flow", ("$defs", "rate"), flows.RATE_KEYS),
        ("instrument", (), instruments.KNOWN_KEYS),
        ("instrument", ("properties", "scale"), instruments.SCALE_KEYS),
        ("instrument", ("$defs", "indicator"), instruments.INDICATOR_KEYS),
        ("programme", (), programmes.KNOWN_KEYS),
        ("programme", ("properties", "quiet-hours"), programmes.QUIET_KEYS),
        ("programme", ("properties", "staffed-hours"), programmes.STAFFED_KEYS),
        ("programme", ("properties", "summary"), programmes.SUMMARY_KEYS),
        ("programme", ("$defs", "phase"), programmes.PHASE_KEYS),
        ("programme", ("$defs", "block"), activities.BLOCK_KEYS),
        ("programme", ("$defs", "activity"), activities.ACTIVITY_KEYS),
        ("programme", ("$defs", "reminder"), reminders.REMINDER_KEYS),
        ("phrases", (), phrases.KNOWN_KEYS),
        ("phrases", ("properties", "phrases"), tuple(phrases.PHRASES)),
    ],
)
def test_schema_and_reader_know_the_same_keys(kind: str, place: tuple[str, ...], known: tuple[str, ...]) -> None:
    part = here(schema_of(kind), place)
    assert set(part["properties"]) == set(known)
    assert part["additionalProperties"] is False
