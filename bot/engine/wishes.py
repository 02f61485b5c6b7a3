"""A wish is heard whatever was asked, and a stop is heard in every language."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.day import NewAbsence
from bot.engine.absences import read_absence
from bot.engine.fixes import Fix, read_fix
from bot.engine.folding import fold, split_words
from bot.engine.reading import Reading, Wish

__all__ = ["Fix", "Later", "NewAbsence", "Pause", "Speak", "ToCoach", "Wish", "Wished", "read_wish"]


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


Wished = Wish | Pause | Later | Speak | ToCoach | NewAbsence | Fix
"""What somebody wants. The plain ones are a `Wish`."""

# A stop is heard in every language; that an answer was wrong is read as a correction.
_OWN_LANGUAGE = tuple(wish for wish in Wish if wish not in (Wish.STOP, Wish.WRONG))


def read_wish(words: str, *, reading: Reading, every: tuple[Reading, ...], now: datetime) -> Wished | None:
    """The wish that the whole of `words` says, politeness aside, or `None`. `now` is the person's local time.

    Stop words are read in `every` language, the others in the person's own. "Please stop calling me names" is no wish.
    """
    # A face or a hand after the word changes nothing.
    said = [word for word in split_words(fold(words)) if any(map(str.isalnum, word))]
    if not said:
        return None
    if _says(Wish.STOP, said, readings=every) or _says(Wish.STOP, said, readings=(reading,)):
        return Wish.STOP
    plain = next((wish for wish in _OWN_LANGUAGE if _says(wish, said, readings=(reading,))), None)
    return plain or read_fix(words, reading=reading) or read_absence(words, reading=reading, today=now.date())


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
