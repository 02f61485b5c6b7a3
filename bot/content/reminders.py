"""A reminder rule says when, to whom and either what is said or which flow begins, never at night."""

from dataclasses import dataclass
from datetime import time, timedelta

from bot.content.moments import MOMENT_KEYS, Moment, held_past
from bot.content.naming import placeholders_of
from bot.content.nodes import Node, Scalar
from bot.content.pages import Fields, Page, hint
from bot.content.phrases import key_of
from bot.domain.programme import Programme
from bot.domain.recurrence import Weeks
from bot.domain.reminding import BY_ITSELF
from bot.domain.rules import (
    AtNight,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    NearMilestone,
    NearPhase,
    OnFreeDay,
    ReminderRule,
    WallClock,
    When,
    WhenBusy,
)

REMINDER_KEYS = (
    *MOMENT_KEYS,
    "say",
    "say-drop-in",
    "begin",
    "phases",
    "blocks",
    "when-busy",
    "expires-after",
    "on-free-day",
    "at-night",
    "note",
)

_NEVER = WallClock(recurs=Weeks(weekdays=()), at=time(12))
_EXPIRES = timedelta(hours=2)


def read_reminders(top: Fields, programme: Programme) -> tuple[ReminderRule, ...]:
    """The rules below `reminders:` of a programme that is read but for these."""
    reader = _Reader(page=top.page, programme=programme)
    return tuple(
        reader.rule(name, key, value) for name, key, value in top.page.named(top.get("reminders"), where="'reminders'")
    )


@dataclass(frozen=True, kw_only=True)
class _Reader:
    page: Page
    programme: Programme

    def rule(self, name: str, key: Scalar, node: Node) -> ReminderRule:
        page, programme = self.page, self.programme
        fields = page.fields(node, known=REMINDER_KEYS, where=f"the reminder '{name}'")
        if name in BY_ITSELF:
            what = f"'{name}' is a reminder that every programme has by itself"
            page.complain(key, what, "give yours another name")
        when = Moment(name=name, key=key, fields=fields, programme=programme).read()
        says, drop_in = self._words(name, key, fields, when)
        phases = tuple(phase.slug for phase in programme.phases)
        blocks = tuple(block.slug for block in programme.blocks)
        at_night = page.one_of(fields.get("at-night"), AtNight, where="'at-night'") or AtNight.HOLD
        self._check_night(name, key, when, at_night)
        return ReminderRule(
            slug=name,
            when=when or _NEVER,
            says=says,
            begins=self._flow(fields.get("begin")),
            phases=some_of(page, fields.get("phases"), known=phases, what="phase"),
            blocks=some_of(page, fields.get("blocks"), known=blocks, what="block"),
            when_busy=page.one_of(fields.get("when-busy"), WhenBusy, where="'when-busy'") or WhenBusy.WAIT,
            expires_after=page.span(fields.get("expires-after"), where="'expires-after'") or _expires(when),
            on_free_day=self._free_day(fields, when),
            at_night=at_night,
            says_drop_in=drop_in,
        )

    def _words(self, name: str, key: Scalar, fields: Fields, when: When | None) -> tuple[str | None, str | None]:
        page, prefix = self.page, f"{self.programme.slug}/reminder-{name}"
        if (fields.get("say") is None) == (fields.get("begin") is None):
            has = "neither 'say' nor 'begin'" if fields.get("say") is None else "both 'say' and 'begin'"
            page.complain(key, f"the reminder '{name}' has {has}", "write one of the two")
        note, allowed = page.text(fields.get("note"), where="'note'") or "", placeholders_of(when)
        says = page.words(fields.get("say"), key=f"{prefix}/say", allowed=allowed, note=note)
        gentle = page.words(fields.get("say-drop-in"), key=f"{prefix}/say-drop-in", allowed=allowed, note=note)
        if gentle is not None and not (says and isinstance(when, BeforeDay | BeforeActivity | BeforeFirst)):
            what = "'say-drop-in' stands beside 'say', before a day, an activity or a first one"
            page.complain(fields.get("say-drop-in"), what, "take 'say-drop-in' away")
        return says, (gentle or _gentle(when)) if says else None

    def _free_day(self, fields: Fields, when: When | None) -> OnFreeDay:
        node, word = fields.get("on-free-day"), "before" if fields.get("before") is not None else "after"
        chosen = self.page.one_of(node, OnFreeDay, where="'on-free-day'")
        # What is moved to the other side of the thing it is about has nothing to tell.
        other = OnFreeDay.AFTER if word == "before" else OnFreeDay.BEFORE
        if chosen is other and fields.get(word) is not None:
            what = f"'on-free-day: {chosen}' does not go with '{word}'"
            self.page.complain(node, what, f"write send, drop or {word}")
        if chosen is not None:
            return chosen
        if isinstance(when, NearMilestone | NearPhase) and word == "before":
            return OnFreeDay.BEFORE
        # Nothing is held on a free day: these tell of another one, which comes whatever today is.
        return OnFreeDay.SEND if word == "before" else OnFreeDay.AFTER

    def _check_night(self, name: str, key: Scalar, when: When | None, at_night: AtNight) -> None:
        """What is held until the morning must not come when what it tells of has begun."""
        if not isinstance(when, BeforeActivity) or at_night is not AtNight.HOLD:
            return
        for one in self.programme.activities:
            meant = not when.activities or one.slug in when.activities
            if meant and held_past(one.begins, when.lead, self.programme.quiet):
                what = f"the night would hold the reminder '{name}' until '{one.slug}' has begun"
                self.page.complain(key, what, "write 'at-night: before' or 'at-night: drop', or other minutes")

    def _flow(self, node: Node | None) -> str | None:
        slug, flows = self.page.slug(node), self.programme.flows
        if slug is not None and slug not in flows:
            self.page.complain(node, f"the programme has no flow '{slug}'", f"{hint(slug, flows)} (see 'flows')")
        return slug


def some_of(page: Page, node: Node | None, *, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Which of a programme's phases or blocks (`what`, one of them) a list names; each must be one of `known`."""
    found = page.slugs(node, where=f"'{what}s'")
    for slug, item in found:
        if slug not in known:
            page.complain(item, f"the programme has no {what} '{slug}'", hint(slug, known))
    return tuple(slug for slug, _ in found if slug in known)


def _gentle(when: When | None) -> str | None:
    """What is said of things that are all drop-in, when the programme has no words of its own: no place is kept."""
    if isinstance(when, BeforeActivity):
        return key_of("drop-in-soon")
    return key_of("drop-in-day") if isinstance(when, BeforeDay | BeforeFirst) else None


def _expires(when: When | None) -> timedelta:
    """What comes before an activity means nothing when that has begun."""
    return when.lead if isinstance(when, BeforeActivity) else _EXPIRES
