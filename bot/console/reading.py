"""Ratings, outbox, weekly summaries and alerts are read here, and nothing is changed by reading."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.desk import Desk
from bot.console.pages import Pages, page_number
from bot.console.sparkline import Sparkline, sparkline
from bot.domain.messages import OutboxStatus
from bot.storage.views import PersonSeen, RatingSeen, looking

PEOPLE_A_PAGE, MESSAGES_A_PAGE, ALERTS_A_PAGE = 12, 40, 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One indicator of one person: the first and the latest value, and all of them."""

    title: str
    sensitive: bool
    first: RatingSeen
    latest: RatingSeen
    history: tuple[RatingSeen, ...]
    drawn: Sparkline


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """One person's lines, in the instrument's order."""

    person: PersonSeen
    lines: tuple[Line, ...]


def reading_routes(desk: Desk, pages: Pages) -> list[Route]:
    """The pages that only show."""

    async def home(request: Request) -> Response:
        async with looking(desk.database) as views:
            people, statuses = await views.people(), await views.statuses()
        return pages.show(request, "home.html", people=people, statuses=statuses)

    async def ratings(request: Request) -> Response:
        number = page_number(request)
        async with looking(desk.database) as views:
            people = await views.people(most=PEOPLE_A_PAGE + 1, skip=(number - 1) * PEOPLE_A_PAGE)
            found = await views.ratings_of(one.enrolment_id for one in people)
        shown = _progress(desk, pages, request, people=people[:PEOPLE_A_PAGE], found=found)
        return pages.show(request, "ratings.html", shown=shown, page=number, more=len(people) > PEOPLE_A_PAGE)

    async def ratings_of(request: Request) -> Response:
        async with looking(desk.database) as views:
            person = await views.person(min(request.path_params["person"], 2**62))
            found = await views.ratings_of([person.enrolment_id] if person else [])
        if person is None:
            return pages.missing(request)
        return pages.show(
            request, "ratings_of.html", one=_progress(desk, pages, request, people=[person], found=found)[0]
        )

    async def outbox(request: Request) -> Response:
        number, person, status = page_number(request), _whole(request, "person"), request.query_params.get("status")
        status = status if status in tuple(OutboxStatus) else None
        async with looking(desk.database) as views:
            sent = await views.sent(
                person=person, status=status, most=MESSAGES_A_PAGE + 1, skip=(number - 1) * MESSAGES_A_PAGE
            )
            statuses, people = await views.statuses(person=person), await views.people()
        return pages.show(
            request,
            "outbox.html",
            sent=sent[:MESSAGES_A_PAGE],
            more=len(sent) > MESSAGES_A_PAGE,
            page=number,
            person=person,
            status=status,
            statuses=statuses,
            people=people,
        )

    async def alerts(request: Request) -> Response:
        number = page_number(request)
        async with looking(desk.database) as views:
            found = await views.alerts(most=ALERTS_A_PAGE + 1, skip=(number - 1) * ALERTS_A_PAGE)
        return pages.show(
            request, "alerts.html", alerts=found[:ALERTS_A_PAGE], page=number, more=len(found) > ALERTS_A_PAGE
        )

    return [
        Route("/", home),
        Route("/ratings", ratings),
        Route("/ratings/{person:int}", ratings_of),
        Route("/outbox", outbox),
        Route("/alerts", alerts),
        *_summary_routes(desk, pages),
    ]


def _summary_routes(desk: Desk, pages: Pages) -> list[Route]:
    async def summary(request: Request) -> Response:
        async with looking(desk.database) as views:
            written = await views.summaries()
            asked = request.path_params.get("summary", written[0].id if written else 0)
            chosen = await views.summary(min(asked, 2**62))
        if chosen is None and "summary" in request.path_params:
            return pages.missing(request)
        return pages.show(request, "summary.html", written=written, chosen=chosen)

    return [
        Route("/summary", summary),
        Route("/summary/{summary:int}", summary),
    ]


def _whole(request: Request, name: str) -> int | None:
    words = request.query_params.get(name, "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 16 else None


def _progress(
    desk: Desk, pages: Pages, request: Request, *, people: Sequence[PersonSeen], found: Iterable[RatingSeen]
) -> list[Progress]:
    by_line: dict[tuple[int, str], list[RatingSeen]] = defaultdict(list)
    for rating in found:
        if rating.value is not None and rating.rater == "participant":
            by_line[rating.enrolment_id, rating.indicator].append(rating)
    every = [rating.rated_at for line in by_line.values() for rating in line]
    span = (min(every), max(every)) if every else (desk.now(), desk.now())
    titles = [(one.slug, pages.title(one.title, request), one.sensitive) for one in desk.plan.instrument.indicators]
    return [
        Progress(
            person=person,
            lines=tuple(
                _line(title, by_line[person.enrolment_id, slug], sensitive=sensitive, span=span)
                for slug, title, sensitive in titles
                if by_line.get((person.enrolment_id, slug))
            ),
        )
        for person in people
    ]


def _line(title: str, ratings: list[RatingSeen], *, sensitive: bool, span: tuple[datetime, datetime]) -> Line:
    latest = ratings[-1]
    # Values of another scale are not compared: the line begins where the present scale does.
    same = [one for one in ratings if (one.low, one.high) == (latest.low, latest.high)]
    values = [(one.rated_at, one.value) for one in same if one.value is not None]
    return Line(
        title=title,
        sensitive=sensitive,
        first=same[0],
        latest=latest,
        history=tuple(ratings),
        drawn=sparkline(values, scale=(latest.low, latest.high), span=span),
    )
