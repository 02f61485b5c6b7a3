"""Whatever is answered in a batch is said and raised the same way, and goes on one pile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.calendar import zone_of
from bot.domain.messages import Priority, Purpose
from bot.domain.people import AddressState
from bot.engine.reading import Reading
from bot.services.callers import Callers, Turn
from bot.services.conversation import REPLY_LASTS
from bot.services.pile import Pile, alert_about
from bot.services.published import Shelf
from bot.services.wording import Occasion, drafts, say
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

    def say(
        self,
        turn: Turn,
        key: str,
        *,
        purpose: Purpose = Purpose.REPLY,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Answer somebody with one text (a key), where they wrote."""
        self.pile.drafts += drafts(
            [say(turn.plan, key, participant=turn.participant, values=dict(values or {}))],
            participant=turn.participant,
            address=turn.address,
            occasion=self.occasion(turn, purpose),
        )

    def alert(self, turn: Turn, kind: str) -> None:
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
