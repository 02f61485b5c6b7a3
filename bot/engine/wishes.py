"""A wish is heard whatever was asked, and a stop is heard in every language."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.day import NewAbsence
from bot.engine.absences import NotComing, read_absence
from bot.engine.fixes import Fix, read_fix
from bot.engine.folding import bare, fold, rules_of, split_words
from bot.engine.postponing import after_phrase, read_days, read_moment
from bot.engine.reading import Reading, Wish

__all__ = ["Fix", "Later", "NewAbsence", "NotComing", "Pause", "Speak", "ToCoach", "Wish", "Wished", "read_wish"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Write nothing for so many days; `None`: it was not said how long."""

    days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Later:
    """Not now, but then (an aware moment); `None`: it was not said when."""

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

# A stop is heard in every language; that an answer was wrong is read as a correction.
_OWN_LANGUAGE = tuple(wish for wish in Wish if wish not in (Wish.STOP, Wish.WRONG))

_COMMAND = re.compile(r"\A\s*/([A-Za-z0-9_]{1,32})(?:@\w+)?(?!\S)")
_Heard = tuple[list[str], tuple[Reading, ...]]
"""The words of a text, as these languages fold them."""

_LONGEST_HEAD = 60
_MOST_WORDS = 10
"""Whoever names a language or a time in more words tells a story."""


def read_wish(words: str, *, reading: Reading, every: tuple[Reading, ...], now: datetime) -> Wished | None:
    """The wish that the whole of `words` says, politeness aside, or `None`. `now` is the person's local time.

    Stop words and the names of languages are read in `every` language, the others in the person's own. A command of
    Telegram's ("/stop") is the word. "Please stop calling me names" is no wish, and neither is a number alone.
    """
    if words.isdecimal():
        # Nearly every message is a number alone.
        return None
    words = _COMMAND.sub(lambda found: found[1].replace("_", " "), words, count=1)
    said = _words(words, language=reading.language)
    if not said:
        return None
    heard = _heard(words, every=every or (reading,))
    if _says(Wish.STOP, said, readings=every) or any(_says(Wish.STOP, each, readings=by) for each, by in heard):
        return Wish.STOP
    if to_coach := _to_coach(words, reading=reading):
        return to_coach
    plain = next((wish for wish in _OWN_LANGUAGE if _says(wish, said, readings=(reading,))), None)
    if plain is not None or any(_says(Wish.LANGUAGE, each, readings=by) for each, by in heard):
        # Whoever cannot read what we write asks for another language in their own.
        return plain or Wish.LANGUAGE
    told: Wished | None = read_fix(words, reading=reading)
    if told is None and len(said) <= _MOST_WORDS:
        told = _short(said, reading=reading, heard=heard, now=now)
    return told or read_absence(words, reading=reading, today=now.date())


def _short(said: list[str], *, reading: Reading, heard: list[_Heard], now: datetime) -> Wished | None:
    pause = after_phrase(said, reading.wishes.get(Wish.PAUSE, frozenset()))
    if pause and (days := read_days(_plain(pause, reading), reading=reading, today=now.date())):
        return Pause(days=days)
    later = after_phrase(said, reading.wishes.get(Wish.LATER, frozenset()))
    at = read_moment(_plain(later or said, reading), reading=reading, now=now, asked=later is not None)
    if at is not None:
        return Later(at=at)
    language = _language(heard)
    return None if language is None else Speak(language=language)


def _plain(said: list[str], reading: Reading) -> list[str]:
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


def _language(heard: list[_Heard]) -> str | None:
    """The language that is named, in any language: "English", "engelska", "change language to Arabic"."""
    found: set[str] = set()
    for said, readings in heard:
        bare_names = (" ".join(word for word in said if word not in each.before_names) for each in readings)
        names = {" ".join(said), *bare_names}
        found |= {each.languages[name] for each in readings for name in names if name in each.languages}
    return found.pop() if len(found) == 1 else None


def _heard(words: str, *, every: tuple[Reading, ...]) -> list[_Heard]:
    """The words as each language folds them; those that fold alike stand together."""
    alike: dict[str, list[Reading]] = {}
    for reading in every:
        alike.setdefault(rules_of(reading.language), []).append(reading)
    return [(_words(words, language=several[0].language), tuple(several)) for several in alike.values()]


def _words(text: str, *, language: str) -> list[str]:
    # A face or a hand after the word changes nothing.
    return [word for word in split_words(fold(text, language=language)) if any(map(str.isalnum, word))]


def _says(wish: Wish, said: list[str], *, readings: tuple[Reading, ...]) -> bool:
    """Whether the text is a phrase of this wish, said once or again and again, with only politeness after it."""
    phrases = [reading.wishes.get(wish, frozenset()) for reading in readings]
    if any(" ".join(said) in known for known in phrases):
        return True
    plain = [word for word in said if not any(word in reading.polite for reading in readings)]
    # Politeness comes after the word, never before it: phrases that begin politely are listed as they are.
    if not plain or plain[0] != said[0]:
        return False
    return any(" ".join(plain) in known or known.issuperset(plain) for known in phrases)
