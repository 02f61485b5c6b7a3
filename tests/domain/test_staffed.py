"""What is promised of when somebody reads is true at the very minute it begins and ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.people import StaffedHours
from bot.domain.staffed import is_staffed, staffed_next

HOURS = StaffedHours(weekdays=(1, 2, 3, 4, 5), begins=time(8), ends=time(16))
ZONE = "Europe/Stockholm"
FRIDAY, MONDAY = 27, 30


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, when Stockholm is an hour before Greenwich."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "open_now"),
    [
        (at(FRIDAY, 7, 59), False),
        (at(FRIDAY, 8), True),
        (at(FRIDAY, 15, 59), True),
        (at(FRIDAY, 16), False),
        (at(FRIDAY + 1, 12), False),
    ],
)
def test_it_is_open_from_the_first_minute_until_the_last(now: datetime, open_now: bool) -> None:
    assert is_staffed(HOURS, zone=ZONE, now=now) is open_now


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(FRIDAY, 7, 59), at(FRIDAY, 8)),
        (at(FRIDAY, 16), at(MONDAY, 8)),
        (at(FRIDAY + 1, 12), at(MONDAY, 8)),
        (at(MONDAY, 8), datetime(2026, 12, 1, 7, tzinfo=UTC)),
    ],
)
def test_on_friday_evening_it_opens_on_monday(now: datetime, opens: datetime) -> None:
    assert staffed_next(HOURS, zone=ZONE, now=now) == opens


def test_it_opens_by_the_clock_on_the_wall_when_summer_time_begins() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert staffed_next(HOURS, zone=ZONE, now=saturday) == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_nobody_reads_on_a_day_that_is_closed() -> None:
    closed = replace(HOURS, closed=(date(2026, 11, FRIDAY), date(2026, 11, MONDAY)))
    assert not is_staffed(closed, zone=ZONE, now=at(FRIDAY, 12))
    assert staffed_next(closed, zone=ZONE, now=at(FRIDAY - 1, 17)) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert is_staffed(closed, zone=ZONE, now=datetime(2026, 12, 1, 7, tzinfo=UTC))


def test_a_whole_summer_may_be_closed() -> None:
    summer = tuple(date(2026, 6, 22) + timedelta(days=ahead) for ahead in range(60))
    closed = replace(HOURS, closed=summer)
    assert staffed_next(closed, zone=ZONE, now=datetime(2026, 6, 22, 8, tzinfo=UTC)) == datetime(
        2026, 8, 21, 6, tzinfo=UTC
    )
