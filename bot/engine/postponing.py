"""For how long, until which day and until when is read from a wish as it is said, and never guessed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.engine.clocks import NOON, parts_of_day, read_time
from bot.engine.dates import read_day
from bot.engine.lengths import Lasts, length_at
from bot.engine.phrasing import after_phrase, apart, phrase_at
from bot.engine.reading import PartOfDay, Reading

FURTHEST = timedelta(hours=48)
"""Later than that is no "later"."""

_LONGEST_DAY = 4
_HOURS = {
    PartOfDay.MORNING: (time(9), NOON),
    PartOfDay.AFTERNOON: (time(14), time(18)),
    PartOfDay.EVENING: (time(18), time.max),
}
"""When each part of a day is meant to be, and when it is over."""

_SOON = timedelta(hours=1)


def read_days(said: Sequence[str], *, reading: Reading, today: date) -> int | None:
    """How many days a time lasts, or are left until a day, if all the words say so: "2 weeks", "until Monday"."""
    words = apart(" ".join(said)).split()
    if length := _length(words, reading=reading, lone=True):
        return length.days or None
    size = phrase_at(words, 0, among=reading.until)
    day = read_day(" ".join(words[size:]), reading=reading, today=today) if size else None
    # A pause until Friday is over on Friday; one through Friday, the day after.
    more = " ".join(words[:size]) in reading.through
    return (day - today).days + more if day is not None and day > today else None


def read_moment(said: Sequence[str], *, reading: Reading, now: datetime, asked: bool) -> datetime | None:
    """The coming moment (aware, at most `FURTHEST` away) that all the words name: "in 2 hours", "tomorrow at 10".

    `None`: they name none, or may mean two. `asked`: it was said to be a wish. Words that are nothing but a moment must
    say more than "now" or a time of day, and no date: that may be said of anything.
    """
    words = apart(" ".join(said)).split()
    within = _within(words, reading=reading) is not None
    if (asked or within) and (length := _length(words, reading=reading)):
        return _near(now.astimezone(UTC) + length, now=now)
    for day, rest in _days(words, reading=reading, today=now.date(), asked=asked):
        parts, bare = parts_of_day(rest, reading=reading)
        bare = [word for word in bare if word not in reading.around]
        at = read_time(" ".join(rest), reading=reading) if bare else None
        if (bare and at is None) or len(parts) > 1 or not (asked or parts or (day and day > now.date())):
            continue
        return _near(_instant(day, part=parts[0] if parts else None, at=at, now=now), now=now)
    return None


def tells_time(said: Sequence[str], *, reading: Reading) -> bool:
    """Whether every word is one that a time is told with, also where they do not tell one: "at 3", "on Monday"."""
    tables = (
        *(reading.days, reading.weekdays, reading.months, reading.numbers, reading.lengths, reading.duals),
        *(reading.parts_of_day, reading.parts_of_hour, reading.clock, reading.within, reading.until),
    )
    known = reading.around | {word for table in tables for phrase in table for word in phrase.split()}
    words = apart(" ".join(said)).split()
    return bool(words) and all(word in known or word.strip("0123456789.:,/") == "" for word in words)


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


def _days(
    words: Sequence[str], *, reading: Reading, today: date, asked: bool
) -> Iterator[tuple[date | None, Sequence[str]]]:
    """No day and all the words, and then each day that stands in them and the words around it."""
    yield None, words
    for size in range(min(len(words), _LONGEST_DAY), 0, -1):
        for place in range(len(words) - size + 1):
            said = " ".join(words[place : place + size])
            day = read_day(said, reading=reading, today=today) if asked or said in reading.days else None
            if day is not None:
                yield day, [*words[:place], *words[place + size :]]


def _instant(day: date | None, *, part: PartOfDay | None, at: time | None, now: datetime) -> datetime | None:
    if day is None and part is None and at is None:
        return None
    begins, ends = _HOURS[part or PartOfDay.MORNING]
    found = datetime.combine(day or now.date(), at or begins, now.tzinfo).astimezone(UTC)
    if found > now or (day is not None and day != now.date()):
        return found
    if at is None:
        # The afternoon has begun: then it is soon.
        return now.astimezone(UTC) + _SOON if part is not None and now.time() < ends else None
    # Three in the afternoon that has been is tomorrow's; "8" in the morning may be this evening.
    return found + timedelta(days=1) if day is None and part is None and at >= NOON else None


def _near(found: datetime | None, *, now: datetime) -> datetime | None:
    return found if found is not None and now < found <= now + FURTHEST else None
