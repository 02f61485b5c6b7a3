"""Some rules every programme has by itself: the farewell, and words before firsts and meetings."""

from bot.domain.programme import FAREWELL, FAREWELL_AT, FAREWELL_LASTS, Programme
from bot.domain.rules import OnLastDay, ReminderRule


def all_rules(programme: Programme) -> tuple[ReminderRule, ...]:
    """The programme's own rules, and those it has by itself."""
    return (*programme.rules, *_farewell(programme))


def _farewell(programme: Programme) -> tuple[ReminderRule, ...]:
    if programme.farewell is None:
        return ()
    when = OnLastDay(at=FAREWELL_AT)
    return (ReminderRule(slug=FAREWELL, when=when, says=programme.farewell, expires_after=FAREWELL_LASTS),)
