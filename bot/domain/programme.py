"""A programme is phases, activities, an instrument and rules for when to write, as its coaches defined them."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from bot.domain.people import StaffedHours


class Area(StrEnum):
    """What an activity is for. The last three move people only beside the first (BIP)."""

    JOB = "job"
    SKILLS = "skills"
    SOCIAL = "social"
    HEALTH = "health"


class WhenBusy(StrEnum):
    """What a reminder does when the person is in the middle of another conversation."""

    WAIT = "wait"
    SKIP = "skip"
    INTERRUPT = "interrupt"


class SmsWording(StrEnum):
    """Which words an indicator is asked with by SMS."""

    NEUTRAL = "neutral"
    ORDINARY = "ordinary"


class SummaryLeaves(StrEnum):
    """What of the weekly summary may leave the house by e-mail and Telegram."""

    CONTENT = "content"
    NOTICE = "notice"


class AskedOf(StrEnum):
    """Who rates an indicator."""

    BOTH = "both"
    COACH = "coach"


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """Something reached once, with a date that stands with the person. `title` is a text key."""

    slug: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Where in the programme a person is. `title` is a text key."""

    slug: str
    title: str
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something done at a time and place, every week on its weekdays (ISO, 1 is Monday), in these phases.

    No phases means all of them. `title` and `place` are text keys: neither may say anything sensitive.
    """

    slug: str
    title: str
    area: Area
    weekdays: tuple[int, ...]
    begins: time
    ends: time
    place: str
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One of the things progress is seen on. All words are text keys; `anchors` go from the lowest level up.

    `neutral` is the wording for SMS, which says nothing sensitive. `behaviours` (instead of `anchors`) makes the
    indicator a count of what is ticked. A coach-only indicator has no `question` and no `neutral`.
    """

    slug: str
    title: str
    asked_of: AskedOf
    coach_question: str
    anchors: tuple[str, ...]
    question: str | None = None
    neutral: str | None = None
    neutral_short: str | None = None
    behaviours: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A set of indicators with one scale, from `low` to `high`. `version` is set when it is published."""

    slug: str
    low: int
    high: int
    indicators: tuple[Indicator, ...]
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From when to when (local time, over midnight when `begins` is later) we begin nothing."""

    begins: time
    ends: time


@dataclass(frozen=True, kw_only=True)
class BeforeDay:
    """`days` before each day that has an activity for the person (0: the same day), at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class BeforeMilestone:
    """`days` before the date of each milestone not yet reached, at `at` local time."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """On these ISO weekdays at `at` local time."""

    weekdays: tuple[int, ...]
    at: time


@dataclass(frozen=True, kw_only=True)
class EveryMonths:
    """On the first `weekday` on or after each `months`-th month since the person began, at `at` local time."""

    months: int
    weekday: int
    at: time


When = BeforeDay | BeforeMilestone | Weekly | EveryMonths


@dataclass(frozen=True, kw_only=True)
class ReminderRule:
    """When which flow begins, or which text is said (exactly one of the two), and to whom.

    `phases` empty means everybody. An occurrence later than `expires_after` has lost its meaning and is not sent.
    """

    slug: str
    when: When
    says: str | None = None
    begins: str | None = None
    phases: tuple[str, ...] = ()
    when_busy: WhenBusy = WhenBusy.WAIT
    expires_after: timedelta = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class SummaryRule:
    """When a coach gets the weekly summary (ISO weekday, local time) and what of it may leave the house."""

    weekday: int
    at: time
    leaves: SummaryLeaves
    silent_after_days: int = 7


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A whole programme. `languages` has the fallback first; `flows` are the slugs a rule or a wish may begin."""

    slug: str
    title: str
    zone: str
    languages: tuple[str, ...]
    phases: tuple[Phase, ...]
    activities: tuple[Activity, ...]
    instrument: str
    rules: tuple[ReminderRule, ...]
    quiet: QuietHours
    staffed: StaffedHours
    summary: SummaryRule
    flows: tuple[str, ...]
    sms_wording: SmsWording = SmsWording.NEUTRAL
    telegram: bool = True
    health_every_day: bool = False
    farewell: str | None = None
    urgent_minutes: int = 15
    """After so long the next one is told of something urgent that nobody has seen to."""


WELCOME = "welcome"
"""The slug of the flow that asks whether we may write, in a programme that has one."""

MESSAGES_ALLOWED = "messages-allowed"
"""What its answer is saved as: yes or no."""

FAREWELL = "farewell"
"""The slug of the rule every programme with a farewell has: it is said at `FAREWELL_AT` on a person's last day."""

FAREWELL_AT = time(12, 0)
FAREWELL_LASTS = timedelta(hours=6)
