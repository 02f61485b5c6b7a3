"""A slip of one letter is forgiven in a long word, if no other word of the language lies as near."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

SHORTEST = 5
"""How many letters a word has in which a slip is forgiven."""

_LONGEST = 40

_Senses = frozenset[str]


class Spelling:
    """The words of a language, found by what is left of them without one letter: none is held against them all."""

    def __init__(self, senses: Mapping[str, AbstractSet[str]], *, lookalikes: AbstractSet[str] = frozenset()) -> None:
        """`senses`: every word there is, with what it may mean. Words with the same senses may be mistaken.

        `lookalikes` are words that mean only themselves: nobody who means them slips into an answer.
        """
        self._lookalikes = lookalikes
        self._senses = {word: frozenset(meanings) for word, meanings in senses.items()}
        self._near: defaultdict[str, list[str]] = defaultdict(list)
        self._longest = max(map(len, self._senses), default=0)
        for word in self._senses:
            for variant in _variants(word):
                self._near[variant].append(word)

    def knows(self, word: str) -> bool:
        """Whether this is a word of the language, as far as we have words of it."""
        return word in self._senses or word in self._lookalikes

    def near(self, word: str, *, also: Iterable[str] = ()) -> set[str]:
        """The words that are one slip away, also among those `also` there."""
        if not SHORTEST - 1 <= len(word) <= _LONGEST or any(map(str.isdecimal, word)):
            return set()
        found = {known for variant in _variants(word) for known in self._near.get(variant, ())}
        return {known for known in found.union(also) if _is_one_slip(word, known)}

    def meant(self, word: str, *, among: AbstractSet[str], also: AbstractSet[str] = frozenset()) -> str | None:
        """The word `among` these that was meant, or `None`: known words mean themselves, and two are no answer."""
        if self.knows(word) or word in also:
            return None
        near = self.near(word, also=also)
        senses = {self._senses.get(known, frozenset({known})) for known in near}
        first = min(near, default="")
        ours = all(known in among and len(known) >= SHORTEST and _begins_alike(word, known) for known in near)
        return first if len(senses) == 1 and ours else None

    def apart(self, word: str) -> list[str]:
        """The words that somebody wrote as one, the longest first; the word itself if it is not made of known ones."""
        parts, place = [], 0
        if any(map(str.isdecimal, word)) or len(word) > _LONGEST:
            return [word]
        while place < len(word):
            ahead = (word[place : place + size] for size in range(min(self._longest, len(word) - place), 0, -1))
            part = next((each for each in ahead if each in self._senses), None)
            if part is None:
                return [word]
            parts.append(part)
            place += len(part)
        return parts or [word]


def _variants(word: str) -> Iterator[str]:
    """The word, and it without each of its letters."""
    yield word
    yield from {word[:place] + word[place + 1 :] for place in range(len(word))}


def _begins_alike(word: str, known: str) -> bool:
    """A first letter is seldom wrong, and what stands before a word often turns it round; two may change places."""
    return word[0] == known[0] or (word[0] == known[1] and word[1] == known[0])


def _is_one_slip(word: str, known: str) -> bool:
    """Whether one letter too many, too few, another one, or two in each other's place tell the two apart."""
    if word == known or abs(len(word) - len(known)) > 1:
        return False
    same = next((place for place, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), None)
    at = min(len(word), len(known)) if same is None else same
    rest, other = word[at:], known[at:]
    swapped = len(rest) > 1 and rest[1::-1] + rest[2:] == other
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]
