"""A wish is heard whatever was asked, in the own language or one spoken around, and a stop is heard in every one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.day import NewAbsence
from bot.engine.absences import MOST_WORDS, NotComing, read_absence
from bot.engine.fixes import Fix, read_fix
from bot.engine.folding import bare, fold
from bot.engine.phrasing import after_phrase
from bot.engine.postponing import read_days, read_moment, tells_time
from bot.engine.reading import Reading, Wish
from bot.engine.tongues import Ear, Saying, plain_wish

__all__ = ["Fix", "Later", "NewAbsence", "NotComing", "Pause", "Speak", "ToCoach", "Wish", "Wished", "read_wish"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Write nothing for so many days; `None`: it was not said how long."""

    days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Later:
    """Not now, but then (an aware moment); `None`: it was said when, and not clearly."""

    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Speak:
    """Write to me in this language; `None`: it was not said in which."""

    language: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCoach:
    """These words are meant for my coach."""

    words: str


Wished = Wish | Pause | Later | Speak | ToCoach | NewAbsence | NotComing | Fix
"""What somebody wants. The plain ones are a `Wish`."""

_COMMAND = re.compile(r"\A\s*/([A-Za-z0-9_]{1,32})(?:@\w+)?(?!\S)")

_LONGEST_HEAD = 60
_MOST_WORDS = 10
"""Whoever names a language or a time in more words tells a story."""


def read_wish(words: str, *, ear: Ear, now: datetime, names: Sequence[str] = ()) -> Wished | None:
    """The wish that the whole of `words` says, politeness aside, or `None`. `now` is the person's local time.

    Stop words are read in every language before anything else, then the person's own language is read. Where that does
    not know them, the words are a language's name or the wish for another, in every language; a wish, an absence or a
    correction, in the languages spoken beside; or a start word in any. A command of Telegram's ("/stop") is the word.
    "Please stop calling me names" is no wish, and neither is a number alone. `names` are as for `read_absence`.
    """
    if words.isdecimal():
        # Nearly every message is a number alone.
        return None
    saying = Saying.of(_COMMAND.sub(lambda found: found[1].replace("_", " "), words, count=1), ear=ear)
    if not saying.by(ear.own):
        return None
    everywhere = {plain_wish(saying.by(ear.own), among=ear.every.together)}
    everywhere |= {plain_wish(saying.by(each.readings[0]), among=each) for each in ear.every.alike}
    if Wish.STOP in everywhere:
        return Wish.STOP
    if wished := _read(saying, reading=ear.own, now=now, names=names):
        return wished
    if Wish.LANGUAGE in everywhere:
        # Whoever cannot read what we write asks for another language in their own.
        return Wish.LANGUAGE
    if language := _language(saying, ear=ear):
        return Speak(language=language)
    if len(saying.by(ear.own)) > MOST_WORDS or ear.own.knows(saying.by(ear.own)):
        return None
    starts = Wish.START in everywhere and _only_starts(saying, ear=ear)
    return _beside(saying, ear=ear, now=now, names=names) or (Wish.START if starts else None)


def _read(
    saying: Saying, *, reading: Reading, now: datetime, names: Sequence[str], surely: bool = False
) -> Wished | None:
    """What the text wishes for in one language. `surely`: nothing that could be anything else is taken for a wish."""
    said = saying.by(reading)
    wished: Wished | None = _to_coach(saying.words, reading=reading) or plain_wish(said, among=reading)
    if wished is None:
        fix = read_fix(saying.words, reading=reading)
        wished = fix if fix is None or fix.sure or not surely else None
    if wished is None and len(said) <= _MOST_WORDS:
        wished = _postponed(said, reading=reading, now=now, surely=surely)
    return wished or read_absence(saying.words, reading=reading, today=now.date(), names=names)


def _postponed(said: Sequence[str], *, reading: Reading, now: datetime, surely: bool) -> Wished | None:
    pause = after_phrase(said, reading.wishes.get(Wish.PAUSE, frozenset()))
    if pause and (days := read_days(_plain(pause, reading), reading=reading, today=now.date())):
        return Pause(days=days)
    later = after_phrase(said, reading.wishes.get(Wish.LATER, frozenset()))
    if surely and later is None:
        # A day alone may also be the answer to a question.
        return None
    when = _plain(later or said, reading)
    at = read_moment(when, reading=reading, now=now, asked=later is not None)
    unclear = at is None and (not later or not tells_time(when, reading=reading))
    return None if unclear else Later(at=at)


def _plain(said: Sequence[str], reading: Reading) -> list[str]:
    return [word for word in said if word not in reading.polite]


def _to_coach(words: str, *, reading: Reading) -> ToCoach | None:
    """ "Coach: I will be late on Monday"."""
    head, colon, rest = words.strip().partition(":")
    if (
        not colon
        or len(head) > _LONGEST_HEAD
        or bare(fold(head, language=reading.language)) not in reading.wishes.get(Wish.COACH, frozenset())
    ):
        return None
    return ToCoach(words=rest.strip()) if rest.strip() else None


def _language(saying: Saying, *, ear: Ear) -> str | None:
    """The language that is named, in any language: "English", "engelska", "change language to Arabic"."""
    found: set[str] = set()
    for alike in ear.every.alike:
        said = saying.by(alike.readings[0])
        if len(said) > _MOST_WORDS or alike.name_words.isdisjoint(said):
            continue
        bare_names = (" ".join(word for word in said if word not in each.before_names) for each in alike.readings)
        names = {" ".join(said), *bare_names}
        found |= {each.languages[name] for each in alike.readings for name in names if name in each.languages}
    return found.pop() if len(found) == 1 else None


def _beside(saying: Saying, *, ear: Ear, now: datetime, names: Sequence[str]) -> Wished | None:
    """The wish in the languages spoken beside, if it is the same in all of them that know the words."""
    found: set[Wished | None] = set()
    for other in ear.beside:
        said = saying.by(other)
        if not other.vocabulary.isdisjoint(said):
            wished = _read(saying, reading=other, now=now, names=names, surely=True)
            found |= {wished} if wished is not None or other.means(said) else set()
    return found.pop() if len(found) == 1 else None


def _only_starts(saying: Saying, *, ear: Ear) -> bool:
    """Whether a start word of some language means nothing else in any other."""
    knowing = (each for alike in ear.every.alike for each in alike.readings if each.means(saying.by(each)))
    return all(plain_wish(saying.by(each), among=each) is Wish.START for each in knowing)
