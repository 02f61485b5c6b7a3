"""What coaches write by hand is told apart from what the program says, and is sent once."""

from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alerts import ANSWERED_BY_WRITING
from bot.domain.messages import Purpose
from bot.storage.tables import alerts, outbox

_QUEUED = select(outbox.c.id).where(outbox.c.once == bindparam("once"))
_NEWEST = select(func.max(outbox.c.id)).where(
    outbox.c.participant_id == bindparam("person"), outbox.c.purpose == Purpose.COACH
)
_ANSWER = (
    update(alerts)
    .where(
        alerts.c.participant_id == bindparam("person"),
        alerts.c.acknowledged_at.is_(None),
        alerts.c.kind.in_(ANSWERED_BY_WRITING),
        # What came after the coach last looked has not been answered.
        or_(alerts.c.about.is_(None), alerts.c.about <= bindparam("seen")),
        or_(alerts.c.programme_id.is_(None), alerts.c.programme_id == bindparam("programme")),
    )
    .values(acknowledged_at=bindparam("now"), acknowledged_by=bindparam("coach"))
)


class ByHand:
    """Coaches' own words to one person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def queued(self, once: str) -> int | None:
        """The number of the message that was queued under this, if it was."""
        found: int | None = await self._connection.scalar(_QUEUED, {"once": once})
        return found

    async def newest(self, person: int) -> int:
        """The number of the last message that any coach wrote to this person; 0 when none did."""
        return int(await self._connection.scalar(_NEWEST, {"person": person}) or 0)

    async def answer(self, person: int, *, programme: int, seen: int, coach: int, now: datetime) -> None:
        """Whatever this person asked, up to `seen` in the inbox, has its answer."""
        await self._connection.execute(
            _ANSWER, {"person": person, "programme": programme, "seen": seen, "coach": coach, "now": now}
        )
