"""Who takes part in which block of a programme, and since when, stands here."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Membership
from bot.domain.programme import Activity
from bot.storage.tables import enrolments, memberships
from bot.storage.upsert import insert_into

_MEMBER = cast(memberships.c.since, String) + " " + func.coalesce(cast(memberships.c.until, String), "")
MEMBERSHIPS = (
    # In one field, as a person may have any number of them: "health 2026-11-23 ,work 2026-12-01 2027-01-15".
    select(func.aggregate_strings(memberships.c.block + " " + _MEMBER, ","))
    .where(memberships.c.enrolment_id == enrolments.c.id)
    .correlate(enrolments)
    .scalar_subquery()
)
"""All of an enrolment, to stand among the columns of a query about enrolments."""


class Memberships:
    """By enrolment: a person is a member of a block once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, enrolment: int, one: Membership) -> None:
        """Somebody is a member of this block, from this day and until that: whatever stood there before."""
        days = {"since": one.since, "until": one.until}
        await self._connection.execute(
            insert_into(self._connection, memberships)
            .values(enrolment_id=enrolment, block=one.block, **days)
            .on_conflict_do_update(index_elements=["enrolment_id", "block"], set_=days)
        )

    async def end(self, enrolment: int, *, last: date, block: str | None = None) -> None:
        """A last day in this block, or in all: a membership that would begin later never begins."""
        theirs = memberships.c.enrolment_id == enrolment
        which = theirs if block is None else and_(theirs, memberships.c.block == block)
        await self._connection.execute(delete(memberships).where(which, memberships.c.since > last))
        await self._connection.execute(
            update(memberships)
            .where(which, or_(memberships.c.until.is_(None), memberships.c.until > last))
            .values(until=last)
        )


async def begin(connection: AsyncConnection, enrolment: int, blocks: Collection[str], *, since: date) -> None:
    """Somebody who is taken in is a member of these blocks from the first day."""
    if blocks:
        rows = [{"enrolment_id": enrolment, "block": block, "since": since} for block in blocks]
        await connection.execute(insert(memberships), rows)


def memberships_of(words: str | None) -> tuple[Membership, ...]:
    """What `MEMBERSHIPS` gave."""
    found = [one.split(" ") for one in words.split(",")] if words else []
    return tuple(
        Membership(block=block, since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None)
        for block, since, until in sorted(found)
    )


def expects(activity: Activity, on: date) -> ColumnElement[bool]:
    """True of the enrolments in whose phase and block an activity is, on a day: as `is_for` has it."""
    found: list[ColumnElement[bool]] = [true()]
    if activity.phases:
        found.append(enrolments.c.phase.in_(activity.phases))
    if activity.block is not None:
        found.append(is_member(activity.block, on))
    return and_(*found)


def is_member(block: str, on: date) -> ColumnElement[bool]:
    """True of the enrolments that are members of a block on a day."""
    return exists().where(memberships.c.enrolment_id == enrolments.c.id, memberships.c.block == block, holds(on))


def holds(on: date) -> ColumnElement[bool]:
    """True of the memberships that hold on a day, as `Membership.holds` has it."""
    return and_(memberships.c.since <= on, or_(memberships.c.until.is_(None), memberships.c.until >= on))
