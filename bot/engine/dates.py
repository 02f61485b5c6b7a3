"""A day is read from a reply as it is said: a date, a weekday, or a word like tomorrow."""

import re
from datetime import date, timedelta

from bot.engine.folding import split_words
from bot.engine.reading import Reading

_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})(?:[/. ]([0-9]{4})|[/.]([0-9]{2}))?")
_DAY_NAMED = re.compile(r"(?P<day>[0-9]{1,2}) (?P<month>[^0-9]+?)(?: (?P<year>[0-9]{4}))?")
_NAMED_DAY = re.compile(r"(?P<month>[^0-9]+?) (?P<day>[0-9]{1,2})(?: (?P<year>[0-9]{4}))?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def read_day(folded: str, *, reading: Reading, today: date, past: bool = False) -> date | None:
    """The day that a folded reply names; `None` if it names none, or two that differ.

    A date without a year is the next one, today included; day comes before month. A weekday is the next one; today's
    own is not read, for it may mean today or in a week. `past`: it has been, and each is the last one, never to come.
    """
    found = _named(folded, reading=reading, today=today, past=past)
    return None if past and found is not None and found > today else found


def _named(folded: str, *, reading: Reading, today: date, past: bool) -> date | None:
    words = [word for word in split_words(folded) if word not in reading.around]
    said = " ".join(words)
    if said in reading.days:
        return today + timedelta(days=reading.days[said])
    weekdays = [reading.weekdays[word] for word in words if word in reading.weekdays]
    dated = " ".join(word for word in words if word not in reading.weekdays)
    written = _written(dated, reading=reading, today=today, past=past)
    if written is not None:
        return written if all(weekday == written.isoweekday() for weekday in weekdays) else None
    if len(weekdays) == len(words) == 1 and weekdays[0] != today.isoweekday():
        ahead = (weekdays[0] - today.isoweekday()) % 7
        return today + timedelta(days=ahead - 7 if past else ahead)
    return None


def _written(text: str, *, reading: Reading, today: date, past: bool) -> date | None:
    if iso := _ISO.fullmatch(text):
        return _day(int(iso[1]), month=int(iso[2]), day=int(iso[3]))
    if found := _DAY_MONTH.fullmatch(text):
        return _in_year(found[3] or found[4], month=int(found[2]), day=int(found[1]), today=today, past=past)
    named = _DAY_NAMED.fullmatch(text) or _NAMED_DAY.fullmatch(text)
    if named and named["month"] in reading.months:
        month = reading.months[named["month"]]
        return _in_year(named["year"], month=month, day=int(named["day"]), today=today, past=past)
    return None


def _in_year(year: str | None, *, month: int, day: int, today: date, past: bool) -> date | None:
    if year is not None:
        return _day(int(year) if len(year) == 4 else 2000 + int(year), month=month, day=day)
    # The 29th of February may be up to eight years away.
    years = range(0, -9, -1) if past else range(9)
    near = (_day(today.year + away, month=month, day=day) for away in years)
    return next((found for found in near if found is not None and (found <= today if past else found >= today)), None)


def _day(year: int, *, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
