"""Ratings, outbox, weekly summaries and alerts are read here, and nothing is changed by reading."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.desk import Desk
from bot.console.pages import Pages, page_number
from bot.console.progress import Title, progress
from bot.domain.messages import OutboxStatus
from bot.storage.views.demo import looking

PEOPLE_A_PAGE, MESSAGES_A_PAGE, ALERTS_A_PAGE = 12, 40, 40


@dataclass(frozen=True)
class ReadingPages:
    """The pages that only show."""

    desk: Desk
    pages: Pages

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/", self.home),
            Route("/ratings", self.ratings),
            Route("/ratings/{person:int}", self.ratings_of),
            Route("/outbox", self.outbox),
            Route("/alerts", self.alerts),
            Route("/summary", self.summary),
            Route("/summary/{summary:int}", self.summary),
        ]

    async def home(self, request: Request) -> Response:
        """What this is, what to try first, and who is here."""
        async with looking(self.desk.database) as views:
            people = await views.people()
        return self.pages.show(request, "home.html", people=people)

    async def ratings(self, request: Request) -> Response:
        """Everybody's lines."""
        page = page_number(request)
        async with looking(self.desk.database) as views:
            people = await views.people(most=PEOPLE_A_PAGE + 1, skip=(page - 1) * PEOPLE_A_PAGE)
            found = await views.ratings_of(one.enrolment_id for one in people)
        shown = progress(people[:PEOPLE_A_PAGE], ratings=found, titles=self._titles(request))
        return self.pages.show(request, "ratings.html", shown=shown, page=page, more=len(people) > PEOPLE_A_PAGE)

    async def ratings_of(self, request: Request) -> Response:
        """One person's lines and every value."""
        async with looking(self.desk.database) as views:
            person = await views.person(min(request.path_params["person"], 2**62))
            found = await views.ratings_of([person.enrolment_id] if person else [])
        if person is None:
            return self.pages.missing(request)
        shown = progress([person], ratings=found, titles=self._titles(request))
        return self.pages.show(request, "ratings_of.html", one=shown[0])

    async def outbox(self, request: Request) -> Response:
        """What waits, went and did not go."""
        page, person, status = page_number(request), _whole(request, "person"), request.query_params.get("status")
        status = status if status in tuple(OutboxStatus) else None
        async with looking(self.desk.database) as views:
            skip = (page - 1) * MESSAGES_A_PAGE
            sent = await views.sent(person=person, status=status, most=MESSAGES_A_PAGE + 1, skip=skip)
            statuses, people = await views.statuses(person=person), await views.people()
        return self.pages.show(
            request,
            "outbox.html",
            sent=sent[:MESSAGES_A_PAGE],
            more=len(sent) > MESSAGES_A_PAGE,
            page=page,
            person=person,
            status=status,
            statuses=statuses,
            people=people,
        )

    async def alerts(self, request: Request) -> Response:
        """What a coach must see."""
        page = page_number(request)
        async with looking(self.desk.database) as views:
            found = await views.alerts(most=ALERTS_A_PAGE + 1, skip=(page - 1) * ALERTS_A_PAGE)
        more = len(found) > ALERTS_A_PAGE
        return self.pages.show(request, "alerts.html", alerts=found[:ALERTS_A_PAGE], page=page, more=more)

    async def summary(self, request: Request) -> Response:
        """A week as a coach got it; the newest one when none is named."""
        async with looking(self.desk.database) as views:
            written = await views.summaries()
            newest = written[0].id if written else 0
            chosen = await views.summary(min(request.path_params.get("summary", newest), 2**62))
        if chosen is None and "summary" in request.path_params:
            return self.pages.missing(request)
        by_week = groupby(written, key=attrgetter("iso_year", "iso_week"))
        weeks = [(week, list(letters)) for (_, week), letters in by_week]
        return self.pages.show(request, "summary.html", weeks=weeks, chosen=chosen)

    def _titles(self, request: Request) -> list[Title]:
        return [
            Title(slug=one.slug, words=self.pages.title(one.title, request), sensitive=one.sensitive)
            for one in self.desk.plan.instrument.indicators
        ]


def _whole(request: Request, name: str) -> int | None:
    words = request.query_params.get(name, "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 16 else None
