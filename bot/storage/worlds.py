"""One person's world can be copied into a database of its own, where time may run ahead and nothing leaves."""

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxStatus
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.tables import metadata

REMEMBERED = timedelta(days=14)
"""What was queued longer ago has no bearing on what comes."""


@asynccontextmanager
async def world_of(database: Database, enrolment: int, *, now: datetime) -> AsyncIterator[Database]:
    """A database with this person, their programmes and all that has a bearing on what they will get; gone afterwards.

    Nobody else is in it. Numbers of rows are the same as in the one it was copied from. Raises `LookupError` when there
    is no such enrolment.
    """
    with tempfile.TemporaryDirectory(prefix="framsteg-") as place:
        made = Database(f"sqlite:///{place}/world.db", key=secrets.token_bytes(32), synchronous="OFF")
        # Addresses are sealed as they were where they came from.
        made.sealer = database.sealer
        try:
            async with database.reading() as source, made.transaction() as target:
                await target.run_sync(metadata.create_all)
                await _copy(source, target, enrolment, since=now - REMEMBERED)
            yield made
        finally:
            await made.close()


async def _copy(source: AsyncConnection, target: AsyncConnection, enrolment: int, *, since: datetime) -> None:
    here = tables.enrolments
    own = (await source.execute(select(here).where(here.c.id == enrolment))).first()
    if own is None:
        raise LookupError(f"there is no enrolment {enrolment}")
    places = (await source.execute(select(here).where(here.c.participant_id == own.participant_id))).all()
    chosen = _chosen(
        person=own.participant_id,
        organisation=own.organisation_id,
        places=[one.id for one in places],
        programmes=[one.programme_id for one in places],
        since=since,
    )
    for table in metadata.sorted_tables:
        if table in chosen:
            rows = [dict(row._mapping) for row in await source.execute(select(table).where(chosen[table]))]
            await _put(target, table, rows)


async def _put(target: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    if table is tables.coaches:
        # Whoever stands in for whom would have to come in the right order, and writes to nobody here.
        rows = [row | {"deputy_id": None} for row in rows]
    if rows:
        await target.execute(insert(table), rows)


def _chosen(
    *, person: int, organisation: int, places: list[int], programmes: list[int], since: datetime
) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables have a bearing on what the person will get."""
    by_place = (tables.milestones, tables.memberships, tables.meetings, tables.absences, tables.occurrences)
    by_person = (
        *(tables.addresses, tables.enrolments, tables.conversations, tables.check_ins, tables.given_ratings),
        tables.answers,
    )
    outbox, definitions = tables.outbox.c, tables.definitions.c
    newest = select(func.max(definitions.id)).where(definitions.programme_id.in_(programmes))
    talked = select(tables.conversations.c.definition_id).where(tables.conversations.c.participant_id == person)
    return {
        tables.organisations: tables.organisations.c.id == organisation,
        tables.coaches: tables.coaches.c.organisation_id == organisation,
        tables.programmes: tables.programmes.c.id.in_(programmes),
        tables.participants: tables.participants.c.id == person,
        tables.activity_changes: tables.activity_changes.c.programme_id.in_(programmes),
        tables.definitions: or_(
            definitions.id.in_(newest.group_by(definitions.programme_id, definitions.kind, definitions.slug)),
            definitions.id.in_(talked),
        ),
        tables.outbox: and_(
            outbox.participant_id == person,
            outbox.status != OutboxStatus.SENDING,
            or_(outbox.status == OutboxStatus.QUEUED, outbox.queued_at >= since),
        ),
        **{table: table.c.enrolment_id.in_(places) for table in by_place},
        **{table: table.c.participant_id == person for table in by_person},
    }
