"""A programme in figures, for whoever must report on it and may see no person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.domain.access import May, Role
from bot.domain.calendar import moment, zone_of
from bot.domain.figures import Change, Counts, Share, change, counted, share
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.figures import Asked, Span, Sums, sums_of

WEEKS = 4
GENDERS = ("woman", "man", "other", "unknown")
AGES = ("under-18", "18-29", "30-54", "55-up", "unknown")
MAY_BE_EMPTY = ("other", "unknown", "under-18")
"""Groups that are only shown when somebody is in them."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """How the ratings of one thing have changed."""

    title: str
    high: int
    change: Change


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A programme as it may be told."""

    title: str
    today: date
    phases: Counts
    genders: Counts
    ages: Counts
    attendance: Share
    answers: Share
    indicators: Sequence[Indicator]
    phase_titles: Mapping[str, str]


class FiguresPages:
    """`/figures` and `/figures/{programme}`."""

    def pages(self) -> Sequence[Page]:
        """Both."""
        return [
            Page(path="/figures", answer=self.first, needs=May.FIGURES),
            Page(path="/figures/{programme:int}", answer=self.one, needs=May.FIGURES),
        ]

    async def first(self, visit: Visit) -> Response:
        """The programme one may see the figures of; of several, the first."""
        plans = await _plans(visit)
        return await _shown(visit, plans, next(iter(plans), None))

    async def one(self, visit: Visit) -> Response:
        """One programme."""
        plans, wanted = await _plans(visit), visit.number("programme")
        return await _shown(visit, plans, wanted) if wanted in plans else visit.missing()


async def _plans(visit: Visit) -> dict[int, Plan]:
    wanted = visit.me.programmes(Role.ANALYST, Role.LEADER)
    async with at_work(visit.desk.database) as work:
        return await visit.desk.shelf.plans(work, sorted(wanted))


async def _shown(visit: Visit, plans: Mapping[int, Plan], wanted: int | None) -> Response:
    titles = {number: visit.title(plan, plan.programme.title) for number, plan in plans.items()}
    if wanted is None:
        return visit.show("figures.html", shown=None, titles=titles, wanted=None, weeks=WEEKS)
    plan = plans[wanted]
    span = _span(visit.now, zone=plan.programme.zone)
    asked = Asked(
        indicators=[one.slug for one in plan.instrument.indicators if one.question],
        low=plan.instrument.low,
        high=plan.instrument.high,
        drop_ins=[one.slug for one in plan.programme.activities if one.drop_in],
    )
    sums = await sums_of(visit.desk.database, wanted, asked=asked, span=span)
    shown = _told(visit, plan, sums, today=span.today)
    return visit.show("figures.html", shown=shown, titles=titles, wanted=wanted, weeks=WEEKS)


def _span(now: datetime, *, zone: str) -> Span:
    # Whole days only: who reloads the page while somebody answers learns nothing of them.
    today = now.astimezone(zone_of(zone)).date()
    first = today - timedelta(weeks=WEEKS)
    return Span(
        since=moment(first, time(0), zone_of(zone)),
        until=moment(today, time(0), zone_of(zone)),
        first_day=first,
        today=today,
    )


def _told(visit: Visit, plan: Plan, sums: Sums, *, today: date) -> Shown:
    phases = {one.slug: visit.title(plan, one.title) for one in plan.programme.phases}
    return Shown(
        title=visit.title(plan, plan.programme.title),
        today=today,
        phases=counted(_in_order(sums.phases, tuple(phases))),
        genders=counted(_in_order(sums.genders, GENDERS)),
        ages=counted(_in_order(sums.ages, AGES)),
        attendance=share(sums.attendance.times, of=sums.attendance.of, people=sums.attendance.people),
        answers=share(sums.answers.times, of=sums.answers.of, people=sums.answers.people),
        indicators=[
            Indicator(
                title=visit.title(plan, one.title),
                high=plan.instrument.high,
                change=_change(sums, one.slug),
            )
            for one in plan.instrument.indicators
            if one.question
        ],
        phase_titles=phases,
    )


def _in_order(found: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    """Every group that a reader expects, and those that nobody foresaw."""
    every = [*names, *(name for name in found if name not in names)]
    return {name: found.get(name, 0) for name in every if found.get(name) or name not in MAY_BE_EMPTY}


def _change(sums: Sums, indicator: str) -> Change:
    found = sums.ratings.get(indicator)
    return change(found.first, found.latest, people=found.people) if found else change(0, 0, people=0)
