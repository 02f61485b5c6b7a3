"""Words that sound like danger are found in whatever somebody writes, in every language, however it is spelt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.engine.folding import fold
from bot.engine.looseness import (
    LONGEST_WORD,
    TYPO_FROM,
    calmed,
    foldings,
    is_one_slip,
    is_unspaced,
    shortened,
    split_loosely,
    without_and,
)


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


_ALONE_FROM = 7
"""Letters that a phrase of one word must have before a slip in it is forgiven."""

_MOST_BETWEEN = 2
_SHORTEST_JOINED = 5
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
        self._near: dict[str, tuple[str, ...]] = {}
        self._words: set[str] = set()
        self._between = {word for one in between for word in split_loosely(fold(one))}
        for one in phrases:
            self._add(one)
        self._longest = max(map(len, self._joined), default=0)
        self._spans = tuple(sorted({len(one) for one in self._unspaced}))

    def _add(self, danger: Danger) -> None:
        words = split_loosely(fold(danger.phrase))
        if not words:
            return
        place = self._begin
        for word in words:
            place = place.after.setdefault(word, _Place())
            self._words.add(word)
            if TYPO_FROM <= len(word) <= LONGEST_WORD:
                for short in shortened(word):
                    near = self._near.get(short, ())
                    self._near[short] = near if word in near else (*near, word)
        place.says = place.says or danger
        joined = calmed("".join(words))
        if is_unspaced(joined):
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
        if without_and(word) in self._words:
            found.add(without_and(word))
        if found or not TYPO_FROM - 1 <= len(word) <= LONGEST_WORD:
            return found
        near = {other for short in shortened(word) for other in self._near.get(short, ())}
        return {other for other in near if is_one_slip(word, other)}

    def _together(self, words: list[str], first: int) -> Iterator[Danger]:
        joined = ""
        # A letter that is said again and again makes nothing longer: the words are counted, too.
        for word in words[first : first + self._longest]:
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
    for folded in foldings(words):
        said = split_loosely(folded)
        for one in (*phrases.in_words(said), *phrases.in_one_run("".join(said))):
            if found is None or _ORDER[one.kind] < _ORDER[found.kind]:
                found = one
    return found
