"""When a rule speaks: its own moment on the wall, moved or left out by free days and nights, one by one.

Each firing is worked out anew from its own day: what moves one never moves the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import first_awake, is_quiet, moment, zone_of
from bot.domain.free_days import FreeDays
from bot.domain.programme import QuietHours
from bot.domain.rules import AtNight, OnFreeDay, ReminderRule

AT_NIGHT = "night"
"""Why something was moved or left out: it would have come in the quiet hours."""

FARTHEST = 14
"""Days: so far a free day moves something at most. A programme that is closed for longer writes nothing meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clockwork:
    """The clock on somebody's wall, what they keep free, and when it is night: many people have the same."""

    zone: str
    quiet: QuietHours
    free: FreeDays
    calendars: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """A rule speaks at `at` for the day `on`, which stays the same whatever moves it.

    `shift` is why `at` is another moment than the rule's own; `dropped` why it says nothing at all.
    """

    on: date
    at: datetime
    shift: str | None = None
    dropped: str | None = None


def fire(rule: ReminderRule, on: date, at: time | datetime, *, clockwork: Clockwork) -> Firing:
    """When the rule speaks that has its own moment at `at`: of the local day `on`, or an instant of that day."""
    shift, day = None, on
    free = clockwork.free.on(on, calendars=clockwork.calendars)
    if free is not None and rule.on_free_day is not OnFreeDay.SEND:
        other = None if rule.on_free_day is OnFreeDay.DROP else _not_free(rule.on_free_day, on, clockwork)
        if other is None:
            return Firing(on=on, at=_instant(on, at, on, clockwork), dropped=free.reason)
        shift, day = free.reason, other
    instant = _instant(day, at, on, clockwork)
    if not is_quiet(clockwork.quiet, zone=clockwork.zone, now=instant):
        return Firing(on=on, at=instant, shift=shift)
    if rule.at_night is AtNight.DROP:
        return Firing(on=on, at=instant, dropped=AT_NIGHT)
    if rule.at_night is AtNight.BEFORE:
        return Firing(on=on, at=_before_night(instant, clockwork), shift=shift or AT_NIGHT)
    awake = first_awake(clockwork.quiet, zone=clockwork.zone, now=instant)
    return Firing(on=on, at=awake, shift=shift or AT_NIGHT)


def days_around(rule: ReminderRule, after: datetime, until: datetime, *, zone: str) -> Iterator[date]:
    """The local days for which the rule may speak after `after` and until `until`, as far as anything moves it."""
    local = zone_of(zone)
    far = timedelta(days=1 if rule.on_free_day is OnFreeDay.SEND else FARTHEST + 1)
    day = after.astimezone(local).date() - far
    last = until.astimezone(local).date() + far
    while day <= last:
        yield day
        day += timedelta(days=1)


def _instant(day: date, at: time | datetime, on: date, clockwork: Clockwork) -> datetime:
    local = zone_of(clockwork.zone)
    if isinstance(at, datetime):
        return at if day == on else moment(day, at.astimezone(local).time(), local)
    return moment(day, at, local)


def _not_free(where: OnFreeDay, on: date, clockwork: Clockwork) -> date | None:
    step = timedelta(days=1 if where is OnFreeDay.AFTER else -1)
    near = (on + step * ahead for ahead in range(1, FARTHEST + 1))
    return next((day for day in near if clockwork.free.on(day, calendars=clockwork.calendars) is None), None)


def _before_night(instant: datetime, clockwork: Clockwork) -> datetime:
    """A minute before the quiet hours begin that hold at this moment."""
    local = zone_of(clockwork.zone)
    day = instant.astimezone(local).date()
    begins = moment(day, clockwork.quiet.begins, local)
    if begins > instant:
        begins = moment(day - timedelta(days=1), clockwork.quiet.begins, local)
    return begins - timedelta(minutes=1)
