"""A recurrence says of any day whether it is one of its days; it counts days on the wall, never hours.

A small part of RFC 5545 (RRULE), under its own names: WEEKLY with BYDAY and INTERVAL, MONTHLY with BYMONTHDAY or a
numbered BYDAY, and RDATE. A day that does not exist is passed over, as RFC 5545 section 3.3.10 demands.
"""

from dataclasses import dataclass
from datetime import date, timedelta

LAST = -1
"""The last one of the month, of days and of weekdays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weeks:
    """These ISO weekdays (1 is Monday) of every `every`-th week, counted in whole weeks from that of `counted_from`."""

    weekdays: tuple[int, ...]
    every: int = 1
    counted_from: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDay:
    """This day of every month, 1 to 31: a month too short for it is passed over. `LAST` is its last day."""

    day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthWeekday:
    """The `place`-th `weekday` of every month, 1 to 5: a month without a fifth is passed over. `LAST` is its last."""

    weekday: int
    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Just these days."""

    days: tuple[date, ...]


Recurrence = Weeks | MonthDay | MonthWeekday | Days


def falls(recurrence: Recurrence, on: date) -> bool:
    """Whether `on` is one of its days."""
    match recurrence:
        case Weeks(weekdays=weekdays):
            return on.isoweekday() in weekdays and _counts(recurrence, on)
        case MonthDay(day=day):
            return on == _last_of(on) if day == LAST else on.day == day
        case MonthWeekday(weekday=weekday, place=place):
            if on.isoweekday() != weekday:
                return False
            return on + timedelta(days=7) > _last_of(on) if place == LAST else (on.day - 1) // 7 + 1 == place
        case Days(days=days):
            return on in days


def _counts(weeks: Weeks, on: date) -> bool:
    """Whether the week of this day is one that counts; before the first of them none does."""
    if weeks.counted_from is None:
        return True
    ahead = (_monday(on) - _monday(weeks.counted_from)).days // 7
    return ahead >= 0 and ahead % weeks.every == 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_of(day: date) -> date:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
