"""Whatever the clocks of the world do, a rule speaks once for a day on the wall, and at its hour if there is one."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.calendar import zone_of
from bot.domain.firing import Clockwork, fire
from bot.domain.free_days import NONE_FREE
from bot.domain.programme import QuietHours
from bot.domain.rules import AtNight, WallClock
from tests.torture.schedules import ALWAYS_AWAKE, RULES, clock_changes, expected, firings, looks, zones

CHANGES = clock_changes()
NIGHT = QuietHours(begins=time(21), ends=time(8))


def test_every_clock_change_of_two_years_in_every_zone_is_known() -> None:
    assert len(zones()) == 597
    assert sum(len(change.zones) for change in CHANGES) * 48 == 38_592


def test_every_half_hour_speaks_once_on_every_kind_of_day_on_which_a_clock_changes() -> None:
    for number, change in enumerate(CHANGES):
        zone = change.zones[number % len(change.zones)]
        assert firings(zone, change, cuts=looks(change, seed=number)) == expected(zone, change), (zone, change.at)


@pytest.mark.slow
def test_every_half_hour_speaks_once_in_every_zone_on_every_day_on_which_its_clock_changes() -> None:
    tried = 0
    for number, change in enumerate(CHANGES):
        wanted = expected(change.zones[0], change)
        for zone in change.zones:
            assert firings(zone, change, cuts=looks(change, seed=number)) == wanted, (zone, change.at)
            tried += len(RULES)
    assert tried == 38_592


@pytest.mark.parametrize(
    ("zone", "on", "at", "instant"),
    [
        # 02:00 to 03:00 is missing: the first moment after it.
        ("Europe/Stockholm", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # 02:00 to 03:00 comes twice: the first time.
        ("Europe/Stockholm", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Midnight itself is missing.
        ("Asia/Beirut", date(2026, 3, 29), time(0, 0), datetime(2026, 3, 28, 22, 0, tzinfo=UTC)),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), datetime(2026, 4, 23, 22, 0, tzinfo=UTC)),
        # Half an hour, and two hours.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Antarctica/Troll", date(2026, 3, 29), time(2, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_missing_hour_is_the_first_moment_after_it_and_a_doubled_one_the_first(
    zone: str, on: date, at: time, instant: datetime
) -> None:
    clockwork = Clockwork(zone=zone, quiet=ALWAYS_AWAKE, free=NONE_FREE)
    assert fire(RULES[0], on, at, clockwork=clockwork).at == instant


@pytest.mark.parametrize("at_night", [AtNight.HOLD, AtNight.BEFORE])
def test_what_the_night_moves_still_comes_once_for_each_day_when_the_clock_changes(at_night: AtNight) -> None:
    for change in CHANGES:
        zone = change.zones[0]
        clockwork = Clockwork(zone=zone, quiet=NIGHT, free=NONE_FREE)
        for rule, on in itertools.product((replace(one, at_night=at_night) for one in RULES), change.days):
            assert isinstance(rule.when, WallClock)
            firing = fire(rule, on, rule.when.at, clockwork=clockwork)
            local = firing.at.astimezone(zone_of(zone))
            assert firing.on == on and abs(local.date() - on) <= timedelta(days=1), (zone, on, rule.slug)
            assert time(8) <= local.time() <= time(21), (zone, on, rule.slug)


def test_a_change_is_found_where_it_is() -> None:
    [change] = [one for one in CHANGES if "Europe/Stockholm" in one.zones and one.at.month == 3 and one.at.year == 2026]
    assert change.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert change.days == (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30))
