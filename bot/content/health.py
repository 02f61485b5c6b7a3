"""A programme that promises something for health every day has it on every day it holds anything, for everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import lcm

from bot.content.pages import WEEKDAYS, Fields
from bot.domain.free_days import FreeBecause, FreeDay, FreeDays
from bot.domain.programme import Activity, Area, Programme
from bot.domain.recurrence import Days, MonthDay, MonthWeekday, Weeks
from bot.domain.timetable import Timetable, is_for

_ANY_MONDAY = date(2026, 1, 5)
_YEAR = 53
_LONGEST = 3 * _YEAR
"""Weeks: nobody plans farther ahead."""


@dataclass(frozen=True, kw_only=True, order=True)
class _Lack:
    """A weekday that has something, and nothing for health, for people in a phase and perhaps a block."""

    phase: str
    block: str
    weekday: int
    on: date
    red: bool


def check_health(top: Fields, programme: Programme) -> None:
    """Complain of every weekday, with the first day it is so, on which somebody has something but not for health."""
    told = set()
    for lack in sorted(_lacks(programme), key=lambda one: (one.phase, one.block, one.weekday, one.red, one.on)):
        who = (lack.phase, lack.block, lack.weekday)
        # Whoever is in no block has the same lack in every block.
        if who in told or (lack.phase, "", lack.weekday) in told:
            continue
        told.add(who)
        what = f"in phase '{lack.phase}' there is nothing for health on {_day(lack, programme)}"
        if lack.block:
            what += f" for the block '{lack.block}'"
        top.page.complain(top.get("activities"), what, "add an activity with area health, or change its days")


def _lacks(programme: Programme) -> Iterator[_Lack]:
    """Each with a day on which it is so. People in several blocks have what those in one have, and no day more."""
    blocks = ("", *(block.slug for block in programme.blocks))
    # On a free day less is held, and perhaps not what is for health.
    less = any(one.held_on_free_days for one in programme.activities)
    for red in (False, True) if programme.red_days and less else (False,):
        for day, held in _held(programme, red=red):
            for phase in programme.phases:
                for block in blocks:
                    here = [one for one in held if is_for(one, phase=phase.slug, blocks=(block,))]
                    if here and not any(one.area is Area.HEALTH for one in here):
                        yield _Lack(phase=phase.slug, block=block, weekday=day.isoweekday(), on=day, red=red)


def _held(programme: Programme, *, red: bool) -> Iterator[tuple[date, list[Activity]]]:
    """What is held on each day that is looked at: of a day that is `red`, for any of them may be one some year."""
    first, last = _span(programme)
    days = [first + timedelta(days=more) for more in range((last - first).days + 1)]
    free = days if red else programme.closed
    known = FreeDays(programme={day: FreeDay(on=day, because=FreeBecause.CLOSED) for day in free})
    timetable = Timetable(activities=programme.activities, zone=programme.zone, free=known)
    return ((day, [one.activity for one in timetable.on(day)]) for day in days)


def _span(programme: Programme) -> tuple[date, date]:
    """The days to look at: all on which anything can be otherwise than in the weeks before."""
    marks = _marks(programme)
    first = min(marks, default=_ANY_MONDAY)
    first -= timedelta(days=first.weekday())
    weeks = lcm(*(one.recurs.every for one in programme.activities if isinstance(one.recurs, Weeks)))
    if any(isinstance(one.recurs, MonthDay | MonthWeekday) for one in programme.activities):
        weeks = max(weeks, _YEAR)
    return first, min(max([*marks, first]) + timedelta(weeks=min(weeks, _LONGEST)), first + timedelta(weeks=_LONGEST))


def _marks(programme: Programme) -> list[date]:
    """The days on which something begins to be otherwise, or is so for that day."""
    held_then = any(one.held_on_free_days for one in programme.activities)
    found = list(programme.closed) if held_then else []
    for one in programme.activities:
        found += [day for day in (one.first_on, one.last_on) if day is not None]
        match one.recurs:
            case Weeks(counted_from=counted) if counted is not None:
                found.append(counted)
            case Days(days=days):
                found += days
    return found


def _day(lack: _Lack, programme: Programme) -> str:
    name = WEEKDAYS[lack.weekday - 1]
    if lack.red:
        return f"a {name} that is a red day"
    first, last = _span(programme)
    every_week = last - first <= timedelta(weeks=1) and not _marks(programme)
    return name if every_week else f"{name} {lack.on}"
