"""Whoever wrote is known by the address; a shared phone speaks for the one person who was asked, or for nobody yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.calendar import zone_of
from bot.domain.meetings import MEETING
from bot.domain.messages import InboundKind, InboundMessage, own_message
from bot.domain.people import Address, Participant
from bot.engine.seen import seen_by_tap, seen_by_words
from bot.services.published import FlowEdition, Plan, Shelf
from bot.services.speakers import Sharer, Speaker, speaker_of
from bot.storage.addresses import Owner
from bot.storage.inbox import Waiting
from bot.storage.talk import Live
from bot.storage.unit_of_work import Work
from bot.storage.unsigned import Question

LATE_ANSWERS = timedelta(days=3)
"""For so long after a question expired, an answer to it is understood as one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """An arrival and what it says."""

    waiting: Waiting
    message: InboundMessage


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One person's message, and who they are. `beside` are others who are written to at the same address.

    `sharers` are all who are written to there, in an order that stays. With `unsure` it may be any of them who writes;
    `question` is that we asked who, and wait for the answer.
    """

    heard: Heard
    participant: Participant
    address: Address
    plan: Plan
    live: Live | None
    beside: tuple[Participant, ...] = ()
    sharers: tuple[Sharer, ...] = ()
    unsure: bool = False
    question: Question | None = None

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


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was found out about a batch: people's places, open conversations and plans, and who signed what."""

    people: Mapping[int, Sequence[Participant]]
    lives: Mapping[int, Live]
    plans: Mapping[int, Plan]
    questions: Mapping[bytes, Question]
    signers: Mapping[int, int]

    def speaker(self, heard: Heard, owners: Sequence[Owner]) -> Speaker | None:
        """Who of those with the address wrote it."""
        return speaker_of(
            owners,
            # What is edited was written before: what was asked last does not say whose it is.
            lives={} if heard.message.kind is InboundKind.EDIT else self.lives,
            people=self.people,
            known=heard.waiting.signer or self.signers.get(heard.waiting.id),
            question=self.questions.get(heard.waiting.sender_hash),
        )

    def turn(self, heard: Heard, owners: Sequence[Owner], speaker: Speaker) -> Turn:
        """The message of a person, with all that is known of them."""
        owner = speaker.owner
        assert owner.participant_id is not None
        live = self.lives.get(owner.participant_id)
        participant = _place(self.people[owner.participant_id], live)
        return Turn(
            heard=heard,
            participant=participant,
            address=owner.address,
            plan=self.plans[participant.programme_id],
            live=live,
            beside=tuple(self.people[other][0] for other in _others(owners, owner)),
            sharers=_sharers(owners, self.people),
            unsure=not speaker.sure,
            question=self.questions.get(heard.waiting.sender_hash),
        )


async def who_wrote(work: Work, shelf: Shelf, heard: Sequence[Heard], *, now: datetime) -> Callers:
    """Find out who everybody is and what they were asked, in a fixed number of questions to the database."""
    behind = await work.addresses.behind([one.waiting.sender_hash for one in heard])
    owners = [_here(behind.get(one.waiting.sender_hash, []), one) for one in heard]
    known = {one.participant_id for several in owners for one in several if one.participant_id is not None}
    await work.participants.lock(known)
    people = await work.participants.people(known)
    owners = [_not_left(several, people, now=now) for several in owners]
    lives = await _read_by_them(work, await work.conversations.open_with(known))
    plans = await shelf.plans(work, {one.programme_id for several in people.values() for one in several})
    shared = [one for one, several in zip(heard, owners, strict=True) if _is_shared(several)]
    questions = await work.unsigned.open_for([one.waiting.sender_hash for one in shared])
    signers = await _signers(work, shared, people=known)
    known_here = _Known(people=people, lives=lives, plans=plans, questions=questions, signers=signers)
    turns: dict[int, Turn] = {}
    strangers: list[Heard] = []
    coaches: list[Heard] = []
    for one, several in zip(heard, owners, strict=True):
        speaker = known_here.speaker(one, several)
        if speaker is None:
            (coaches if several else strangers).append(one)
        elif speaker.owner.participant_id is not None:
            # A second message of the same person, from another address, waits for the next batch.
            turns.setdefault(speaker.owner.participant_id, known_here.turn(one, several, speaker))
    lapsed = await work.conversations.lapsed(known - lives.keys(), since=now - LATE_ANSWERS)
    editions = await shelf.flows(work, (one.definition_id for one in (*lives.values(), *lapsed.values())))
    return Callers(turns=list(turns.values()), strangers=strangers, coaches=coaches, editions=editions, lapsed=lapsed)


