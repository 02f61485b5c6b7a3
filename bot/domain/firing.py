"""When a rule speaks: its own moment on the wall, moved or left out by free days and nights, one by one.

Each firing is worked out anew from its own day: what moves one never moves the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import first_awake, is_quiet, moment, zone_of
from bot.domain.free_days import FreeDay, FreeDays
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

    def free_on(self, day: date) -> FreeDay | None:
        """Why this day is free for them; `None` if it is not."""
        return self.free.on(day, calendars=self.calendars)

    def day_of(self, instant: datetime) -> date:
        """Their day at this moment."""
        return instant.astimezone(zone_of(self.zone)).date()

    def is_asleep(self, instant: datetime) -> bool:
        """Whether it is night for them."""
        return is_quiet(self.quiet, zone=self.zone, now=instant)


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
    own = Firing(on=on, at=_instant(on, at, on, clockwork))
    free = clockwork.free_on(on)
    if free is None or rule.on_free_day is OnFreeDay.SEND:
        return _awake(rule, own, clockwork)
    other = None if rule.on_free_day is OnFreeDay.DROP else _not_free(rule.on_free_day, on, clockwork)
    if other is None:
        return replace(own, dropped=free.reason)
    return _awake(rule, replace(own, at=_instant(other, at, on, clockwork), shift=free.reason), clockwork)


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
    return next((day for day in near if clockwork.free_on(day) is None), None)


def _awake(rule: ReminderRule, own: Firing, clockwork: Clockwork) -> Firing:
    """The same, out of the night. What the night moves onto a free day gives way to that as well."""
    back = ahead = own.at
    if at_night := clockwork.is_asleep(own.at):
        if rule.at_night is AtNight.DROP:
            return replace(own, shift=None, dropped=AT_NIGHT)
        back = _before_night(own.at, clockwork)
        ahead = first_awake(clockwork.quiet, zone=clockwork.zone, now=own.at)
    found = back if rule.at_night is AtNight.BEFORE else ahead
    free = clockwork.free_on(clockwork.day_of(found))
    if free is None or rule.on_free_day is OnFreeDay.SEND:
        return replace(own, at=found, shift=own.shift or AT_NIGHT) if at_night else own
    match rule.on_free_day:
        case OnFreeDay.BEFORE:
            other = _free_of_both(back, -1, own.on, clockwork)
        case OnFreeDay.AFTER:
            other = _free_of_both(ahead, 1, own.on, clockwork)
        case _:
            other = None
    if other is None:
        return replace(own, at=found, shift=None, dropped=free.reason)
    return replace(own, at=other, shift=own.shift or free.reason)


def _free_of_both(start: datetime, step: int, on: date, clockwork: Clockwork) -> datetime | None:
    """From `start` on, day by day at its hour, the first moment that is neither at night nor on a free day."""
    local = start.astimezone(zone_of(clockwork.zone))
    for far in range(FARTHEST + 1):
        found = start
        if far:
            found = moment(local.date() + timedelta(days=far * step), local.time(), zone_of(clockwork.zone))
        day = clockwork.day_of(found)
        if abs((day - on).days) <= FARTHEST and clockwork.free_on(day) is None and not clockwork.is_asleep(found):
            return found
    return None


def _before_night(instant: datetime, clockwork: Clockwork) -> datetime:
    """A minute before the quiet hours begin that hold at this moment."""
    local = zone_of(clockwork.zone)
    day = instant.astimezone(local).date()
    begins = moment(day, clockwork.quiet.begins, local)
    if begins > instant:
        begins = moment(day - timedelta(days=1), clockwork.quiet.begins, local)
    return begins - timedelta(minutes=1)
