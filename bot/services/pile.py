"""What a batch will write is gathered first and written last, in one go."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.alerts import AlertKind, FlowKind
from bot.domain.free_days import DAYS_OFF, kept_of
from bot.domain.messages import Draft
from bot.domain.people import Participant
from bot.storage.agreements import NewAgreement
from bot.storage.alerts import NewAlert
from bot.storage.ratings import NewRating
from bot.storage.talk import MovedOn, NewAnswer
from bot.storage.unit_of_work import Work


@dataclass
class Pile:
    """All that the turns of a batch led to."""

    moved: list[MovedOn] = field(default_factory=list)
    ratings: list[NewRating] = field(default_factory=list)
    answers: list[NewAnswer] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    alerts: list[NewAlert] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    """Conversations whose nudge may still wait: it has lost its meaning."""
    agreed: list[NewAgreement] = field(default_factory=list)

    async def write(self, work: Work, *, now: datetime) -> None:
        """Keep all of it in this unit of work."""
        await work.conversations.move(self.moved, now=now)
        await work.ratings.keep(self.ratings, now=now)
        await work.conversations.keep_answers(self.answers, now=now)
        await work.meetings.answer(self.answers, now=now)
        await self._keep_days_off(work)
        await work.agreements.keep(self.agreed, now=now)
        await work.alerts.raise_these(self.alerts, now=now)
        for person in self.stopped:
            await work.participants.change(person, stopped_at=now)
        await work.outbox.cancel_for(self.stopped, why="stopped", now=now)
        await work.outbox.cancel_nudges(self.answered, now=now)
        await work.outbox.queue(self.drafts, now=now)

    async def _keep_days_off(self, work: Work) -> None:
        """Whoever chose their holidays has them free from now on. Whoever did not want to answer changes nothing."""
        for answer in self.answers:
            if answer.slug == DAYS_OFF and answer.value is not None:
                await work.participants.change(answer.participant_id, calendars=kept_of(answer.value))


def alert_about(
    participant: Participant, kind: AlertKind | FlowKind, *, once: str, about: int | None = None
) -> NewAlert:
    """Something this person's coach must see."""
    return NewAlert(
        organisation_id=participant.organisation_id,
        programme_id=participant.programme_id,
        participant_id=participant.id,
        coach_id=participant.coach_id,
        kind=kind,
        about=about,
        once=f"{kind}/{once}",
    )