async def _read_by_them(work: Work, lives: dict[int, Live]) -> dict[int, Live]:
    """Without questions about a meeting that have not left yet: whatever is written cannot answer those.

    Whoever had read about another hour of it means that one.
    """
    meetings = [one.id for one in lives.values() if one.flow == MEETING]
    unread = await work.meetings.unread(meetings) if meetings else set()
    return {person: one for person, one in lives.items() if one.id not in unread} if unread else lives


def _here(owners: Sequence[Owner], heard: Heard) -> list[Owner]:
    """Whose the address is on the channel it was written from: people's, or else coaches'."""
    mine = [one for one in owners if one.address.channel is heard.waiting.channel]
    people = [one for one in mine if one.participant_id is not None]
    coaches = [one for one in mine if one.coach_id is not None]
    return coaches if coaches and _takes_on(heard.message) else people or coaches


def _takes_on(message: InboundMessage) -> bool:
    """Whether it names an alert that was seen: from a telephone that is a coach's as well, the coach says that."""
    if message.kind is InboundKind.TAP:
        return seen_by_tap(message.words) is not None
    return message.kind is InboundKind.WORDS and bool(seen_by_words(message.words))


def _not_left(owners: list[Owner], people: Mapping[int, Sequence[Participant]], *, now: datetime) -> list[Owner]:
    """Who has a number of somebody who left is alone with it: of the other they are told nothing."""
    gone = {person for person, places in people.items() if all(_has_left(one, now=now) for one in places)}
    return [one for one in owners if one.participant_id not in gone] or owners


def _has_left(one: Participant, *, now: datetime) -> bool:
    return one.ended_on is not None and one.ended_on < now.astimezone(zone_of(one.zone)).date()


def _is_shared(owners: Sequence[Owner]) -> bool:
    return len({one.participant_id for one in owners if one.participant_id is not None}) > 1


async def _signers(work: Work, shared: Sequence[Heard], *, people: Iterable[int]) -> dict[int, int]:
    """Whose these arrivals are for certain: a tapped message was sent to one person, an edited one written by one."""
    tapped = {one.waiting.id: one.message.message_id or "" for one in shared if one.message.kind is InboundKind.TAP}
    sent = await work.outbox.sent_to(list(tapped.values()), people=people)
    edits = [one for one in shared if one.message.kind is InboundKind.EDIT]
    edited = {one.waiting.id: (one.waiting.sender_hash, own_message(one.message) or "") for one in edits}
    wrote = await work.inbox.writers_of(list(edited.values()), people=people)
    found = {arrival: sent.get(message) for arrival, message in tapped.items()}
    found |= {arrival: wrote.get(message) for arrival, message in edited.items()}
    return {arrival: person for arrival, person in found.items() if person is not None}


def _sharers(owners: Iterable[Owner], people: Mapping[int, Sequence[Participant]]) -> tuple[Sharer, ...]:
    mine = {one.participant_id: one.address for one in owners if one.participant_id is not None}
    return tuple(Sharer(participant=people[one][0], address=mine[one]) for one in sorted(mine))


def _others(owners: Iterable[Owner], speaker: Owner) -> list[int]:
    ids = {one.participant_id for one in owners if one.participant_id is not None}
    return sorted(ids - {speaker.participant_id or 0})


def _place(places: Sequence[Participant], live: Live | None) -> Participant:
    """Of several programmes, the one whose question waits; otherwise the first that the person has not left."""
    for place in places:
        if live is not None and place.enrolment_id == live.enrolment_id:
            return place
    return places[0]
