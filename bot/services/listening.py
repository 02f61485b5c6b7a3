"""A batch of messages is answered: stop first, then other wishes, then the question that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.calendar import zone_of
from bot.domain.messages import (
    InboundKind,
    InboundMessage,
    OutboxAct,
    Priority,
    Purpose,
)
from bot.domain.people import Address, AddressState, Participant
from bot.engine.definition import Ask
from bot.engine.reading import Wish
from bot.engine.run import State
from bot.engine.wishes import read_wish
from bot.services import conversation
from bot.services.conversation import REPLY_LASTS, Pile, Taken, alert_about
from bot.services.doorstep import Doorstep
from bot.services.published import FlowEdition, Plan, Shelf
from bot.services.wording import Buttons, Occasion, act, drafts, keyboard, say
from bot.storage.inbox import Handled, Waiting
from bot.storage.people import Owner
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
    """One person's message, and who they are."""

    heard: Heard
    participant: Participant
    address: Address
    plan: Plan
    live: Live | None

    @property
    def message(self) -> InboundMessage:
        """What was said."""
        return self.heard.message

    @property
    def once(self) -> str:
        """What every answer to this arrival is queued under."""
        return f"in/{self.heard.waiting.id}"


@dataclass
class Batch:
    """Everything is read first, then decided person by person, then written in one go."""

    work: Work
    shelf: Shelf
    now: datetime
    turns: list[Turn]
    strangers: list[Heard]
    editions: dict[int, FlowEdition]
    lapsed: dict[int, Live]
    coaches: list[Heard] = field(default_factory=list)
    pile: Pile = field(default_factory=Pile)
    handled: list[Handled] = field(default_factory=list)
    address_states: list[tuple[int, AddressState]] = field(default_factory=list)

    @classmethod
    async def load(cls, work: Work, shelf: Shelf, heard: Sequence[Heard], *, now: datetime) -> "Batch":
        """Find out who everybody is and what they were asked, in a fixed number of questions to the database."""
        owners = await work.participants.behind([one.waiting.sender_hash for one in heard])
        known: dict[int, tuple[Heard, Owner]] = {}
        strangers, coaches = [], []
        for one in heard:
            owner = _owner(owners.get(one.waiting.sender_hash, []), one)
            if owner is None:
                strangers.append(one)
            elif owner.participant_id is None:
                coaches.append(one)
            else:
                # A second message of the same person, from another address, waits for the next batch.
                known.setdefault(owner.participant_id, (one, owner))
        await work.participants.lock(known)
        people = await work.participants.people(known)
        lives = await work.conversations.open_with(known)
        plans = await shelf.plans(work, {one.programme_id for several in people.values() for one in several})
        turns = []
        for person, (one, owner) in known.items():
            live = lives.get(person)
            participant = _place(people[person], live)
            turns.append(
                Turn(
                    heard=one,
                    participant=participant,
                    address=owner.address,
                    plan=plans[participant.programme_id],
                    live=live,
                )
            )
        lapsed = await work.conversations.lapsed(known.keys() - lives.keys(), since=now - LATE_ANSWERS)
        editions = await shelf.flows(work, (one.definition_id for one in (*lives.values(), *lapsed.values())))
        return cls(work, shelf, now, turns, strangers, editions, lapsed, coaches)

    async def answer(self) -> int:
        """Answer everybody and keep it. Gives how many arrivals were settled."""
        for turn in self.turns:
            await self._answer(turn)
            self._settle(turn.heard, participant=turn.participant)
        for heard in self.coaches:
            self._settle(heard)
        if self.strangers:
            doorstep = Doorstep(self.work, self.shelf, self.now, self.pile)
            for heard in self.strangers:
                state, person = await doorstep.meet(heard.message, once=f"in/{heard.waiting.id}")
                self._settle(heard, state=state, person=person)
        await self.work.participants.set_address_state(self.address_states, now=self.now)
        await self.work.participants.heard_from((turn.participant.id for turn in self.turns), now=self.now)
        await self.pile.write(self.work, now=self.now)
        await self.work.inbox.settle(self.handled, now=self.now)
        return len(self.handled)

    async def _answer(self, turn: Turn) -> None:
        match turn.message.kind:
            case InboundKind.WORDS:
                await self._listen(turn)
            case InboundKind.TAP:
                self._tap(turn)
            case InboundKind.START:
                await self._start(turn)
            case InboundKind.MEDIA if self._away(turn):
                self._alert(turn, "media")
            case InboundKind.MEDIA:
                self._say(turn, "phrases/media", alert="media")
            case InboundKind.EDIT:
                # What was answered before still counts; the coach sees that somebody wanted it otherwise.
                self._alert(turn, "edited")
            case InboundKind.BLOCKED:
                await self._stop(turn, silently=True)
            case InboundKind.UNBLOCKED:
                self.address_states.append((turn.address.id, AddressState.ACTIVE))
            case InboundKind.MOVED:
                await self.work.participants.move_address(
                    turn.address.id,
                    channel=turn.address.channel,
                    value=turn.message.words,
                    now=self.now,
                )
            case InboundKind.NOTHING:
                pass

    async def _listen(self, turn: Turn) -> None:
        readings = self.shelf.readings
        reading = readings.get(turn.participant.language) or readings[turn.plan.programme.languages[0]]
        wish = read_wish(turn.message.words, reading=reading, every=tuple(readings.values()))
        said = turn.message.opt_out
        if said == "STOP" or wish is Wish.STOP:
            await self._stop(turn, silently=said == "STOP")
        elif said == "START" or (wish is Wish.START and self._away(turn)):
            await self._restart(turn, silently=said == "START")
        elif self._away(turn):
            # Silence was asked for: a person reads it, the bot says nothing.
            self._alert(turn, "question")
        elif said == "HELP":
            pass
        elif wish is Wish.HELP:
            self._say(turn, "phrases/help")
        elif turn.live is not None:
            self._reply(turn, turn.live)
        elif self._is_late(turn):
            self._say(turn, "phrases/too-late")
        else:
            self._say(turn, "phrases/no-open-question", alert="question")

    def _is_late(self, turn: Turn) -> bool:
        """Whether the words answer the question that expired: then nobody needs to read them as a message."""
        lapsed = self.lapsed.get(turn.participant.id)
        if lapsed is None:
            return False
        return conversation.would_answer(
            lapsed,
            self.editions[lapsed.definition_id],
            turn.message.words,
            participant=turn.participant,
            now=self.now,
        )

    def _reply(self, turn: Turn, live: Live) -> None:
        edition = self.editions[live.definition_id]
        taken = conversation.reply(
            live,
            edition,
            turn.message.words,
            participant=turn.participant,
            now=self.now,
        )
        conversation.keep(
            Taken(
                participant=turn.participant,
                address=turn.address,
                plan=turn.plan,
                edition=edition.beside(turn.plan.texts),
                live=live,
                turn=taken,
                once=turn.once,
            ),
            self.pile,
            now=self.now,
        )

    def _tap(self, turn: Turn) -> None:
        occasion = self._occasion(turn, Purpose.REPLY)
        if turn.message.tap_id:
            self.pile.drafts.append(
                act(
                    OutboxAct.ANSWER_TAP,
                    turn.message.tap_id,
                    participant=turn.participant,
                    address=turn.address,
                    occasion=occasion,
                )
            )
        if self._away(turn):
            self._alert(turn, "question")
        elif turn.live is None:
            self._say(turn, "phrases/old-button")
        else:
            self._reply(turn, turn.live)
        if turn.message.message_id:
            self._settle_keyboard(turn, turn.message.message_id, occasion=occasion)

    def _settle_keyboard(self, turn: Turn, message: str, *, occasion: Occasion) -> None:
        buttons: Buttons = ()
        if turn.live is not None and (ticked := self._ticked(turn.live)) is not None:
            question, ticks = ticked
            edition = self.editions[turn.live.definition_id].beside(turn.plan.texts)
            buttons = keyboard(turn.plan, edition, question, participant=turn.participant, ticked=ticks)
        self.pile.drafts.append(
            act(
                OutboxAct.SETTLE_KEYBOARD,
                message,
                participant=turn.participant,
                address=turn.address,
                occasion=occasion,
                buttons=buttons,
            )
        )

    def _ticked(self, live: Live) -> tuple[Ask, tuple[str, ...]] | None:
        """The several-of question that still waits after a tap, and what is ticked in it by now."""
        moved = next((one for one in reversed(self.pile.moved) if one.id == live.id), None)
        if moved is None or moved.outcome is not None or moved.state == live.state:
            return None
        state, flow = State.from_text(moved.state), self.editions[live.definition_id].flow
        question = flow.steps[flow.places[state.at]]
        same = state.at == State.from_text(live.state).at
        return (question, state.ticked) if same and isinstance(question, Ask) else None

    async def _start(self, turn: Turn) -> None:
        if turn.message.words:
            await self.work.participants.use_deep_link(turn.message.words, now=self.now)
        if self._away(turn):
            await self._restart(turn, silently=False)
        else:
            self._say(turn, "phrases/help")

    async def _stop(self, turn: Turn, *, silently: bool) -> None:
        person = turn.participant.id
        await self.work.conversations.end([person], outcome="stopped", now=self.now)
        await self.work.outbox.cancel_for([person], why="stopped", now=self.now)
        await self.work.participants.change(person, stopped_at=self.now)
        self._alert(turn, "stopped")
        if silently:
            # The provider stopped it, and says so itself: nothing of ours would arrive there.
            self.address_states.append((turn.address.id, AddressState.STOPPED))
        else:
            self._say(turn, "phrases/stopped", purpose=Purpose.CONFIRMATION)

    async def _restart(self, turn: Turn, *, silently: bool) -> None:
        await self.work.participants.change(turn.participant.id, stopped_at=None, paused_until=None)
        self.address_states.append((turn.address.id, AddressState.ACTIVE))
        if not silently:
            self._say(turn, "phrases/started", purpose=Purpose.CONFIRMATION)

    def _away(self, turn: Turn) -> bool:
        one = turn.participant
        left = one.ended_on is not None and one.ended_on < self.now.astimezone(zone_of(one.zone)).date()
        return one.stopped_at is not None or left

    def _say(
        self,
        turn: Turn,
        key: str,
        *,
        purpose: Purpose = Purpose.REPLY,
        alert: str | None = None,
    ) -> None:
        self.pile.drafts += drafts(
            [say(turn.plan, key, participant=turn.participant)],
            participant=turn.participant,
            address=turn.address,
            occasion=self._occasion(turn, purpose),
        )
        if alert:
            self._alert(turn, alert)

    def _alert(self, turn: Turn, kind: str) -> None:
        self.pile.alerts.append(alert_about(turn.participant, kind, once=turn.once, about=turn.heard.waiting.id))

    def _occasion(self, turn: Turn, purpose: Purpose) -> Occasion:
        return Occasion(
            once=turn.once,
            purpose=purpose,
            priority=Priority.REPLY,
            expires_at=self.now + REPLY_LASTS,
            now=self.now,
            conversation_id=turn.live.id if turn.live else None,
        )

    def _settle(
        self,
        heard: Heard,
        *,
        participant: Participant | None = None,
        state: str = "handled",
        person: int | None = None,
    ) -> None:
        self.handled.append(
            Handled(
                id=heard.waiting.id,
                state=state,
                kind=heard.message.kind,
                words=heard.message.words,
                participant_id=participant.id if participant else person,
            )
        )


def _owner(owners: Sequence[Owner], heard: Heard) -> Owner | None:
    mine = [one for one in owners if one.address.channel is heard.waiting.channel]
    people = [one for one in mine if one.participant_id is not None]
    owned = people or [one for one in mine if one.coach_id is not None]
    return owned[0] if owned else None


def _place(places: Sequence[Participant], live: Live | None) -> Participant:
    """Of several programmes, the one whose question waits; otherwise the first that the person has not left."""
    for place in places:
        if live is not None and place.enrolment_id == live.enrolment_id:
            return place
    return places[0]
