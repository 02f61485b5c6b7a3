"""A page is one file being read: every value is asked for by kind, and all that is wrong is collected."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.content.complaints import Complaint
from bot.content.nodes import Listing, Mapping, Node, Scalar, Unreadable, read_nodes
from bot.content.wordings import Text, faults

MOST_BYTES = 1_048_576
MOST_SLUG = 40
MOST_HINTS = 200
"""So many names of a file are compared with those that are there: it takes its time, and nobody reads more."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}\Z")
_SPAN = re.compile(r"([1-9][0-9]{0,3})([mhd])\Z")
_NUMBER = re.compile(r"-?[0-9]{1,6}\Z")
# What YAML 1.2 reads as something else than text when it stands without quotes.
_NOT_TEXT = re.compile(
    r"(~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))?\Z"
)

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(kw_only=True)
class Page:
    """One file. `path` is what complaints call it; `texts` are the words found so far, by key."""

    path: str
    source: str
    root: Node | None = None
    complaints: list[Complaint] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)

    def complain(self, node: Node | None, what: str, remedy: str) -> None:
        """Note what is wrong at `node`; without a node, at the top of the file."""
        line, column = (node.line, node.column) if node else (1, 1)
        self.complaints.append(Complaint(path=self.path, line=line, column=column, what=what, remedy=remedy))

    def fields(self, node: Node | None, *, known: tuple[str, ...], where: str) -> "Fields":
        """The keys of a mapping. Whatever is not a mapping is complained of and read as an empty one."""
        entries: dict[str, tuple[Scalar, Node]] = {}
        if isinstance(node, Mapping):
            entries = {entry.key.words: (entry.key, entry.value) for entry in node.entries}
        elif node is not None:
            self.complain(node, f"{where} must have keys with values", f"write one of its keys a line ({known[0]}: …)")
        for name, (key, _) in entries.items():
            if name not in known:
                remedy = hint(name, known) if len(self.complaints) < MOST_HINTS else "take it away"
                self.complain(key, f"unknown key '{short(name)}'", remedy)
        return Fields(page=self, node=node, entries=entries, where=where)

    def named(self, node: Node | None, *, where: str) -> tuple[tuple[str, Scalar, Node], ...]:
        """The entries of a mapping whose keys are slugs of the writer's own: slug, key, value."""
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self.complain(node, f"{where} must have a name before each", "write 'name: …', one a line")
            return ()
        rows = [(self.slug(entry.key), entry.key, entry.value) for entry in node.entries]
        return tuple((slug, key, value) for slug, key, value in rows if slug is not None)

    def listed(self, node: Node | None, *, where: str) -> tuple[Node, ...]:
        """The items of a list."""
        if node is None:
            return ()
        if not isinstance(node, Listing):
            self.complain(node, f"{where} must be a list", "write [first, second] or one '- …' a line")
            return ()
        return node.items

    def slug(self, node: Node | None) -> str | None:
        """A short name: small letters a to z, digits and single hyphens."""
        if node is None:
            return None
        if isinstance(node, Scalar) and len(node.words) <= MOST_SLUG and _SLUG.match(node.words):
            return node.words
        name = f"'{short(node.words)}'" if isinstance(node, Scalar) else "this"
        remedy = f"use small letters a to z, digits and single hyphens, at most {MOST_SLUG}"
        self.complain(node, f"{name} is not a name", remedy)
        return None

    def slugs(self, node: Node | None, *, where: str) -> tuple[tuple[str, Node], ...]:
        """A list of short names, none of them twice."""
        found: dict[str, Node] = {}
        for item in self.listed(node, where=where):
            slug = self.slug(item)
            if slug in found:
                self.complain(item, f"'{slug}' stands twice in {where}", "keep one of them")
            elif slug is not None:
                found[slug] = item
        return tuple(found.items())

    def text(self, node: Node | None, *, where: str) -> str | None:
        """Text that is not for people's phones: a note, a time zone."""
        if node is None:
            return None
        if not isinstance(node, Scalar) or (node.plain and _NOT_TEXT.match(node.words)):
            self.complain(node, f"{where} must be text", "write words; put a number or 'true' in quotes")
            return None
        return node.words.strip()

    def words(self, node: Node | None, *, key: str, allowed: frozenset[str], note: str = "") -> str | None:
        """Words that somebody reads: kept under `key`, which is returned. Only `allowed` placeholders may stand."""
        words = self.text(node, where=f"the text of '{key}'")
        if words is None or not isinstance(node, Scalar):
            return None
        for what, remedy in faults(words, allowed=allowed):
            self.complain(node, what, remedy)
        if key in self.texts:
            self.complain(node, f"the text '{key}' stands twice", "give one of them another name")
        self.texts[key] = Text(key=key, words=words, path=self.path, node=node, note=note, allowed=allowed)
        return key

    def number(self, node: Node | None, *, where: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, written without quotes."""
        if node is None:
            return None
        if isinstance(node, Scalar) and node.plain and _NUMBER.match(node.words) and low <= int(node.words) <= high:
            return int(node.words)
        self.complain(
            node, f"{where} must be a whole number from {low} to {high}", "write it in digits, without quotes"
        )
        return None

    def flag(self, node: Node | None, *, where: str) -> bool | None:
        """`true` or `false`."""
        if node is None:
            return None
        if isinstance(node, Scalar) and node.plain and node.words in ("true", "false"):
            return node.words == "true"
        self.complain(node, f"{where} must be true or false", "write true or false, without quotes")
        return None

    def clock(self, node: Node | None, *, where: str) -> time | None:
        """A time of day."""
        return self._matching(
            node, _CLOCK, _to_time, f"{where} must be a time", 'write it as "HH:MM", for instance "09:00"'
        )

    def day(self, node: Node | None, *, where: str) -> date | None:
        """A day of the calendar."""
        remedy = 'write it as "YYYY-MM-DD", for instance "2026-12-24"'
        words = node.words if isinstance(node, Scalar) else ""
        found = day_of(words)
        if node is not None and found is None:
            what = f"{where} is in no calendar" if _DAY.match(words) else f"{where} must be a day"
            self.complain(node, what, remedy)
        return found

    def span(self, node: Node | None, *, where: str) -> timedelta | None:
        """A length of time in minutes, hours or days."""
        return self._matching(node, _SPAN, _to_span, f"{where} must be a length of time", "write 30m, 3h or 2d")

    def one_of(self, node: Node | None, kinds: type[Kind], *, where: str) -> Kind | None:
        """One of the words of `kinds`."""
        if node is None:
            return None
        known = tuple(kind.value for kind in kinds)
        if isinstance(node, Scalar) and node.words in known:
            return kinds(node.words)
        given = f", not '{short(node.words)}'" if isinstance(node, Scalar) else ""
        self.complain(node, f"{where} must be one of {', '.join(known)}{given}", "write one of these")
        return None

    def weekdays(self, node: Node | None, *, where: str) -> tuple[int, ...]:
        """ISO weekdays, in the week's order."""
        found = set()
        for item in self.listed(node, where=where):
            if isinstance(item, Scalar) and item.words in WEEKDAYS:
                found.add(WEEKDAYS.index(item.words) + 1)
            else:
                self.complain(item, f"{where} names a day that is not there", f"use {', '.join(WEEKDAYS)}")
        return tuple(sorted(found))

    def _matching(
        self, node: Node | None, shape: re.Pattern[str], make: Callable[[re.Match[str]], "_Made"], *fault: str
    ) -> "_Made | None":
        if node is None:
            return None
        match = shape.match(node.words) if isinstance(node, Scalar) else None
        if match is None:
            self.complain(node, fault[0], fault[1])
            return None
        return make(match)


_Made = TypeVar("_Made")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The keys of one mapping. `null` (nothing after the colon) counts as not written."""

    page: Page
    node: Node | None
    entries: dict[str, tuple[Scalar, Node]]
    where: str

    def get(self, name: str) -> Node | None:
        """The value of a key that may be left out."""
        node = self.entries[name][1] if name in self.entries else None
        return None if isinstance(node, Scalar) and node.plain and node.words in ("", "~", "null") else node

    def need(self, name: str) -> Node | None:
        """The value of a key that must be there."""
        node = self.get(name)
        if node is None and self.node is not None:
            at = self.entries[name][0] if name in self.entries else self.node
            self.page.complain(at, f"{self.where} has no '{name}'", f"add '{name}: …'")
        return node


def open_page(file: Path, *, path: str) -> Page:
    """Read a file as far as its nodes. Never raises for what the file says: `root` is `None` and a complaint stands."""
    page = Page(path=path, source="")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Unreadable("the file is larger than 1 MiB", "divide it")
        page.source = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        page.complain(None, "the file is not UTF-8", "save it as UTF-8")
    except OSError as error:
        page.complain(None, f"the file can not be opened ({error.strerror})", "look at its name and its rights")
    except Unreadable as error:
        page.complain(None, error.what, error.remedy)
    else:
        _parse(page)
    return page


def page_of(source: str, *, path: str) -> Page:
    """Read a source that is not in a file (a draft, a stored definition)."""
    page = Page(path=path, source=source)
    if len(source.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        page.complain(None, "the text is larger than 1 MiB", "divide it")
    else:
        _parse(page)
    return page


def day_of(words: str) -> date | None:
    """The day that is written so, if it is in the calendar and in a year that anybody plans for."""
    if not _DAY.match(words):
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def hint(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that is not there."""
    names = sorted(known)
    near = difflib.get_close_matches(name[:MOST_SLUG], names, n=1) if len(names) <= MOST_HINTS else []
    if near:
        return f"did you mean '{near[0]}'?"
    return f"use one of: {', '.join(names[:MOST_HINTS])}" if names else "take it away"


def _parse(page: Page) -> None:
    try:
        page.root = read_nodes(page.source)
    except Unreadable as error:
        fault = Complaint(path=page.path, line=error.line, column=error.column, what=error.what, remedy=error.remedy)
        page.complaints.append(fault)


def _to_time(match: re.Match[str]) -> time:
    return time(int(match[1]), int(match[2]))


def _to_span(match: re.Match[str]) -> timedelta:
    minutes = {"m": 1, "h": 60, "d": 1440}[match[2]]
    return timedelta(minutes=int(match[1]) * minutes)


def short(words: str) -> str:
    """At most a line's worth of what was written, for a complaint."""
    return words[:60].encode("unicode_escape").decode("ascii") if not words[:60].isprintable() else words[:60]
