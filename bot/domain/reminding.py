"""Some rules every programme has by itself: the farewell, and words before firsts and meetings."""

from bot.domain.programme import FAREWELL, FAREWELL_AT, FAREWELL_LASTS, Programme
from bot.domain.rules import OnLastDay, ReminderRule


def all_rules(programme: Programme) -> tuple[ReminderRule, ...]:
    """The programme's own rules, and those it has by itself."""
    return (*programme.rules, *_farewell(programme))


def said_by(rule: ReminderRule, *, drop_in: bool) -> str | None:
    """Which text a rule says; `drop_in` when all that it is about is open to whoever likes to come."""
    return rule.says_drop_in if drop_in and rule.says_drop_in else rule.says


def _farewell(programme: Programme) -> tuple[ReminderRule, ...]:
    if programme.farewell is None:
        return ()
    when = OnLastDay(at=FAREWELL_AT)
    return (ReminderRule(slug=FAREWELL, when=when, says=programme.farewell, expires_after=FAREWELL_LASTS),)
