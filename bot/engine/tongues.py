"""Somebody is understood in the own language first, then in those spoken around them, and a stop in every language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.engine.folding import fold, rules_of, split_words
from bot.engine.reading import Reading, Wish

_EVERYWHERE = (Wish.STOP, Wish.LANGUAGE, Wish.START)
"""What is heard in every language, first things first."""


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Several languages whose words are folded alike, and what is heard in any of them."""

    readings: tuple[Reading, ...]

    @cached_property
    def asked(self) -> Mapping[str, Wish]:
        """What each phrase wishes for."""
        wishes = [(wish, reading) for wish in reversed(_EVERYWHERE) for reading in self.readings]
        return {phrase: wish for wish, reading in wishes for phrase in reading.wishes.get(wish, ())}

    @cached_property
    def polite(self) -> frozenset[str]:
        """The words that change nothing."""
        return frozenset().union(*(reading.polite for reading in self.readings))

    @cached_property
    def name_words(self) -> frozenset[str]:
        """Every word that stands in a language's name: a text without one names no language."""
        return frozenset(word for reading in self.readings for name in reading.languages for word in name.split())


class Tongues:
    """All the languages in which people are understood. One for each vocabulary: its tables are made once."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        every = tuple(readings)
        alike: dict[str, list[Reading]] = {}
        for reading in every:
            alike.setdefault(rules_of(reading.language), []).append(reading)
        self.together = Alike(readings=every)
        self.alike = tuple(Alike(readings=tuple(several)) for several in alike.values())
        self._readings = {reading.language: reading for reading in every}
        self._ears: dict[tuple[str, ...], Ear] = {}
        self._asked: dict[tuple[str, str], Reading] = {}

    def asked_in(self, language: str, *, other: str) -> Reading:
        """The reply words of somebody who is asked in the `other` language: see `Reading.asked_in`.

        Where we cannot read the other, it is as if they were asked in their own. Raises `KeyError` if we cannot read
        that.
        """
        own, shown = self._readings[language], self._readings.get(other)
        if shown is None:
            return own
        if (language, other) not in self._asked:
            self._asked[language, other] = own.asked_in(shown)
        return self._asked[language, other]

    def ear(self, language: str, *, beside: Iterable[str] = ()) -> "Ear":
        """How somebody of this language is understood, where the languages `beside` it are spoken too.

        Languages that we cannot read are left out. Raises `KeyError` if `language` is one of them.
        """
        others = tuple(dict.fromkeys(one for one in beside if one != language and one in self._readings))
        known = self._ears.get((language, *others))
        if known is None:
            known = Ear(own=self._readings[language], beside=tuple(self._readings[one] for one in others), every=self)
            self._ears[(language, *others)] = known
        return known


@dataclass(frozen=True, kw_only=True)
class Ear:
    """In which languages one person is understood: the `own`, those spoken `beside` it, and a little of `every` one."""

    own: Reading
    beside: tuple[Reading, ...]
    every: Tongues

    @property
    def tongues(self) -> tuple[Reading, ...]:
        """The languages in which they may say whatever they have to say."""
        return (self.own, *self.beside)


@dataclass(frozen=True)
class Saying:
    """One text, and its words as each language folds them: those with the same rules have the same words."""

    words: str
    said: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, words: str, *, ear: Ear) -> "Saying":
        """Fold a text once for each of the rules by which it may be read."""
        languages = [alike.readings[0].language for alike in ear.every.alike]
        return cls(words, {rules_of(language): _words(words, language=language) for language in languages})

    def by(self, reading: Reading) -> Sequence[str]:
        """The words as this language folds them."""
        return self.said[rules_of(reading.language)]


def plain_wish(said: Sequence[str], *, among: Reading | Alike) -> Wish | None:
    """The wish that all the words say, once or again and again, with only politeness after them."""
    wish = among.asked.get(" ".join(said))
    if wish is not None:
        return wish
    plain = [word for word in said if word not in among.polite]
    # Politeness comes after the word, never before it: phrases that begin politely are listed as they are.
    if not plain or plain[0] != said[0]:
        return None
    again = {among.asked.get(word) for word in plain}
    return among.asked.get(" ".join(plain)) or (again.pop() if len(again) == 1 else None)


def _words(text: str, *, language: str) -> list[str]:
    # A face or a hand after the word changes nothing.
    return [word for word in split_words(fold(text, language=language)) if any(map(str.isalnum, word))]
