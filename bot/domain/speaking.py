"""Which rules speak between two moments, to people with the same clock on the wall, and about which day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.calendar import moment, zone_of
from bot.domain.firing import Clockwork, Firing, days_around, fire
from bot.domain.recurrence import falls
from bot.domain.rules import (
    AfterStart,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    EveryMonths,
    NearMilestone,
    NearPhase,
    OnLastDay,
    ReminderRule,
    WallClock,
)
from bot.domain.timetable import Planned, Timetable

ByTheClock = (
    BeforeDay
    | BeforeFirst
    | BeforeMeeting
    | NearMilestone
    | NearPhase
    | AfterStart
    | WallClock
    | EveryMonths
    | OnLastDay
)
"""What has an hour of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaking:
    """A rule speaks. `day` is the day it is about: that of the activity, the meeting, the milestone, the step.

    `planned` is the activity that is soon to begin, of a rule that speaks before each.
    """

    rule: ReminderRule
    firing: Firing
    day: date
    planned: Planned | None = None


def speaking(
    rules: Iterable[ReminderRule],
    timetable: Timetable,
    *,
    clockwork: Clockwork,
    between: tuple[datetime, datetime],
) -> list[Speaking]:
    """Every rule that may speak after the first moment and not after the second, in the order they do.

    For whom there is anything to say (whose milestone it is, who has something that day) is asked elsewhere.
    """
    after, until = between
    found = [
        one
        for rule in rules
        for on in days_around(rule, after, until, zone=clockwork.zone)
        for one in _on(rule, on, timetable, clockwork=clockwork)
        if after < one.firing.at <= until
    ]
    return sorted(found, key=lambda one: (one.firing.at, one.rule.slug, one.day))


def _on(rule: ReminderRule, on: date, timetable: Timetable, *, clockwork: Clockwork) -> Iterator[Speaking]:
    if isinstance(rule.when, BeforeActivity):
        yield from _before_each(rule, rule.when, on, timetable, clockwork=clockwork)
        return
    day = _about(rule.when, on, timetable)
    if day is not None:
        firing = fire(rule, on, rule.when.at, clockwork=clockwork)
        yield Speaking(rule=rule, firing=_once(rule.when, firing, clockwork), day=day)


def _once(when: ByTheClock, firing: Firing, clockwork: Clockwork) -> Firing:
    """What a free day moves onto another day of the same rule says nothing: that day has words of its own."""
    there = firing.at.astimezone(zone_of(clockwork.zone)).date()
    if firing.shift is None or there == firing.on or not isinstance(when, WallClock) or not falls(when.recurs, there):
        return firing
    return replace(firing, shift=None, dropped=firing.shift)


def _about(when: ByTheClock, on: date, timetable: Timetable) -> date | None:
    """The day about which a rule speaks on a day; `None` if it has nothing to say to anybody then."""
    match when:
        case BeforeDay(days=days) | BeforeFirst(days=days):
            ahead = on + timedelta(days=days)
            return ahead if timetable.on(ahead) else None
        case BeforeMeeting(days=days) | NearMilestone(days=days) | NearPhase(days=days, ends=True):
            return on + timedelta(days=days)
        case AfterStart(days=days) | NearPhase(days=days):
            return on - timedelta(days=days)
        case _:
            return on if _falls(when, on) else None


def _falls(when: WallClock | EveryMonths | OnLastDay, on: date) -> bool:
    match when:
        case WallClock(recurs=recurs):
            return falls(recurs, on)
        case EveryMonths(weekday=weekday):
            return on.isoweekday() == weekday
        case OnLastDay():
            return True


def _before_each(
    rule: ReminderRule, when: BeforeActivity, on: date, timetable: Timetable, *, clockwork: Clockwork
) -> Iterator[Speaking]:
    # What begins after midnight is told of the day before.
    for ahead in (on + timedelta(days=more) for more in range(when.lead.days + 2)):
        for planned in timetable.on(ahead):
            at = moment(planned.on, planned.begins, zone_of(timetable.zone)) - when.lead
            here = at.astimezone(zone_of(clockwork.zone)).date() == on
            if here and (not when.activities or planned.activity.slug in when.activities):
                firing = fire(rule, on, at, clockwork=clockwork)
                yield Speaking(rule=rule, firing=firing, day=planned.on, planned=planned)
