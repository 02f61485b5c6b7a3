"""Every schedule there is on the days on which a clock changes, and what it must do by the clock on the wall alone."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from bot.domain.calendar import zone_of
from bot.domain.firing import Clockwork
from bot.domain.free_days import NONE_FREE
from bot.domain.programme import QuietHours
from bot.domain.recurrence import Weeks
from bot.domain.rules import ReminderRule, WallClock
from bot.domain.speaking import speaking
from bot.domain.timetable import Timetable

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2028, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
GRID = timedelta(minutes=15)
"""Every clock of these years differs from UTC by a multiple of it, and changes at one."""

HALF_HOURS = tuple(time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30))
ALWAYS_AWAKE = QuietHours(begins=time(0), ends=time(0))
EVERY_DAY = Weeks(weekdays=(1, 2, 3, 4, 5, 6, 7))
RULES = tuple(ReminderRule(slug=f"at-{at:%H%M}", when=WallClock(recurs=EVERY_DAY, at=at)) for at in HALF_HOURS)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """A clock that changes at `at` from one distance to UTC to another, and the zones where it does just so."""

    at: datetime
    before: timedelta
    after: timedelta
    zones: tuple[str, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The day on the wall on which it changes, and its neighbours."""
        local = (self.at + self.before).date()
        return (local - DAY, local, local + DAY)


def zones() -> tuple[str, ...]:
    """Every IANA name of a place or a clock, as the package that we ship lists them."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    # The zone of a machine that nobody has set up.
    return tuple(sorted(name for name in listed if name != "Factory"))


def clock_changes() -> list[ClockChange]:
    """Every change of 2026 and 2027 in every zone; zones whose clocks change alike stand together."""
    alike: dict[tuple[datetime, timedelta, timedelta], list[str]] = {}
    for name in zones():
        for change in _changes(ZoneInfo(name)):
            alike.setdefault(change, []).append(name)
    return [
        ClockChange(at=at, before=before, after=after, zones=tuple(names))
        for (at, before, after), names in sorted(alike.items())
    ]


def firings(zone: str, change: ClockChange, *, cuts: Sequence[datetime] = ()) -> dict[tuple[str, date], list[datetime]]:
    """When each of the 48 rules speaks for each of the days, if somebody looks at these moments, one after another."""
    first, last = change.days[0], change.days[-1]
    begins = datetime.combine(first, time(0), UTC) - 2 * DAY
    ends = datetime.combine(last, time(0), UTC) + 3 * DAY
    clockwork = Clockwork(zone=zone, quiet=ALWAYS_AWAKE, free=NONE_FREE)
    timetable = Timetable(activities=(), zone=zone)
    found: dict[tuple[str, date], list[datetime]] = {}
    for between in itertools.pairwise((begins, *sorted(cuts), ends)):
        for one in speaking(RULES, timetable, clockwork=clockwork, between=between):
            if one.firing.on in change.days:
                found.setdefault((one.rule.slug, one.firing.on), []).append(one.firing.at)
    return found


def expected(zone: str, change: ClockChange) -> dict[tuple[str, date], list[datetime]]:
    """Once each: at the first moment at which the clock on the wall shows the hour, or has jumped past it."""
    local = zone_of(zone)
    wanted: dict[tuple[str, date], list[datetime]] = {}
    for day in change.days:
        # From so early that no clock of the world shows this day yet.
        moment = datetime.combine(day, time(0), UTC) - DAY
        for at in HALF_HOURS:
            while moment.astimezone(local).replace(tzinfo=None) < datetime.combine(day, at):
                moment += GRID
            wanted[f"at-{at:%H%M}", day] = [moment]
    return wanted


def looks(change: ClockChange, *, seed: int) -> list[datetime]:
    """Moments at which somebody looks: just before the change, at it, after it, and some at random."""
    chance = random.Random(seed)
    near = [change.at + minutes * timedelta(minutes=1) for minutes in (-60, -30, -1, 0, 1, 30, 60)]
    return near + [change.at + timedelta(seconds=chance.randrange(-100_000, 100_000)) for _ in range(2)]


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    day, before = FIRST, _offset(FIRST, zone)
    while day < LAST:
        after = _offset(day + DAY, zone)
        if after != before:
            yield _changed_at(day, zone), before, after
        day, before = day + DAY, after


def _changed_at(day: datetime, zone: ZoneInfo) -> datetime:
    moment, before = day, _offset(day, zone)
    while _offset(moment, zone) == before:
        moment += GRID
    assert _offset(moment - timedelta(seconds=1), zone) == before, "a clock changes between two quarters of an hour"
    return moment


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
