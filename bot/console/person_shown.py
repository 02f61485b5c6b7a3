"""A person's page is put together in one place, also when a form on it was refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.pages import page_number
from bot.console.progress import History, Title, progress
from bot.console.visit import Visit
from bot.domain.calendar import zone_of, zones_of_places
from bot.domain.free_days import Keeping
from bot.services.contact import note_reading
from bot.services.judging import asked_of_people
from bot.services.keeping import may_ask_days_off
from bot.services.meeting import is_asked_by_itself
from bot.services.published import Plan
from bot.services.welcoming import MOST_ASKED, may_ask
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.danger import danger_of
from bot.storage.views.meetings import meetings_of
from bot.storage.views.person import OnePerson, person
from bot.storage.views.ratings import own_ratings
from bot.storage.views.sight import looking
from bot.storage.views.story import story
from bot.storage.views.story_lines import Only

MET_FOR = timedelta(days=7)
"""How long a meeting that has been stays on the page."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """On what something is shown or done: how the person stands, and the plans of the programmes they are in."""

    one: OnePerson
    plans: dict[int, Plan]

    @property
    def plan(self) -> Plan:
        """Of the programme this page is about."""
        return self.plans[self.one.participant.programme_id]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A form that was not done: what was typed stands in it. `changed`: somebody else was faster."""

    action: str
    form: Form
    changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The forms of the page: empty ones, but for the one that was refused. `wanted` is the one the reader came for."""

    refused: Refused | None = None
    wanted: str = ""
    empty: Form = field(default_factory=Form)

    def __getitem__(self, action: str) -> Form:
        return self.refused.form if self.refused is not None and self.refused.action == action else self.empty

    def is_open(self, action: str) -> bool:
        """Whether the form is shown opened."""
        return self.wanted == action or (self.refused is not None and self.refused.action == action)


async def ground(visit: Visit) -> Ground | None:
    """How the person of this address stands; `None` if the reader sees nobody there."""
    async with looking(visit.desk.database, visit.me.sight) as look:
        one = await person(look, visit.number("enrolment"), now=visit.now)
    return None if one is None else await _with_plans(visit, one)


async def show_person(visit: Visit, *, refused: Refused | None = None) -> Response:
    """The page. 422 with a form that was refused, 409 if somebody else had changed something before."""
    enrolment, page = visit.number("enrolment"), page_number(visit.request)
    only = next((one for one in Only if one == visit.asked("only")), Only.ALL)
    async with looking(visit.desk.database, visit.me.sight) as look:
        one = await person(look, enrolment, now=visit.now)
        if one is None:
            return visit.missing()
        told = await story(look, enrolment, only=only, page=page)
        rated = await own_ratings(look, [enrolment])
        danger = await danger_of(look, one.participant)
        met = await meetings_of(look, enrolment, since=visit.now.date() - MET_FOR)
    await note_reading(visit.desk.database, one.participant, by=visit.by, now=visit.now)
    there = await _with_plans(visit, one)
    shown = progress([one], ratings=rated, titles=titles(visit, there.plan))[0]
    return visit.show(
        "person.html",
        code=200 if refused is None else 409 if refused.changed else 422,
        **around(visit, there),
        danger=danger,
        meetings=met,
        meetings_asked=is_asked_by_itself(there.plan),
        story=told,
        only=only,
        page=page,
        shown_lines=shown.lines,
        done=visit.asked("done"),
        refused=refused,
        sent=Forms(refused=refused, wanted=visit.asked("do")),
    )


def around(visit: Visit, there: Ground) -> dict[str, Any]:
    """What every page about this person shows in its head."""
    one, programme = there.one, there.plan.programme
    slugs = [phase.slug for phase in programme.phases]
    place = slugs.index(one.participant.phase) if one.participant.phase in slugs else len(slugs)
    return {
        "one": one,
        "person": one.participant,
        "may_ask": may_be_asked(visit, there),
        "free_days": there.plan.free.programme,
        "may_ask_days_off": may_ask_days_off(there.plan, one.participant, now=visit.now),
        "keepings": tuple(Keeping),
        "programme": programme,
        "spoken": there.plan.languages,
        "zones": sorted(zones_of_places() | {one.participant.zone}),
        "phases": {phase.slug: visit.title(there.plan, phase.title) for phase in programme.phases},
        "blocks": {block.slug: visit.title(there.plan, block.title) for block in programme.blocks},
        "own_blocks": _own_blocks(visit, there),
        "next_phase": slugs[place + 1] if place + 1 < len(slugs) else None,
        "activities": {each.slug: visit.title(there.plan, each.title) for each in programme.activities},
        "milestones": {
            each.slug: visit.title(there.plan, each.title) for phase in programme.phases for each in phase.milestones
        },
        "programmes": {number: visit.title(plan, plan.programme.title) for number, plan in there.plans.items()},
        "elsewhere_phases": _phases_elsewhere(visit, there),
        "today": today(visit.now, one),
    }


def may_be_asked(visit: Visit, there: Ground) -> bool:
    """Whether a coach can have the person asked by a message now."""
    asking = there.one.asking
    often = asking.open_now or asking.times >= MOST_ASKED
    return not often and may_ask(there.plan, there.one.participant, now=visit.now)


def today(now: datetime, one: OnePerson) -> str:
    """The day it is where the person lives, as a field of a form wants it."""
    return now.astimezone(zone_of(one.participant.zone)).date().isoformat()


def titles(visit: Visit, plan: Plan) -> list[Title]:
    """The indicators on which participants rate themselves, as this page names them."""
    return [
        Title(slug=one.slug, words=visit.title(plan, one.title), sensitive=one.sensitive)
        for one in asked_of_people(plan.instrument)
    ]


def recorded(every: Sequence[History]) -> bool:
    """Whether a coach recorded any of these values for the person."""
    return any(one.rating.recorded_by is not None for line in every for one in line.values)


def _own_blocks(visit: Visit, there: Ground) -> list[tuple[str, str]]:
    titles = {one.slug: visit.title(there.plan, one.title) for one in there.plan.programme.blocks}
    return [(one.block, titles.get(one.block, one.block)) for one in there.one.participant.memberships]


def _phases_elsewhere(visit: Visit, there: Ground) -> dict[int, str]:
    found = {}
    for place in there.one.elsewhere:
        plan = there.plans.get(place.programme_id)
        phases = {one.slug: one.title for one in plan.programme.phases} if plan else {}
        known = plan is not None and place.phase in phases
        found[place.enrolment_id] = visit.title(plan, phases[place.phase]) if plan and known else place.phase
    return found


async def _with_plans(visit: Visit, one: OnePerson) -> Ground:
    wanted = {one.participant.programme_id, *(place.programme_id for place in one.elsewhere)}
    async with at_work(visit.desk.database) as work:
        return Ground(one=one, plans=await visit.desk.shelf.plans(work, wanted))
