"""Where programme time can be moved to is always later than now, by the programme's own clock."""

from datetime import datetime, time, timedelta

from bot.domain.calendar import moment, next_weekly, zone_of
from bot.domain.programme import Programme
from bot.domain.recurrence import Weeks
from bot.domain.rules import WallClock


def moves(now: datetime, *, programme: Programme) -> dict[str, datetime]:
    """The moves a page offers, by name: an hour, tomorrow morning, Monday morning, the next weekly check-in."""
    tomorrow = now.astimezone(zone_of(programme.zone)).date() + timedelta(days=1)
    found = {
        "hour": now + timedelta(hours=1),
        "tomorrow": moment(tomorrow, time(7), zone_of(programme.zone)),
        "monday": next_weekly(1, time(8), zone=programme.zone, after=now),
    }
    check_ins = [
        next_weekly(weekday, rule.when.at, zone=programme.zone, after=now)
        for rule in programme.rules
        if rule.begins is not None and isinstance(rule.when, WallClock) and isinstance(rule.when.recurs, Weeks)
        for weekday in rule.when.recurs.weekdays
    ]
    return found | ({"check-in": min(check_ins)} if check_ins else {})
