"""Not coming is read by category and day, never with a reason, and only when every word of it is understood."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.engine.folding import fold, split_words
from bot.engine.phrasing import apart, phrase_at
from bot.engine.reading import Reading, Wish
from bot.engine.spans import Span, spans

MOST_WORDS = 24
"""A longer text tells a story: a person reads it."""

_LONGEST_PHRASE = 6
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_LATE = 12 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class NotComing:
    """Somebody is not coming, or may not be, and has not said which category it is.

    `begins_on` and `ends_on` are the first day and the last, if any were told; `for_a_part` is of a part of the day.
    """

    begins_on: date | None = None
    ends_on: date | None = None
    for_a_part: bool = False

    def because(self, absence: NewAbsence) -> NewAbsence:
        """The absence as it was reported at last, on the days that were told first."""
        if self.begins_on is None:
            return absence
        in_part = self.for_a_part and absence.category is not Presence.LATE
        return replace(absence, begins_on=self.begins_on, ends_on=self.ends_on, for_a_part=in_part)


class _Word(Enum):
    """What a phrase is, if it is no category."""

    FILLER = auto()
    HINT = auto()
    BACK = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """A text of which every word is understood."""

    categories: frozenset[Presence]
    hints: bool
    back: bool
    unable: bool
    span: Span


def read_absence(words: str, *, reading: Reading, today: date, names: Sequence[str] = ()) -> NewAbsence | None:
    """The absence that the whole of `words` reports, or `None`: a question, a denial and the past are none.

    Where no day was said it begins today and has no end. `names` are the person's own first name and the coach's: a
    greeting may hold them.
    """
    said = _understood(words, reading=reading, today=today, names=names)
    category = None if said is None or said.back else _category(said)
    if said is None or category is None:
        return None
    if category is Presence.LATE:
        return _late(said.span)
    span = said.span
    in_part = span.is_short and category is not Presence.AUTHORITY_VISIT
    if span.is_short and span.ends_on not in (None, span.begins_on):
        # In the morning, until Friday: what is meant is a person's to read.
        return None
    return NewAbsence(
        category=category,
        begins_on=span.begins_on,
        ends_on=span.begins_on if in_part else span.ends_on,
        reported_by="participant",
        for_a_part=in_part,
    )


def says_back(words: str, *, reading: Reading, today: date, names: Sequence[str] = ()) -> bool:
    """Whether the whole of `words` says that somebody is back today."""
    said = _understood(words, reading=reading, today=today, names=names)
    return said is not None and said.back and not (said.categories or said.hints) and said.span.is_about(today)


def answers_back(words: str, *, reading: Reading, today: date, names: Sequence[str] = ()) -> bool | None:
    """Whether somebody who was asked says that they are back; `None` if the words may mean anything."""
    everything = split_words(fold(words, language=reading.language))
    said = [word for word in everything if word not in reading.polite | reading.absence_fillers]
    for answer, table in ((True, reading.yes), (False, reading.no)):
        if " ".join(said) in table or " ".join(everything) in table:
            return answer
    if says_back(words, reading=reading, today=today, names=names):
        return True
    # "No, ill" says no; where nobody asked it could mean "not ill".
    rest = " ".join(said[1:])
    if said and said[0] in reading.no and read_absence(rest, reading=reading, today=today, names=names):
        return False
    return None


def read_hint(words: str, *, reading: Reading, today: date, names: Sequence[str] = ()) -> NotComing | None:
    """What may report an absence of no clear category, and of which days if they are clear; `None` if nothing does.

    A word for not coming stands in a short text, or it says of a day that somebody cannot ("can't on Friday").
    """
    said = _understood(words, reading=reading, today=today, names=names)
    if said is None or said.back:
        return NotComing() if _smells(words, reading=reading) else None
    span = said.span
    dated = span.is_short or span.ends_on is not None or span.begins_on != today
    if not (said.hints or said.categories or (said.unable and dated)):
        return None
    if not dated:
        return NotComing()
    ends_on = span.begins_on if span.is_short else span.ends_on
    return NotComing(begins_on=span.begins_on, ends_on=ends_on, for_a_part=span.is_short)


def _smells(words: str, *, reading: Reading) -> bool:
    tokens = _tokens(fold(words, language=reading.language))
    if len(tokens) > MOST_WORDS:
        return False
    found = (_longest(tokens, place, reading=reading) for place in range(len(tokens)))
    if any(kind is _Word.HINT or isinstance(kind, Presence) for kind, _ in filter(None, found)):
        return True
    # Which Wednesday is open on a Wednesday, and that somebody cannot come is not.
    return not reading.weekdays.keys().isdisjoint(tokens) and _says_unable(tokens, reading=reading)


def _says_unable(tokens: Sequence[str], *, reading: Reading) -> bool:
    return any(phrase_at(tokens, place, among=reading.unable) for place in range(len(tokens)))


def _understood(words: str, *, reading: Reading, today: date, names: Sequence[str]) -> _Said | None:
    folded = fold(words, language=reading.language)
    tokens = _tokens(folded)
    if len(tokens) > MOST_WORDS or "?" in folded or reading.absence_words.isdisjoint(tokens):
        return None
    span, rest = spans(_without_names(tokens, reading=reading, names=names), reading=reading, today=today)
    if span is None:
        return None
    kinds = _kinds(rest, reading=reading, late=span.minutes is not None)
    if kinds is None:
        return None
    categories = frozenset(kind for kind in kinds if isinstance(kind, Presence))
    return _Said(
        categories=categories,
        hints=_Word.HINT in kinds,
        back=_Word.BACK in kinds,
        unable=_says_unable(rest, reading=reading),
        span=span,
    )


def _tokens(folded: str) -> list[str]:
    """The words of a text; a number and its unit, and the ends of a range, are words of their own."""
    parts: list[str] = []
    for word in folded.split()[: MOST_WORDS * 2]:
        spaced = word if _ISO.fullmatch(word) else word.replace("-", " - ")
        parts += apart(spaced.replace("\u2013", " - ")).split()
    stripped = (word.strip("/") for word in split_words(" ".join(parts)))
    # A face or a hand changes nothing.
    return [word for word in stripped if word == "-" or any(map(str.isalnum, word))]


def _without_names(tokens: Sequence[str], *, reading: Reading, names: Sequence[str]) -> list[str]:
    """Without who writes and who is greeted. A name before anything else may be of whoever is ill."""
    own, coach = (set(split_words(fold(name, language=reading.language))) for name in (*names[:2], "", "")[:2])
    kept = []
    for place, word in enumerate(tokens):
        greeted = place > 0 and (tokens[place - 1] in reading.polite or place == len(tokens) - 1)
        if word not in own and not (word in coach and greeted):
            kept.append(word)
    return kept


def _kinds(rest: Sequence[str], *, reading: Reading, late: bool) -> set[Presence | _Word] | None:
    """What these words are, the longest phrase first; `None` if one of them is none of ours.

    `late`: minutes were told. Then a word of lateness means it, which alone may be another ("sen").
    """
    found: set[Presence | _Word] = set()
    place = 0
    while place < len(rest):
        known = _longest(rest, place, reading=reading)
        if known is None:
            if place > 0 or rest[0] not in reading.yes:
                return None
            known = (_Word.FILLER, 1)
        kind, length = known
        lateness = late and kind is _Word.HINT and reading.lateness.issuperset(rest[place : place + length])
        found.add(Presence.LATE if lateness else kind)
        place += length
    return found


def _longest(tokens: Sequence[str], place: int, *, reading: Reading) -> tuple[Presence | _Word, int] | None:
    """What begins at this place, and how many words it has."""
    for length in range(min(_LONGEST_PHRASE, len(tokens) - place), 0, -1):
        phrase = " ".join(tokens[place : place + length])
        for kind, table in _tables(reading):
            if phrase in table:
                return kind, length
    return None


def _tables(reading: Reading) -> Iterable[tuple[Presence | _Word, frozenset[str]]]:
    yield from reading.absences.items()
    yield _Word.BACK, reading.wishes.get(Wish.BACK, frozenset())
    yield _Word.HINT, reading.absence_hints
    yield _Word.FILLER, reading.absence_fillers
    yield _Word.FILLER, reading.polite


def _category(said: _Said) -> Presence | None:
    """The one category of what was said. Of two reasons, or of a reason that is no category, a person makes sense."""
    categories = said.categories
    if categories == {Presence.LATE, Presence.AUTHORITY_VISIT}:
        return Presence.LATE
    if Presence.LATE not in categories and len(categories) > 1:
        # "Not coming, ill": the reason is the category.
        categories -= {Presence.OTHER_VALID}
    if len(categories) != 1 or (said.hints and categories <= {Presence.OTHER_VALID, Presence.AUTHORITY_VISIT}):
        return None
    return next(iter(categories))


def _late(span: Span) -> NewAbsence | None:
    """Late is late on one day."""
    if span.ends_on not in (None, span.begins_on) or (span.minutes or 0) > _MOST_LATE:
        return None
    return NewAbsence(
        category=Presence.LATE,
        begins_on=span.begins_on,
        ends_on=span.ends_on,
        late_minutes=span.minutes or None,
        reported_by="participant",
    )
