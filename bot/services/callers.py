"""Whoever wrote is known by the address; a shared phone speaks for the person who was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.messages import InboundMessage
from bot.domain.people import Address, Participant
from bot.services.published import FlowEdition, Plan, Shelf
from bot.storage.addresses import Owner
from bot.storage.inbox import Waiting
from bot.storage.talk import Live
from bot.storage.unit_of_work import Work

LATE_ANSWERS = timedelta(days=3)
"""For so long after a question expired, an answer to it is understood as one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """An arrival and what it says."""

    waiting: Waiting
    message: InboundMessage


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One person's message, and who they are. `beside` are others who are written to at the same address."""

    heard: Heard
    participant: Participant
    address: Address
    plan: Plan
    live: Live | None
    beside: tuple[Participant, ...] = ()

    @property
    def message(self) -> InboundMessage:
        """What was said."""
        return self.heard.message

    @property
    def once(self) -> str:
        """What every answer to this arrival is queued under."""
        return f"in/{self.arrival}"

    @property
    def arrival(self) -> int:
        """Which arrival it is."""
        return self.heard.waiting.id


@dataclass(frozen=True, kw_only=True)
class Callers:
    """Everybody in a batch. `editions` are the flows they are in; `lapsed` what lately expired, by person."""

    turns: list[Turn]
    strangers: list[Heard]
    coaches: list[Heard]
    editions: Mapping[int, FlowEdition]
    lapsed: Mapping[int, Live]


async def who_wrote(work: Work, shelf: Shelf, heard: Sequence[Heard], *, now: datetime) -> Callers:
    """Find out who everybody is and what they were asked, in a fixed number of questions to the database."""
    behind = await work.addresses.behind([one.waiting.sender_hash for one in heard])
    owners = [_here(behind.get(one.waiting.sender_hash, []), one) for one in heard]
    known = {one.participant_id for several in owners for one in several if one.participant_id is not None}
    await work.participants.lock(known)
    people = await work.participants.people(known)
    lives = await work.conversations.open_with(known)
    plans = await shelf.plans(work, {one.programme_id for several in people.values() for one in several})
    turns: dict[int, Turn] = {}
    strangers: list[Heard] = []
    coaches: list[Heard] = []
    for one, several in zip(heard, owners, strict=True):
        owner = _speaker(several, lives)
        if owner is None:
            (coaches if several else strangers).append(one)
        elif owner.participant_id is not None:
            live = lives.get(owner.participant_id)
            participant = _place(people[owner.participant_id], live)
            turn = Turn(
                heard=one,
                participant=participant,
                address=owner.address,
                plan=plans[participant.programme_id],
                live=live,
                beside=tuple(people[other][0] for other in _others(several, owner)),
            )
            # A second message of the same person, from another address, waits for the next batch.
            turns.setdefault(participant.id, turn)
    lapsed = await work.conversations.lapsed(known - lives.keys(), since=now - LATE_ANSWERS)
    editions = await shelf.flows(work, (one.definition_id for one in (*lives.values(), *lapsed.values())))
    return Callers(turns=list(turns.values()), strangers=strangers, coaches=coaches, editions=editions, lapsed=lapsed)


def _here(owners: Sequence[Owner], heard: Heard) -> list[Owner]:
    """Whose the address is on the channel it was written from: people's, or else coaches'."""
    mine = [one for one in owners if one.address.channel is heard.waiting.channel]
    people = [one for one in mine if one.participant_id is not None]
    return people or [one for one in mine if one.coach_id is not None]


def _speaker(owners: Sequence[Owner], lives: Mapping[int, Live]) -> Owner | None:
    """Of several people with one phone, the one who was asked last; otherwise the first."""
    people = [one for one in owners if one.participant_id is not None]
    asked = [one for one in people if one.participant_id in lives]
    if asked:
        return max(asked, key=lambda one: lives[one.participant_id or 0].id)
    return min(people, key=lambda one: one.address.id, default=None)


def _others(owners: Iterable[Owner], speaker: Owner) -> list[int]:
    ids = {one.participant_id for one in owners if one.participant_id is not None}
    return sorted(ids - {speaker.participant_id or 0})


def _place(places: Sequence[Participant], live: Live | None) -> Participant:
    """Of several programmes, the one whose question waits; otherwise the first that the person has not left."""
    for place in places:
        if live is not None and place.enrolment_id == live.enrolment_id:
            return place
    return places[0]
