"""Each participant's own ratings are shown line by line: the first, the latest, the way between, and every value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from bot.console.sparkline import Sparkline, sparkline
from bot.domain.check_ins import RaterKind
from bot.storage.views.ratings import CorrectedSeen, RatingSeen

Corrected = Mapping[tuple[int, str], Sequence[CorrectedSeen]]
"""What counts no more, by check-in and indicator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Title:
    """An indicator as a page names it."""

    slug: str
    words: str
    sensitive: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One indicator of one person: the first and the latest value, and the way between."""

    title: str
    sensitive: bool
    first: RatingSeen
    latest: RatingSeen
    drawn: Sparkline


@dataclass(frozen=True, kw_only=True, slots=True)
class Valued:
    """One value, and what was said in its place before, the oldest first. Its own value may be a refusal, too."""

    rating: RatingSeen
    was: tuple[CorrectedSeen, ...]


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that one person said of one indicator."""

    title: str
    values: tuple[Valued, ...]


class Place(Protocol):
    """Somebody's place in a programme, as any page knows it."""

    @property
    def enrolment_id(self) -> int: ...


Somebody = TypeVar("Somebody", bound=Place)


@dataclass(frozen=True, kw_only=True)
class Progress(Generic[Somebody]):
    """One person's lines, in the instrument's order."""

    person: Somebody
    lines: tuple[Line, ...]


def progress(
    people: Sequence[Somebody], *, ratings: Iterable[RatingSeen], titles: Sequence[Title]
) -> list[Progress[Somebody]]:
    """What these people have said of themselves. Nobody's line is drawn against another's."""
    by_line: dict[tuple[int, str], list[RatingSeen]] = defaultdict(list)
    for rating in ratings:
        if rating.value is not None and rating.rater == RaterKind.PARTICIPANT:
            by_line[rating.enrolment_id, rating.indicator].append(rating)
    every = [rating.rated_at for line in by_line.values() for rating in line]
    span = (min(every), max(every)) if every else None
    return [
        Progress(
            person=person,
            lines=tuple(
                _line(title, by_line[person.enrolment_id, title.slug], span=span)
                for title in titles
                if span is not None and (person.enrolment_id, title.slug) in by_line
            ),
        )
        for person in people
    ]


def histories(ratings: Iterable[RatingSeen], *, corrected: Corrected, titles: Sequence[Title]) -> list[History]:
    """Every value of one person. A refusal is told of only where it took the place of something else."""
    by_slug: dict[str, list[Valued]] = defaultdict(list)
    for rating in ratings:
        was = tuple(corrected.get((rating.check_in_id, rating.indicator), ()))
        if rating.rater == RaterKind.PARTICIPANT and (rating.value is not None or was):
            by_slug[rating.indicator].append(Valued(rating=rating, was=was))
    return [History(title=title.words, values=tuple(by_slug[title.slug])) for title in titles if title.slug in by_slug]


def _line(title: Title, ratings: list[RatingSeen], *, span: tuple[datetime, datetime]) -> Line:
    latest = ratings[-1]
    # Values of another scale are not compared: the line begins where the present scale does.
    same = [one for one in ratings if (one.low, one.high) == (latest.low, latest.high)]
    values = [(one.rated_at, one.value) for one in same if one.value is not None]
    return Line(
        title=title.words,
        sensitive=title.sensitive,
        first=same[0],
        latest=latest,
        drawn=sparkline(values, scale=(latest.low, latest.high), span=span),
    )
