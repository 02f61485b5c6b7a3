"""A leader reads who did what in their programmes, and an administrator who came in and whose account changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from bot.domain.deeds import OF_ACCOUNTS, OWN, SLUGS, Kind
from bot.storage.tables import appointments, audit, coaches, enrolments, participants
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class DeedSeen:
    """One line of the log. `who` is empty if nobody was signed in; `person` is a first name, if it is about one.

    `protected`: the name must not leave the house.
    """

    id: int
    done_at: datetime
    who: str | None
    what: str
    about: str | None
    came_from: str
    enrolment_id: int | None
    person: str | None
    protected: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """What a reader looks for; nothing is everything. `person` is an enrolment. `accounts`: as an administrator."""

    coach: int | None = None
    person: int | None = None
    kind: Kind | None = None
    accounts: bool = False


async def deeds(look: Look, sought: Sought, *, most: int, skip: int = 0) -> Sequence[DeedSeen]:
    """What was done, the newest first."""
    asked = _deeds(look).where(audit.c.organisation_id == look.sight.organisation_id, _theirs(look, sought))
    if sought.coach is not None:
        asked = asked.where(audit.c.coach_id == sought.coach)
    if sought.person is not None:
        # By the person first: their few lines are found by an index, and not among everybody's.
        who = select(enrolments.c.participant_id).where(enrolments.c.id == sought.person, look.sees)
        asked = asked.where(audit.c.participant_id == who.scalar_subquery(), enrolments.c.id == sought.person)
    if sought.kind is not None:
        asked = asked.where(audit.c.what.in_(SLUGS[sought.kind]))
    rows = await look.connection.execute(asked.order_by(audit.c.id.desc()).limit(most).offset(skip))
    names = rows.keys()
    # A file has thousands of lines: all are fetched at once.
    return [DeedSeen(**dict(zip(names, row, strict=True))) for row in rows.all()]


async def colleagues(look: Look) -> Sequence[tuple[int, str]]:
    """Who works in the programmes they lead, by name."""
    asked = select(coaches.c.id, coaches.c.first_name).where(coaches.c.id.in_(_working(look)))
    rows = await look.connection.execute(asked.order_by(coaches.c.first_name, coaches.c.id))
    return [(row.id, row.first_name) for row in rows]


async def names_of(look: Look, ids: Iterable[int]) -> Mapping[int, str]:
    """The first names of these colleagues of the organisation, those who were removed too."""
    asked = select(coaches.c.id, coaches.c.first_name).where(
        coaches.c.id.in_(sorted(set(ids))), coaches.c.organisation_id == look.sight.organisation_id
    )
    return {row.id: row.first_name for row in await look.connection.execute(asked)}


def _deeds(look: Look) -> Select[Any]:
    place = and_(
        enrolments.c.participant_id == audit.c.participant_id,
        enrolments.c.programme_id == audit.c.programme_id,
        look.sees,
    )
    return (
        select(
            audit.c.id,
            audit.c.done_at,
            coaches.c.first_name.label("who"),
            audit.c.what,
            audit.c.about,
            audit.c.came_from,
            enrolments.c.id.label("enrolment_id"),
            participants.c.first_name.label("person"),
            participants.c.protected,
        )
        .select_from(audit)
        .outerjoin(coaches, coaches.c.id == audit.c.coach_id)
        .outerjoin(enrolments, place)
        .outerjoin(participants, participants.c.id == enrolments.c.participant_id)
    )


def _theirs(look: Look, sought: Sought) -> ColumnElement[bool]:
    if sought.accounts:
        return audit.c.what.in_(sorted(OF_ACCOUNTS))
    return or_(
        audit.c.programme_id.in_(sorted(look.sight.leads)),
        and_(
            audit.c.programme_id.is_(None),
            audit.c.what.in_(sorted(OWN)),
            audit.c.coach_id.in_(_working(look)),
        ),
    )


def _working(look: Look) -> Select[Any]:
    return select(appointments.c.coach_id).where(appointments.c.programme_id.in_(sorted(look.sight.leads)))
