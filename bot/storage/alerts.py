"""What a coach must see stands here until somebody has seen it; weekly summaries stand here as they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import alerts, summaries
from bot.storage.upsert import insert_new


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAlert:
    """Something a coach must see now. `once` keeps it from being raised twice."""

    organisation_id: int
    kind: str
    once: str
    programme_id: int | None = None
    participant_id: int | None = None
    coach_id: int | None = None
    about: int | None = None


class Alerts:
    """Raised once, acknowledged once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def raise_these(self, raised: Sequence[NewAlert], *, now: datetime) -> None:
        """Raise alerts; one whose `once` was raised before changes nothing."""
        if raised:
            await self._connection.execute(
                insert_new(self._connection, alerts),
                [
                    {
                        "organisation_id": one.organisation_id,
                        "programme_id": one.programme_id,
                        "participant_id": one.participant_id,
                        "coach_id": one.coach_id,
                        "kind": one.kind,
                        "about": one.about,
                        "once": one.once,
                        "raised_at": now,
                    }
                    for one in raised
                ],
            )

    async def acknowledge(self, alert: int, *, coach: int, now: datetime) -> bool:
        """Somebody has seen it. `False` when somebody else had already."""
        done = await self._connection.execute(
            update(alerts)
            .where(alerts.c.id == alert, alerts.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by=coach)
        )
        return bool(done.rowcount)


class Summaries:
    """One for each coach and ISO week."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(
        self,
        coach: int,
        *,
        week: tuple[int, int],
        language: str,
        written: tuple[str, str],
        now: datetime,
    ) -> int | None:
        """Keep the summary (text, html) of a coach's week; `None` when there is one already."""
        number = await self._connection.scalar(
            insert_new(self._connection, summaries)
            .values(
                coach_id=coach,
                iso_year=week[0],
                iso_week=week[1],
                language=language,
                text=written[0],
                html=written[1],
                written_at=now,
            )
            .returning(summaries.c.id)
        )
        return None if number is None else int(number)
