"""Whether an activity can be changed as wanted, and when that is worth telling, follows from its days and hours."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from bot.domain.calendar import first_awake, moment, zone_of
from bot.domain.programme import Activity, QuietHours
from bot.domain.timetable import Change, ChangeKind, Planned, Timetable

FARTHEST = 90
"""Days: so far ahead something is moved at most."""

LONGEST_PLACE = 40
"""Letters of a place in a coach's own words: what is told stays within two SMS."""


class Refused(StrEnum):
    """Why something cannot be changed so."""

    NOT_HELD = "not-held"
    """It is not held on that day by its own rule."""
    PAST = "past"
    """It would be moved to a moment that has gone by."""
    FAR = "far"
    ENDS_FIRST = "ends-first"
    TAKEN = "taken"
    """It is held on that day anyway, and who came is noted once a day."""
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What is told of a change: what stood before (`was`) and what stands now (`now`), each if it is held at all.

    `days` are those on which people would have come, `expires_at` is when nobody needs to know any more, and before
    `first_at` whoever is told at all must know.
    """

    activity: Activity
    was: Planned | None
    becomes: Planned | None
    days: tuple[date, ...]
    first_at: datetime
    expires_at: datetime


def as_it_stands(timetable: Timetable, activity: Activity, held_on: date) -> Planned | None:
    """When the one that would be held on `held_on` is held by now; `None` if it is cancelled or never would be."""
    change = timetable.changes.get((activity.slug, held_on))
    on = change.new_on if change is not None and change.what is ChangeKind.MOVED and change.new_on else held_on
    held = (one for one in timetable.on(on) if one.activity.slug == activity.slug)
    return next((one for one in held if one.planned_on == held_on), None)


def is_the_same(timetable: Timetable, wanted: Change) -> bool:
    """Whether it is so already: a second click changes nothing."""
    known = timetable.changes.get((wanted.activity, wanted.held_on))
    if known is None:
        return wanted.what is ChangeKind.HELD
    if known.what is ChangeKind.MOVED and wanted.what is ChangeKind.MOVED:
        return _where(known) == _where(wanted)
    return known.what is wanted.what


def refusal(timetable: Timetable, activity: Activity, wanted: Change, *, now: datetime) -> Refused | None:
    """Why it cannot be changed so; `None` if it can."""
    if not timetable.would_be_held(activity, wanted.held_on):
        return Refused.NOT_HELD
    if wanted.what is ChangeKind.HELD:
        return _too_late_to_take_back(timetable, activity, wanted, now=now)
    if wanted.what is ChangeKind.CANCELLED:
        return None
    on, begins, ends = wanted.new_on or wanted.held_on, wanted.begins or activity.begins, wanted.ends or activity.ends
    local = zone_of(timetable.zone)
    if ends <= begins:
        return Refused.ENDS_FIRST
    if moment(on, begins, local) <= now:
        return Refused.PAST
    if (on - now.astimezone(local).date()).days > FARTHEST:
        return Refused.FAR
    if timetable.free.on(on) is not None and not activity.held_on_free_days:
        return Refused.CLOSED
    others = (one for one in timetable.on(on) if one.activity.slug == activity.slug)
    return Refused.TAKEN if any(one.planned_on != wanted.held_on for one in others) else None


def telling(timetable: Timetable, activity: Activity, change: Change) -> Telling:
    """What is told of a change that `timetable` knows of already."""
    was = usual(activity, change)
    if change.was_on is not None:
        was = replace(was, on=change.was_on, begins=change.was_begins or activity.begins)
    becomes = as_it_stands(timetable, activity, change.held_on)
    days = {was.on} | ({change.held_on} if change.what is ChangeKind.HELD else set())
    moments = [moment(one.on, one.begins, zone_of(timetable.zone)) for one in (was, becomes) if one is not None]
    return Telling(
        activity=activity,
        was=was if change.was_on is not None else None,
        becomes=becomes,
        days=tuple(sorted(days)),
        first_at=min(moments),
        expires_at=max(moments),
    )


def usual(activity: Activity, change: Change) -> Planned:
    """The one that is changed, as it would have been."""
    on = change.held_on
    return Planned(activity=activity, on=on, begins=activity.begins, ends=activity.ends, planned_on=on)


def told_at(telling: Telling, *, quiet: QuietHours, zone: str, now: datetime) -> datetime:
    """When somebody is told: now, at night when that is over, unless they must know it before."""
    awake = first_awake(quiet, zone=zone, now=now)
    return awake if awake < telling.first_at or telling.first_at <= now else now


def _where(change: Change) -> tuple[date | None, time | None, time | None, str | None]:
    return change.new_on, change.begins, change.ends, change.place


def _too_late_to_take_back(
    timetable: Timetable, activity: Activity, wanted: Change, *, now: datetime
) -> Refused | None:
    """What moved to a day that is to come cannot be held on a day that has gone by."""
    stands, local = as_it_stands(timetable, activity, wanted.held_on), zone_of(timetable.zone)
    if stands is None or moment(stands.on, stands.begins, local) <= now:
        return None
    return Refused.PAST if moment(wanted.held_on, activity.begins, local) <= now else None
