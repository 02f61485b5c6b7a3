"""A database that was put back from a copy is known as one, so that nothing is sent a second time by mistake."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import TextClause, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.tables import cursors, programmes
from bot.storage.upsert import insert_into

COPIED = "copied-at"
"""The mark in a copy that `framsteg backup` made: the second of that moment."""

# A dump that is put back gets other numbers than these, and so does a database made from another as its template.
_PLACE = {
    "database-oid": text("SELECT oid::bigint FROM pg_database WHERE datname = current_database()"),
    "table-oid": text("SELECT 'cursors'::regclass::oid::bigint"),
}
_MAY_ASK = text("SELECT has_function_privilege('pg_control_system()', 'execute')")
_CLUSTER = text("SELECT system_identifier FROM pg_control_system()")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'framsteg'"
    " AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """This database is one. `at`: when it was made, or else its last trace of a process; `None` without any."""

    at: datetime | None


async def copied(database: Database) -> Copy | None:
    """Whether the database was put back from a copy, and nobody has said since how it goes on."""
    async with database.reading() as connection:
        known = await _known(connection)
        if database.is_sqlite:
            return Copy(at=datetime.fromtimestamp(known[COPIED], UTC)) if COPIED in known else None
        place = await _place(connection)
        if all(known.get(name, number) == number for name, number in place.items()):
            return None
        return Copy(at=await connection.scalar(select(func.max(programmes.c.planned_until))))


async def stay(database: Database) -> None:
    """This is the place of the database from now on; a copy that is put back elsewhere will be known as one.

    An SQLite file may be moved and renamed: only the copies of `framsteg backup` carry a mark.
    """
    if database.is_sqlite:
        return
    async with database.reading() as connection:
        if (await _known(connection)).keys() >= (await _place(connection)).keys():
            return
    async with database.transaction() as connection:
        await adopt(connection)


async def adopt(connection: AsyncConnection) -> None:
    """It is a copy no more: what it was taken from is gone."""
    await connection.execute(delete(cursors).where(cursors.c.name == COPIED))
    if connection.dialect.name == "sqlite":
        return
    for name, number in (await _place(connection)).items():
        kept = insert_into(connection, cursors).values(name=name, value=number)
        await connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_={"value": number}))


async def served_by_others(connection: AsyncConnection) -> bool:
    """Whether another process writes to this PostgreSQL database just now. An SQLite file says so by its lock."""
    return connection.dialect.name != "sqlite" and bool(await connection.scalar(_OTHERS))


async def _known(connection: AsyncConnection) -> dict[str, int]:
    wanted = (COPIED, *_PLACE, "cluster")
    rows = await connection.execute(select(cursors.c.name, cursors.c.value).where(cursors.c.name.in_(wanted)))
    return {row.name: row.value for row in rows}


async def _place(connection: AsyncConnection) -> dict[str, int]:
    asked: dict[str, TextClause] = dict(_PLACE)
    if await connection.scalar(_MAY_ASK):
        asked["cluster"] = _CLUSTER
    return {name: int(await connection.scalar(query) or 0) for name, query in asked.items()}
