"""What is held on a day follows from the activities, the free days and what was changed, and from nothing else."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from bot.domain.free_days import NONE_FREE, FreeDays
from bot.domain.programme import Activity
from bot.domain.recurrence import falls

LOOKED_BACK = timedelta(days=100)
"""So far back the day before a first one is looked for: whoever pauses longer begins anew."""


class ChangeKind(StrEnum):
    """What is otherwise with an activity on one of its days."""

    CANCELLED = "cancelled"
    MOVED = "moved"
    HELD = "held"
    """It is as it was planned, after all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of one activity on the day `held_on` on which it would have been held.

    One that moved is held on `new_on`, at its own hours unless others are given, at `place` (a coach's own words) if
    that is given. `number` grows with each change of the same day. `was_on` and `was_begins` are when it was to be
    held before this change; it was not, if there is no `was_on`.
    """

    activity: str
    held_on: date
    what: ChangeKind
    new_on: date | None = None
    begins: time | None = None
    ends: time | None = None
    place: str | None = None
    was_on: date | None = None
    was_begins: time | None = None
    number: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """An activity as it is held on a day. `place` is a coach's own words where it moved to, else `None`.

    `planned_on` is the day on which it would have been held.
    """

    activity: Activity
    on: date
    begins: time
    ends: time
    planned_on: date
    place: str | None = None

    @property
    def ref(self) -> str:
        """What tells this one from every other: a change of its hour or day makes it another."""
        return f"{self.activity.slug}@{self.on:%Y%m%d}T{self.begins:%H%M}"


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """All that a programme holds, at hours of its `zone`. Free days and changes are those known by now."""

    activities: tuple[Activity, ...]
    zone: str
    free: FreeDays = NONE_FREE
    changes: Mapping[tuple[str, date], Change] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Planned, ...]:
        """What is held on this day, in the order it begins, for anybody."""
        found = [self._as_usual(one, day) for one in self.activities if self.would_be_held(one, day)]
        moved = [self._moved(change) for change in self.changes.values() if change.what is ChangeKind.MOVED]
        here = [one for one in (*found, *moved) if one is not None and one.on == day]
        return tuple(sorted(here, key=lambda one: (one.begins, one.activity.slug)))

    def on_for(self, day: date, *, phase: str, blocks: Collection[str] = ()) -> tuple[Planned, ...]:
        """The same for somebody in this phase and these blocks."""
        return tuple(one for one in self.on(day) if is_for(one.activity, phase=phase, blocks=blocks))

    def would_be_held(self, activity: Activity, day: date) -> bool:
        """Whether the activity has this day by its own rule, whatever was changed."""
        if (activity.first_on and day < activity.first_on) or (activity.last_on and day > activity.last_on):
            return False
        free = self.free.on(day) is not None and not activity.held_on_free_days
        return falls(activity.recurs, day) and not free

    def near(self, activity: Activity, day: date, *, step: int) -> date | None:
        """The nearest other day on which it is held, after (`step` 1) or before (`step` -1); `None` if none is near."""
        for ahead in range(1, 63):
            other = day + timedelta(days=step * ahead)
            if any(one.activity.slug == activity.slug for one in self.on(other)):
                return other
        return None

    def day_before(self, day: date, *, phase: str, blocks: Collection[str] = ()) -> date:
        """The last day before this one that has something for such a person, or the last that is looked at."""
        for back in range(1, LOOKED_BACK.days):
            if self.on_for(day - timedelta(days=back), phase=phase, blocks=blocks):
                return day - timedelta(days=back)
        return day - LOOKED_BACK

    def _as_usual(self, activity: Activity, day: date) -> Planned | None:
        change = self.changes.get((activity.slug, day))
        if change is not None and change.what is not ChangeKind.HELD:
            return None
        return Planned(activity=activity, on=day, begins=activity.begins, ends=activity.ends, planned_on=day)

    def _moved(self, change: Change) -> Planned | None:
        activity = next((one for one in self.activities if one.slug == change.activity), None)
        if activity is None or not self.would_be_held(activity, change.held_on):
            return None
        return Planned(
            activity=activity,
            on=change.new_on or change.held_on,
            begins=change.begins or activity.begins,
            ends=change.ends or activity.ends,
            place=change.place,
            planned_on=change.held_on,
        )


def is_for(activity: Activity, *, phase: str, blocks: Collection[str] = ()) -> bool:
    """Whether somebody in this phase and these blocks is expected, or welcome."""
    return (not activity.phases or phase in activity.phases) and (activity.block is None or activity.block in blocks)


def blocks_of(planned: Iterable[Planned]) -> tuple[str, ...]:
    """The blocks on which it depends who has something of this."""
    return tuple(sorted({one.activity.block for one in planned if one.activity.block is not None}))
