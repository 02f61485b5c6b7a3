"""A reminder rule says when somebody is written to, who that is, and what gives way to nights and free days."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from bot.domain.recurrence import Recurrence


class WhenBusy(StrEnum):
    """What a reminder does when the person is in the middle of another conversation."""

    WAIT = "wait"
    SKIP = "skip"
    INTERRUPT = "interrupt"


class OnFreeDay(StrEnum):
    """What a reminder does that falls on a free day of the person it is for."""

    SEND = "send"
    DROP = "drop"
    BEFORE = "before"
    """It comes on the last day before that is not free, at the same hour."""
    AFTER = "after"
    """It comes on the next day that is not free, at the same hour."""


class AtNight(StrEnum):
    """What a reminder does that falls into the quiet hours of the person it is for."""

    HOLD = "hold"
    """It comes when they are over, unless it has lost its meaning by then."""
    BEFORE = "before"
    """It comes a minute before they begin."""
    DROP = "drop"


@dataclass(frozen=True, kw_only=True)
class BeforeDay:
    """`days` before each day that has an activity for the person (0: the same day), at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class BeforeActivity:
    """`lead` before each activity begins. With `activities` (slugs) only before these."""

    lead: timedelta
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BeforeFirst:
    """`days` before the first activity of a person in the programme or in a block, at `at` local time.

    Whoever hears it does not hear a `BeforeDay` of as many days about the same day.
    """

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class BeforeMeeting:
    """`days` before each individual meeting that is not called off, at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class NearMilestone:
    """`days` before the date of each milestone not yet reached (negative: after it), at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class NearPhase:
    """`days` after somebody entered a phase, or, with `ends`, before the day on which it is planned to be over."""

    days: int
    at: time
    ends: bool = False


@dataclass(frozen=True, kw_only=True)
class AfterStart:
    """`days` after somebody began in the programme (0: on their first day), at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class WallClock:
    """On the days of a recurrence, at `at` local time."""

    recurs: Recurrence
    at: time


@dataclass(frozen=True, kw_only=True)
class EveryMonths:
    """On the first `weekday` on or after each `months`-th month since the person began, at `at` local time."""

    months: int
    weekday: int
    at: time


@dataclass(frozen=True, kw_only=True)
class OnLastDay:
    """On somebody's last day in the programme, at `at` local time."""

    at: time


When = (
    BeforeDay
    | BeforeActivity
    | BeforeFirst
    | BeforeMeeting
    | NearMilestone
    | NearPhase
    | AfterStart
    | WallClock
    | EveryMonths
    | OnLastDay
)


@dataclass(frozen=True, kw_only=True)
class ReminderRule:
    """When which flow begins, or which text is said (exactly one of the two), and to whom.

    `phases` empty means people in any of them, `blocks` empty people in any block or none. An occurrence later than
    `expires_after` has lost its meaning and is not sent. `says_drop_in`, if there is one, is said instead of `says`
    when all it is about is a drop-in: nobody is promised a place there.
    """

    slug: str
    when: When
    says: str | None = None
    begins: str | None = None
    phases: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    when_busy: WhenBusy = WhenBusy.WAIT
    expires_after: timedelta = timedelta(hours=2)
    on_free_day: OnFreeDay = OnFreeDay.SEND
    at_night: AtNight = AtNight.HOLD
    says_drop_in: str | None = None
