"""A coach reads the weeks that were written, and how this one looks so far."""

from collections.abc import Sequence
from itertools import groupby

from starlette.responses import Response

from bot.console.pages import page_number
from bot.console.visit import Page, Visit
from bot.content.letters import Letter
from bot.domain.access import May, Role
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.sight import Look, looking
from bot.storage.views.summaries import SummarySeen, whole, written

A_PAGE = 20


class SummaryPages:
    """`/summary`, `/summary/now` and `/summary/{id}`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/summary", answer=self.newest, needs=May.PEOPLE),
            Page(path="/summary/now", answer=self.so_far, needs=May.PEOPLE),
            Page(path="/summary/{summary:int}", answer=self.one, needs=May.PEOPLE),
        ]

    async def newest(self, visit: Visit) -> Response:
        """The newest one."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            weeks, more = await _weeks(look, visit)
            chosen = await whole(look, weeks[0].id if weeks else 0)
        return _shown(visit, weeks, more=more, chosen=chosen)

    async def one(self, visit: Visit) -> Response:
        """One week, as it was written."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            weeks, more = await _weeks(look, visit)
            chosen = await whole(look, visit.number("summary"))
        return visit.missing() if chosen is None else _shown(visit, weeks, more=more, chosen=chosen)

    async def so_far(self, visit: Visit) -> Response:
        """The last seven days, as the summary would tell them now. Nothing is kept or sent."""
        if not _accompanies(visit):
            return visit.go("/summary")
        async with looking(visit.desk.database, visit.me.sight) as look:
            weeks, more = await _weeks(look, visit)
        async with at_work(visit.desk.database) as work:
            me = (await work.coaches.these([visit.me.coach_id]))[visit.me.coach_id]
            letter = await visit.desk.summaries.preview(work, me, now=visit.now)
        return _shown(visit, weeks, more=more, chosen=None, letter=letter)


async def _weeks(look: Look, visit: Visit) -> tuple[list[SummarySeen], bool]:
    page = page_number(visit.request)
    found = list(await written(look, most=A_PAGE + 1, skip=(page - 1) * A_PAGE))
    return found[:A_PAGE], len(found) > A_PAGE


def _shown(
    visit: Visit, weeks: Sequence[SummarySeen], *, more: bool, chosen: SummarySeen | None, letter: Letter | None = None
) -> Response:
    by_week = groupby(weeks, key=lambda one: (one.iso_year, one.iso_week))
    return visit.show(
        "summary.html",
        weeks=[(week, list(letters)) for (_, week), letters in by_week],
        chosen=chosen,
        letter=letter,
        so_far=_accompanies(visit),
        page=page_number(visit.request),
        more=more,
    )


def _accompanies(visit: Visit) -> bool:
    return bool(visit.me.programmes(Role.COACH))
