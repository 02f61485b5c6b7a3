"""Which rules speak between two moments follows from the rules, the timetable and the wall."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.firing import Clockwork
from bot.domain.free_days import FreeBecause, FreeDay, FreeDays
from bot.domain.programme import QuietHours
from bot.domain.recurrence import Weeks
from bot.domain.rules import OnFreeDay, ReminderRule, WallClock
from bot.domain.speaking import Speaking, speaking
from bot.domain.timetable import Timetable

ZONE = "Europe/Stockholm"
QUIET = QuietHours(begins=time(20), ends=time(7))
THURSDAY = date(2026, 12, 24)


def spoken(*weekdays: int, on_free_day: OnFreeDay, free: tuple[date, ...]) -> list[Speaking]:
    """What a rule on these weekdays at nine says in the week of 21 December and the one after."""
    when = WallClock(recurs=Weeks(weekdays=weekdays), at=time(9))
    rule = ReminderRule(slug="weekly", when=when, says="x", on_free_day=on_free_day)
    days = {day: FreeDay(on=day, because=FreeBecause.RED) for day in free}
    clockwork = Clockwork(zone=ZONE, quiet=QUIET, free=FreeDays(programme=days))
    begin = datetime(2026, 12, 20, tzinfo=UTC)
    return speaking(
        [rule], Timetable(activities=(), zone=ZONE), clockwork=clockwork, between=(begin, begin + timedelta(days=14))
    )


def local(found: list[Speaking]) -> list[tuple[date, date, str | None]]:
    return [(one.day, one.firing.at.date(), one.firing.dropped) for one in found]


def test_what_moves_onto_a_day_of_its_own_rule_says_nothing_there() -> None:
    found = spoken(4, 5, on_free_day=OnFreeDay.AFTER, free=(THURSDAY,))
    friday = THURSDAY + timedelta(days=1)
    assert (THURSDAY, friday, "red-day") in local(found)
    assert [one.firing.at.date() for one in found if one.firing.dropped is None and one.day <= friday] == [friday]


def test_what_moves_onto_another_day_is_said_there_once() -> None:
    found = spoken(4, on_free_day=OnFreeDay.AFTER, free=(THURSDAY, THURSDAY + timedelta(days=1)))
    assert local(found) == [
        (THURSDAY, THURSDAY + timedelta(days=2), None),
        (THURSDAY + timedelta(days=7), THURSDAY + timedelta(days=7), None),
    ]


def test_nothing_speaks_twice_where_two_looks_meet() -> None:
    rule = ReminderRule(
        slug="daily", when=WallClock(recurs=Weeks(weekdays=(1, 2, 3, 4, 5, 6, 7)), at=time(9)), says="x"
    )
    clockwork, empty = Clockwork(zone=ZONE, quiet=QUIET, free=FreeDays()), Timetable(activities=(), zone=ZONE)
    nine = datetime(2026, 12, 21, 8, tzinfo=UTC)
    looks = [(nine - timedelta(seconds=5), nine), (nine, nine + timedelta(seconds=5))]
    found = [len(speaking([rule], empty, clockwork=clockwork, between=between)) for between in looks]
    assert found == [1, 0]
