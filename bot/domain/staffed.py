"""Whether somebody reads now, or when next, follows from the staffed hours, and nothing else is promised."""

from datetime import datetime, timedelta

from bot.domain.calendar import moment, zone_of
from bot.domain.people import StaffedHours


def is_staffed(staffed: StaffedHours, *, zone: str, now: datetime) -> bool:
    """Whether somebody reads at this moment, where the programme is."""
    local = now.astimezone(zone_of(zone))
    return local.isoweekday() in staffed.weekdays and staffed.begins <= local.time() < staffed.ends


def staffed_next(staffed: StaffedHours, *, zone: str, now: datetime) -> datetime:
    """When somebody reads next: the coming moment (UTC) at which the staffed hours begin."""
    local = zone_of(zone)
    today = now.astimezone(local).date()
    days = (today + timedelta(days=ahead) for ahead in range(15))
    begins = (moment(day, staffed.begins, local) for day in days if day.isoweekday() in staffed.weekdays)
    return next((one for one in begins if one > now), now)
