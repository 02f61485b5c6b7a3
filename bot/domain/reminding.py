"""Some rules every programme has by itself: the farewell, and two words each before first days and meetings."""

from dataclasses import dataclass
from datetime import time, timedelta

from bot.domain.programme import FAREWELL, FAREWELL_AT, FAREWELL_LASTS, Programme, QuietHours
from bot.domain.rules import BeforeFirst, BeforeMeeting, OnLastDay, ReminderRule


@dataclass(frozen=True, kw_only=True)
class Usual:
    """So many days before, at this local time, said in the words of this `name`, which `lasts` so long."""

    name: str
    days: int
    at: time
    lasts: timedelta


SOON = Usual(name="soon", days=3, at=time(10), lasts=timedelta(hours=24))
"""It names the day: a day later it is still true."""

TOMORROW = Usual(name="tomorrow", days=1, at=time(16), lasts=timedelta(hours=6))
"""It says tomorrow: it is true on this day alone."""

BY_ITSELF = frozenset({FAREWELL, *(f"{what}-{one.name}" for what in ("first", "meeting") for one in (SOON, TOMORROW))})
"""The names of these rules: no other may be called so, for a rule speaks once for a day."""


def all_rules(programme: Programme) -> tuple[ReminderRule, ...]:
    """The programme's own rules, and those it has by itself."""
    return (*programme.rules, *_usual(programme), *_farewell(programme))


def said_by(rule: ReminderRule, *, drop_in: bool) -> str | None:
    """Which text a rule says; `drop_in` when all that it is about is open to whoever likes to come."""
    return rule.says_drop_in if drop_in and rule.says_drop_in else rule.says


def _usual(programme: Programme) -> tuple[ReminderRule, ...]:
    """Before first days and before meetings, where the programme has no rule of its own for them."""
    if not programme.usual_reminders:
        return ()
    own = {type(rule.when) for rule in programme.rules}
    makers = [make for kind, make in ((BeforeFirst, _first), (BeforeMeeting, _meeting)) if kind not in own]
    return tuple(make(one, programme) for make in makers for one in (SOON, TOMORROW))


def _first(one: Usual, programme: Programme) -> ReminderRule:
    return ReminderRule(
        slug=f"first-{one.name}",
        when=BeforeFirst(days=one.days, at=_awake(one.at, programme.quiet)),
        says=f"phrases/first-{one.name}",
        says_drop_in="phrases/drop-in-day",
        expires_after=one.lasts,
    )


def _meeting(one: Usual, programme: Programme) -> ReminderRule:
    return ReminderRule(
        slug=f"meeting-{one.name}",
        when=BeforeMeeting(days=one.days, at=_awake(one.at, programme.quiet)),
        says=f"phrases/meeting-{one.name}",
        expires_after=one.lasts,
    )


def _awake(at: time, quiet: QuietHours) -> time:
    """This hour, or the one of the same day at which the quiet hours end that hold then."""
    return quiet.ends if quiet.hold(at) else at


def _farewell(programme: Programme) -> tuple[ReminderRule, ...]:
    if programme.farewell is None:
        return ()
    when = OnLastDay(at=FAREWELL_AT)
    return (ReminderRule(slug=FAREWELL, when=when, says=programme.farewell, expires_after=FAREWELL_LASTS),)
