"""A reply is an answer only when it can mean just one thing; everything else is unclear and is asked again."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final, Literal

from bot.engine.clocks import read_time
from bot.engine.dates import read_day
from bot.engine.definition import AnswerKind, Ask, Sign
from bot.engine.folding import LONGEST, bare, fold, split_words
from bot.engine.labels import Labels, labels_of
from bot.engine.numbers import read_level, read_lone, read_number, read_place
from bot.engine.reading import Reading, Wish

MOST_WORDS_KEPT = 1_000
"""How many characters of an answer in free words are kept."""

# "ja" begins every label that says "jag", so a piece of a word must be long enough to be meant as one.
_SHORTEST_BEGINNING = 3

# Whoever writes more words tells a story, and no slip in it is put right.
_MOST_SPELLED = 12

# Thai is written without spaces between words.
_UNSPACED = frozenset({"th"})

_MARKS = re.compile(r"[,;+&/]|(?<=[0-9])\.(?=[0-9])")

_PLAIN_DIGITS = {str(number): number for number in range(11)}


class Unclear(Enum):
    """The reply was read and does not answer the question."""

    UNCLEAR = "unclear"


UNCLEAR: Final = Unclear.UNCLEAR

Answer = int | str | None
"""An answer as `Save` keeps it; `None` is "I do not want to answer"."""


def read_answer(step: Ask, words: str, *, reading: Reading, today: date) -> Answer | Literal[Unclear.UNCLEAR]:
    """What `words` answer to `step`."""
    if step.answer is AnswerKind.SCALE:
        # Nearly every reply is one plain digit.
        number = _PLAIN_DIGITS.get(words)
        if number is not None:
            return number if step.low <= number <= step.high else UNCLEAR
    folded = _folded(step, words, reading=reading)
    if not folded:
        return UNCLEAR
    if step.signs:
        level, signs = _signed(step, folded, reading=reading)
        if level is not None or signs:
            return UNCLEAR if level is None else level
    labelled = labels_of(step, reading=reading)
    # A label that says "no answer" is a choice like any other.
    if bare(folded) not in labelled.names and _refuses(folded, reading=reading):
        return None if step.skip else UNCLEAR
    answer = _read(step, folded, reading=reading, today=today, labels=labelled)
    if step.answer is AnswerKind.WORDS:
        answer = words[:LONGEST].strip()[:MOST_WORDS_KEPT] or None
    return UNCLEAR if answer is None else answer


def is_beyond(step: Ask, words: str, *, reading: Reading) -> bool:
    """Whether an unclear reply is a plain number that the question does not have."""
    if step.answer is AnswerKind.SCALE and words in _PLAIN_DIGITS:
        return not step.low <= _PLAIN_DIGITS[words] <= step.high
    folded = _folded(step, words, reading=reading)
    match step.answer:
        case AnswerKind.SCALE | AnswerKind.NUMBER:
            number = read_lone(folded, reading=reading)
            return number is not None and not step.low <= number <= step.high
        case AnswerKind.CHOICE:
            number = read_lone(folded, reading=reading)
            return number is not None and not 1 <= number <= len(step.choices)
        case _:
            return False


def _signed(step: Ask, folded: str, *, reading: Reading) -> tuple[int | None, bool]:
    """The level whose sign was sent, alone or with thanks, and whether a sign of the flow stands there at all."""
    levels = _levels(step.signs)
    said = [said for said in (bare(folded), _without(folded, reading.polite)) if said in levels]
    return levels[said[0]] if said else None, not levels.keys().isdisjoint(folded.split())


@lru_cache(maxsize=256)
def _levels(signs: tuple[Sign, ...]) -> Mapping[str, int]:
    return {bare(fold(each.sign)): each.value for each in signs}


def _read(step: Ask, folded: str, *, reading: Reading, today: date, labels: Labels) -> int | str | None:
    match step.answer:
        case AnswerKind.SCALE:
            return read_level(folded, reading=reading, low=step.low, high=step.high)
        case AnswerKind.NUMBER:
            return read_number(folded, reading=reading, low=step.low, high=step.high)
        case AnswerKind.YES_NO:
            return _yes_or_no(folded, reading=reading)
        case AnswerKind.CHOICE:
            return _one(folded, reading=reading, labels=labels)
        case AnswerKind.SEVERAL:
            chosen = _several(folded, reading=reading, labels=labels)
            return None if chosen is None else together(step, chosen)
        case AnswerKind.DATE | AnswerKind.TIME:
            return _when(step, folded, reading=reading, today=today)
        case AnswerKind.WORDS:
            return folded


def together(step: Ask, chosen: frozenset[str]) -> int | str:
    """Several chosen values as they are kept: in the question's order, or counted if the step counts."""
    if step.counts:
        return min(len(chosen), step.high)
    return ",".join(choice.value for choice in step.choices if choice.value in chosen)


def _when(step: Ask, folded: str, *, reading: Reading, today: date) -> str | None:
    if step.answer is AnswerKind.TIME:
        at = read_time(folded, reading=reading)
        return None if at is None else at.isoformat(timespec="minutes")
    said = _day_before_time(folded, reading=reading) or folded
    day = read_day(said, reading=reading, today=today, past=step.past)
    return None if day is None else day.isoformat()


def _day_before_time(folded: str, *, reading: Reading) -> str | None:
    """The day alone, of a day with a time after it ("tomorrow at 10", "Thursday 9:30")."""
    words = split_words(folded)
    for place in range(1, len(words)) if len(words) <= _MOST_SPELLED else ():
        said, at = " ".join(words[:place]), " ".join(words[place:])
        # "Thursday 3" may be the third as well.
        if ":" in at or said in reading.days or words[place] in reading.clock:
            return said if read_time(at, reading=reading) else None
    return None


