"""What a day asks of a coach follows from what is known of the day, and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import moment, zone_of
from bot.domain.people import Presence
from bot.domain.programme import Activity
from bot.domain.timetable import Planned, Timetable, is_for

AFTERNOON, MORNING = time(13), time(7)
"""When a line that was put off until then comes back, where the coach lives."""

SEEN_TO_FOR = timedelta(days=7)
"""For how long a line that somebody saw to stays away, if what it says is still true."""


class Later(StrEnum):
    """Until when something is put off."""

    AFTERNOON = "afternoon"
    TOMORROW = "tomorrow"


class AsideLine(StrEnum):
    """What a line that can be put aside tells of a person."""

    SILENT = "silent"
    UNREACHABLE = "unreachable"
    START = "start"
    MILESTONE = "milestone"
    LAST_DAY = "last-day"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAbsence:
    """Not coming, by category only. Without `ends_on` it lasts until somebody says that it is over.

    Raises `ValueError` if it ends before it begins, if it is a presence, or if minutes are given of anything but
    coming late.
    """

    category: Presence
    begins_on: date
    ends_on: date | None = None
    late_minutes: int | None = None
    reported_by: str = "coach"
    """`coach` or `participant`."""

    for_a_part: bool = False
    """For a part of the day only. Which part is in the words that reported it."""

    def __post_init__(self) -> None:
        if self.category is Presence.PRESENT:
            raise ValueError("whoever is present is not absent")
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise ValueError("an absence ends when it began, or later")
        if self.late_minutes is not None and self.category is not Presence.LATE:
            raise ValueError("only coming late has minutes")

    @property
    def last_day(self) -> date | None:
        """The last day it is true of: coming late is true of one day. `None` if nobody knows yet."""
        return self.begins_on if self.category is Presence.LATE else self.ends_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An activity as it is held on a day: how many are expected, and of how many it is noted whether they came.

    To a drop-in they are welcome, and nobody is missed.
    """

    programme_id: int
    held: Planned
    expected: int
    noted: int

    @property
    def activity(self) -> Activity:
        """What is held."""
        return self.held.activity

    @property
    def on(self) -> date:
        """The day."""
        return self.held.on


@dataclass(frozen=True, kw_only=True, slots=True)
class TakingPart:
    """How many people take part on a day: by phase, and of each block its members by block and phase."""

    phases: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def expected(self, activity: Activity) -> int:
        """How many of them it is for."""
        if activity.block is None:
            return sum(count for phase, count in self.phases.items() if is_for(activity, phase=phase))
        return sum(
            count for (block, phase), count in self.members.items() if is_for(activity, phase=phase, blocks=(block,))
        )


def later(now: datetime, *, zone: str) -> dict[Later, datetime]:
    """Until when something can be put off now: this afternoon only while it is morning."""
    local = zone_of(zone)
    today = now.astimezone(local).date()
    moments = {
        Later.AFTERNOON: moment(today, AFTERNOON, local),
        Later.TOMORROW: moment(today + timedelta(days=1), MORNING, local),
    }
    return {name: at for name, at in moments.items() if at > now}


def sessions(
    timetable: Timetable,
    *,
    programme_id: int,
    on: date,
    people: TakingPart,
    noted: Mapping[tuple[str, str, tuple[str, ...]], int],
) -> list[Session]:
    """The day's activities of a programme for which anybody is expected, in the order they begin.

    `noted` counts what is noted by activity, the phase people are in now and the blocks they are members of that day:
    whoever was noted before they moved on was expected then.
    """
    found = []
    for held in timetable.on(on):
        activity = held.activity
        mine = {key: count for key, count in noted.items() if key[0] == activity.slug}
        before = sum(
            count for (_, phase, blocks), count in mine.items() if not is_for(activity, phase=phase, blocks=blocks)
        )
        expected = before + people.expected(activity)
        if expected:
            found.append(Session(programme_id=programme_id, held=held, expected=expected, noted=sum(mine.values())))
    return sorted(found, key=lambda one: (one.held.begins, one.activity.slug))


@dataclass(frozen=True, kw_only=True, slots=True)
class Attended:
    """Whether somebody came. `assumed` is what follows from a report, and what no coach has looked at yet."""

    presence: Presence | None = None
    assumed: bool = False


def attended(noted: Presence | None, *, noted_by: str | None, reported: Presence | None) -> Attended:
    """What is known: what was noted, else what follows from an absence that was reported for the day."""
    if noted is not None:
        return Attended(presence=noted, assumed=noted_by != "coach")
    return Attended(presence=reported, assumed=reported is not None)
