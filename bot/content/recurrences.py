"""Days that come again are written in a few words, and every way to write them means one thing."""

import re
from collections.abc import Iterable
from datetime import date

from bot.content.nodes import Listing, Node, Scalar
from bot.content.pages import WEEKDAYS, Fields, Page
from bot.domain.recurrence import LAST, Days, MonthDay, MonthWeekday, Recurrence, Weeks

RECURRENCE_KEYS = ("weekdays", "every", "on", "counted-from", "dates")
PLACES = ("first", "second", "third", "fourth", "fifth")

_WEEKS = re.compile(r"([2-9]|[1-4][0-9]|5[0-2]) weeks\Z")
_ON_REMEDY = "write a day from 1 to 31, last, first mon … fifth sun, or last fri"


def read_recurrence(fields: Fields, *, name: str) -> Recurrence:
    """On which days the activity `name` is held: one of the three ways to say it."""
    page, every, dates = fields.page, fields.get("every"), fields.get("dates")
    if dates is not None:
        refuse(fields, ("weekdays", "every", "on", "counted-from"), beside="dates")
        return Days(days=_dates(page, dates))
    words = words_of(every)
    if words == "month":
        refuse(fields, ("weekdays", "counted-from"), beside="every: month")
        return read_month(fields)
    if every is not None and words != "week" and many_weeks(words) is None:
        what = f"'every' of the activity '{name}' must be week, a number of weeks or month"
        page.complain(every, what, "write week, 2 weeks (52 at most) or month")
    return read_weeks(fields, every)


def read_weeks(fields: Fields, every: Node | None) -> Weeks:
    """Weekdays, of every week or of every so many, counted from that of a date."""
    page, words = fields.page, words_of(every)
    many = many_weeks(words)
    beside = f"every: {words}" if words else "weekdays"
    refuse(fields, ("on",) if many else ("on", "counted-from"), beside=beside)
    weekdays = read_weekdays(page, fields.need("weekdays"))
    if many is None:
        return Weeks(weekdays=weekdays)
    counted = page.day(fields.need("counted-from"), where="'counted-from'")
    return Weeks(weekdays=weekdays, every=many, counted_from=counted)


def read_month(fields: Fields) -> MonthDay | MonthWeekday:
    """A day of every month: by its number, by its weekday and place, or the last."""
    node = fields.need("on")
    words = words_of(node)
    if isinstance(node, Scalar) and node.plain and re.fullmatch(r"[1-9]|[12][0-9]|3[01]", words):
        return MonthDay(day=int(words))
    place, _, weekday = words.partition(" ")
    if place == "last" and not weekday:
        return MonthDay(day=LAST)
    if weekday in WEEKDAYS and place in (*PLACES, "last"):
        number = LAST if place == "last" else PLACES.index(place) + 1
        return MonthWeekday(weekday=WEEKDAYS.index(weekday) + 1, place=number)
    if node is not None:
        fields.page.complain(node, "'on' is no day of a month", _ON_REMEDY)
    return MonthDay(day=1)


def read_weekdays(page: Page, node: Node | None) -> tuple[int, ...]:
    """At least one weekday."""
    days = page.weekdays(node, where="'weekdays'")
    if node is not None and not days:
        page.complain(node, "'weekdays' names no day", f"use {', '.join(WEEKDAYS)}")
    return days


def many_weeks(words: str) -> int | None:
    """How many weeks `2 weeks` are: two or more."""
    found = _WEEKS.match(words)
    return int(found[1]) if found else None


def refuse(fields: Fields, names: Iterable[str], *, beside: str) -> None:
    """Complain of keys that mean nothing beside what else stands there."""
    for name in names:
        if (node := fields.get(name)) is not None:
            fields.page.complain(node, f"'{name}' does not go with '{beside}'", f"take '{name}' away")


def words_of(node: Node | None) -> str:
    """What a value says, nothing if it is a list or a mapping."""
    return node.words if isinstance(node, Scalar) else ""


def _dates(page: Page, node: Node) -> tuple[date, ...]:
    found: set[date] = set()
    for item in page.listed(node, where="'dates'"):
        day = page.day(item, where="a day of 'dates'")
        if day in found:
            page.complain(item, f"{day} stands twice in 'dates'", "keep one of them")
        elif day is not None:
            found.add(day)
    if isinstance(node, Listing) and not node.items:
        page.complain(node, "'dates' names no day", 'write for instance ["2026-12-01", "2026-12-15"]')
    return tuple(sorted(found))