def _refuses(folded: str, *, reading: Reading) -> bool:
    return bare(folded) in reading.refuse or _without(folded, reading.polite) in reading.refuse


def _without(folded: str, dropped: frozenset[str]) -> str:
    return " ".join(word for word in bare(folded).split() if word not in dropped)


def _folded(step: Ask, words: str, *, reading: Reading) -> str:
    lines = step.answer is AnswerKind.SEVERAL
    folded = fold(words[:LONGEST].replace("\n", ",") if lines else words, language=reading.language)
    if reading.language not in _UNSPACED:
        return folded
    # Each chunk is as long as a sentence: a story is not taken apart.
    return " ".join(part for chunk in folded.split() for part in reading.spelling.apart(chunk))


def _yes_or_no(folded: str, *, reading: Reading) -> str | None:
    """`yes` or `no`, when every word that says anything says the same."""
    said = bare(folded)
    spelled = _respelled(said, reading=reading, among=reading.agreed)
    for phrase in (said, _without(said, reading.polite), spelled, _without(spelled, reading.polite)):
        # Where a yes is asked for, "start" is one, unless it is spelled like something else ("never" in Arabic).
        starts = reading.wishes.get(Wish.START, frozenset()) - reading.lookalikes
        if phrase in reading.yes or phrase in starts:
            return "yes"
        if phrase in reading.no:
            return "no"
    said = spelled
    kinds = {_polarity(word, reading=reading) for word in said.split() if word not in reading.around}
    return kinds.pop() if len(kinds) == 1 else None


def _respelled(said: str, *, reading: Reading, among: AbstractSet[str], also: AbstractSet[str] = frozenset()) -> str:
    """The words, with a slip put right where only one of these words can have been meant."""
    spelling = reading.spelling
    return " ".join(spelling.meant(word, among=among, also=also) or word for word in said.split()[:_MOST_SPELLED])


def _polarity(word: str, *, reading: Reading) -> str | None:
    if word in reading.yes:
        return "yes"
    return "no" if word in reading.no else None


def _one(folded: str, *, reading: Reading, labels: Labels) -> str | None:
    """One choice, by the whole of its label, or by its number and the beginning of its label, if they agree."""
    said = bare(folded)
    found = _labelled(said, reading=reading, labels=labels)
    if not found:
        known = frozenset(word for name in labels.names for word in name.split())
        found = _labelled(_respelled(said, reading=reading, among=known, also=known), reading=reading, labels=labels)
    first, _, rest = said.partition(" ")
    if not found and first.isdecimal() and 1 <= int(first) <= len(labels.values):
        # The whole line of the list, with its number.
        found = _labelled(rest, reading=reading, labels=labels) & {labels.values[int(first) - 1]}
    if said not in labels.names and (place := read_place(folded, reading=reading, last=len(labels.values))):
        found |= {labels.values[place - 1]}
    return found.pop() if len(found) == 1 else None


def _labelled(said: str, *, reading: Reading, labels: Labels) -> set[str]:
    """The choices whose label is what was said, or else begins like it."""
    beginning = _without(said, reading.polite)
    exact = labels.names.get(said) or labels.names.get(beginning)
    return set(exact) if exact else {value for label, value in labels.begun if _begins(label, beginning)}


def _begins(label: str, beginning: str) -> bool:
    """Whether a label begins like this: with its first words, or with enough letters to be meant.

    A number alone is a place in the list, also where a label begins with it.
    """
    whole = len(beginning) >= _SHORTEST_BEGINNING or label[len(beginning) :][:1] == " "
    return whole and beginning != "" and not beginning.isdecimal() and label.startswith(beginning)


def _several(folded: str, *, reading: Reading, labels: Labels) -> frozenset[str] | None:
    """Any of the choices, by numbers or labels; none of them if any part is unclear."""
    said = _without(folded, reading.polite)
    if said in reading.nothing or said == "0":
        return frozenset()
    if said in reading.everything:
        return frozenset(labels.values)
    return _chosen(folded, reading=reading, labels=labels, splits=(_MARKS, reading.joint))


def _chosen(
    text: str, *, reading: Reading, labels: Labels, splits: tuple[re.Pattern[str], ...]
) -> frozenset[str] | None:
    """The choices in one piece of a reply; none of them if any part of it is unclear."""
    # A label may hold a comma or an "and" itself, so the longest piece that says one choice is taken.
    one = _labelled(bare(text), reading=reading, labels=labels)
    if len(one) == 1:
        return frozenset(one)
    if not splits:
        return _last_piece(text, reading=reading, labels=labels)
    chosen: set[str] = set()
    for piece in filter(bare, splits[0].split(text)):
        found = _chosen(piece, reading=reading, labels=labels, splits=splits[1:])
        if found is None:
            return None
        chosen |= found
    return frozenset(chosen) or None


def _last_piece(text: str, *, reading: Reading, labels: Labels) -> frozenset[str] | None:
    """One choice, or numbers with only spaces between."""
    one = _one(text, reading=reading, labels=labels)
    if one is not None:
        return frozenset({one})
    values = dict(zip(map(str, range(1, len(labels.values) + 1)), labels.values, strict=True))
    words = bare(text).split()
    return frozenset(values[word] for word in words) if values.keys() >= set(words) else None
