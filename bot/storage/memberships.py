"""Who takes part in which block of a programme, and since when, stands here."""

from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select, true

from bot.domain.people import Membership
from bot.domain.programme import Activity
from bot.storage.tables import enrolments, memberships

_MEMBER = cast(memberships.c.since, String) + " " + func.coalesce(cast(memberships.c.until, String), "")
MEMBERSHIPS = (
    # In one field, as a person may have any number of them: "health 2026-11-23 ,work 2026-12-01 2027-01-15".
    select(func.aggregate_strings(memberships.c.block + " " + _MEMBER, ","))
    .where(memberships.c.enrolment_id == enrolments.c.id)
    .correlate(enrolments)
    .scalar_subquery()
)
"""All of an enrolment, to stand among the columns of a query about enrolments."""


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
