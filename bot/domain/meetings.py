"""A meeting is agreed between two people: the coach makes it, and the person says whether the hour suits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import moment, zone_of

MEETING = "meeting"
"""The flow in which somebody is asked whether the hour suits."""

FITS, WHEN = "meeting-fits", "meeting-when"
"""What the flow keeps: whether the hour suits, and the person's own words about another one."""

MOST_OF_PLACE = 30
"""Letters of a place: with them the question goes into two parts of an SMS in every alphabet."""

MOST_MINUTES = 8 * 60
DAY_BEGINS, DAY_ENDS = time(6), time(22)
FAR = timedelta(days=366)


class MeetingState(StrEnum):
    """How a meeting stands."""

    ASKED = "asked"
    """Nobody has answered yet; perhaps nobody could be asked yet."""
    AGREED = "agreed"
    DECLINED = "declined"
    OTHER_TIME = "other-time"
    """The person would like another hour."""
    CALLED_OFF = "called-off"


STATES: Mapping[str | None, MeetingState] = {
    "yes": MeetingState.AGREED,
    "no": MeetingState.DECLINED,
    "other": MeetingState.OTHER_TIME,
    None: MeetingState.ASKED,
}
"""How a meeting stands after each answer of the flow; whoever takes an answer back has given none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """When and where two people meet, by the wall clock of the programme."""

    on: date
    begins: time
    minutes: int
    place: str

    def begins_at(self, zone: str) -> datetime:
        """The moment at which it begins."""
        return moment(self.on, self.begins, zone_of(zone))


class Wrong(StrEnum):
    """Why nobody can meet at such an hour."""

    PAST = "past"
    FAR = "day-far"
    NIGHT = "night"


def wrong_with(hour: Hour, *, zone: str, now: datetime) -> Wrong | None:
    """What is wrong with an hour somebody wants to meet at, if anything."""
    if hour.begins_at(zone) <= now:
        return Wrong.PAST
    if hour.on > now.astimezone(zone_of(zone)).date() + FAR:
        return Wrong.FAR
    ends = datetime.combine(hour.on, hour.begins) + timedelta(minutes=hour.minutes)
    if hour.begins < DAY_BEGINS or ends > datetime.combine(hour.on, DAY_ENDS):
        return Wrong.NIGHT
    return None
