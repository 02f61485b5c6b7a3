"""Who takes part in which block of a programme, and since when, stands here."""

from datetime import date

from sqlalchemy import String, cast, func, select

from bot.domain.people import Membership
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
