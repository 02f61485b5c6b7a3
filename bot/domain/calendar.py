"""Wall-clock rules are turned into moments each time anew, by the local clock of the person."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.programme import QuietHours
from bot.domain.rules import EveryMonths

_PARTS_OF_THE_WORLD = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)


class OccurrenceState(StrEnum):
    """What became of one firing for one person."""

    DUE = "due"
    """A conversation is to begin, and nobody has looked yet whether the person is free."""
    WAITING = "waiting"
    """It begins when the conversation that is under way is over, unless it expires first."""
    QUEUED = "queued"
    SKIPPED = "skipped"
    EXPIRED = "expired"


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name."""
    return ZoneInfo(name)


@cache
def zones_of_places() -> frozenset[str]:
    """The IANA zones that are named after a place: where somebody may live."""
    return frozenset(name for name in available_timezones() if name.partition("/")[0] in _PARTS_OF_THE_WORLD)


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local wall-clock time.

    A time that the clock jumps over is the first moment after the gap; one that comes twice is the first of the two.
    """
    local = datetime.combine(on, at.replace(fold=0), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap the two readings of a wall time straddle the change: the clock jumps between them.
    low, high = int(local.replace(fold=1).timestamp()), int(instant.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < local.replace(tzinfo=None):
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def falls_on(rule: EveryMonths, day: date, *, started_on: date) -> bool:
    """Whether a rule counted in months from the day a person began speaks on `day`.

    It speaks on the first `weekday` on or after the same day of the month; a month too short for that day counts
    from its last day.
    """
    if day.isoweekday() != rule.weekday:
        return False
    for counted in (day - timedelta(days=back) for back in range(7)):
        months = (counted.year - started_on.year) * 12 + counted.month - started_on.month
        if months > 0 and months % rule.months == 0 and counted == _in_month(counted, started_on.day):
            return True
    return False


def is_quiet(quiet: QuietHours, *, zone: str, now: datetime) -> bool:
    """Whether we begin nothing now, where the person lives."""
    return quiet.hold(now.astimezone(zone_of(zone)).time())


def quiet_until(quiet: QuietHours, *, zone: str, now: datetime) -> datetime:
    """When the quiet hours that hold now are over."""
    local = zone_of(zone)
    today = now.astimezone(local).date()
    for day in (today + timedelta(days=ahead) for ahead in range(3)):
        first = moment(day, quiet.ends, local)
        # A night that ends in an hour that comes twice may end twice: whoever is in the second one wakes at its end.
        second = datetime.combine(day, quiet.ends.replace(fold=1), local).astimezone(UTC)
        for end in (first, second):
            if end > now and not is_quiet(quiet, zone=zone, now=end):
                return end
    return now


def first_awake(quiet: QuietHours, *, zone: str, now: datetime) -> datetime:
    """The first moment from now on that is not at night, where the person lives."""
    return quiet_until(quiet, zone=zone, now=now) if is_quiet(quiet, zone=zone, now=now) else now


def next_weekly(weekday: int, at: time, *, zone: str, after: datetime) -> datetime:
    """The next moment of an ISO weekday and wall-clock time, after `after`."""
    local = zone_of(zone)
    day = after.astimezone(local).date()
    for ahead in range(9):
        there = day + timedelta(days=ahead)
        if there.isoweekday() == weekday and (instant := moment(there, at, local)) > after:
            return instant
    raise ValueError("a weekday is 1 to 7")


def _in_month(day: date, wanted: int) -> date:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=min(wanted, (following - timedelta(days=1)).day))
