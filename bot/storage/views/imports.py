"""Somebody's own imports are shown, how far each has come, and whom it gave a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from bot.storage.imports import ImportState
from bot.storage.tables import coaches, enrolments, imports, participants
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportSeen:
    """An import without its table. `reason` is for `services.imports.problem_of`."""

    id: int
    programme_id: int
    file_name: str
    state: ImportState
    rows: int
    done: int
    reason: str | None
    begun_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedSeen:
    """Somebody whom an import gave a place."""

    enrolment_id: int
    first_name: str
    coach: str


_SEEN: Select[Any] = select(*(imports.c[name] for name in ImportSeen.__slots__))


async def latest(look: Look, *, most: int = 10) -> list[ImportSeen]:
    """Their own, the newest first."""
    rows = await look.connection.execute(_own(look).order_by(imports.c.id.desc()).limit(most))
    return [_one(row._mapping) for row in rows]


async def one(look: Look, import_id: int) -> ImportSeen | None:
    """This one, if it is their own."""
    row = (await look.connection.execute(_own(look).where(imports.c.id == import_id))).first()
    return None if row is None else _one(row._mapping)


async def added(look: Look, import_id: int, *, most: int, skip: int = 0) -> list[AddedSeen]:
    """Those it gave a place and whom they see, as they stood in the table."""
    rows = await look.connection.execute(
        select(enrolments.c.id.label("enrolment_id"), participants.c.first_name, coaches.c.first_name.label("coach"))
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .where(enrolments.c.import_id == import_id, look.sees)
        .order_by(enrolments.c.id)
        .limit(most)
        .offset(skip)
    )
    return [AddedSeen(**row._mapping) for row in rows]


def _own(look: Look) -> Select[Any]:
    return _SEEN.where(
        imports.c.coach_id == look.sight.coach_id, imports.c.organisation_id == look.sight.organisation_id
    )


def _one(values: Any) -> ImportSeen:
    return ImportSeen(**{**values, "state": ImportState(values["state"])})
