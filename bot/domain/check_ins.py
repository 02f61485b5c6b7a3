"""A check-in is one occasion on which somebody rates indicators; a rating is one value of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RaterKind(StrEnum):
    """Who gave the rating."""

    PARTICIPANT = "participant"
    COACH = "coach"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """One value of one indicator, as it counts now. `value` is `None` for "I do not want to answer"."""

    id: int
    participant_id: int
    enrolment_id: int
    indicator: str
    instrument: str
    instrument_version: int
    value: int | None
    low: int
    high: int
    rater: RaterKind
    check_in_id: int
    language: str
    rated_at: datetime


def next_picks(indicators: tuple[str, ...], *, last_asked: dict[str, datetime], count: int) -> tuple[str, ...]:
    """The `count` indicators whose turn it is: never asked first, then the longest ago, in the instrument's order."""
    waiting = sorted(
        range(len(indicators)),
        key=lambda place: (
            indicators[place] in last_asked,
            last_asked[indicators[place]].timestamp() if indicators[place] in last_asked else 0.0,
            place,
        ),
    )
    return tuple(indicators[place] for place in sorted(waiting[:count]))
