"""A person's story is one question, the newest first: words both ways, absences, changes, check-ins and notes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, select

from bot.storage.tables import enrolments
from bot.storage.views.sight import Look
from bot.storage.views.story_lines import Only, lines_of

A_PAGE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryLine:
    """Something that happened. What the other fields mean depends on `kind`, which says what it was.

    `who` is a coach's first name; `detail` and `extra` are slugs, dates or ids, never words.
    """

    kind: str
    id: int
    at: datetime
    words: str | None
    language: str | None
    slug: str | None
    state: str | None
    detail: str | None
    extra: str | None
    who: str | None
    who_id: int | None
    first_on: date | None
    last_on: date | None
    count: int | None
    over_at: datetime | None

    @property
    def day(self) -> date | None:
        """The day that `detail` names, if it names one."""
        try:
            return date.fromisoformat(self.detail or "")
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryPage:
    """One page of it; `more` says whether there are older lines."""

    lines: tuple[StoryLine, ...]
    more: bool
    buttons: dict[str, str]
    """What stood on the buttons that were sent with these lines, by what comes back of them."""


async def story(look: Look, enrolment: int, *, only: Only = Only.ALL, page: int = 1) -> StoryPage:
    """What happened around somebody the reader sees, `A_PAGE` lines at a time."""
    line = lines_of(only, look.connection.dialect.name)
    mine = exists().where(enrolments.c.id == bindparam("enrolment"), look.sees)
    rows = (
        await look.connection.execute(
            select(line)
            .where(mine)
            .order_by(line.c.at.desc(), line.c.kind, line.c.id.desc())
            .limit(A_PAGE + 1)
            .offset((page - 1) * A_PAGE),
            {"enrolment": enrolment, "reader": look.sight.coach_id},
        )
    ).all()
    shown = rows[:A_PAGE]
    return StoryPage(
        lines=tuple(
            StoryLine(**{name: value for name, value in row._mapping.items() if name != "buttons"}) for row in shown
        ),
        more=len(rows) > A_PAGE,
        buttons=_labels(row.buttons for row in shown if row.buttons),
    )


def _labels(kept: Iterable[str]) -> dict[str, str]:
    return {data: label for one in kept for line in json.loads(one) for label, data in line}
