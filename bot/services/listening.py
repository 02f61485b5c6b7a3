"""A batch of messages is answered: stop first, then other wishes, then the question that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.messages import InboundKind
from bot.domain.people import AddressState, Participant
from bot.engine.wishes import Wish, Wished
from bot.services.answering import answers, is_late, reply
from bot.services.callers import Heard, Turn, who_wrote
from bot.services.doorstep import Doorstep
from bot.services.granting import grant
from bot.services.hearing import Hearing
from bot.services.published import Shelf
from bot.services.stopping import note_address, start_again, stop
from bot.services.tapping import tap
from bot.storage.inbox import Handled
from bot.storage.unit_of_work import Work


@dataclass
class Batch:
    """Everything is read first, then decided person by person, then written in one go."""

    hearing: Hearing
    handled: list[Handled] = field(default_factory=list)

    @classmethod
    async def load(cls, work: Work, shelf: Shelf, heard: Sequence[Heard], *, now: datetime) -> "Batch":
        """Read all that is needed to answer these arrivals."""
        callers = await who_wrote(work, shelf, heard, now=now)
        return cls(Hearing(work=work, shelf=shelf, now=now, callers=callers))

    async def answer(self) -> int:
        """Answer everybody and keep it. Gives how many arrivals were settled."""
        hearing, callers = self.hearing, self.hearing.callers
        work, now = hearing.work, hearing.now
        for turn in callers.turns:
            if turn.address.state is AddressState.BAD:
                # Whoever writes can be reached: the number was taken for dead too soon.
                hearing.address_states.append((turn.address.id, AddressState.ACTIVE))
            await self._answer(turn)
            self._settle(turn.heard, participant=turn.participant)
        for heard in callers.coaches:
            self._settle(heard)
        if callers.strangers:
            doorstep = Doorstep(work, hearing.shelf, now, hearing.pile)
            for heard in callers.strangers:
                state, person = await doorstep.meet(heard.message, once=f"in/{heard.waiting.id}")
                self._settle(heard, state=state, person=person)
        await work.addresses.set_state(hearing.address_states, now=now)
        await work.participants.heard_from((turn.participant.id for turn in callers.turns), now=now)
        await hearing.pile.write(work, now=now)
        await work.inbox.settle(self.handled, now=now)
        return len(self.handled)

    async def _answer(self, turn: Turn) -> None:
        match turn.message.kind:
            case InboundKind.WORDS:
                await self._listen(turn)
            case InboundKind.TAP:
                tap(self.hearing, turn)
            case InboundKind.START:
                await self._start(turn)
            case InboundKind.MEDIA:
                self._look_away(turn)
            case InboundKind.EDIT:
                # What was answered before still counts; the coach sees that somebody wanted it otherwise.
                self.hearing.alert(turn, "edited")
            case InboundKind.BLOCKED | InboundKind.UNBLOCKED | InboundKind.MOVED:
                await note_address(self.hearing, turn)
            case InboundKind.NOTHING:
                pass

    def _look_away(self, turn: Turn) -> None:
        """A picture or a voice is never fetched; who asked for silence gets none of our words."""
        self.hearing.alert(turn, "media")
        if not self.hearing.away(turn):
            self.hearing.say(turn, "phrases/media")

    async def _listen(self, turn: Turn) -> None:
        hearing, said = self.hearing, turn.message.opt_out
        wish = hearing.wish_of(turn)
        if said == "STOP" or wish is Wish.STOP:
            await stop(hearing, turn, silently=said == "STOP")
        elif hearing.may_return(turn) and (said == "START" or wish is Wish.START):
            await start_again(hearing, turn, silently=said == "START")
        elif hearing.away(turn):
            # Silence was asked for: a person reads it, the bot says nothing.
            hearing.alert(turn, "question")
        elif said != "HELP":
            await self._understand(turn, wish)

    async def _understand(self, turn: Turn, wish: Wished | None) -> None:
        hearing, live = self.hearing, turn.live
        # What is both a wish and an answer to the open question is the answer.
        if live is not None and (wish is None or answers(hearing, turn, live)):
            reply(hearing, turn, live)
        elif wish is not None:
            await grant(hearing, turn, wish)
        elif is_late(hearing, turn):
            hearing.say(turn, "phrases/too-late")
        else:
            hearing.ask_coach(turn)

    async def _start(self, turn: Turn) -> None:
        hearing, code = self.hearing, turn.message.words
        linked = await hearing.work.participants.use_deep_link(code, now=hearing.now) if code else None
        if linked is not None:
            # One chat may be two people's, and whoever went back to SMS may come again.
            doorstep = Doorstep(hearing.work, hearing.shelf, hearing.now, hearing.pile)
            await doorstep.link(turn.message, linked, once=turn.once)
        elif hearing.may_return(turn):
            await start_again(hearing, turn, silently=False)
        elif hearing.left(turn):
            hearing.alert(turn, "question")
        else:
            hearing.say(turn, "phrases/help")

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
