"""When a reminder speaks is written before, after or every something, each with the keys that belong to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.content.nodes import Scalar
from bot.content.pages import Fields, Page, hint
from bot.content.recurrences import many_weeks, read_month, read_weekdays, read_weeks, refuse, words_of
from bot.domain.programme import Programme, QuietHours
from bot.domain.rules import (
    AfterStart,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    EveryMonths,
    NearMilestone,
    NearPhase,
    WallClock,
    When,
)

MOMENT_KEYS = (
    "before",
    "after",
    "every",
    "days",
    "minutes",
    "activities",
    "weekdays",
    "on",
    "counted-from",
    "at",
)
LEAST_MINUTES = 15
MOST_MINUTES = 2880
MOST_DAYS_BEFORE = 60
MOST_DAYS_AFTER = 730

_MONTHS = re.compile(r"(1[0-2]|[1-9]) months?\Z")
_NOON = time(12)
_OWN = MOMENT_KEYS[3:]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One reminder being read, in the programme it belongs to."""

    name: str
    key: Scalar
    fields: Fields
    programme: Programme

    def read(self) -> When | None:
        """When it speaks; `None` if that is not clear."""
        given = [(word, node) for word in ("before", "after", "every") if (node := self.fields.get(word)) is not None]
        if len(given) != 1:
            has = "no 'before', 'after' or 'every'" if not given else " and ".join(f"'{word}'" for word, _ in given)
            self.page.complain(self.key, f"the reminder '{self.name}' has {has}", "write one of them")
            self.at()
            return None
        word, node = given[0]
        kind = _kind(word, words_of(node))
        if kind not in _KINDS:
            self.page.complain(node, f"'{word}' must be {_OF[word]}", "write one of these")
            self.at()
            return None
        keys, make = _KINDS[kind]
        refuse(self.fields, (one for one in _OWN if one not in keys), beside=f"{word}: {words_of(node)}")
        return make(self)

    @property
    def page(self) -> Page:
        """The file it stands in."""
        return self.fields.page

    def days(self, *, most: int = MOST_DAYS_BEFORE) -> int:
        """How many days before or after."""
        return self.page.number(self.fields.need("days"), where="'days'", low=0, high=most) or 0

    def at(self) -> time:
        """The hour, which is not at night."""
        node = self.fields.need("at")
        at, quiet = self.page.clock(node, where="'at'"), self.programme.quiet
        if at is not None and quiet.hold(at):
            what = f"the reminder '{self.name}' is sent at {at:%H:%M}, in the quiet hours"
            remedy = f"choose a time from {quiet.ends:%H:%M} to before {quiet.begins:%H:%M}"
            self.page.complain(node, what, remedy)
        return at or _NOON

    def before_activity(self) -> BeforeActivity:
        """Minutes before each activity, or before some of them."""
        where = self.fields.need("minutes")
        minutes = self.page.number(where, where="'minutes'", low=LEAST_MINUTES, high=MOST_MINUTES) or LEAST_MINUTES
        known = [one.slug for one in self.programme.activities]
        named = self.page.slugs(self.fields.get("activities"), where="'activities'")
        for slug, item in named:
            if slug not in known:
                self.page.complain(item, f"the programme has no activity '{slug}'", hint(slug, known))
        return BeforeActivity(lead=timedelta(minutes=minutes), activities=tuple(slug for slug, _ in named))

    def every_weeks(self) -> WallClock:
        """On weekdays, of every week or every so many."""
        return WallClock(recurs=read_weeks(self.fields, self.fields.get("every")), at=self.at())

    def every_month(self) -> WallClock:
        """On a day of the month."""
        return WallClock(recurs=read_month(self.fields), at=self.at())

    def every_months(self) -> EveryMonths:
        """Every so many months, counted from when each person began."""
        node = self.fields.need("weekdays")
        weekdays = read_weekdays(self.page, node)
        if len(weekdays) > 1:
            self.page.complain(node, "a reminder every some months has more than one weekday", "keep one of them")
        months = _MONTHS.match(words_of(self.fields.get("every")))
        return EveryMonths(months=int(months[1]) if months else 1, weekday=weekdays[0] if weekdays else 1, at=self.at())


def held_past(begins: time, lead: timedelta, quiet: QuietHours) -> bool:
    """Whether words `lead` before an hour would be held by the night until it has come."""
    there = datetime.combine(date(2001, 1, 3), begins)
    own = there - lead
    if not quiet.hold(own.time()):
        return False
    awake = datetime.combine(own.date(), quiet.ends)
    return (awake if awake > own else awake + timedelta(days=1)) >= there


def _kind(word: str, words: str) -> str:
    """The kind of moment that is written: how many weeks or months is no other kind."""
    if word == "every" and many_weeks(words) is not None:
        return "every: 2 weeks"
    if word == "every" and _MONTHS.match(words):
        return "every: 3 months"
    return f"{word}: {words}"


_BY_DAYS = ("days", "at")
_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Moment], When]]] = {
    "before: day": (_BY_DAYS, lambda one: BeforeDay(days=one.days(), at=one.at())),
    "before: activity": (("minutes", "activities"), Moment.before_activity),
    "before: first": (_BY_DAYS, lambda one: BeforeFirst(days=one.days(), at=one.at())),
    "before: meeting": (_BY_DAYS, lambda one: BeforeMeeting(days=one.days(), at=one.at())),
    "before: milestone": (_BY_DAYS, lambda one: NearMilestone(days=one.days(), at=one.at())),
    "before: phase-end": (_BY_DAYS, lambda one: NearPhase(days=one.days(), at=one.at(), ends=True)),
    "after: milestone": (_BY_DAYS, lambda one: NearMilestone(days=-one.days(most=MOST_DAYS_AFTER), at=one.at())),
    "after: phase": (_BY_DAYS, lambda one: NearPhase(days=one.days(most=MOST_DAYS_AFTER), at=one.at())),
    "after: start": (_BY_DAYS, lambda one: AfterStart(days=one.days(most=MOST_DAYS_AFTER), at=one.at())),
    # What the weeks have of their own, `read_weeks` tells.
    "every: week": (("weekdays", "on", "counted-from", "at"), Moment.every_weeks),
    "every: 2 weeks": (("weekdays", "on", "counted-from", "at"), Moment.every_weeks),
    "every: month": (("on", "at"), Moment.every_month),
    "every: 3 months": (("weekdays", "at"), Moment.every_months),
}
_OF = {
    "before": "day, activity, first, meeting, milestone or phase-end",
    "after": "milestone, phase or start",
    "every": "week, a number of weeks, month or a number of months",
}
