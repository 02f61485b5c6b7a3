"""A recurrence falls on the days on which RFC 5545 says it does, as another program reads RFC 5545."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recurrence import LAST, Days, MonthDay, MonthWeekday, Recurrence, Weeks, falls

SPAN = timedelta(days=3 * 366)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
WEEKDAYS = st.sets(st.integers(1, 7), min_size=1).map(sorted).map(tuple)


def ours(recurs: Recurrence, first: date, last: date) -> list[date]:
    days = (first + timedelta(days=more) for more in range((last - first).days + 1))
    return [day for day in days if falls(recurs, day)]


def theirs(first: date, last: date, *, begins: date | None = None, **rule: object) -> list[date]:
    begins = begins or first
    found = rrule.rrule(dtstart=datetime.combine(begins, datetime.min.time()), wkst=rrule.MO, **rule)  # type: ignore[arg-type]
    start, end = (datetime.combine(day, datetime.min.time()) for day in (first, last))
    return [moment.date() for moment in found.between(start, end, inc=True)]


@given(DAYS, WEEKDAYS)
def test_weekdays_fall_as_byday_does(first: date, weekdays: tuple[int, ...]) -> None:
    last = first + SPAN
    wanted = theirs(first, last, freq=rrule.WEEKLY, byweekday=[day - 1 for day in weekdays])
    assert ours(Weeks(weekdays=weekdays), first, last) == wanted


@given(DAYS, WEEKDAYS, st.integers(1, 52), st.integers(-400, 400))
def test_every_so_many_weeks_falls_as_interval_does_from_the_week_of_its_date(
    first: date, weekdays: tuple[int, ...], every: int, ahead: int
) -> None:
    last, counted = first + SPAN, first + timedelta(days=ahead)
    # The whole week of the date counts, also its days before it: RFC 5545 begins on the date itself.
    monday = counted - timedelta(days=counted.weekday())
    rule = {"freq": rrule.WEEKLY, "interval": every, "byweekday": [day - 1 for day in weekdays]}
    wanted = theirs(first, last, begins=monday, **rule)
    assert ours(Weeks(weekdays=weekdays, every=every, counted_from=counted), first, last) == wanted


@given(DAYS, st.integers(1, 31))
def test_a_day_of_the_month_falls_as_bymonthday_does_and_not_in_months_without_it(first: date, day: int) -> None:
    last = first + SPAN
    assert ours(MonthDay(day=day), first, last) == theirs(first, last, freq=rrule.MONTHLY, bymonthday=day)


@given(DAYS)
def test_the_last_day_of_the_month_falls_as_bymonthday_minus_one_does(first: date) -> None:
    last = first + SPAN
    assert ours(MonthDay(day=LAST), first, last) == theirs(first, last, freq=rrule.MONTHLY, bymonthday=-1)


@given(DAYS, st.integers(1, 7), st.sampled_from((1, 2, 3, 4, 5, LAST)))
def test_a_numbered_weekday_falls_as_byday_with_a_number_does(first: date, weekday: int, place: int) -> None:
    last, of_the_week = first + SPAN, rrule.weekday(weekday - 1)
    wanted = theirs(first, last, freq=rrule.MONTHLY, byweekday=of_the_week(place))
    assert ours(MonthWeekday(weekday=weekday, place=place), first, last) == wanted


@given(st.sets(DAYS, max_size=20), st.sets(DAYS, max_size=20))
def test_days_fall_on_themselves_and_on_no_other(days: set[date], others: set[date]) -> None:
    recurs = Days(days=tuple(sorted(days)))
    assert {day for day in days | others if falls(recurs, day)} == days


EVERY_DAY = [date(2023, 1, 1) + timedelta(days=more) for more in range(2200)]


@pytest.mark.parametrize(
    ("recurs", "which"),
    [
        (MonthDay(day=29), lambda day: day.day == 29),
        (MonthDay(day=30), lambda day: day.day == 30),
        (MonthDay(day=31), lambda day: day.day == 31),
        (MonthDay(day=LAST), lambda day: (day + timedelta(days=1)).day == 1),
        (MonthWeekday(weekday=5, place=LAST), lambda day: day.weekday() == 4 and (day + timedelta(days=7)).day <= 7),
        (MonthWeekday(weekday=3, place=5), lambda day: day.weekday() == 2 and day.day > 28),
    ],
)
def test_months_that_are_too_short_are_passed_over(recurs: Recurrence, which: Callable[[date], bool]) -> None:
    # Written out day by day, over a leap year and its neighbours, without asking any library.
    assert [day for day in EVERY_DAY if falls(recurs, day)] == [day for day in EVERY_DAY if which(day)]
