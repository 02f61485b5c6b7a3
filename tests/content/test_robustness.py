"""Whatever a file says, reading it ends with a definition or with complaints, never with an exception."""

import copy
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.content.checks import check
from bot.content.codec import freeze
from bot.content.complaints import ContentRefused
from bot.content.edit import read_any
from bot.content.flows import read_flow
from bot.content.instruments import read_instrument
from bot.content.packages import load_package
from bot.content.pages import page_of
from bot.domain.programme import Instrument
from tests.content.small import DIRECTORY, FLOW, INSTRUMENT, PHRASES_YAML, PROGRAMME, a_content_root

SOURCES = {"flow": FLOW, "instrument": INSTRUMENT, "programme": PROGRAMME, "phrases": PHRASES_YAML}
WRONG: tuple[Any, ...] = (None, True, 7, -1, 0.5, "", "ö", "end", [], ["x"], {}, {"x": "y"}, [[]], {"x": {"y": []}})

Mutate = Callable[[Any, Any], None]


def plain(source: str) -> Any:
    return YAML(typ="safe", pure=True).load(source)


def written(content: Any) -> str:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(content, stream)
    return stream.getvalue()


def places(content: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Every place in a file, as the way to it."""
    keys = content if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(content[key], *path, key)


def mutations(source: str) -> Iterator[str]:
    """The source with each field taken away, given another name, and given wrong values (five each, in turn)."""
    whole = plain(source)
    for number, (*way, last) in enumerate(places(whole)):
        values = [(5 * number + turn) % len(WRONG) for turn in range(5)]
        for change in ("away", "renamed", *values):
            changed = copy.deepcopy(whole)
            holder = changed
            for key in way:
                holder = holder[key]
            if change == "away":
                del holder[last]
            elif change == "renamed" and isinstance(holder, dict):
                holder["renamed"] = holder.pop(last)
            elif isinstance(change, int):
                holder[last] = WRONG[change]
            yield written(changed)


def steps() -> Instrument:
    instrument = read_instrument(page_of(INSTRUMENT, path="steps.yaml"))
    assert instrument is not None
    return instrument


@pytest.mark.parametrize("kind", ["flow", "instrument", pytest.param("programme", marks=pytest.mark.slow)])
def test_no_change_to_a_field_makes_the_reader_fall(kind: str) -> None:
    instrument, outcomes = steps(), set()
    for source in mutations(SOURCES[kind]):
        page = page_of(source, path="x.yaml")
        if kind == "flow":
            flow = read_flow(page, instrument=instrument)
            assert flow is not None or page.complaints
            if flow is not None and not page.complaints:
                # What is not complained of can be published.
                assert freeze(flow)
        else:
            read_any(page)
        outcomes.add(bool(page.complaints))
        assert all(each.line > 0 and each.column > 0 and each.what and each.remedy for each in page.complaints)
    assert outcomes == {True, False}


def test_a_field_nobody_may_leave_out_is_missed(tmp_path: Path) -> None:
    optional = {"about", "sms-wording", "telegram", "health-every-day", "farewell", "activities", "reminders"}
    for key in plain(PROGRAMME):
        content = plain(PROGRAMME)
        del content[key]
        found = check(a_content_root(tmp_path, programme=written(content)))
        assert bool(found) == (key not in optional), key


@settings(max_examples=60)
@given(source=st.text(max_size=300))
def test_any_text_at_all_is_read_or_refused(source: str) -> None:
    page = page_of(source, path="x.yaml")
    read_any(page)
    assert page.complaints


@settings(max_examples=60)
@given(data=st.data())
def test_any_damage_to_a_file_is_read_or_refused(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sorted(SOURCES.values())))
    at = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(at, min(at + 20, len(source))))
    damage = data.draw(st.text(alphabet="\t\n :-#{}[]&*!|>'\"%@`\\\x00\ufeff\ud800aä0,?~", max_size=8))
    page = page_of(source[:at] + damage + source[end:], path="x.yaml")
    read_any(page)
    assert all(str(complaint) for complaint in page.complaints)


@settings(max_examples=25)
@given(raw=st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    root = a_content_root(tmp_path_factory.mktemp("content"))
    (root / "flows/common/hello.yaml").write_bytes(raw)
    with pytest.raises(ContentRefused):
        load_package(root / DIRECTORY, content=root)


@pytest.mark.parametrize(
    "source",
    [
        "flow: x\n" + "".join(f"k{n}: 1\n" for n in range(9_000)),
        "flow: x\nsteps:\n" + "".join(f"  s{n}: {{say: Hej}}\n" for n in range(3_900)),
        "flow: x\nsteps:\n" + "".join(f"  s{n}: {{say: Hej, next: t{n}}}\n" for n in range(2_800)),
    ],
    ids=["unknown-keys", "steps", "ways-to-nowhere"],
)
def test_a_file_as_large_as_may_be_is_read_in_seconds(source: str) -> None:
    begun = time.perf_counter()
    page = page_of(source, path="x.yaml")
    read_any(page)
    assert page.root is not None
    assert time.perf_counter() - begun < 20


def test_a_file_with_more_than_anybody_writes_is_refused() -> None:
    page = page_of("".join(f"k{n}: 1\n" for n in range(10_001)), path="x.yaml")
    assert [str(each) for each in page.complaints] == [
        "x.yaml:10000:1: the file holds more than 20000 keys and values: divide it"
    ]


def test_a_file_that_would_unfold_into_gigabytes_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    page = page_of("\n".join(lines), path="x.yaml")
    assert [complaint.what for complaint in page.complaints] == ["'&' and '*' (anchors and aliases) are not read"]
