"""Somebody reads the weeks that were written for them, and for those they stand in for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from bot.storage.tables import coaches, summaries
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class SummarySeen:
    """A weekly summary as it was written: `text` and `html` are empty in a list."""

    id: int
    coach: str
    iso_year: int
    iso_week: int
    language: str
    written_at: datetime
    text: str = ""
    html: str = ""


async def written(look: Look, *, most: int, skip: int = 0) -> Sequence[SummarySeen]:
    """The summaries they may read, the newest first."""
    asked = _SUMMARIES.where(_theirs(look)).order_by(
        summaries.c.iso_year.desc(), summaries.c.iso_week.desc(), summaries.c.id
    )
    rows = await look.connection.execute(asked.limit(most).offset(skip))
    return [SummarySeen(**row._mapping) for row in rows]


async def whole(look: Look, summary: int) -> SummarySeen | None:
    """One of them, to be read."""
    asked = _SUMMARIES.add_columns(summaries.c.text, summaries.c.html)
    row = (await look.connection.execute(asked.where(summaries.c.id == summary, _theirs(look)))).first()
    return None if row is None else SummarySeen(**row._mapping)


def _theirs(look: Look) -> ColumnElement[bool]:
    return summaries.c.coach_id.in_(sorted({look.sight.coach_id, *look.sight.stands_in_for}))


_SUMMARIES = select(
    summaries.c.id,
    coaches.c.first_name.label("coach"),
    summaries.c.iso_year,
    summaries.c.iso_week,
    summaries.c.language,
    summaries.c.written_at,
).join(coaches, coaches.c.id == summaries.c.coach_id)
