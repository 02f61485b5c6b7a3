"""Whether somebody reads now, or when next, follows from the staffed hours, and nothing else is promised."""

from datetime import date, datetime, timedelta

from bot.domain.calendar import moment, zone_of
from bot.domain.people import StaffedHours

LONGEST_CLOSED = 100
"""Days. A summer is shorter; whoever is closed for longer has closed for good."""


def is_staffed(staffed: StaffedHours, *, zone: str, now: datetime) -> bool:
    """Whether somebody reads at this moment, where the programme is."""
    local = now.astimezone(zone_of(zone))
    return _works(staffed, local.date()) and staffed.begins <= local.time() < staffed.ends


def is_closed_today(staffed: StaffedHours, *, zone: str, now: datetime) -> bool:
    """Whether somebody would read today, were it not a closed day: the usual hours are no answer then."""
    today = now.astimezone(zone_of(zone)).date()
    return today.isoweekday() in staffed.weekdays and today in staffed.closed


def staffed_next(staffed: StaffedHours, *, zone: str, now: datetime) -> datetime:
    """When somebody reads next: the coming moment (UTC) at which the staffed hours begin."""
    local = zone_of(zone)
    today = now.astimezone(local).date()
    days = (today + timedelta(days=ahead) for ahead in range(LONGEST_CLOSED))
    begins = (moment(day, staffed.begins, local) for day in days if _works(staffed, day))
    return next((one for one in begins if one > now), now)


def _works(staffed: StaffedHours, day: date) -> bool:
    return day.isoweekday() in staffed.weekdays and day not in staffed.closed
