"""Words that sound like danger are found in whatever somebody writes, in every language, however it is spelt."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.engine.folding import fold


class DangerKind(StrEnum):
    """What sounds like danger. Of several in one text the first of these counts."""

    SELF_HARM = "self-harm"
    CHILD_AT_RISK = "child-at-risk"
    VIOLENCE = "violence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Danger:
    """What was found: which kind, by which phrase, and in which language that phrase stands."""

    kind: DangerKind
    language: str
    phrase: str


@dataclass(slots=True)
class _Place:
    """Where one is in a phrase: the words that may follow, and what is said when it ends here."""

    after: dict[str, "_Place"] = field(default_factory=dict)
    says: Danger | None = None


_TYPO_FROM = 5
"""Letters a word must have before one slip in it is forgiven: shorter ones are too near each other."""

_ALONE_FROM = 7
"""The same for a phrase that is one word."""

_LONGEST_WORD = 30
_MOST_BETWEEN = 2
_SHORTEST_JOINED = 5
_PLAIN = str.maketrans("åäö", "aao", "'`^\u0e48\u0e49\u0e4a\u0e4b")
_AND = ("و", "ف")
_ORDER = {kind: place for place, kind in enumerate(DangerKind)}


class Phrases:
    """All phrases of danger, made ready to be looked for. `between` are words that may stand in the middle of one."""

    def __init__(
        self, phrases: Iterable[Danger], *, between: Iterable[str] = (), unreviewed: Iterable[str] = ()
    ) -> None:
        """`unreviewed` are languages whose phrases no clinician, or no native speaker, has read."""
        self.unreviewed = tuple(unreviewed)
        self._begin = _Place()
        self._joined: dict[str, Danger] = {}
        self._unspaced: dict[str, Danger] = {}
        self._near: dict[str, set[str]] = {}
        self._words: set[str] = set()
        self._between = {word for one in between for word in _words_of(one)}
        for one in phrases:
            self._add(one)
        self._longest = max(map(len, self._joined), default=0)
        self._spans = tuple(sorted({len(one) for one in self._unspaced}))

    def _add(self, danger: Danger) -> None:
        words = _words_of(danger.phrase)
        if not words:
            return
        place = self._begin
        for word in words:
            place = place.after.setdefault(word, _Place())
            self._words.add(word)
            if _TYPO_FROM <= len(word) <= _LONGEST_WORD:
                for short in _shortened(word):
                    self._near.setdefault(short, set()).add(word)
        place.says = place.says or danger
        joined = _calmed("".join(words))
        if any("\u0e01" <= letter <= "\u0e4e" for letter in joined):
            self._unspaced.setdefault(joined, danger)
        elif len(joined) >= _SHORTEST_JOINED:
            self._joined.setdefault(joined, danger)

    def in_words(self, words: list[str]) -> Iterator[Danger]:
        """What the words say one after another, each perhaps with a slip, and what they say when they are joined."""
        at: list[tuple[_Place, int]] = []
        for number, word in enumerate(words):
            said = self._readings(word)
            at = list(self._on(at, word, said=said))
            yield from (place.says for place, _ in at if place.says is not None)
            yield from self._together(words, number)

    def in_one_run(self, letters: str) -> Iterator[Danger]:
        """What stands in a text whose script has no spaces."""
        for begin in range(len(letters)) if self._spans else ():
            for span in self._spans:
                found = self._unspaced.get(letters[begin : begin + span])
                if found is not None:
                    yield found

    def _on(self, at: list[tuple[_Place, int]], word: str, *, said: set[str]) -> Iterator[tuple[_Place, int]]:
        reached: set[int] = set()
        for place, _ in [*at, (self._begin, 0)]:
            for one in said:
                further = place.after.get(one)
                if further is None or id(further) in reached:
                    continue
                reached.add(id(further))
                # A whole phrase is not found by a slip in its one short word: "wait" may lie as near as that.
                guessed = place is self._begin and len(one) < _ALONE_FROM and not word.endswith(one)
                yield (_Place(after=further.after) if guessed else further), 0
        for place, skipped in at:
            if word in self._between and skipped < _MOST_BETWEEN and id(place) not in reached:
                reached.add(id(place))
                yield _Place(after=place.after), skipped + 1

    def _readings(self, word: str) -> set[str]:
        """The words of phrases that this one may be."""
        found = {word} & self._words
        if word[:1] in _AND and len(word) > 3 and word[1:] in self._words:
            # In Arabic "and" is written onto the word that follows.
            found.add(word[1:])
        if found or not _TYPO_FROM - 1 <= len(word) <= _LONGEST_WORD:
            return found
        near = {other for short in _shortened(word) for other in self._near.get(short, ())}
        return {other for other in near if _is_one_slip(word, other)}

    def _together(self, words: list[str], first: int) -> Iterator[Danger]:
        joined = ""
        for word in words[first:]:
            joined += word[1:] if joined.endswith(word[0]) else word
            if len(joined) > self._longest:
                return
            found = self._joined.get(joined)
            if found is not None:
                yield found


def read_danger(words: str, *, phrases: Phrases) -> Danger | None:
    """The danger that stands anywhere in `words`, or `None`. Never raises; its cost grows with the text's length.

    Forgiven are: case, marks over letters, letters said longer, what stands between letters or words, words written
    together, and one slip in a word of five letters or more.
    """
    found: Danger | None = None
    for folded in _foldings(words):
        said = _split(folded)
        for one in (*phrases.in_words(said), *phrases.in_one_run("".join(said))):
            if found is None or _ORDER[one.kind] < _ORDER[found.kind]:
                found = one
    return found


def _foldings(words: str) -> Iterator[str]:
    folded = fold(words)
    yield folded
    if any("\u0400" <= letter <= "\u04ff" for letter in folded):
        # Serbian is written in both scripts, and its phrases stand in one of them.
        yield fold(words, language="sr_Latn")


def _words_of(phrase: str) -> list[str]:
    return _split(fold(phrase))


def _split(folded: str) -> list[str]:
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        for letter in folded.translate(_PLAIN)
    )
    return [_calmed(word) for word in spaced.split()]


def _calmed(word: str) -> str:
    """The word with every letter that is repeated said once: "dööö"."""
    return "".join(letter for place, letter in enumerate(word) if place == 0 or letter != word[place - 1])


def _shortened(word: str) -> set[str]:
    """The word, and the word without one of its letters: two that share one of these are near each other."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _is_one_slip(word: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or two beside each other were swapped."""
    if len(word) > len(other):
        word, other = other, word
    place = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), len(word))
    if len(word) < len(other):
        return word[place:] == other[place + 1 :]
    rest, others = word[place:], other[place:]
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
