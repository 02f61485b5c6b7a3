"""Programmes as rows: what their definitions do not say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import organisations, programmes


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeRow:
    """A programme as a row: what its definition does not say."""

    id: int
    organisation_id: int
    slug: str
    sms_sender: str | None
    planned_until: datetime | None
    planning_until: datetime | None
    planning_after: int | None
    stopped_at: datetime | None


_ALL = select(programmes).order_by(programmes.c.id)
_LOCKED = select(programmes).where(programmes.c.id == bindparam("programme")).with_for_update(skip_locked=True)


class Programmes:
    """Programmes and the organisations that own them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[ProgrammeRow]:
        """Every programme of every organisation."""
        return [_programme(row) for row in await self._connection.execute(_ALL)]

    async def held(self, programme_id: int) -> ProgrammeRow | None:
        """This programme, held until the end of the unit of work; `None` while another process holds it."""
        row = (await self._connection.execute(_LOCKED, {"programme": programme_id})).first()
        return None if row is None else _programme(row)

    async def named(self, slug: str) -> list[ProgrammeRow]:
        """The programmes of this slug, one for each organisation that runs it."""
        return [programme for programme in await self.all() if programme.slug == slug]

    async def add(self, slug: str, *, organisation_id: int, now: datetime) -> ProgrammeRow:
        """A new programme, planned from now on."""
        row = (
            await self._connection.execute(
                insert(programmes)
                .values(
                    organisation_id=organisation_id,
                    slug=slug,
                    planned_until=now,
                    created_at=now,
                )
                .returning(programmes)
            )
        ).one()
        return _programme(row)

    async def change(self, programme_id: int, **values: object) -> None:
        """Set columns: sms_sender, planned_until, planning_until, planning_after, stopped_at."""
        await self._connection.execute(update(programmes).where(programmes.c.id == programme_id).values(**values))

    async def organisation(self, slug: str, *, name: str, now: datetime) -> int:
        """The organisation of this slug, made if it is new."""
        found = await self._connection.scalar(select(organisations.c.id).where(organisations.c.slug == slug))
        if found is None:
            found = await self._connection.scalar(
                insert(organisations).values(slug=slug, name=name, created_at=now).returning(organisations.c.id)
            )
        return int(found or 0)

    async def organisation_ids(self) -> list[int]:
        """Every organisation."""
        return list((await self._connection.execute(select(organisations.c.id))).scalars())


def senders(rows: Iterable[ProgrammeRow]) -> dict[int, str]:
    """The number or Messaging Service of each programme that has one of its own."""
    return {row.id: row.sms_sender for row in rows if row.sms_sender}


def _programme(row: Row[Any]) -> ProgrammeRow:
    return ProgrammeRow(
        id=row.id,
        organisation_id=row.organisation_id,
        slug=row.slug,
        sms_sender=row.sms_sender,
        planned_until=row.planned_until,
        planning_until=row.planning_until,
        planning_after=row.planning_after,
        stopped_at=row.stopped_at,
    )
