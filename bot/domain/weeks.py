"""What is known of a coach's week is of seven local days, and its summary falls due by the coach's own clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import moment, next_weekly, zone_of
from bot.domain.messages import OutboxStatus, Purpose
from bot.domain.people import AddressState, Membership, Presence
from bot.domain.programme import Instrument, Programme, SummaryLeaves, SummaryRule
from bot.domain.timetable import Timetable

USUAL_DAY, USUAL_TIME = 1, time(7, 30)
"""When a coach who accompanies nobody yet is looked at again."""


class CheckedIn(StrEnum):
    """What became of the week's check-ins with somebody."""

    NOT_ASKED = "not-asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Seven local days, `since` the first and `until` the day after the last, where the coach lives."""

    since: date
    until: date
    zone: str

    @property
    def begins(self) -> datetime:
        """The first moment of it."""
        return moment(self.since, time(0), zone_of(self.zone))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return moment(self.until, time(0), zone_of(self.zone))

    @property
    def week(self) -> tuple[int, int]:
        """ISO year and week: the one that holds most of these days, by ISO's own rule for years."""
        year, week, _ = (self.since + timedelta(days=3)).isocalendar()
        return year, week


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """How one session went for one person."""

    activity: str
    on: date
    presence: Presence


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """The person's own latest value of one indicator on one version, before the window or in it."""

    indicator: str
    instrument: str
    version: int
    value: int
    rated_at: datetime


@dataclass(frozen=True, kw_only=True)
class PersonWeek:
    """What is known of one person's week in one programme. `reach` is the preferred address's, if there is one."""

    participant_id: int
    enrolment_id: int
    first_name: str
    phase: str
    coach_since: date
    started_on: date
    ended_on: date | None = None
    last_heard_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_until: datetime | None = None
    held_at: datetime | None = None
    protected: bool = False
    memberships: tuple[Membership, ...] = ()
    reach: AddressState | None = AddressState.ACTIVE
    checked_in: CheckedIn = CheckedIn.NOT_ASKED
    held: tuple[Held, ...] = ()
    before: tuple[Rated, ...] = ()
    rated: tuple[Rated, ...] = ()
    milestones: tuple[tuple[str, date], ...] = ()
    """Slug and date of those not reached whose day is in the week that comes."""
    meetings: tuple[tuple[date, time], ...] = ()
    """Day and hour of those that take place in the week that comes."""

    def blocks(self, on: date) -> tuple[str, ...]:
        """The blocks whose member this person is on a day."""
        return tuple(one.block for one in self.memberships if one.holds(on))


@dataclass(frozen=True, kw_only=True)
class OpenAlert:
    """Something nobody has seen to yet, `count` times since `raised_at`. Without a name it is about no participant."""

    kind: str
    raised_at: datetime
    count: int = 1
    first_name: str | None = None
    protected: bool = False


@dataclass(frozen=True, kw_only=True)
class ProgrammeWeek:
    """The week of a coach's people in one programme. `outbox` counts what was queued in it."""

    programme_id: int
    programme: Programme
    timetable: Timetable
    instrument: Instrument
    people: tuple[PersonWeek, ...] = ()
    outbox: Mapping[tuple[OutboxStatus, Purpose], int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WeekFacts:
    """All that a weekly summary is made of."""

    window: Window
    programmes: tuple[ProgrammeWeek, ...] = ()
    alerts: tuple[OpenAlert, ...] = ()


def next_summary(rules: Iterable[SummaryRule], *, zone: str, after: datetime) -> datetime:
    """The first moment after `after` at which any of these rules gives a summary, where the coach lives."""
    moments = [next_weekly(rule.weekday, rule.at, zone=zone, after=after) for rule in rules]
    return min(moments, default=None) or next_weekly(USUAL_DAY, USUAL_TIME, zone=zone, after=after)


def latest_due(rules: Iterable[SummaryRule], *, zone: str, due: datetime, now: datetime) -> datetime:
    """The last summary moment that has come. Weeks that were slept through are old news and are not told."""
    known = tuple(rules)
    latest = max(due, now - timedelta(days=15))
    while (following := next_summary(known, zone=zone, after=latest)) <= now:
        latest = following
    return latest


def window_before(at: datetime, *, zone: str) -> Window:
    """The seven local days before the day of `at`."""
    day = at.astimezone(zone_of(zone)).date()
    return Window(since=day - timedelta(days=7), until=day, zone=zone)


def may_leave(rules: Iterable[SummaryRule]) -> SummaryLeaves:
    """What may leave the house: the most careful of the programmes decides for all."""
    known = {rule.leaves for rule in rules}
    return SummaryLeaves.CONTENT if known == {SummaryLeaves.CONTENT} else SummaryLeaves.NOTICE
