"""A time of day is read from a reply when it can be only one."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import time

from bot.engine.folding import split_words
from bot.engine.phrasing import apart, phrase_at
from bot.engine.reading import PartOfDay, Reading

_MOST_WORDS = 8
_WRITTEN = re.compile(r"([0-9]{1,2})[:.,]([0-9]{2})|([0-9]{2})([0-9]{2})")
_HOUR = re.compile(r"[0-9]{1,2}")
_CLOCKED = re.compile(r"[0-9]{1,2}[.:][0-9]{2}")

NOON = time(12)
"""From here on an hour is told in one way only, on the clock of 24 hours."""

# Nobody meets at three in the night, and "3" is said in the afternoon: before seven the part of the day must be told.
_MORNING = 7 * 60
_NOON = NOON.hour * 60
_EVENING = 16 * 60
_DAY = 24 * 60


def read_time(folded: str, *, reading: Reading) -> time | None:
    """The time of day that the whole of a folded reply says; `None` if it says none, or may mean two.

    "9.30" and "kl 10" are in the morning, as the clock of 24 hours has it; "3" may be in the night or the afternoon and
    is not read, "3 pm" is. A range, a time that is no time (24:00) and an hour with a word we do not know are not read.
    """
    words = split_words(apart(folded))
    if len(words) > _MOST_WORDS:
        return None
    parts, words = parts_of_day(words, reading=reading)
    offsets, words = _taken(words, phrases=reading.parts_of_hour.keys())
    words = [word for word in words if word not in reading.clock and word not in reading.around]
    if len(words) != 1 or len(offsets) > 1 or len(parts) > 1:
        return None
    part = parts[0] if parts else None
    minutes = _minutes(words[0], offset=reading.parts_of_hour[offsets[0]] if offsets else 0, part=part, reading=reading)
    return None if minutes is None else time(*divmod(minutes, 60))


def clock_at(words: Sequence[str], place: int, *, reading: Reading) -> int:
    """How many words of a time of day, or from one to another, begin here; 0 if none do. Which time it is may be open.

    A mere number is one after the word for it only ("at 10"), or after another time ("10.30-12").
    """
    begins = place + phrase_at(words, place, among=reading.clock)
    if begins >= len(words) or not (_CLOCKED.fullmatch(words[begins]) or (begins > place and _is_hour(words[begins]))):
        return 0
    ends = begins + 1
    between = phrase_at(words, ends, among=reading.until | {"-"})
    ranges = between and ends + between < len(words) and _is_hour(words[ends + between])
    return ends - place + (between + 1 if ranges else 0)


def _is_hour(word: str) -> bool:
    return bool(_HOUR.fullmatch(word) or _CLOCKED.fullmatch(word))


def parts_of_day(words: Sequence[str], *, reading: Reading) -> tuple[list[PartOfDay], list[str]]:
    """The parts of the day that these words name, and the words without them."""
    found, rest = _taken(words, phrases=reading.parts_of_day.keys())
    return [reading.parts_of_day[phrase] for phrase in found], rest


def _taken(words: Sequence[str], *, phrases: AbstractSet[str]) -> tuple[list[str], list[str]]:
    """The phrases that stand in the words, the longest first, and the words without them."""
    found, rest, place = [], [], 0
    while place < len(words):
        size = phrase_at(words, place, among=phrases)
        if size:
            found.append(" ".join(words[place : place + size]))
        else:
            rest.append(words[place])
        place += size or 1
    return found, rest


def _minutes(word: str, *, offset: int, part: PartOfDay | None, reading: Reading) -> int | None:
    """Minutes after midnight."""
    if written := _WRITTEN.fullmatch(word):
        hour, minute = int(written[1] or written[3]), int(written[2] or written[4])
        if offset or hour > 23 or minute > 59:
            return None
        of_the_day = word.startswith("0") or hour > 12
        return _within(hour * 60 + minute, part=part, of_the_day=of_the_day)
    hour = int(word) if _HOUR.fullmatch(word) else reading.numbers.get(word, 0)
    if not 1 <= hour <= 23 or (offset and hour > 12) or reading.dawn_clock:
        return None
    return _within(hour * 60 + offset, part=part, of_the_day=word.startswith("0") or hour > 12)


def _within(minutes: int, *, part: PartOfDay | None, of_the_day: bool) -> int | None:
    """The time, if the part of the day, or else the way it was written, leaves only one."""
    match part:
        case None:
            return minutes if of_the_day or minutes >= _MORNING else None
        case PartOfDay.MORNING:
            return minutes if minutes < _NOON else None
        case PartOfDay.AFTERNOON | PartOfDay.EVENING:
            later = minutes if of_the_day or minutes >= _NOON else minutes + _NOON
            begins = _NOON if part is PartOfDay.AFTERNOON else _EVENING
            return later if begins <= later < _DAY else None
