"""The people somebody sees stand in one list, narrowed by what is asked for, without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.console.pages import page_number
from bot.console.visit import Page, Visit
from bot.content.people_table import phone_number
from bot.domain.access import May, Role
from bot.domain.calendar import zone_of
from bot.domain.people import Agreement, ChannelName
from bot.domain.silence import Silence, silence
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views import people as view
from bot.storage.views.sight import looking

FIND = "find"
FILTERS = ("programme", "phase", "language", "coach", "agreement", "there")


class PeoplePages:
    """The list of people."""

    def pages(self) -> list[Page]:
        """One page."""
        return [Page(path="/people", answer=self.people, needs=May.PEOPLE)]

    async def people(self, visit: Visit) -> Response:
        """Everybody they see, or those they look for."""
        database, me = visit.desk.database, visit.me
        async with looking(database, me.sight) as look:
            around = await view.around(look)
        plans = await plans_of(visit, {one.programme_id for one in around} | theirs(visit))
        asked = _asked(visit, around)
        wanted = _wanted(visit, asked, plans)
        async with looking(database, me.sight) as look:
            total = await view.how_many(look, wanted)
            pages = max(1, -(-total // view.A_PAGE))
            page = min(page_number(visit.request), pages)
            people = await view.listed(look, wanted, page=page)
        return visit.show(
            "people.html",
            people=people,
            total=total,
            page=page,
            pages=pages,
            asked=asked,
            narrowed=bool(asked[FIND]) or _by_more(asked),
            narrowed_by_more=_by_more(asked),
            choices=_choices(visit, around, plans),
            phases=titles_of_phases(visit, plans),
            silent={one.enrolment_id for one in people if _is_silent(visit, one, plans)},
            nobody=not around,
            may_add=bool(theirs(visit)),
            blocks=_blocks(visit, plans),
        )


async def plans_of(visit: Visit, programmes: set[int]) -> Mapping[int, Plan]:
    """These programmes as they are live now."""
    async with at_work(visit.desk.database) as work:
        return await visit.desk.shelf.plans(work, programmes)


def theirs(visit: Visit) -> set[int]:
    """The programmes in which the reader takes people in."""
    return set(visit.me.programmes(Role.COACH, Role.LEADER))


def titles_of_phases(visit: Visit, plans: Mapping[int, Plan]) -> dict[tuple[int, str], str]:
    """What the programmes call their phases, by programme and slug."""
    return {
        (number, phase.slug): visit.title(plan, phase.title)
        for number, plan in plans.items()
        for phase in plan.programme.phases
    }


def _blocks(visit: Visit, plans: Mapping[int, Plan]) -> list[tuple[str, str]]:
    """The pages of the blocks of the reader's programmes, each with its name."""
    own = {number: plan for number, plan in plans.items() if number in theirs(visit)}
    return [
        (f"/blocks/{number}/{one.slug}", visit.title(plan, one.title))
        for number, plan in own.items()
        for one in plan.programme.blocks
    ]


def _asked(visit: Visit, around: Sequence[view.Around]) -> dict[str, str]:
    """What the address asks for, as far as there is such a thing."""
    allowed: dict[str, set[str]] = {
        "programme": {str(one.programme_id) for one in around},
        "coach": {str(one.coach_id) for one in around},
        "language": {one.language for one in around},
        "agreement": {str(one) for one in Agreement},
        "there": {str(one) for one in view.There},
    }
    asked = {name: visit.asked(name) for name in FILTERS}
    for name, values in allowed.items():
        if asked[name] not in values:
            asked[name] = ""
    return asked | {
        FIND: "".join(one for one in visit.asked(FIND) if one.isprintable()),
        "silent": "yes" if visit.asked("silent") == "yes" else "",
        "there": asked["there"] or view.There.PRESENT,
    }


def _by_more(asked: Mapping[str, str]) -> bool:
    """Whether anything but a name or number narrows the list."""
    return any(value for name, value in asked.items() if name != FIND and (name, value) != ("there", "present"))


def _wanted(visit: Visit, asked: Mapping[str, str], plans: Mapping[int, Plan]) -> view.Wanted:
    now, words = visit.now, asked[FIND]
    today = now.astimezone(zone_of(visit.me.zone)).date()
    number = phone_number(words) if _digits(words) else None
    return view.Wanted(
        today=today,
        now=now,
        there=view.There(asked["there"]),
        programme_id=int(asked["programme"]) if asked["programme"] else None,
        coach_id=int(asked["coach"]) if asked["coach"] else None,
        phase=asked["phase"],
        language=asked["language"],
        name="" if number else words,
        number=visit.desk.database.sealer.hash(ChannelName.SMS, number) if number else None,
        agreement=Agreement(asked["agreement"]) if asked["agreement"] else None,
        silent_in=tuple(_rhythm(visit, plan) for plan in plans.values()) if asked["silent"] else None,
    )


def _digits(words: str) -> bool:
    """Whether somebody looks for a number: no name has a digit in it."""
    return any(one.isdigit() for one in words)


def _rhythm(visit: Visit, plan: Plan) -> view.Rhythm:
    local = zone_of(visit.me.zone)
    since = visit.now - timedelta(days=plan.programme.summary.silent_after_days)
    return view.Rhythm(
        programme_id=plan.programme_id,
        today=visit.now.astimezone(local).date(),
        heard_before=since,
        began_by=since.astimezone(local).date(),
    )


def _is_silent(visit: Visit, one: view.Listed, plans: Mapping[int, Plan]) -> bool:
    plan = plans.get(one.programme_id)
    if plan is None:
        return False
    after = plan.programme.summary.silent_after_days
    return silence(one, after=after, zone=visit.me.zone, now=visit.now) is Silence.NO_WORD


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the list can be narrowed to: pairs of value and name. One choice alone is none."""

    programmes: list[tuple[str, str]]
    phases: list[tuple[str, str]]
    languages: list[str]
    coaches: list[tuple[str, str]]


def _choices(visit: Visit, around: Sequence[view.Around], plans: Mapping[int, Plan]) -> Choices:
    seen = {one.programme_id for one in around}
    phases: dict[str, str] = {}
    for (number, slug), title in titles_of_phases(visit, plans).items():
        if number in seen:
            phases.setdefault(slug, title)
    return Choices(
        programmes=[
            (str(number), visit.title(plan, plan.programme.title)) for number, plan in plans.items() if number in seen
        ],
        phases=list(phases.items()),
        languages=sorted({one.language for one in around}),
        coaches=list(dict.fromkeys((str(one.coach_id), one.coach) for one in around)),
    )
