"""A YAML file becomes nodes that know where they stand, or a complaint; nothing in it is ever expanded or run."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_DEPTH = 16
"""How deep a file may nest. The deepest of ours needs six."""


MOST_VALUES = 20_000
"""How many keys and values a file may hold. The longest of ours has some hundreds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalar:
    """One value as written. `plain` says that it stands without quotes; `start` and `end` are places in the source."""

    words: str
    plain: bool
    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """Keys with values, in the order written. No key stands twice."""

    entries: tuple[Entry, ...]
    line: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Values in the order written."""

    items: tuple["Node", ...]
    line: int
    column: int


Node = Scalar | Mapping | Listing


class Unreadable(Exception):
    """The file can not be read as YAML of ours. `line` and `column` count from 1."""

    def __init__(self, what: str, remedy: str, *, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.line = line
        self.column = column


def read_nodes(source: str) -> Node:
    """The one document in `source`. Raises `Unreadable`, and nothing else, whatever the text is."""
    try:
        # The safe reader in pure Python: the round-trip one changes what a folded text says while it reads.
        return _build(YAML(typ="safe", pure=True).parse(source))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"this is not YAML ({' '.join(str(error.problem or error.context).split())})"
        raise Unreadable(what, "look at the indentation and the quotes here", line=line, column=column) from None
    except (YAMLError, ValueError, OverflowError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # The library's own slips on odd input (an escape beyond Unicode, a half directive) come as these.
        what = f"this is not YAML ({type(error).__name__})"
        raise Unreadable(what, "look for unusual characters and escapes") from None


@dataclass(kw_only=True)
class _Open:
    """A mapping or list that has begun and not ended; a mapping's keys and values alternate in `nodes`."""

    line: int
    column: int
    is_mapping: bool
    nodes: list[Node] = field(default_factory=list)


def _build(events: Iterable[Event]) -> Node:
    stack: list[_Open] = []
    documents = 0
    root: Node | None = None
    for number, event in enumerate(events):
        if number > MOST_VALUES:
            # What is checked against everything else in the file takes its time squared.
            raise _at(event, f"the file holds more than {MOST_VALUES} keys and values", "divide it")
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise _at(event, "a second document begins", "keep one document a file: take away the line '---'")
        _refuse(event, depth=len(stack))
        node = _step(event, stack)
        if node is None:
            continue
        if stack:
            stack[-1].nodes.append(node)
        else:
            root = node
    if root is None:
        raise Unreadable("the file is empty", "write something in it or take it away")
    return root


def _step(event: Event, stack: list[_Open]) -> Node | None:
    """The node that this event completes, if it completes one."""
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    match event:
        case MappingStartEvent() | SequenceStartEvent():
            stack.append(_Open(line=line, column=column, is_mapping=isinstance(event, MappingStartEvent)))
            return None
        case MappingEndEvent():
            return _mapping(stack.pop())
        case SequenceEndEvent():
            opened = stack.pop()
            return Listing(items=tuple(opened.nodes), line=opened.line, column=opened.column)
        case ScalarEvent():
            start, end = event.start_mark.index, event.end_mark.index
            plain = event.style is None or event.style == ""
            return Scalar(words=event.value, plain=plain, line=line, column=column, start=start, end=end)
        case _:
            return None


def _mapping(opened: _Open) -> Mapping:
    entries: list[Entry] = []
    seen: set[str] = set()
    for key, value in zip(opened.nodes[::2], opened.nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise Unreadable("a key is a list or a mapping", "write one word", line=key.line, column=key.column)
        if key.words in seen:
            what = f"'{key.words}' stands twice"
            raise Unreadable(what, "keep one of them", line=key.line, column=key.column)
        seen.add(key.words)
        entries.append(Entry(key=key, value=value))
    return Mapping(entries=tuple(entries), line=opened.line, column=opened.column)


def _refuse(event: Event, *, depth: int) -> None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        # An alias may stand for an alias: a page of them unfolds into gigabytes.
        raise _at(event, "'&' and '*' (anchors and aliases) are not read", "write the text out, or put it in quotes")
    if getattr(event, "tag", None):
        raise _at(event, "'!' (a tag) is not read", "leave the tag out, or put the text in quotes")
    if depth > MOST_DEPTH:
        raise _at(event, "this is nested too deep", f"at most {MOST_DEPTH} levels")


def _at(event: Event, what: str, remedy: str) -> Unreadable:
    return Unreadable(what, remedy, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
