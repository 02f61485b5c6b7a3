"""A line of the day that somebody saw to, or put off, stays away until its moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, exists
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.day import AsideLine
from bot.storage.tables import enrolments, put_asides
from bot.storage.upsert import insert_into


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """One line about one person; `about` tells two of the same kind apart, such as a milestone's slug."""

    enrolment_id: int
    line: AsideLine
    until: datetime
    about: str = ""


class PutAsides:
    """One for each line: the latest word counts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, aside: Aside, *, coach: int, now: datetime) -> None:
        """The line comes back at `until`, if it is still true then."""
        changed = {"until": aside.until, "coach_id": coach, "put_at": now}
        key = {"enrolment_id": aside.enrolment_id, "line": aside.line, "about": aside.about}
        await self._connection.execute(
            insert_into(self._connection, put_asides)
            .values(**key, **changed)
            .on_conflict_do_update(index_elements=list(key), set_=changed)
        )


def not_aside(
    line: AsideLine | ColumnElement[str], *, about: str | ColumnElement[str] = "", now: datetime
) -> ColumnElement[bool]:
    """True of the enrolments whose line stands on the day's page now."""
    return ~exists().where(
        put_asides.c.enrolment_id == enrolments.c.id,
        put_asides.c.line == (cast(line, String) if isinstance(line, AsideLine) else line),
        put_asides.c.about == about,
        put_asides.c.until > now,
    ).correlate_except(put_asides)
