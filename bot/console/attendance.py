"""Who came is noted with one tap for each, and what was assumed is put right with another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.console.coming import may_change
from bot.console.pages import page_number
from bot.console.visit import Page, Visit
from bot.domain.access import May, Role
from bot.domain.calendar import zone_of
from bot.domain.people import Presence
from bot.domain.timetable import Planned
from bot.services import attendance
from bot.services.attendance import Noting, NotYet
from bot.services.published import Plan
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views.attendance import Expected, Held, counted, expected, expected_one
from bot.storage.views.sight import Look, looking
from bot.storage.views.today import programmes_seen

A_PAGE = 100
GONE = "gone"
"""That somebody came to a drop-in was noted by mistake."""

DROP_IN = (Presence.PRESENT, GONE)
_PATH = "/attendance/{programme:int}/{activity}/{day}"


@dataclass(frozen=True, kw_only=True)
class Register:
    """An activity on a day, as a page has it."""

    plan: Plan
    planned: Planned
    held: Held
    path: str
    today: date
    change: str = ""
    """Where it can be cancelled or moved, if the reader may."""

    @property
    def drop_in(self) -> bool:
        """Whether nobody is missed here."""
        return self.planned.activity.drop_in

    @property
    def has_come(self) -> bool:
        """Whether there is anything to be noted yet."""
        return self.held.on <= self.today

    def other(self, step: int) -> tuple[date, str] | None:
        """The day on which it was held before (-1) or is held next (1), and its page."""
        on = self.plan.timetable.near(self.held.activity, self.held.on, step=step)
        return None if on is None else (on, f"{self.path.rpartition('/')[0]}/{on.isoformat()}")


class AttendancePages:
    """`/attendance/…`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path=_PATH, answer=self.everybody, needs=May.PEOPLE),
            Page(path=f"{_PATH}/others", answer=self.others, needs=May.PEOPLE, method="POST"),
            Page(path=f"{_PATH}/{{person:int}}", answer=self.one, needs=May.PEOPLE, method="POST"),
        ]

    async def everybody(self, visit: Visit) -> Response:
        """Who is expected, and whether they came."""
        register = await _register(visit)
        return visit.missing() if register is None else await _shown(visit, register)

    async def one(self, visit: Visit) -> Response:
        """Somebody came, or did not."""
        register, presence = await _register(visit), visit.field("presence")
        enrolment = visit.number("person")
        if register is None or presence not in (DROP_IN if register.drop_in else tuple(Presence)):
            return visit.missing()
        async with looking(visit.desk.database, visit.me.sight) as look:
            if await expected_one(look, register.held, enrolment) is None:
                return visit.missing()
        try:
            came = {enrolment: Presence(presence) if presence != GONE else None}
            await attendance.note(visit.desk.database, _noting(register), came, by=visit.by, now=visit.now)
        except NotYet:
            return await _shown(visit, register, code=409)
        if visit.request.headers.get("hx-request") != "true":
            return visit.go(f"{register.path}#row-{enrolment}")
        async with looking(visit.desk.database, visit.me.sight) as look:
            person = await expected_one(look, register.held, enrolment)
            total, noted = await counted(look, register.held)
        return visit.show("attendance_row.html", person=person, register=register, total=total, noted=noted)

    async def others(self, visit: Visit) -> Response:
        """All the others were here: those whom the page showed without a note."""
        register = await _register(visit)
        if register is None or register.drop_in:
            return visit.missing()
        async with looking(visit.desk.database, visit.me.sight) as look:
            there = await _expected(look, visit, register)
        shown = set(visit.several("person"))
        others = [one.enrolment_id for one in there.people if str(one.enrolment_id) in shown]
        try:
            await attendance.note_others(visit.desk.database, _noting(register), others, by=visit.by, now=visit.now)
        except NotYet:
            return await _shown(visit, register, code=409)
        return visit.back(otherwise=register.path)


async def _register(visit: Visit) -> Register | None:
    """What the path names, if the reader accompanies or leads anybody there and it is held that day."""
    number, slug, day = visit.number("programme"), visit.request.path_params["activity"], _day(visit)
    me, database = visit.me, visit.desk.database
    async with looking(database, me.sight) as look:
        seen = number in await programmes_seen(look)
    if day is None or not (seen or number in me.programmes(Role.COACH, Role.LEADER)):
        return None
    async with at_work(database) as work:
        plan = (await visit.desk.shelf.plans(work, [number])).get(number)
    every = plan.timetable.on(day) if plan is not None else ()
    planned = next((one for one in every if one.activity.slug == slug), None)
    if plan is None or planned is None:
        return None
    return Register(
        plan=plan,
        planned=planned,
        held=Held(programme_id=number, activity=planned.activity, on=day, zone=me.zone),
        path=f"/attendance/{number}/{slug}/{day.isoformat()}",
        today=visit.now.astimezone(zone_of(me.zone)).date(),
        change=f"/changes/{number}/{slug}/{planned.planned_on.isoformat()}" if number in may_change(visit) else "",
    )


def _day(visit: Visit) -> date | None:
    words = str(visit.request.path_params["day"])
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    # One day has one address: other ways to write it are nowhere.
    return found if found.isoformat() == words else None


async def _expected(look: Look, visit: Visit, register: Register) -> Expected:
    skip = (page_number(visit.request) - 1) * A_PAGE
    return await expected(look, register.held, most=A_PAGE, skip=skip)


async def _shown(visit: Visit, register: Register, *, code: int = 200) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        there = await _expected(look, visit, register)
    return visit.show(
        "attendance.html",
        code=code,
        register=register,
        title=visit.title(register.plan, register.held.activity.title),
        place=register.planned.place or visit.title(register.plan, register.held.activity.place),
        there=there,
        page=page_number(visit.request),
        more=there.total > page_number(visit.request) * A_PAGE,
    )


def _noting(register: Register) -> Noting:
    held = register.held
    return Noting(programme_id=held.programme_id, timetable=register.plan.timetable, activity=held.activity, on=held.on)
