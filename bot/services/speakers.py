"""Of several people with one telephone, the one who writes is known by what was asked, or by what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.people import Address, Participant
from bot.engine.folding import fold, split_words
from bot.engine.reading import Reading
from bot.storage.addresses import Owner
from bot.storage.talk import Live
from bot.storage.unsigned import Question

WHO = "who:"
"""What the data of the button with somebody's name begins with: `who:<participant>`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharer:
    """One of those who share a telephone or chat, with the row of the address that is theirs."""

    participant: Participant
    address: Address


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """Who is taken for the writer. Unless `sure`, whoever it was is asked for before anything is understood."""

    owner: Owner
    sure: bool


def speaker_of(
    owners: Sequence[Owner],
    *,
    lives: Mapping[int, Live],
    people: Mapping[int, Sequence[Participant]],
    known: int | None,
    question: Question | None,
) -> Speaker | None:
    """Who of the participants at this address writes; `None` without any. `known`: this one, for certain."""
    mine = [one for one in owners if one.participant_id is not None]
    if not mine:
        return None
    theirs = next((one for one in mine if one.participant_id == known), None)
    if theirs is not None or len(mine) == 1:
        return Speaker(owner=theirs or mine[0], sure=True)
    asked = [one for one in mine if one.participant_id in lives]
    if len(asked) == 1:
        began = lives[asked[0].participant_id or 0].began_at
        return Speaker(owner=asked[0], sure=question is None or began > question.asked_at)
    return Speaker(owner=min(mine, key=lambda one: _last(one, people)), sure=False)


def names_of(sharers: Sequence[Sharer]) -> list[str]:
    """What each is called, so that everybody knows who is meant: of two with one name, with whose they are."""
    names = [one.participant.first_name for one in sharers]
    return [
        name if names.count(name) == 1 else f"{name} ({one.participant.coach_first_name})"
        for name, one in zip(names, sharers, strict=True)
    ]


def chosen(words: str, sharers: Sequence[Sharer], *, readings: Sequence[Reading]) -> Participant | None:
    """Whom these words name: by button, by number or by first name. `None` if they say anything else.

    `readings` are of the languages in which one of them may write.
    """
    by_button = {f"{WHO}{one.participant.id}": one.participant for one in sharers}
    if words in by_button:
        return by_button[words]
    around, before = (frozenset().union(*several) for several in zip(*map(_around, readings), strict=True))
    said = [word for word in split_words(fold(words)) if any(map(str.isalnum, word))]
    plain = [word for word in said if word not in around] or said
    while len(plain) > 1 and plain[0] in before:
        plain = plain[1:]
    names = [fold(one.participant.first_name) for one in sharers]
    whole = " ".join(plain)
    if names.count(whole) == 1:
        return sharers[names.index(whole)].participant
    number = _number(plain, readings=readings)
    return sharers[number - 1].participant if number is not None and 1 <= number <= len(sharers) else None


def _around(reading: Reading) -> tuple[frozenset[str], frozenset[str]]:
    """The words that change nothing anywhere, and those that change nothing before a name ("I am Omar")."""
    return reading.around, reading.absence_fillers


def _number(said: Sequence[str], *, readings: Sequence[Reading]) -> int | None:
    if len(said) != 1:
        return None
    if said[0].isascii() and said[0].isdigit() and len(said[0]) < 3:
        return int(said[0])
    meant = {one.numbers[said[0]] for one in readings if said[0] in one.numbers}
    return meant.pop() if len(meant) == 1 else None


def _last(one: Owner, people: Mapping[int, Sequence[Participant]]) -> tuple[bool, int]:
    places = people.get(one.participant_id or 0, ())
    # Whoever asked for silence is not the one in whose name others are asked.
    return all(place.stopped_at is not None for place in places), one.address.id
