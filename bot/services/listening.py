"""A batch of messages is answered: stop first, then other wishes, then the question that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.alerts import AlertKind
from bot.domain.calendar import zone_of
from bot.domain.messages import InboundKind, own_message
from bot.domain.people import AddressState, Agreement
from bot.engine.taps import WISH_TAP, read_wish_tap
from bot.engine.wishes import Fix, Wish, Wished
from bot.services.absent import hear_absent
from bot.services.agreeing import hear_late, note_answer
from bot.services.answering import answers, is_late, reply, takes_free_words
from bot.services.callers import Heard, Turn, who_wrote
from bot.services.danger import Unknown, danger_in, help_at_once, help_stranger
from bot.services.desk_words import hear_coach
from bot.services.doorstep import Doorstep
from bot.services.fixing import edited
from bot.services.granting import grant
from bot.services.hearing import Hearing
from bot.services.mistaken import wrong_person
from bot.services.pausing import hear_when
from bot.services.published import Shelf
from bot.services.signing import alert_all, sign
from bot.services.speakers import WHO
from bot.services.stopping import note_address, start_again, stop
from bot.services.talking import is_talking, to_coach
from bot.services.tapping import show_heard, show_taken, tap
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
            state, person = hearing.became.get(turn.arrival, ("handled", turn.participant.id))
            self._settle(turn.heard, state=state, person=person)
        for heard in callers.coaches:
            await hear_coach(hearing, heard)
            self._settle(heard)
        if callers.strangers:
            doorstep = Doorstep(work, hearing.shelf, now, hearing.pile)
            for heard in callers.strangers:
                state, person = await self._meet(doorstep, heard)
                self._settle(heard, state=state, person=person)
        await work.addresses.set_state(hearing.address_states, now=now)
        await work.participants.heard_from(self._known_writers(), now=now)
        await hearing.pile.write(work, now=now)
        await work.inbox.settle(self.handled, now=now)
        return len(self.handled)

    def _known_writers(self) -> list[int]:
        # Whoever says that it is the wrong number is not the person we looked for.
        wrong = {address for address, state in self.hearing.address_states if state is AddressState.WRONG}
        turns = (one for one in self.hearing.callers.turns if one.address.id not in wrong)
        noted = (self.hearing.became.get(one.arrival, ("", one.participant.id)) for one in turns)
        return [person for _, person in noted if person is not None]

    async def _meet(self, doorstep: Doorstep, heard: Heard) -> tuple[str, int | None]:
        once, danger = f"in/{heard.waiting.id}", danger_in(self.hearing.shelf, heard.message)
        place = None if danger is None else await doorstep.place(heard.message)
        if danger is None or place is None:
            return await doorstep.meet(heard.message, once=once)
        address, programme, plan = place
        who = Unknown(
            address=address,
            organisation_id=programme.organisation_id,
            plan=plan,
            arrival=heard.waiting.id,
            beside=tuple(await doorstep.places_beside(heard.message, programme)),
        )
        help_stranger(self.hearing, danger, who)
        return "stranger", None

    async def _answer(self, turn: Turn) -> None:
        danger = danger_in(self.hearing.shelf, turn.message)
        if danger is None:
            await self._read(turn)
            return
        # Danger is no answer and no wish; but whoever says stop in the same breath is stopped as well.
        await help_at_once(self.hearing, turn, danger)
        said = turn.message.opt_out
        if said == "STOP" or self.hearing.wish_of(turn) is Wish.STOP:
            await stop(self.hearing, turn, silently=said == "STOP")

    async def _read(self, turn: Turn) -> None:
        match turn.message.kind:
            case InboundKind.WORDS:
                await self._listen(turn)
            case InboundKind.TAP:
                await self._touch(turn)
            case InboundKind.START:
                await self._start(turn)
            case InboundKind.MEDIA:
                self._look_away(turn)
            case InboundKind.EDIT:
                await self._reread(turn)
            case InboundKind.BLOCKED | InboundKind.UNBLOCKED | InboundKind.MOVED:
                await note_address(self.hearing, turn)
            case InboundKind.NOTHING:
                pass
        await note_answer(self.hearing, turn)

    async def _touch(self, turn: Turn) -> None:
        hearing, first = self.hearing, len(self.hearing.pile.drafts)
        if turn.unsure or turn.message.words.startswith(WHO):
            await sign(hearing, turn)
        elif turn.message.words.startswith(WISH_TAP) and not hearing.away(turn):
            await self._tap_wish(turn)
        elif await hear_late(hearing, turn, None):
            show_taken(hearing, turn, first=first)
        else:
            await tap(hearing, turn)

    async def _tap_wish(self, turn: Turn) -> None:
        """A button of a menu works as long as there is such a wish: the menu stays as it is."""
        hearing, first = self.hearing, len(self.hearing.pile.drafts)
        wish = read_wish_tap(turn.message.words, now=hearing.now.astimezone(zone_of(turn.participant.zone)))
        if wish is None:
            hearing.say(turn, "phrases/old-button")
        else:
            await grant(hearing, turn, wish)
        show_heard(hearing, turn, first=first)

    async def _reread(self, turn: Turn) -> None:
        """A message was edited: danger, and here stop, come first, whatever it was before."""
        hearing, wish = self.hearing, self.hearing.wish_of(turn)
        if wish is Wish.STOP:
            await stop(hearing, turn, silently=False)
        elif wish is Wish.WRONG_PERSON:
            await wrong_person(hearing, turn)
        elif turn.unsure:
            alert_all(hearing, turn, AlertKind.UNSIGNED)
        elif hearing.away(turn):
            hearing.alert(turn, AlertKind.EDITED)
        elif not await edited(hearing, turn):
            await self._understand_edit(turn, wish)

    async def _understand_edit(self, turn: Turn, wish: Wished | None) -> None:
        """A message that had answered nothing is granted the wish it has become, and is no answer."""
        hearing = self.hearing
        if self._may_answer(turn) or (isinstance(wish, Fix) and not wish.sure):
            # Which question it was meant for is not known, so it answers none.
            hearing.alert(turn, AlertKind.EDITED)
        elif wish is not None:
            await grant(hearing, turn, wish)
        elif not await hear_absent(hearing, turn):
            hearing.alert(turn, AlertKind.EDITED)

    def _may_answer(self, turn: Turn) -> bool:
        """Whether the words may be meant for the question that waits."""
        live = turn.live
        return live is not None and (takes_free_words(self.hearing, live) or answers(self.hearing, turn, live))

    def _look_away(self, turn: Turn) -> None:
        """A picture or a voice is never fetched; who asked for silence gets none of our words."""
        if turn.unsure:
            alert_all(self.hearing, turn, AlertKind.MEDIA)
        else:
            self.hearing.alert(turn, AlertKind.MEDIA)
        if not self.hearing.away(turn):
            self.hearing.say(turn, "phrases/media")

    async def _listen(self, turn: Turn) -> None:
        hearing, said = self.hearing, turn.message.opt_out
        wish = hearing.wish_of(turn)
        if said == "STOP" or wish is Wish.STOP:
            await stop(hearing, turn, silently=said == "STOP")
        elif wish is Wish.WRONG_PERSON:
            await wrong_person(hearing, turn)
        elif turn.unsure and not self._returns(turn, wish):
            await sign(hearing, turn)
        elif await hear_late(hearing, turn, wish):
            return
        elif self._returns(turn, wish):
            await start_again(hearing, turn, silently=said == "START")
        elif hearing.away(turn):
            # Silence was asked for: a person reads it, the bot says nothing.
            hearing.alert(turn, AlertKind.QUESTION)
        elif not self._is_told_already(turn):
            await self._understand(turn, wish)

    def _is_told_already(self, turn: Turn) -> bool:
        """Whether the provider has answered itself, and the words are no answer to the open question."""
        said, live = turn.message.opt_out, turn.live
        return said == "HELP" or (said == "START" and (live is None or not answers(self.hearing, turn, live)))

    def _returns(self, turn: Turn, wish: Wished | None) -> bool:
        """Whether a start word brings somebody back: one that answers the open question does not."""
        hearing, live = self.hearing, turn.live
        if not hearing.may_return(turn) or (turn.message.opt_out != "START" and wish is not Wish.START):
            return False
        if turn.unsure and any(one.participant.agreement is not Agreement.AGREED for one in turn.sharers):
            # It may be somebody's first yes: whose, they must say.
            return False
        return live is None or not answers(hearing, turn, live)

    async def _understand(self, turn: Turn, wish: Wished | None) -> None:
        hearing, live = self.hearing, turn.live
        if is_talking(hearing, turn):
            await to_coach(hearing, turn)
        elif wish is None and (await hear_absent(hearing, turn) or await hear_when(hearing, turn)):
            return
        # What is both a wish and an answer to the open question is the answer.
        elif live is not None and (wish is None or answers(hearing, turn, live)):
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
        elif turn.unsure and not self._returns(turn, Wish.START):
            await sign(hearing, turn)
        elif await hear_late(hearing, turn, Wish.START):
            return
        elif hearing.may_return(turn):
            await start_again(hearing, turn, silently=False)
        elif hearing.left(turn):
            hearing.alert(turn, AlertKind.QUESTION)
        elif code and turn.participant.id != await hearing.work.participants.whose_link(code):
            hearing.say(turn, "phrases/telegram-bad-code")
        else:
            await grant(hearing, turn, Wish.START)

    def _settle(
        self,
        heard: Heard,
        *,
        state: str = "handled",
        person: int | None = None,
    ) -> None:
        self.handled.append(
            Handled(
                id=heard.waiting.id,
                state=state,
                kind=heard.message.kind,
                words=heard.message.words,
                participant_id=person,
                message_ref=own_message(heard.message),
            )
        )
