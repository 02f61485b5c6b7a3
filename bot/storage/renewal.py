"""Reminders that wait and name what was changed are taken back, so that they can be said anew with the right words."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import OccurrenceState
from bot.domain.messages import OutboxStatus
from bot.storage.concerned import CHANGED
from bot.storage.tables import occurrences, outbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoke:
    """What a rule said at a moment for a day. Without `about` it was about anything."""

    programme_id: int
    rule: str
    on_day: date
    due_at: datetime
    about: str | None = None


class Renewal:
    """Of what was said, only what has not left."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_back(self, spoke: Spoke, *, mark: datetime) -> int:
        """Take back what waits of it; gives how much did. What it stood for is claimed at `mark` from now on."""
        waits = exists().where(outbox.c.once == _once(spoke), outbox.c.status == OutboxStatus.QUEUED)
        found = await self._connection.execute(update(occurrences).where(_is(spoke), waits).values(claimed_at=mark))
        if found.rowcount:
            theirs = select(_once(spoke)).where(_is(spoke), occurrences.c.claimed_at == mark)
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.status == OutboxStatus.QUEUED, outbox.c.once.in_(theirs))
                .values(
                    status=OutboxStatus.CANCELLED,
                    error=CHANGED,
                    settled_at=mark,
                    # What is said anew is queued under the name that this one had.
                    once=outbox.c.once + literal("/until-") + cast(outbox.c.id, String),
                )
            )
        return found.rowcount

    async def skip_rest(self, spoke: Spoke, *, mark: datetime) -> None:
        """What was taken back and is not said anew has nothing to say any more."""
        said = exists().where(outbox.c.once == _once(spoke))
        await self._connection.execute(
            update(occurrences)
            .where(_is(spoke), occurrences.c.claimed_at == mark, ~said)
            .values(state=OccurrenceState.SKIPPED, reason=CHANGED)
        )


def _is(spoke: Spoke) -> ColumnElement[bool]:
    asked = [
        occurrences.c.programme_id == spoke.programme_id,
        occurrences.c.rule == spoke.rule,
        occurrences.c.on_day == spoke.on_day,
        occurrences.c.due_at == spoke.due_at,
        occurrences.c.state == OccurrenceState.QUEUED,
    ]
    return and_(*asked, *([] if spoke.about is None else [occurrences.c.about == spoke.about]))


def _once(spoke: Spoke) -> ColumnElement[str]:
    """Under which words of an occurrence are queued."""
    place = literal("rule/") + cast(occurrences.c.enrolment_id, String)
    return place + f"/{spoke.rule}/{spoke.due_at:%Y%m%dT%H%M}/" + occurrences.c.about + "/0"
