"""Whatever is answered in a batch is said and raised the same way, and goes on one pile."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.content.texts import clock, day
from bot.domain.alerts import AlertKind
from bot.domain.calendar import zone_of
from bot.domain.messages import Button, Priority, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.domain.staffed import is_closed_today, staffed_next
from bot.engine.reading import Reading
from bot.engine.taps import WISH_TAP
from bot.engine.tongues import Ear
from bot.engine.wishes import Wished, read_wish
from bot.services.callers import Callers, Turn
from bot.services.conversation import REPLY_LASTS
from bot.services.pile import Pile, alert_about
from bot.services.published import Shelf
from bot.services.wording import Buttons, Occasion, drafts, say
from bot.storage.given import Keyboard
from bot.storage.unit_of_work import Work


@dataclass
class Hearing:
    """One batch: who wrote, what may be asked of the database, and the pile that all answers go on."""

    work: Work
    shelf: Shelf
    now: datetime
    callers: Callers
    pile: Pile = field(default_factory=Pile)
    address_states: list[tuple[int, AddressState]] = field(default_factory=list)
    keyboards: dict[str, Keyboard] | None = None
    became: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    """Arrivals that are not just handled: the state and the person they are noted with."""

    def say(
        self,
        turn: Turn,
        key: str,
        *,
        purpose: Purpose = Purpose.REPLY,
        values: Mapping[str, str] | None = None,
        buttons: Buttons = (),
    ) -> None:
        """Answer somebody with one text (a key), where they wrote. Only Telegram has buttons.

        Where any of several may have written, it is said to each in their language, in one message.
        """
        whose = [one.participant for one in turn.sharers] if turn.unsure else [turn.participant]
        said = [say(turn.plan, key, participant=one, values=dict(values or {})) for one in whose]
        text = "\n".join(dict.fromkeys(one.text for one in said))
        shown = buttons if turn.address.channel is ChannelName.TELEGRAM else ()
        self.pile.drafts += drafts(
            [replace(said[0], text=text, buttons=shown)],
            participant=turn.participant,
            address=turn.address,
            occasion=self.occasion(turn, purpose),
        )

    def button(self, turn: Turn, key: str, wish: str) -> Button:
        """A button that says a text (a key) and stands for a wish: see `read_wish_tap`."""
        said = say(turn.plan, key, participant=turn.participant)
        return Button(label=said.text, data=f"{WISH_TAP}{wish}")

    def ask_coach(self, turn: Turn) -> None:
        """Hand somebody's words to their coach, and say so: on a closed day with the day on which they are read."""
        programme = turn.plan.programme
        if is_closed_today(programme.staffed, zone=programme.zone, now=self.now):
            self.say_when_read(turn)
        else:
            self.say(turn, "phrases/no-open-question")
        self.alert(turn, AlertKind.QUESTION)

    def say_when_read(self, turn: Turn) -> None:
        """The coach gets the words, and reads them when somebody is there next."""
        staffed, zone = turn.plan.programme.staffed, turn.plan.programme.zone
        then = staffed_next(staffed, zone=zone, now=self.now).astimezone(zone_of(zone))
        language = turn.plan.language_of(turn.participant.language)
        values = {"day": day(then.date(), language), "time": clock(then.time())}
        self.say(turn, "phrases/to-coach-later", values=values)

    def alert(self, turn: Turn, kind: AlertKind) -> None:
        """The coach of whoever wrote must see this arrival."""
        self.pile.alerts.append(alert_about(turn.participant, kind, once=turn.once, about=turn.arrival))

    def occasion(self, turn: Turn, purpose: Purpose) -> Occasion:
        """Why and until when an answer to this arrival is said."""
        return Occasion(
            once=turn.once,
            purpose=purpose,
            priority=Priority.REPLY,
            expires_at=self.now + REPLY_LASTS,
            now=self.now,
            conversation_id=turn.live.id if turn.live else None,
        )

    def reading_of(self, turn: Turn) -> Reading:
        """The reply words of whoever wrote, or else those of the programme's own language."""
        readings = self.shelf.readings
        return readings.get(turn.participant.language) or readings[turn.plan.programme.languages[0]]

    def wish_of(self, turn: Turn) -> Wished | None:
        """What the words wish for, if anything."""
        one = turn.participant
        local, names = self.now.astimezone(zone_of(one.zone)), (one.first_name, one.coach_first_name)
        return read_wish(turn.message.words, ear=self.ear_of(turn), now=local, names=names)

    def ear_of(self, turn: Turn) -> Ear:
        """Whoever wrote may write in the programme's languages too, and as those do who share their telephone."""
        around = (*turn.plan.programme.languages, *(one.participant.language for one in turn.sharers))
        return self.shelf.tongues.ear(self.reading_of(turn).language, beside=around)

    def away(self, turn: Turn) -> bool:
        """Whether the person asked for silence, or has left the programme: then a person reads what they write."""
        return turn.participant.stopped_at is not None or self.left(turn)

    def left(self, turn: Turn) -> bool:
        """Whether the person has left the programme."""
        one = turn.participant
        return one.ended_on is not None and one.ended_on < self.now.astimezone(zone_of(one.zone)).date()

    def may_return(self, turn: Turn) -> bool:
        """Whether a start word brings messages back: who has left the programme would be promised what never comes."""
        silent = turn.participant.stopped_at is not None or turn.address.state is not AddressState.ACTIVE
        return silent and not self.left(turn)
