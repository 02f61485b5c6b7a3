"""Figures tell of a programme and never of a person: a group of fewer than five is not told, nor can it be reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
"""The smallest group that is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One group of a table. `people` is `None` where it is not told: too few, or another one could be reckoned."""

    name: str
    people: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """A table whose groups make up all of `people`, which is `None` where it is not told."""

    people: int | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How often something was so, in whole per cent; `None` where too few people stand behind it."""

    percent: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Where some people's ratings began and have come to, on average; `None` where too few stand behind it."""

    first: float | None
    latest: float | None
    people: int | None


def counted(groups: Mapping[str, int]) -> Counts:
    """The table as it may be told. That nobody is in a group is told: it is about nobody.

    Whoever takes all that is told from the total finds more than one possible number for each group that is not told;
    and as large groups may be hidden beside small ones, that a group is hidden does not say that it is small.
    """
    total = sum(groups.values())
    hidden = {name for name, people in groups.items() if 0 < people < LEAST}
    if 0 < total < LEAST:
        return Counts(people=None, groups=tuple(Group(name=name, people=None) for name in groups))
    shown = sorted((name for name in groups if groups[name] >= LEAST), key=lambda name: groups[name])
    while hidden and shown and not _is_safe([groups[name] for name in hidden]):
        hidden.add(shown.pop(0))
    if hidden and not _is_safe([groups[name] for name in hidden]):
        # So few in so many groups that even the empty ones would tell of the others.
        hidden = set(groups)
    return Counts(
        people=total,
        groups=tuple(Group(name=name, people=None if name in hidden else people) for name, people in groups.items()),
    )


def share(times: int, *, of: int, people: int) -> Share:
    """`times` of `of`, when they come from this many people."""
    return Share(percent=None if people < LEAST or of == 0 else round(100 * times / of))


def change(first: float, latest: float, *, people: int) -> Change:
    """The averages of this many people, to one decimal."""
    if people < LEAST:
        return Change(first=None, latest=None, people=None)
    return Change(first=round(first, 1), latest=round(latest, 1), people=people)


def age_band(birth_year: int | None, *, year: int) -> str:
    """By the age that somebody reaches this year."""
    if birth_year is None:
        return "unknown"
    age = year - birth_year
    if age < 18:
        return "under-18"
    return "18-29" if age < 30 else "30-54" if age < 55 else "55-up"


def _is_safe(hidden: list[int]) -> bool:
    # Together they are a group too, so one alone is never enough. As none of them is empty, a sum that is their number
    # would say that each is one.
    return sum(hidden) >= max(LEAST, len(hidden) + 1)
