"""A table of people is kept sealed from its preview until everybody in it has a place, and counted on the way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import By
from bot.domain.people import Agreement
from bot.storage.sealing import Sealer
from bot.storage.tables import imports


class ImportState(StrEnum):
    """How far an import has come."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """It was stopped, by somebody or by a row: `reason` says why. Whoever has a place keeps it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewImport:
    """A table that was read and found well. `table` is plain here and sealed there."""

    programme_id: int
    file_name: str
    table: bytes
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRow:
    """An import as it is kept. `table` is empty when it is over, or sealed with a key that is gone."""

    id: int
    organisation_id: int
    programme_id: int
    coach_id: int
    state: ImportState
    rows: int
    done: int
    begun_at: datetime
    table: bytes
    agreement: Agreement


_WAITING = (
    select(imports.c.id)
    .where(
        or_(
            imports.c.state == ImportState.RUNNING,
            and_(imports.c.state == ImportState.PREVIEWED, imports.c.begun_at < bindparam("before")),
        )
    )
    .limit(1)
)
_NEXT = (
    select(imports)
    .where(imports.c.state == ImportState.RUNNING)
    .order_by(imports.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


class Imports:
    """Kept, begun, moved on and ended here."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def keep(self, new: NewImport, *, by: By, now: datetime) -> int:
        """A table that may be taken in. Gives the import's id."""
        number = await self._connection.scalar(
            insert(imports)
            .values(
                organisation_id=by.organisation_id,
                programme_id=new.programme_id,
                coach_id=by.coach_id,
                file_name=new.file_name[:200],
                cipher=self._sealer.seal(new.table),
                state=ImportState.PREVIEWED,
                rows=new.rows,
                begun_at=now,
            )
            .returning(imports.c.id)
        )
        return int(number or 0)

    async def own(self, import_id: int, *, by: By) -> ImportRow | None:
        """Somebody's own import; `None` if there is none of this number that is theirs."""
        rows = await self._connection.execute(
            select(imports).where(
                imports.c.id == import_id,
                imports.c.coach_id == by.coach_id,
                imports.c.organisation_id == by.organisation_id,
            )
        )
        row = rows.first()
        return None if row is None else self._import(row)

    async def begin(self, import_id: int, agreement: Agreement) -> bool:
        """From now on it is taken in, with people who have this agreement. False if it was begun or is over already."""
        changed = await self._connection.scalar(
            update(imports)
            .where(imports.c.id == import_id, imports.c.state == ImportState.PREVIEWED)
            .values(state=ImportState.RUNNING, agreement=agreement)
            .returning(imports.c.id)
        )
        return changed is not None

    async def waits(self, *, before: datetime) -> bool:
        """Whether any is to be taken in, or was left lying since `before`."""
        return await self._connection.scalar(_WAITING, {"before": before}) is not None

    async def next(self) -> ImportRow | None:
        """The oldest that is to be taken in and nobody else has in hand, held until the end of the unit of work."""
        row = (await self._connection.execute(_NEXT)).first()
        return None if row is None else self._import(row)

    async def count(self, import_id: int, done: int) -> None:
        """So many rows have their place."""
        await self._connection.execute(update(imports).where(imports.c.id == import_id).values(done=done))

    async def end(self, import_id: int, state: ImportState, *, reason: str | None = None, now: datetime) -> None:
        """It is over, and its table is emptied."""
        await self._connection.execute(
            update(imports)
            .where(imports.c.id == import_id)
            .values(state=state, reason=reason, cipher=None, ended_at=now)
        )

    async def throw_away(self, import_id: int, *, reason: str, now: datetime) -> bool:
        """One that was not begun is emptied. False if it was begun or is over already."""
        changed = await self._connection.scalar(
            update(imports)
            .where(imports.c.id == import_id, imports.c.state == ImportState.PREVIEWED)
            .values(state=ImportState.REFUSED, reason=reason, cipher=None, ended_at=now)
            .returning(imports.c.id)
        )
        return changed is not None

    async def throw_old_away(self, *, before: datetime, reason: str, now: datetime) -> None:
        """Whatever was looked at before, and never begun, is emptied."""
        await self._connection.execute(
            update(imports)
            .where(imports.c.state == ImportState.PREVIEWED, imports.c.begun_at < before)
            .values(state=ImportState.REFUSED, reason=reason, cipher=None, ended_at=now)
        )

    def _import(self, row: Row[Any]) -> ImportRow:
        return ImportRow(
            id=row.id,
            organisation_id=row.organisation_id,
            programme_id=row.programme_id,
            coach_id=row.coach_id,
            state=ImportState(row.state),
            rows=row.rows,
            done=row.done,
            begun_at=row.begun_at,
            table=self._opened(row.cipher),
            agreement=Agreement(row.agreement),
        )

    def _opened(self, cipher: bytes | None) -> bytes:
        try:
            return b"" if cipher is None else self._sealer.unseal(cipher)
        except ValueError:
            # The next one must not wait for this one for ever.
            return b""
