"""Coaches, where they are written to, and when their next weekly summary is due."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address, AddressState, ChannelName, Coach
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, coaches, enrolments

_SET_NEXT = update(coaches).where(coaches.c.id == bindparam("coach")).values(summary_next_at=bindparam("next_at"))


class Coaches:
    """Who accompanies participants."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def add(
        self,
        first_name: str,
        *,
        organisation_id: int,
        email: str,
        language: str,
        now: datetime,
    ) -> int:
        """A new coach. Gives the id."""
        coach = await self._connection.scalar(
            insert(coaches)
            .values(
                organisation_id=organisation_id,
                first_name=first_name,
                email=email,
                language=language,
                created_at=now,
            )
            .returning(coaches.c.id)
        )
        return int(coach or 0)

    async def change(self, coach_id: int, **values: object) -> None:
        """Set columns: language, zone, deputy_id, away_until, removed_at, staffed_hours, summary_next_at."""
        await self._connection.execute(update(coaches).where(coaches.c.id == coach_id).values(**values))

    async def by_email(self, organisation_id: int) -> dict[str, Coach]:
        """The coaches of an organisation by e-mail address; nobody who was removed."""
        rows = await self._connection.execute(
            select(coaches)
            .where(coaches.c.organisation_id == organisation_id, coaches.c.removed_at.is_(None))
            .order_by(coaches.c.id)
        )
        return {row.email: _coach(row, ()) for row in rows}

    async def these(self, ids: Iterable[int]) -> dict[int, Coach]:
        """These coaches by id, each with the addresses that may be written to."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        reached: dict[int, list[Address]] = {}
        for row in await self._connection.execute(
            select(addresses)
            .where(
                addresses.c.coach_id.in_(wanted),
                addresses.c.state == AddressState.ACTIVE,
            )
            .order_by(addresses.c.id)
        ):
            value = self._sealer.unseal(row.cipher).decode()
            reached.setdefault(row.coach_id, []).append(
                Address(id=row.id, channel=ChannelName(row.channel), value=value)
            )
        rows = await self._connection.execute(select(coaches).where(coaches.c.id.in_(wanted)))
        return {row.id: _coach(row, tuple(reached.get(row.id, ()))) for row in rows}

    async def due_a_summary(self, *, now: datetime, most: int = 50) -> list[tuple[Coach, datetime | None]]:
        """Coaches whose summary is due, or was never set, with the moment; held until the end of the unit of work."""
        rows = (
            await self._connection.execute(
                select(coaches)
                .where(
                    or_(
                        coaches.c.summary_next_at.is_(None),
                        coaches.c.summary_next_at <= now,
                    )
                )
                .order_by(coaches.c.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
        ).all()
        whole = await self.these(row.id for row in rows)
        return [(whole[row.id], row.summary_next_at) for row in rows]

    async def set_next_summary(self, moments: Sequence[tuple[int, datetime]]) -> None:
        """When each coach's next summary is due."""
        if moments:
            await self._connection.execute(
                _SET_NEXT,
                [{"coach": coach, "next_at": next_at} for coach, next_at in moments],
            )

    async def programmes_of(self, coach_id: int) -> list[int]:
        """The programmes in which this coach accompanies anybody."""
        rows = await self._connection.execute(
            select(enrolments.c.programme_id)
            .where(enrolments.c.coach_id == coach_id)
            .distinct()
            .order_by(enrolments.c.programme_id)
        )
        return list(rows.scalars())


def _coach(row: Row[Any], reached: tuple[Address, ...]) -> Coach:
    return Coach(
        id=row.id,
        organisation_id=row.organisation_id,
        first_name=row.first_name,
        email=row.email,
        language=row.language,
        zone=row.zone,
        deputy_id=row.deputy_id,
        addresses=reached,
    )
