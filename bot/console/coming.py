"""What is held in the coming weeks stands in a list: what moved, what is cancelled, and which days are closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.domain.access import May, Role
from bot.domain.calendar import zone_of
from bot.domain.free_days import FreeDay
from bot.domain.programme import Activity
from bot.domain.timetable import Change, ChangeKind, Planned
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work

WEEKS = 4


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One activity on one day: as it is `held` then, or what became of it there."""

    activity: Activity
    planned_on: date
    held: Planned | None
    change: Change | None


@dataclass(frozen=True, kw_only=True)
class DayAhead:
    """A day. `free`: why little or nothing is held."""

    on: date
    free: FreeDay | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class WeekAhead:
    """A week, by its ISO number."""

    number: int
    days: tuple[DayAhead, ...]


class ComingPages:
    """`/coming…`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/coming", answer=self.first, needs=May.PEOPLE),
            Page(path="/coming/{programme:int}", answer=self.weeks, needs=May.PEOPLE),
        ]

    async def first(self, visit: Visit) -> Response:
        """The weeks of the first programme of the reader's."""
        plans = await _plans(visit)
        return visit.go(f"/coming/{min(plans)}") if plans else visit.missing()

    async def weeks(self, visit: Visit) -> Response:
        """Four weeks from today."""
        plans = await _plans(visit)
        plan = plans.get(visit.number("programme"))
        if plan is None:
            return visit.missing()
        today = visit.now.astimezone(zone_of(plan.programme.zone)).date()
        return visit.show(
            "coming.html",
            plan=plan,
            today=today,
            weeks=weeks_ahead(plan, today),
            others={number: visit.title(one, one.programme.title) for number, one in plans.items()},
            words=Titles(visit=visit, plan=plan),
        )


@dataclass(frozen=True, kw_only=True)
class Titles:
    """What a programme calls its activities, phases and blocks, in the page's language."""

    visit: Visit
    plan: Plan

    def activity(self, one: Activity) -> str:
        """Its title."""
        return self.visit.title(self.plan, one.title)

    def place(self, activity: Activity, held: Planned | None = None) -> str:
        """Where it is held."""
        return (held.place if held is not None else None) or self.visit.title(self.plan, activity.place)

    def whom(self, activity: Activity) -> list[str]:
        """For which phases and which block; nothing if it is for everybody."""
        programme = self.plan.programme
        parts = [one.title for one in programme.phases if one.slug in activity.phases]
        parts += [one.title for one in programme.blocks if one.slug == activity.block]
        return [self.visit.title(self.plan, one) for one in parts]


def may_change(visit: Visit) -> frozenset[int]:
    """The programmes whose activities the reader may change."""
    return visit.me.programmes(Role.COACH, Role.LEADER)


def weeks_ahead(plan: Plan, today: date) -> tuple[WeekAhead, ...]:
    """Four weeks, the first from today on."""
    monday = today - timedelta(days=today.weekday())
    found = []
    for ahead in range(WEEKS):
        first = monday + timedelta(weeks=ahead)
        days = [_day(plan, first + timedelta(days=number)) for number in range(7)]
        # A weekend on which nothing is held says nothing.
        told = tuple(one for one in days if one.on >= today and (one.entries or one.free or one.on.weekday() < 5))
        found.append(WeekAhead(number=first.isocalendar().week, days=told))
    return tuple(found)


def _day(plan: Plan, on: date) -> DayAhead:
    changes, timetable = plan.changes, plan.timetable
    entries = [
        Entry(
            activity=one.activity,
            planned_on=one.planned_on,
            held=one,
            change=changes.get((one.activity.slug, one.planned_on)),
        )
        for one in timetable.on(on)
    ]
    for activity in plan.programme.activities:
        change = changes.get((activity.slug, on))
        if change is not None and timetable.would_be_held(activity, on) and _is_elsewhere(change):
            entries.append(Entry(activity=activity, planned_on=on, held=None, change=change))
    ordered = sorted(entries, key=lambda one: (one.held.begins if one.held else one.activity.begins, one.activity.slug))
    return DayAhead(on=on, free=plan.free.on(on), entries=tuple(ordered))


def _is_elsewhere(change: Change) -> bool:
    """Whether it is not held on the day on which it would be."""
    moved = change.what is ChangeKind.MOVED and change.new_on not in (None, change.held_on)
    return change.what is ChangeKind.CANCELLED or moved


async def _plans(visit: Visit) -> dict[int, Plan]:
    async with at_work(visit.desk.database) as work:
        return await visit.desk.shelf.plans(work, sorted(may_change(visit)))
