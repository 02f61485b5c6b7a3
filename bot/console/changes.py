"""Before an activity is changed its coach sees who is told what; after it everybody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from starlette.responses import Response

from bot.console.coming import Titles, may_change
from bot.console.forms import Form
from bot.console.pages import query
from bot.console.visit import Page, Visit
from bot.domain.access import ChangedMeanwhile, May
from bot.domain.changing import LONGEST_PLACE, as_it_stands
from bot.domain.programme import Activity
from bot.domain.timetable import Change, ChangeKind, Planned
from bot.services import changing
from bot.services.changing import Foresight, NotChanged, Wanted
from bot.services.published import Plan
from bot.storage.activity_changes import KeptChange
from bot.storage.unit_of_work import looking as at_work

_PATH = "/changes/{programme:int}/{activity}/{day}"
_FIELDS = ("what", "new_on", "begins", "ends", "place")


@dataclass(frozen=True, kw_only=True)
class One:
    """An activity on the day on which it would be held, and how it stands now (`held` is `None`: cancelled)."""

    plan: Plan
    activity: Activity
    on: date
    held: Planned | None
    known: KeptChange | None
    path: str

    @property
    def seen(self) -> int:
        """The number of the latest change."""
        return self.known.change.number if self.known is not None else 0

    @property
    def is_changed(self) -> bool:
        """Whether it is otherwise than was planned."""
        return self.known is not None and self.known.change.what is not ChangeKind.HELD


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What a page says beside how things stand."""

    form: Form | None = None
    ahead: Foresight | None = None
    wanted: Change | None = None
    why: str = ""
    code: int = 200


class ChangePages:
    """`/changes/…`: the day in the path is the one on which it would have been held."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path=_PATH, answer=self.one, needs=May.PEOPLE),
            Page(path=_PATH, answer=self.make, needs=May.PEOPLE, method="POST"),
        ]

    async def one(self, visit: Visit) -> Response:
        """How it stands; and if the address asks for it, what a change would lead to. Nothing is done by looking."""
        one = await _found(visit)
        if one is None:
            return visit.missing()
        if not visit.asked("what"):
            return _page(visit, one, _Shown())
        form = Form(values={name: visit.asked(name) for name in _FIELDS})
        change = _wanted(one, form)
        if change is None:
            return _page(visit, one, _Shown(form=form))
        desk = visit.desk
        wanted = Wanted(programme_id=one.plan.programme_id, change=change, seen=one.seen)
        try:
            ahead = await changing.foresee(desk.database, desk.shelf, wanted, by=visit.by, now=visit.now)
        except (NotChanged, ChangedMeanwhile) as refused:
            return _page(visit, one, _Shown(form=form, why=_why(refused)))
        return _page(visit, one, _Shown(form=form, ahead=ahead, wanted=change))

    async def make(self, visit: Visit) -> Response:
        """Make the change that was looked at, and tell everybody."""
        one = await _found(visit)
        if one is None:
            return visit.missing()
        form, desk = Form.sent(visit, *_FIELDS), visit.desk
        change, seen = _wanted(one, form), visit.field("seen")
        if change is None or not (seen.isascii() and seen.isdigit() and len(seen) < 9):
            return _page(visit, one, _Shown(form=form, code=422))
        wanted = Wanted(programme_id=one.plan.programme_id, change=change, seen=int(seen))
        try:
            number = await changing.change(desk.database, desk.shelf, wanted, by=visit.by, now=visit.now)
        except (NotChanged, ChangedMeanwhile) as refused:
            now = await _found(visit)
            return _page(visit, now or one, _Shown(form=form, why=_why(refused), code=409))
        told = 0
        if number is not None:
            told = await changing.tell(desk.database, desk.shelf, number, now=visit.now, most=changing.IN_A_REQUEST)
            await desk.send()
        return visit.go(one.path + query({"told": told if number is not None else "before"}))


async def _found(visit: Visit) -> One | None:
    number, slug = visit.number("programme"), visit.request.path_params["activity"]
    day = _day(str(visit.request.path_params["day"]))
    if day is None or number not in may_change(visit):
        return None
    async with at_work(visit.desk.database) as work:
        plan = (await visit.desk.shelf.plans(work, [number])).get(number)
        known = await work.changes.at(number, slug, day)
    activity = next((one for one in plan.programme.activities if one.slug == slug), None) if plan else None
    if plan is None or activity is None or not plan.timetable.would_be_held(activity, day):
        return None
    return One(
        plan=plan,
        activity=activity,
        on=day,
        held=as_it_stands(plan.timetable, activity, day),
        known=known,
        path=f"/changes/{number}/{slug}/{day.isoformat()}",
    )


def _day(words: str) -> date | None:
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    return found if found.isoformat() == words else None


def _wanted(one: One, form: Form) -> Change | None:
    """What the form asks for; `None`, with complaints, if that cannot be read."""
    what = form.one_of("what", tuple(ChangeKind))
    if what not in tuple(ChangeKind):
        return None
    kind = ChangeKind(what)
    if kind is not ChangeKind.MOVED:
        return Change(activity=one.activity.slug, held_on=one.on, what=kind)
    new_on = form.day("new_on")
    begins, ends = _hour(form, "begins"), _hour(form, "ends")
    if len(form["place"]) > LONGEST_PLACE or not form["place"].isprintable():
        form.complain("place", "too-long")
    if not form.well:
        return None
    own = form["place"] or None
    return Change(
        activity=one.activity.slug, held_on=one.on, what=kind, new_on=new_on, begins=begins, ends=ends, place=own
    )


def _hour(form: Form, name: str) -> time | None:
    words = form[name]
    if not words:
        form.complain(name, "missing")
        return None
    try:
        return time.fromisoformat(words).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        form.complain(name, "no-hour")
        return None


def _why(refused: NotChanged | ChangedMeanwhile) -> str:
    return str(refused.why) if isinstance(refused, NotChanged) else "meanwhile"


def _page(visit: Visit, one: One, shown: _Shown) -> Response:
    told = visit.asked("told")
    stands = one.held or Planned(
        activity=one.activity, on=one.on, begins=one.activity.begins, ends=one.activity.ends, planned_on=one.on
    )
    usual = {
        "new_on": stands.on.isoformat(),
        "begins": f"{stands.begins:%H:%M}",
        "ends": f"{stands.ends:%H:%M}",
        "place": stands.place or "",
    }
    form = shown.form if shown.form is not None and shown.form["what"] == ChangeKind.MOVED else Form(values=usual)
    return visit.show(
        "change.html",
        code=shown.code,
        one=one,
        words=Titles(visit=visit, plan=one.plan),
        form=form,
        ahead=shown.ahead,
        wanted=shown.wanted,
        why=shown.why,
        told=told if told == "before" or (told.isascii() and told.isdigit()) else "",
        longest=LONGEST_PLACE,
    )
