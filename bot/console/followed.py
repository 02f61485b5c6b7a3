"""A coach follows everybody's own view of their progress, a page of people at a time."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from bot.console.pages import page_number
from bot.console.progress import Progress, Title, progress
from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.progress import FollowedSeen, followed
from bot.storage.views.ratings import RatingSeen, own_ratings
from bot.storage.views.sight import looking

A_PAGE = 12


class FollowedPages:
    """`/progress`."""

    def pages(self) -> Sequence[Page]:
        """The one."""
        return [Page(path="/progress", answer=self.everybody, needs=May.PEOPLE)]

    async def everybody(self, visit: Visit) -> Response:
        """The lines of the people one sees."""
        page, database = page_number(visit.request), visit.desk.database
        async with looking(database, visit.me.sight) as look:
            people = await followed(look, most=A_PAGE + 1, skip=(page - 1) * A_PAGE)
            ratings = await own_ratings(look, (one.enrolment_id for one in people[:A_PAGE]))
        async with at_work(database) as work:
            plans = await visit.desk.shelf.plans(work, {one.programme_id for one in people})
        shown = _lines(visit, people[:A_PAGE], ratings, plans)
        return visit.show("progress.html", shown=shown, page=page, more=len(people) > A_PAGE)


def _lines(
    visit: Visit, people: Sequence[FollowedSeen], ratings: Sequence[RatingSeen], plans: Mapping[int, Plan]
) -> list[Progress[FollowedSeen]]:
    found: dict[int, Progress[FollowedSeen]] = {}
    for number, plan in plans.items():
        titles = [
            Title(slug=one.slug, words=visit.title(plan, one.title), sensitive=one.sensitive)
            for one in plan.instrument.indicators
        ]
        theirs = [one for one in people if one.programme_id == number]
        found |= {one.person.enrolment_id: one for one in progress(theirs, ratings=ratings, titles=titles)}
    return [found[one.enrolment_id] for one in people if one.enrolment_id in found]
