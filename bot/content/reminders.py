"""A reminder rule says when, to whom and either what is said or which flow begins, never at night."""

import re
from dataclasses import dataclass
from datetime import time, timedelta

from bot.content.nodes import Node, Scalar
from bot.content.pages import Fields, Page, hint
from bot.content.wordings import PERSON
from bot.domain.programme import Phase, QuietHours
from bot.domain.recurrence import Weeks
from bot.domain.rules import BeforeDay, EveryMonths, NearMilestone, ReminderRule, WallClock, When, WhenBusy

REMINDER_KEYS = (
    "before",
    "days",
    "every",
    "weekdays",
    "at",
    "say",
    "begin",
    "phases",
    "when-busy",
    "expires-after",
    "note",
)

_ACTIVITIES = frozenset({"activities", "first_time", "first_activity", "first_place"})
_DAY = PERSON | {"day"}
_MONTHS = re.compile(r"(1[0-2]|[1-9]) months?\Z")
_NOON = time(12)


def read_reminders(
    top: Fields, *, prefix: str, phases: tuple[Phase, ...], flows: tuple[str, ...], quiet: QuietHours
) -> tuple[ReminderRule, ...]:
    """The rules below `reminders:`. `flows` and `phases` are what they may name."""
    reader = _Reader(page=top.page, prefix=prefix, phases=phases, flows=flows, quiet=quiet)
    return tuple(
        reader.rule(name, key, value) for name, key, value in top.page.named(top.get("reminders"), where="'reminders'")
    )


def is_quiet(at: time, quiet: QuietHours) -> bool:
    """Whether we begin nothing at this local time. The end itself is no longer quiet."""
    if quiet.begins <= quiet.ends:
        return quiet.begins <= at < quiet.ends
    return at >= quiet.begins or at < quiet.ends


@dataclass(frozen=True, kw_only=True)
class _Reader:
    page: Page
    prefix: str
    phases: tuple[Phase, ...]
    flows: tuple[str, ...]
    quiet: QuietHours

    def rule(self, name: str, key: Scalar, node: Node) -> ReminderRule:
        page, known = self.page, {phase.slug for phase in self.phases}
        fields = page.fields(node, known=REMINDER_KEYS, where=f"the reminder '{name}'")
        when = self._when(name, key, fields)
        if (fields.get("say") is None) == (fields.get("begin") is None):
            has = "neither 'say' nor 'begin'" if fields.get("say") is None else "both 'say' and 'begin'"
            page.complain(key, f"the reminder '{name}' has {has}", "write one of the two")
        note = page.text(fields.get("note"), where="'note'") or ""
        says = page.words(
            fields.get("say"), key=f"{self.prefix}/reminder-{name}/say", allowed=placeholders_of(when), note=note
        )
        return ReminderRule(
            slug=name,
            when=when or WallClock(recurs=Weeks(weekdays=()), at=_NOON),
            says=says,
            begins=self._flow(fields.get("begin")),
            phases=phases_of(page, fields.get("phases"), known=known),
            when_busy=page.one_of(fields.get("when-busy"), WhenBusy, where="'when-busy'") or WhenBusy.WAIT,
            expires_after=page.span(fields.get("expires-after"), where="'expires-after'") or timedelta(hours=2),
        )

    def _when(self, name: str, key: Scalar, fields: Fields) -> When | None:
        page = self.page
        at = page.clock(fields.need("at"), where="'at'")
        if at is not None and is_quiet(at, self.quiet):
            what = f"the reminder '{name}' is sent at {at:%H:%M}, in the quiet hours"
            remedy = f"choose a time from {self.quiet.ends:%H:%M} to before {self.quiet.begins:%H:%M}"
            page.complain(fields.get("at"), what, remedy)
        before, every = fields.get("before"), fields.get("every")
        if (before is None) == (every is None):
            has = "neither 'before' nor 'every'" if before is None else "both 'before' and 'every'"
            page.complain(key, f"the reminder '{name}' has {has}", "write one of the two")
            return None
        self._check_belongs(fields, before)
        if before is not None:
            return self._before(fields, before, at or _NOON)
        return self._every(fields, every, at or _NOON)

    def _check_belongs(self, fields: Fields, before: Node | None) -> None:
        foreign, other = ("days", "before") if before is None else ("weekdays", "every")
        if (node := fields.get(foreign)) is not None:
            self.page.complain(node, f"'{foreign}' belongs to '{other}'", f"take '{foreign}' away")

    def _before(self, fields: Fields, before: Node, at: time) -> When:
        days = self.page.number(fields.need("days"), where="'days'", low=0, high=60) or 0
        name = before.words if isinstance(before, Scalar) else ""
        if name == "milestone":
            return NearMilestone(days=days, at=at)
        if name != "day":
            self.page.complain(before, "'before' must be day or milestone", "write one of these")
        return BeforeDay(days=days, at=at)

    def _every(self, fields: Fields, every: Node | None, at: time) -> When:
        weekdays = self.page.weekdays(node := fields.need("weekdays"), where="'weekdays'")
        words = every.words if isinstance(every, Scalar) else ""
        months = _MONTHS.match(words)
        if node is not None and not weekdays:
            self.page.complain(node, "'weekdays' names no day", "write for instance [thu]")
        if months is None:
            if words != "week":
                self.page.complain(every, "'every' must be week or a number of months", "write week, or 3 months")
            return WallClock(recurs=Weeks(weekdays=weekdays), at=at)
        if len(weekdays) > 1:
            self.page.complain(node, "a reminder every some months has more than one weekday", "keep one of them")
        return EveryMonths(months=int(months[1]), weekday=weekdays[0] if weekdays else 1, at=at)

    def _flow(self, node: Node | None) -> str | None:
        slug = self.page.slug(node)
        if slug is not None and slug not in self.flows:
            self.page.complain(node, f"the programme has no flow '{slug}'", f"{hint(slug, self.flows)} (see 'flows')")
        return slug


def placeholders_of(when: When | None) -> frozenset[str]:
    """What a reminder may put in: only what is known at its moment. Of a moment not yet clear, all are."""
    match when:
        case BeforeDay():
            return _DAY | _ACTIVITIES
        case NearMilestone():
            return _DAY | {"milestone"}
        case None:
            return _DAY | _ACTIVITIES | {"milestone"}
        case _:
            return _DAY


def phases_of(page: Page, node: Node | None, *, known: set[str]) -> tuple[str, ...]:
    """The phases a list names; each must be one of the programme's."""
    found = page.slugs(node, where="'phases'")
    for slug, item in found:
        if slug not in known:
            page.complain(item, f"the programme has no phase '{slug}'", hint(slug, known))
    return tuple(slug for slug, _ in found if slug in known)
