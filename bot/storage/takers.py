"""What is about a person can be handed to a colleague who sees that person, and to nobody else."""

from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Role
from bot.storage.tables import appointments, coaches, enrolments

_deputies = coaches.alias("deputies")


def _whom() -> CompoundSelect[Any]:
    place = enrolments.c.id.label("enrolment_id")
    wanted = enrolments.c.id.in_(bindparam("enrolments", expanding=True))
    leaders = (
        select(place, coaches.c.id, coaches.c.first_name)
        .join(appointments, appointments.c.programme_id == enrolments.c.programme_id)
        .join(coaches, coaches.c.id == appointments.c.coach_id)
        .where(wanted, appointments.c.role == Role.LEADER, coaches.c.removed_at.is_(None))
    )
    own = (
        select(place, coaches.c.id, coaches.c.first_name)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .where(wanted, coaches.c.removed_at.is_(None))
    )
    # A deputy sees the people only while the coach is away.
    deputies = (
        select(place, _deputies.c.id, _deputies.c.first_name)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .join(_deputies, _deputies.c.id == coaches.c.deputy_id)
        .where(wanted, coaches.c.away_until >= bindparam("today"), _deputies.c.removed_at.is_(None))
    )
    return union(leaders, own, deputies)


_WHOM = _whom()


async def takers(connection: AsyncConnection, wanted: list[int], *, today: date) -> dict[int, dict[int, str]]:
    """First names of who may be handed what is about these enrolments, by enrolment and coach, in name order."""
    rows = (await connection.execute(_WHOM, {"enrolments": wanted, "today": today})).all()
    found: dict[int, dict[int, str]] = {}
    for row in sorted(rows, key=lambda one: (one.first_name.casefold(), one.id)):
        found.setdefault(row.enrolment_id, {})[row.id] = row.first_name
    return found
