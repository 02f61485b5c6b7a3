"""A programme is phases, activities, an instrument and rules for when to write, as its coaches defined them."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from bot.domain.people import StaffedHours
from bot.domain.recurrence import Recurrence
from bot.domain.rules import ReminderRule


class Area(StrEnum):
    """What an activity is for. The last three move people only beside the first (BIP)."""

    JOB = "job"
    SKILLS = "skills"
    SOCIAL = "social"
    HEALTH = "health"


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
class Block:
    """A run of group activities with a theme, for those who are members of it. `title` is a text key."""

    slug: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something done at a time and place on the days of `recurs`, by people in these phases and in its block.

    No phases means all of them; no block means everybody. `title` and `place` are text keys: neither may say anything
    sensitive. Before `first_on` and after `last_on`, where they are given, it is not held, nor on a free day of the
    programme unless it is `held_on_free_days`. Whoever likes comes to a `drop_in`: nobody is missed there.
    """

    slug: str
    title: str
    area: Area
    recurs: Recurrence
    begins: time
    ends: time
    place: str
    phases: tuple[str, ...] = ()
    block: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    held_on_free_days: bool = False
    drop_in: bool = False


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

    def hold(self, at: time) -> bool:
        """Whether this local time is one of them. The end itself is not."""
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


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
    blocks: tuple[Block, ...] = ()
    red_days: str | None = None
    """The country whose red days and eves are free (ISO 3166, `SE`); none if that is left to `closed`."""
    closed: tuple[date, ...] = ()
    """Days on which nothing is held and nobody is here, beside those."""
    sms_budget: int | None = None
    """How many parts of SMS may be sent a day; no limit if there is none."""
    usual_reminders: bool = False
    """Whether it has the reminders every programme has unless it says otherwise. What was published when there were
    none has no words for them."""


WELCOME = "welcome"
"""The slug of the flow that asks whether we may write, in a programme that has one."""

MESSAGES_ALLOWED = "messages-allowed"
"""What its answer is saved as: yes or no."""

FAREWELL = "farewell"
"""The slug of the rule every programme with a farewell has: it is said at `FAREWELL_AT` on a person's last day."""

FAREWELL_AT = time(12, 0)
FAREWELL_LASTS = timedelta(hours=6)
