"""A batch of messages is answered: stop first, then other wishes, then the question that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.calendar import zone_of
from bot.domain.messages import InboundKind, OutboxAct, Priority, Purpose
from bot.domain.people import AddressState, Participant
from bot.engine.definition import Ask
from bot.engine.reading import Wish
from bot.engine.run import State
from bot.engine.wishes import read_wish
from bot.services import conversation
from bot.services.callers import Callers, Heard, Turn, who_wrote
from bot.services.contact import silence
from bot.services.doorstep import Doorstep
from bot.services.pile import Pile, alert_about
from bot.services.published import Shelf
from bot.services.wording import Act, Buttons, Occasion, act, drafts, keyboard, say
from bot.storage.inbox import Handled
from bot.storage.talk import Live
from bot.storage.unit_of_work import Work


@dataclass
class Batch:
    """Everything is read first, then decided person by person, then written in one go."""

    work: Work
    shelf: Shelf
    now: datetime
    callers: Callers
    pile: Pile = field(default_factory=Pile)
    handled: list[Handled] = field(default_factory=list)
    address_states: list[tuple[int, AddressState]] = field(default_factory=list)

    @classmethod
    async def load(cls, work: Work, shelf: Shelf, heard: Sequence[Heard], *, now: datetime) -> "Batch":
        """Read all that is needed to answer these arrivals."""
        return cls(work, shelf, now, await who_wrote(work, shelf, heard, now=now))

    async def answer(self) -> int:
        """Answer everybody and keep it. Gives how many arrivals were settled."""
        for turn in self.callers.turns:
            if turn.address.state is AddressState.BAD:
                # Whoever writes can be reached: the number was taken for dead too soon.
                self.address_states.append((turn.address.id, AddressState.ACTIVE))
            await self._answer(turn)
            self._settle(turn.heard, participant=turn.participant)
        for heard in self.callers.coaches:
            self._settle(heard)
        if self.callers.strangers:
            doorstep = Doorstep(self.work, self.shelf, self.now, self.pile)
            for heard in self.callers.strangers:
                state, person = await doorstep.meet(heard.message, once=f"in/{heard.waiting.id}")
                self._settle(heard, state=state, person=person)
        await self.work.addresses.set_state(self.address_states, now=self.now)
        await self.work.participants.heard_from((turn.participant.id for turn in self.callers.turns), now=self.now)
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
            case InboundKind.MEDIA:
                self._look_away(turn)
            case InboundKind.EDIT:
                # What was answered before still counts; the coach sees that somebody wanted it otherwise.
                self._alert(turn, "edited")
            case InboundKind.BLOCKED | InboundKind.UNBLOCKED | InboundKind.MOVED:
                await self._note_address(turn)
            case InboundKind.NOTHING:
                pass

    def _look_away(self, turn: Turn) -> None:
        """A picture or a voice is never fetched; who asked for silence gets none of our words."""
        self._alert(turn, "media")
        if not self._away(turn):
            self._say(turn, "phrases/media")

    async def _note_address(self, turn: Turn) -> None:
        """What Telegram says about the chat itself."""
        match turn.message.kind:
            case InboundKind.BLOCKED:
                await self._stop(turn, silently=True)
            case InboundKind.UNBLOCKED:
                self.address_states.append((turn.address.id, AddressState.ACTIVE))
            case InboundKind.MOVED:
                await self.work.addresses.move(
                    turn.address.id, channel=turn.address.channel, value=turn.message.words, now=self.now
                )

    async def _listen(self, turn: Turn) -> None:
        readings = self.shelf.readings
        reading = readings.get(turn.participant.language) or readings[turn.plan.programme.languages[0]]
        wish = read_wish(turn.message.words, reading=reading, every=tuple(readings.values()))
        said = turn.message.opt_out
        if said == "STOP" or wish is Wish.STOP:
            await self._stop(turn, silently=said == "STOP")
        elif self._may_return(turn) and (said == "START" or wish is Wish.START):
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
        lapsed = self.callers.lapsed.get(turn.participant.id)
        if lapsed is None:
            return False
        return conversation.would_answer(
            lapsed,
            self.callers.editions[lapsed.definition_id],
            turn.message.words,
            participant=turn.participant,
            now=self.now,
        )

    def _reply(self, turn: Turn, live: Live) -> None:
        edition = self.callers.editions[live.definition_id]
        taken = conversation.reply(live, edition, turn.message.words, participant=turn.participant, now=self.now)
        if taken.left or (taken.state is not None and taken.state.left and not State.from_text(live.state).left):
            # Three times not understood: whatever it was, a person reads it.
            self._alert(turn, "question")
        conversation.keep(
            conversation.Taken(
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
        first = len(self.pile.drafts)
        if self._away(turn):
            self._alert(turn, "question")
        elif turn.live is None:
            self._say(turn, "phrases/old-button")
        else:
            self._reply(turn, turn.live)
        if turn.message.tap_id:
            done = Act(what=OutboxAct.ANSWER_TAP, ref=turn.message.tap_id, text=self._thanks(turn))
            drafted = act(done, participant=turn.participant, address=turn.address, occasion=occasion)
            # Before anything else leaves: the button waits, and shows that it does.
            self.pile.drafts.insert(first, drafted)
        if turn.message.message_id:
            self._settle_keyboard(turn, turn.message.message_id, occasion=occasion)

    def _thanks(self, turn: Turn) -> str:
        """What the tapped button says for a moment: that the answer is kept, if it was one. Never the answer."""
        live = turn.live
        if live is None:
            return ""
        rated = any(one.check_in_id == live.check_in_id for one in self.pile.ratings)
        if not rated and not any(one.conversation_id == live.id for one in self.pile.answers):
            return ""
        return say(turn.plan, "phrases/answer-kept", participant=turn.participant).text

    def _settle_keyboard(self, turn: Turn, message: str, *, occasion: Occasion) -> None:
        buttons: Buttons = ()
        if turn.live is not None and (ticked := self._ticked(turn.live)) is not None:
            question, ticks = ticked
            edition = self.callers.editions[turn.live.definition_id].beside(turn.plan.texts)
            buttons = keyboard(turn.plan, edition, question, participant=turn.participant, ticked=ticks)
        self.pile.drafts.append(
            act(
                Act(what=OutboxAct.SETTLE_KEYBOARD, ref=message, buttons=buttons),
                participant=turn.participant,
                address=turn.address,
                occasion=occasion,
            )
        )

    def _ticked(self, live: Live) -> tuple[Ask, tuple[str, ...]] | None:
        """The several-of question that still waits after a tap, and what is ticked in it by now."""
        moved = next((one for one in reversed(self.pile.moved) if one.id == live.id), None)
        if moved is None or moved.outcome is not None or moved.state == live.state:
            return None
        state, flow = State.from_text(moved.state), self.callers.editions[live.definition_id].flow
        question = flow.steps[flow.places[state.at]]
        same = state.at == State.from_text(live.state).at
        return (question, state.ticked) if same and isinstance(question, Ask) else None

    async def _start(self, turn: Turn) -> None:
        code = turn.message.words
        linked = await self.work.participants.use_deep_link(code, now=self.now) if code else None
        if linked is not None:
            # One chat may be two people's, and whoever went back to SMS may come again.
            await Doorstep(self.work, self.shelf, self.now, self.pile).link(turn.message, linked, once=turn.once)
        elif self._may_return(turn):
            await self._restart(turn, silently=False)
        elif self._left(turn):
            self._alert(turn, "question")
        else:
            self._say(turn, "phrases/help")

    async def _stop(self, turn: Turn, *, silently: bool) -> None:
        # A stop is obeyed for the phone: whoever shares it is not written to either.
        together = (turn.participant, *turn.beside)
        await silence(self.work, (one.id for one in together), now=self.now)
        for one in together:
            self.pile.alerts.append(alert_about(one, "stopped", once=f"{turn.once}/{one.id}", about=turn.arrival))
        if silently:
            # The provider stopped it, and says so itself: nothing of ours would arrive there.
            self.address_states.append((turn.address.id, AddressState.STOPPED))
        else:
            self._say(turn, "phrases/stopped", purpose=Purpose.CONFIRMATION)

    async def _restart(self, turn: Turn, *, silently: bool) -> None:
        for one in (turn.participant, *turn.beside):
            await self.work.participants.change(one.id, stopped_at=None, paused_until=None, held_at=None)
        self.address_states.append((turn.address.id, AddressState.ACTIVE))
        if not silently:
            self._say(turn, "phrases/started", purpose=Purpose.CONFIRMATION)

    def _away(self, turn: Turn) -> bool:
        return turn.participant.stopped_at is not None or self._left(turn)

    def _left(self, turn: Turn) -> bool:
        one = turn.participant
        return one.ended_on is not None and one.ended_on < self.now.astimezone(zone_of(one.zone)).date()

    def _may_return(self, turn: Turn) -> bool:
        """Whether a start word brings messages back: who has left the programme would be promised what never comes."""
        silent = turn.participant.stopped_at is not None or turn.address.state is not AddressState.ACTIVE
        return silent and not self._left(turn)

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
        self.pile.alerts.append(alert_about(turn.participant, kind, once=turn.once, about=turn.arrival))

    def _occasion(self, turn: Turn, purpose: Purpose) -> Occasion:
        return Occasion(
            once=turn.once,
            purpose=purpose,
            priority=Priority.REPLY,
            expires_at=self.now + conversation.REPLY_LASTS,
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
