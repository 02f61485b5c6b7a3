"""A rule speaks while people are awake, and on no free day that it gives way to; what moves one moves no other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.calendar import is_quiet, moment, quiet_until, zone_of
from bot.domain.firing import AT_NIGHT, FARTHEST, Clockwork, Firing, days_around, fire
from bot.domain.free_days import FreeBecause, FreeDay, FreeDays
from bot.domain.programme import QuietHours
from bot.domain.recurrence import Weeks
from bot.domain.rules import AtNight, OnFreeDay, ReminderRule, WallClock

STOCKHOLM = "Europe/Stockholm"
NIGHT = QuietHours(begins=time(20), ends=time(7))
# Clocks that change at night, at midnight, in the evening, by half an hour, by two hours, and for Ramadan.
ZONES = (
    *(STOCKHOLM, "America/Nuuk", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe"),
    *("Antarctica/Troll", "Africa/Casablanca", "America/Santiago", "Pacific/Kiritimati"),
)


def _later(at: time, minutes: int) -> time:
    return (datetime.combine(date(2026, 1, 1), at) + timedelta(minutes=minutes)).time()


def _changes() -> list[tuple[str, date]]:
    """The days of two years on which these clocks change."""
    first = datetime(2026, 1, 20, tzinfo=UTC)
    return [
        (zone, (first + timedelta(days=day)).date())
        for zone in ZONES
        for day in range(690)
        if (first + timedelta(days=day)).astimezone(zone_of(zone)).utcoffset()
        != (first + timedelta(days=day + 1)).astimezone(zone_of(zone)).utcoffset()
    ]


zones = st.sampled_from(ZONES)
hours = st.times(max_value=time(23, 59)).map(lambda at: time(at.hour, at.minute))
some_days = st.dates(min_value=date(2026, 1, 20), max_value=date(2027, 12, 10))
places = st.one_of(st.sampled_from(_changes()), st.tuples(zones, some_days))
"""A zone and a day there: half of them a day on which its clock changes."""
nights = st.builds(
    lambda begins, minutes: QuietHours(begins=begins, ends=_later(begins, minutes)), hours, st.integers(0, 22 * 60)
)
"""Quiet hours that leave two awake, at least."""
givings = st.sampled_from(list(OnFreeDay))
nightly = st.sampled_from(list(AtNight))


def a_rule(on_free_day: OnFreeDay, at_night: AtNight = AtNight.HOLD) -> ReminderRule:
    when = WallClock(recurs=Weeks(weekdays=(1, 2, 3, 4, 5, 6, 7)), at=time(10))
    return ReminderRule(slug="rule", when=when, says="x", on_free_day=on_free_day, at_night=at_night)


def free_on(*days: date, because: FreeBecause = FreeBecause.RED) -> FreeDays:
    return FreeDays(programme={day: FreeDay(on=day, because=because) for day in days})


def clockwork(free: FreeDays, *, zone: str = STOCKHOLM, quiet: QuietHours = NIGHT) -> Clockwork:
    return Clockwork(zone=zone, quiet=quiet, free=free)


def wall(firing: Firing, zone: str = STOCKHOLM) -> str:
    return f"{firing.at.astimezone(zone_of(zone)):%d %b %H:%M}"


def is_free(instant: datetime, clock: Clockwork) -> bool:
    return clock.free.on(instant.astimezone(zone_of(clock.zone)).date(), calendars=clock.calendars) is not None


@st.composite
def cases(draw: st.DrawFn) -> tuple[ReminderRule, date, time, Clockwork]:
    zone, on = draw(places)
    around = draw(st.sets(st.integers(min_value=-18, max_value=18)))
    free = free_on(*(on + timedelta(days=one) for one in around))
    clock = clockwork(free, zone=zone, quiet=draw(nights))
    return a_rule(draw(givings), draw(nightly)), on, draw(hours), clock


@given(cases())
@settings(max_examples=80, deadline=None)
def test_what_is_said_is_said_awake_and_on_no_free_day_that_is_given_way_to(
    case: tuple[ReminderRule, date, time, Clockwork],
) -> None:
    rule, on, at, clock = case
    found = fire(rule, on, at, clockwork=clock)
    assert found.on == on
    if found.dropped is None:
        assert not is_quiet(clock.quiet, zone=clock.zone, now=found.at)
        assert rule.on_free_day is OnFreeDay.SEND or not is_free(found.at, clock)
    else:
        assert found.shift is None
        assert found.dropped in ({AT_NIGHT} if rule.on_free_day is OnFreeDay.SEND else {AT_NIGHT, FreeBecause.RED})
        assert rule.at_night is AtNight.DROP or found.dropped != AT_NIGHT


@given(cases())
@settings(max_examples=80, deadline=None)
def test_its_own_moment_is_kept_whenever_it_is_awake_and_not_free(
    case: tuple[ReminderRule, date, time, Clockwork],
) -> None:
    rule, on, at, clock = case
    own = moment(on, at, zone_of(clock.zone))
    assume(not is_quiet(clock.quiet, zone=clock.zone, now=own))
    assume(clock.free.on(on) is None and not is_free(own, clock))
    assert fire(rule, on, at, clockwork=clock) == Firing(on=on, at=own)


@given(cases())
@settings(max_examples=80, deadline=None)
def test_what_moves_is_found_again_from_the_moment_it_moved_to(
    case: tuple[ReminderRule, date, time, Clockwork],
) -> None:
    rule, on, at, clock = case
    found = fire(rule, on, at, clockwork=clock)
    assert on in set(days_around(rule, found.at - timedelta(seconds=1), found.at, zone=clock.zone))


@given(cases())
@settings(max_examples=80, deadline=None)
def test_an_instant_fires_as_its_hour_on_the_wall_does(case: tuple[ReminderRule, date, time, Clockwork]) -> None:
    rule, on, at, clock = case
    own = moment(on, at, zone_of(clock.zone))
    assume(own.astimezone(zone_of(clock.zone)).replace(tzinfo=None) == datetime.combine(on, at))
    assert fire(rule, on, own, clockwork=clock) == fire(rule, on, at, clockwork=clock)


@given(cases())
@settings(max_examples=80, deadline=None)
def test_after_is_later_and_before_is_earlier(case: tuple[ReminderRule, date, time, Clockwork]) -> None:
    rule, on, at, clock = case
    own = moment(on, at, zone_of(clock.zone))
    found = fire(rule, on, at, clockwork=clock)
    assume(found.dropped is None)
    if rule.on_free_day is OnFreeDay.AFTER and rule.at_night is AtNight.HOLD:
        assert found.at >= own
    if rule.on_free_day is OnFreeDay.BEFORE and rule.at_night is AtNight.BEFORE:
        assert found.at <= own


@given(
    on=some_days, hour=hours, zone=zones, giving=givings, free=st.sets(st.integers(-40, 40)), taken=st.integers(-40, 40)
)
@settings(max_examples=80, deadline=None)
def test_a_day_that_is_free_no_more_moves_only_what_it_had_moved(
    on: date, hour: time, zone: str, giving: OnFreeDay, free: set[int], taken: int
) -> None:
    rule, days = a_rule(giving), [on + timedelta(days=one) for one in range(-20, 21)]
    gone = on + timedelta(days=taken)
    with_it = clockwork(free_on(gone, *(on + timedelta(days=one) for one in free)), zone=zone)
    without = replace(with_it, free=free_on(*(on + timedelta(days=one) for one in free - {taken})))
    for day in days:
        before, after = (fire(rule, day, hour, clockwork=one) for one in (with_it, without))
        if before != after:
            # It fell on that day itself, or was on its way over it.
            assert before.shift is not None or before.dropped is not None
            assert min(day, before.at.date()) - timedelta(days=1) <= gone
            assert before.dropped or gone <= max(day, before.at.date()) + timedelta(days=1)


@given(on=some_days, hour=hours, zone=zones, giving=givings, at_night=nightly)
@settings(max_examples=80, deadline=None)
def test_a_free_day_among_others_that_are_not_moves_its_own_firing_alone(
    on: date, hour: time, zone: str, giving: OnFreeDay, at_night: AtNight
) -> None:
    quiet = QuietHours(begins=time(20), ends=time(7))
    awake = not quiet.begins <= hour and hour >= quiet.ends
    assume(awake)
    rule = a_rule(giving, at_night)
    for other in range(-15, 16):
        day = on + timedelta(days=other)
        found, plain = (
            fire(rule, day, hour, clockwork=clockwork(free, zone=zone)) for free in (free_on(on), free_on())
        )
        assert other == 0 or found == plain
        assert other != 0 or giving is OnFreeDay.SEND or found != plain


@given(on=some_days, hour=hours, zone=zones, giving=st.sampled_from([OnFreeDay.BEFORE, OnFreeDay.AFTER]))
@settings(max_examples=80, deadline=None)
def test_the_nearest_day_is_taken(on: date, hour: time, zone: str, giving: OnFreeDay) -> None:
    quiet = QuietHours(begins=time(0), ends=time(0))
    step = timedelta(days=1 if giving is OnFreeDay.AFTER else -1)
    for length in range(1, FARTHEST + 1):
        closed = free_on(*(on + step * one for one in range(length)), because=FreeBecause.CLOSED)
        found = fire(a_rule(giving), on, hour, clockwork=clockwork(closed, zone=zone, quiet=quiet))
        assert found == Firing(on=on, at=moment(on + step * length, hour, zone_of(zone)), shift="closed")


@given(on=some_days, hour=hours, zone=zones, at_night=nightly, giving=givings, longer=st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_what_would_move_over_a_long_closed_time_is_left_out_with_the_reason(
    on: date, hour: time, zone: str, at_night: AtNight, giving: OnFreeDay, longer: int
) -> None:
    assume(giving is not OnFreeDay.SEND)
    span = range(-FARTHEST - 2 - longer, FARTHEST + 3 + longer)
    closed = free_on(*(on + timedelta(days=one) for one in span), because=FreeBecause.CLOSED)
    found = fire(a_rule(giving, at_night), on, hour, clockwork=clockwork(closed, zone=zone))
    assert (found.dropped, found.shift) == ("closed", None)


@given(place=places, quiet=nights, minute=st.integers(-24 * 60, 2 * 24 * 60))
@settings(max_examples=80, deadline=None)
def test_a_night_ends_when_somebody_wakes_also_when_the_clock_changes(
    place: tuple[str, date], quiet: QuietHours, minute: int
) -> None:
    zone, on = place
    now = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=minute)
    assume(is_quiet(quiet, zone=zone, now=now))
    until = quiet_until(quiet, zone=zone, now=now)
    assert now < until <= now + timedelta(hours=26)
    assert not is_quiet(quiet, zone=zone, now=until)
    assert is_quiet(quiet, zone=zone, now=until - timedelta(minutes=1))


CHRISTMAS = free_on(date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26))


@pytest.mark.parametrize(
    ("giving", "at_night", "at", "said"),
    [
        # On the 23rd, which is not free, but so late that the night moves it to Christmas Eve.
        ("after", "hold", time(21), "27 Dec 07:00 eve"),
        ("before", "hold", time(21), "23 Dec 19:59 eve"),
        ("drop", "hold", time(21), "no: eve"),
        ("send", "hold", time(21), "24 Dec 07:00 night"),
        ("after", "before", time(21), "23 Dec 19:59 night"),
        ("drop", "drop", time(21), "no: night"),
        ("drop", "hold", time(6), "23 Dec 07:00 night"),
    ],
)
def test_what_the_night_moves_gives_way_to_a_free_day_as_well(giving: str, at_night: str, at: time, said: str) -> None:
    rule = a_rule(OnFreeDay(giving), AtNight(at_night))
    free = free_on(date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), because=FreeBecause.EVE)
    assert as_words(fire(rule, date(2026, 12, 23), at, clockwork=clockwork(free))) == said


@pytest.mark.parametrize(
    ("giving", "at_night", "at", "said"),
    [
        # On the 27th, before anybody is awake; the evening before is free.
        ("before", "before", time(6), "23 Dec 19:59 red-day"),
        ("after", "before", time(6), "27 Dec 07:00 red-day"),
        ("drop", "before", time(6), "no: red-day"),
        ("send", "before", time(6), "26 Dec 19:59 night"),
        ("before", "hold", time(6), "27 Dec 07:00 night"),
    ],
)
def test_what_would_come_before_the_night_gives_way_to_a_free_evening(
    giving: str, at_night: str, at: time, said: str
) -> None:
    rule = a_rule(OnFreeDay(giving), AtNight(at_night))
    assert as_words(fire(rule, date(2026, 12, 27), at, clockwork=clockwork(CHRISTMAS))) == said


@pytest.mark.parametrize(
    ("giving", "said"),
    [("after", "27 Dec 10:00 red-day"), ("before", "23 Dec 10:00 red-day"), ("drop", "no: red-day"), ("send", "own")],
)
def test_on_christmas_day_a_reminder_does_what_its_rule_says(giving: str, said: str) -> None:
    found = fire(a_rule(OnFreeDay(giving)), date(2026, 12, 25), time(10), clockwork=clockwork(CHRISTMAS))
    assert as_words(found) == said


def test_what_one_keeps_moves_nobody_else() -> None:
    eid = date(2027, 3, 9)
    free = FreeDays(kept={"islamic": {eid: FreeDay(on=eid, because=FreeBecause.KEPT, name="Eid al-fitr")}})
    others = clockwork(free)
    found = fire(a_rule(OnFreeDay.AFTER), eid, time(10), clockwork=replace(others, calendars=("islamic",)))
    assert as_words(found) == "10 Mar 10:00 kept"
    assert as_words(fire(a_rule(OnFreeDay.AFTER), eid, time(10), clockwork=others)) == "own"


def test_an_hour_that_comes_twice_is_its_first_one_whichever_it_was_read_from() -> None:
    sunday = date(2026, 10, 25)
    assert moment(sunday, time(2, 30, fold=1), zone_of(STOCKHOLM)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_night_that_ends_twice_is_not_held_for_another_day() -> None:
    quiet = QuietHours(begins=time(22), ends=time(2, 30))
    # Ten past two, for the second time.
    now = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert quiet_until(quiet, zone=STOCKHOLM, now=now) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_rule_moved_into_the_hour_that_is_jumped_over_speaks_when_the_gap_is_past() -> None:
    # Summer time begins at two o'clock on 28 March 2027, which is a Sunday; the Saturday is free.
    saturday, quiet = date(2027, 3, 27), QuietHours(begins=time(20), ends=time(1))
    found = fire(a_rule(OnFreeDay.AFTER), saturday, time(2, 30), clockwork=clockwork(free_on(saturday), quiet=quiet))
    assert as_words(found) == "28 Mar 03:00 red-day"


def as_words(found: Firing) -> str:
    if found.dropped is not None:
        return f"no: {found.dropped}"
    return f"{wall(found)} {found.shift}" if found.shift else "own"
