"""From which day to which is read from a reply as it is said: until Friday, two days, tomorrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.engine.clocks import clock_at
from bot.engine.dates import read_day
from bot.engine.lengths import Lasts, length_at
from bot.engine.phrasing import phrase_at
from bot.engine.reading import Length, Reading

MOST_AHEAD, LONGEST_SPAN = timedelta(days=60), timedelta(days=92)
"""A day further away, or a longer time, is more likely a misreading."""

_LONGEST_DAY = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From a day to a day (both included). `ends_on`: `None` if nobody said.

    `minutes` is a time shorter than a day, 0 if it was not told exactly ("10-15 minutes"). `at_a_time`: an hour was
    told. `in_part`: a part of a day was.
    """

    begins_on: date
    ends_on: date | None = None
    minutes: int | None = None
    at_a_time: bool = False
    in_part: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is of less than a day."""
        return self.minutes is not None or self.at_a_time or self.in_part

    def is_about(self, day: date) -> bool:
        """Whether nothing was said but this day."""
        return self.begins_on == day and self.ends_on in (None, day) and not self.is_short


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """A piece of a span, of `size` words. `kind`: `day`, `length`, `clock`, `part`, `until` or `since`."""

    kind: str
    size: int
    day: date | None = None
    lasts: Lasts | None = None


def spans(tokens: Sequence[str], *, reading: Reading, today: date) -> tuple[Span | None, list[str]]:
    """The span that these words tell, and the words that tell nothing of it. `None`: it cannot be understood."""
    items: list[_Item] = []
    rest: list[str] = []
    place = 0
    while place < len(tokens):
        greeting = _greeting(tokens, place, reading=reading)
        item = None if greeting else _item(tokens, place, reading=reading, today=today)
        if item is None:
            rest += tokens[place : place + (greeting or 1)]
            place += greeting or 1
        else:
            items.append(item)
            place += item.size
    return _span(items, today=today), rest


def _greeting(tokens: Sequence[str], place: int, *, reading: Reading) -> int:
    """How many words of "good morning" begin here: it tells no part of the day."""
    size = phrase_at(tokens, place, among=reading.absence_fillers)
    return 0 if size < 2 or reading.parts_of_day.keys().isdisjoint(tokens[place : place + size]) else size


def _item(tokens: Sequence[str], place: int, *, reading: Reading, today: date) -> _Item | None:
    for kind, table in (("until", reading.until | {"-"}), ("since", reading.since)):
        size = phrase_at(tokens, place, among=table)
        # "To the doctor" is no "until": a day, a time or a length must follow.
        if size and _time(tokens, place + size, reading=reading, today=today):
            return _Item(kind=kind, size=size)
    return _time(tokens, place, reading=reading, today=today)


def _time(tokens: Sequence[str], place: int, *, reading: Reading, today: date) -> _Item | None:
    return (
        _clock(tokens, place, reading=reading, today=today)
        or _length(tokens, place, reading=reading)
        or _day(tokens, place, reading=reading, today=today)
        or _part(tokens, place, reading=reading)
    )


def _clock(tokens: Sequence[str], place: int, *, reading: Reading, today: date) -> _Item | None:
    size = clock_at(tokens, place, reading=reading)
    # "10.12" may be a day.
    is_day = size == 1 and "." in tokens[place] and read_day(tokens[place], reading=reading, today=today)
    return None if not size or is_day else _Item(kind="clock", size=size)


def _length(tokens: Sequence[str], place: int, *, reading: Reading) -> _Item | None:
    found = length_at(tokens, place, reading=reading)
    return None if found is None else _Item(kind="length", size=found[1], lasts=found[0])


def _day(tokens: Sequence[str], place: int, *, reading: Reading, today: date) -> _Item | None:
    # Arabic and Somali say "the day Friday".
    begins = place + (place < len(tokens) and reading.lengths.get(tokens[place]) is Length.DAY)
    for size in range(min(_LONGEST_DAY, len(tokens) - begins), 0, -1):
        words = tokens[begins : begins + size]
        # `read_day` passes over words that may matter here.
        if reading.around.isdisjoint(words) and (found := read_day(" ".join(words), reading=reading, today=today)):
            return _Item(kind="day", size=begins - place + size, day=found)
    return None


def _part(tokens: Sequence[str], place: int, *, reading: Reading) -> _Item | None:
    # "I am" is no morning.
    size = phrase_at(tokens, place, among=reading.parts_of_day.keys() - reading.absence_fillers)
    return _Item(kind="part", size=size) if size else None


def _span(items: Sequence[_Item], *, today: date) -> Span | None:
    told = [item for item in items if item.kind not in ("clock", "part")]
    kinds = {item.kind for item in items}
    lengths = [item.lasts for item in told if item.lasts is not None]
    if len(lengths) > 1:
        return None
    days = [item.day for item in told if item.day is not None]
    shape = [item.kind for item in told if item.kind != "length"]
    found = _from_to(shape, days, today=today)
    if found is None:
        return None
    begins, ends = found
    lasts = lengths[0] if lengths else None
    if lasts is not None and lasts.in_days:
        if not lasts.count or ends not in (None, begins) or "until" in shape:
            return None
        ends = begins + lasts.time - timedelta(days=1)
    if begins - today > MOST_AHEAD or (ends is not None and not begins <= ends <= begins + LONGEST_SPAN):
        return None
    minutes = None if lasts is None or lasts.in_days else lasts.time // timedelta(minutes=1)
    return Span(begins_on=begins, ends_on=ends, minutes=minutes, at_a_time="clock" in kinds, in_part="part" in kinds)


def _from_to(shape: Sequence[str], days: Sequence[date], *, today: date) -> tuple[date, date | None] | None:
    """The first day and the last, by the words between them; `None` for the past and what is not understood."""
    match shape:
        case []:
            return today, None
        case ["since", "day"]:
            # "Since yesterday" is true of today.
            return max(days[0], today), None
        case ["until", "day"]:
            begins, ends = today, days[0]
        case ["day", "until", "day"] | ["since", "day", "until", "day"]:
            begins, ends = days[0], days[1]
        case ["day", *more] if set(more) <= {"day"} and _in_a_row(days):
            begins, ends = days[0], days[-1]
        case _:
            return None
    return (begins, ends) if today <= begins <= ends else None


def _in_a_row(days: Sequence[date]) -> bool:
    return all(0 <= (later - earlier).days <= 1 for earlier, later in pairwise(days))
