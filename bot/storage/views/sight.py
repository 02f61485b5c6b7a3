"""Every question of a page is asked through somebody's sight: what they may not see is not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Sight
from bot.storage.database import Database
from bot.storage.sealing import Sealer
from bot.storage.tables import enrolments


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One page's look at the database: all as of one moment, for reading only, with one person's eyes."""

    connection: AsyncConnection
    sealer: Sealer
    sight: Sight

    @property
    def sees(self) -> ColumnElement[bool]:
        """True of the enrolments they see. To be asked in every statement that shows anything of a person."""
        return seen_with(self.sight)


@asynccontextmanager
async def looking(database: Database, sight: Sight) -> AsyncIterator[Look]:
    """It never waits for a writer and cannot write."""
    async with database.reading() as connection:
        yield Look(connection=connection, sealer=database.sealer, sight=sight)


def seen_with(sight: Sight) -> ColumnElement[bool]:
    """True of the enrolments of their own people, of those they stand in for, and of the programmes they lead."""
    return and_(
        enrolments.c.organisation_id == sight.organisation_id,
        or_(
            and_(enrolments.c.coach_id == sight.coach_id, enrolments.c.programme_id.in_(sorted(sight.coaches_in))),
            enrolments.c.programme_id.in_(sorted(sight.leads)),
            enrolments.c.coach_id.in_(sorted(sight.stands_in_for)),
        ),
    )
