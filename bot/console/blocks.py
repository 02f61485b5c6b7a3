"""A block has a page: who is in it, and several people can join it at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.pages import query
from bot.console.visit import Page, Visit
from bot.domain.access import May, Role
from bot.domain.calendar import zone_of
from bot.services import joining
from bot.services.asked import NotOnTheRoster
from bot.services.joining import Group, Joining
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.blocks import InBlock, everybody
from bot.storage.views.sight import looking

_PATH = "/blocks/{programme:int}/{block}"


@dataclass(frozen=True, kw_only=True)
class _Block:
    plan: Plan
    slug: str
    title: str
    path: str


class BlockPages:
    """`/blocks/…`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path=_PATH, answer=self.one, needs=May.PEOPLE),
            Page(path=_PATH, answer=self.join, needs=May.PEOPLE, method="POST"),
        ]

    async def one(self, visit: Visit) -> Response:
        """Who is in it."""
        block = await _found(visit)
        if block is None and visit.number("programme") in visit.me.programmes(Role.COACH, Role.LEADER):
            # The programme was published without it meanwhile: there are still its people.
            return visit.go("/people")
        return visit.missing() if block is None else await _page(visit, block, Form())

    async def join(self, visit: Visit) -> Response:
        """Those who were chosen are in it from a day on."""
        block = await _found(visit)
        if block is None:
            return visit.missing()
        form = Form.sent(visit, "since", "until")
        since, until = form.day("since"), form.day("until", required=False)
        if since is not None and until is not None and until < since:
            form.complain("until", "before")
        chosen = {int(one) for one in visit.several("person") if one.isascii() and one.isdigit() and len(one) < 18}
        people = {one.enrolment_id for one in await _people(visit, block)} & chosen
        if not people:
            form.complain("person", "choose")
        if not form.well or since is None:
            return await _page(visit, block, form, code=422)
        wanted = Joining(programme_id=block.plan.programme_id, block=block.slug, since=since, until=until)
        group = Group(people=frozenset(people), by=visit.by)
        try:
            done = await joining.join(visit.desk.database, visit.desk.shelf, wanted, group, now=visit.now)
        except NotOnTheRoster:
            return await _page(visit, block, form, code=409)
        return visit.go(block.path + query({"done": done}))


async def _found(visit: Visit) -> _Block | None:
    number, slug = visit.number("programme"), visit.request.path_params["block"]
    if number not in visit.me.programmes(Role.COACH, Role.LEADER):
        return None
    async with at_work(visit.desk.database) as work:
        plan = (await visit.desk.shelf.plans(work, [number])).get(number)
    block = next((one for one in plan.programme.blocks if one.slug == slug), None) if plan is not None else None
    if plan is None or block is None:
        return None
    return _Block(plan=plan, slug=slug, title=visit.title(plan, block.title), path=f"/blocks/{number}/{slug}")


async def _people(visit: Visit, block: _Block) -> list[InBlock]:
    today = visit.now.astimezone(zone_of(visit.me.zone)).date()
    async with looking(visit.desk.database, visit.me.sight) as look:
        return await everybody(look, block.plan.programme_id, block.slug, today=today)


async def _page(visit: Visit, block: _Block, form: Form, *, code: int = 200) -> Response:
    today = visit.now.astimezone(zone_of(visit.me.zone)).date()
    people = await _people(visit, block)
    done = visit.asked("done")
    return visit.show(
        "block.html",
        code=code,
        block=block,
        form=form,
        members=[one for one in people if one.since is not None and not one.is_over(today)],
        others=[one for one in people if one.since is None or one.is_over(today)],
        chosen=set(visit.several("person")),
        phases={one.slug: visit.title(block.plan, one.title) for one in block.plan.programme.phases},
        blocks=[(one.slug, visit.title(block.plan, one.title)) for one in block.plan.programme.blocks],
        today=today.isoformat(),
        done=done if done.isascii() and done.isdigit() else "",
    )
