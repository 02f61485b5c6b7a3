"""For how long, until which day and until when is read from a wish as it is said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.engine.dates import read_day
from bot.engine.lengths import Lasts, length_at
from bot.engine.phrasing import after_phrase
from bot.engine.reading import PartOfDay, Reading

FURTHEST = timedelta(hours=48)
"""Later than that is no "later": a person reads it."""

_LONGEST_PHRASE = 5
_TIME = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?")
_BEGINS = {PartOfDay.MORNING: time(9), PartOfDay.AFTERNOON: time(14), PartOfDay.EVENING: time(18)}
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moment:
    """What was said of a moment: which day, which part of it, at which time."""

    days: int | None = None
    part: PartOfDay | None = None
    at: time | None = None


def read_days(said: Sequence[str], *, reading: Reading, today: date) -> int | None:
    """How many days a time lasts, or are left until a day, if all the words say so: "2 weeks", "until Monday"."""
    if length := _length(said, reading=reading, lone=True):
        return length.days or None
    rest = after_phrase(said, reading.until)
    day = read_day(" ".join(rest), reading=reading, today=today) if rest else None
    return (day - today).days if day is not None and day > today else None


def read_moment(said: Sequence[str], *, reading: Reading, now: datetime, asked: bool) -> datetime | None:
    """The coming moment (aware, at most `FURTHEST` away) that all the words name: "in 2 hours", "tomorrow at 10".

    `asked`: it was said to be a wish. Words that are nothing but a moment must say more than "now" or a time of day.
    """
    within = _within(said, reading=reading) is not None
    if (asked or within) and (length := _length(said, reading=reading)):
        return _near(now.astimezone(UTC) + length, now=now)
    told = _told(said, reading=reading)
    if told is None or (told.part is None and told.days in (None, 0) and not (asked and told.at)):
        return None
    return _near(_instant(told, now=now), now=now)


def _within(said: Sequence[str], *, reading: Reading) -> list[str] | None:
    """What "in" or "for" stands around: before it in most languages, after it in some ("2 saac kadib")."""
    before = after_phrase(said, reading.within)
    if before is not None or len(said) < 2:
        return before
    sizes = (size for size in (2, 1) if len(said) > size and " ".join(said[-size:]) in reading.within)
    return next((list(said[:-size]) for size in sizes), None)


def _length(said: Sequence[str], *, reading: Reading, lone: bool = False) -> timedelta | None:
    """ "2 weeks", "in an hour", "for two days". `lone`: a unit alone is one of it ("week")."""
    within = _within(said, reading=reading)
    rest = [word for word in (said if within is None else within) if word not in reading.fillers]
    found = length_at(rest, 0, reading=reading)
    if found is not None and found[1] == len(rest):
        return found[0].time
    one = " ".join(rest)
    return Lasts(unit=reading.lengths[one]).time if one in reading.lengths and (lone or within is not None) else None


def _told(said: Sequence[str], *, reading: Reading) -> _Moment | None:
    """Day, part of the day and time, in any order, each once and nothing else."""
    told, place = _Moment(), 0
    while place < len(said):
        found = next(_pieces(said[place:], reading=reading, told=told), None)
        if found is None:
            return None
        told, size = found
        place += size
    return told


def _pieces(ahead: Sequence[str], *, reading: Reading, told: _Moment) -> Iterator[tuple[_Moment, int]]:
    for size in range(min(len(ahead), _LONGEST_PHRASE), 0, -1):
        words = " ".join(ahead[:size])
        if told.days is None and words in reading.days:
            yield replace(told, days=reading.days[words]), size
        if told.part is None and words in reading.parts_of_day:
            yield replace(told, part=reading.parts_of_day[words]), size
    clocked = ahead[0] in reading.clock and len(ahead) > 1
    if told.at is None and (at := _time(ahead[1] if clocked else ahead[0])):
        yield replace(told, at=at), 2 if clocked else 1
    if ahead[0] in reading.around:
        yield told, 1


def _time(word: str) -> time | None:
    found = _TIME.fullmatch(word)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _instant(told: _Moment, *, now: datetime) -> datetime:
    at = told.at or _BEGINS[told.part or PartOfDay.MORNING]
    if told.part in (PartOfDay.AFTERNOON, PartOfDay.EVENING) and at.hour < 12:
        at = at.replace(hour=at.hour + 12)
    found = datetime.combine(now.date() + timedelta(days=told.days or 0), at, now.tzinfo).astimezone(UTC)
    if found > now or told.days:
        return found
    # The afternoon has begun: then it is soon. A time that has been is tomorrow's.
    return found + timedelta(days=1) if told.at else now.astimezone(UTC) + _AN_HOUR


def _near(found: datetime, *, now: datetime) -> datetime | None:
    return found if now < found <= now + FURTHEST else None
