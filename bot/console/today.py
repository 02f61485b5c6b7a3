"""A coach's day on one page: what needs somebody, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from bot.console.day import the_day, titles
from bot.console.pages import page_number
from bot.console.visit import Page, Visit, ours
from bot.domain.access import ChangedMeanwhile, May
from bot.domain.calendar import zone_of
from bot.domain.day import AsideLine, Later
from bot.services import attendance, attention
from bot.services.attention import SeenToAlready
from bot.storage.views.sight import looking
from bot.storage.views.today import absence_seen
from bot.storage.views.today_alerts import AlertPlace, alert_seen
from bot.storage.views.today_people import Part, sees
from bot.storage.views.urgent import is_told_late

_FIRST = ((May.PEOPLE, "/"), (May.FIGURES, "/figures"), (May.TEXTS, "/texts"), (May.ACCOUNTS, "/accounts"))
"""Where each role begins, of those that somebody has the first."""

SECTIONS = ("alerts", "held", "questions", "absent", "silent", "unreachable", "uncertain", "meetings", "dates")
A_GLANCE, A_LIST = 6, 40
"""How many lines of a section the day shows, and how many a page of the whole section."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the page says first, to somebody who came second."""

    what: str
    by: str = ""
    at: datetime | None = None


class TodayPages:
    """`/`, and what is done there."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        done = {
            "/today/alerts/{alert:int}/done": self.done,
            "/today/alerts/{alert:int}/later": self.later,
            "/today/alerts/{alert:int}/hand": self.hand,
            "/today/people/{person:int}/resume": self.resume,
            "/today/people/{person:int}/aside": self.aside,
            "/today/absences/{absence:int}/over": self.over,
            "/today/away": self.away,
            "/today/back": self.back,
        }
        return [
            Page(path="/", answer=self.today, needs=May.ENTER),
            *(Page(path=path, answer=answer, needs=May.PEOPLE, method="POST") for path, answer in done.items()),
        ]

    async def today(self, visit: Visit) -> Response:
        """The day; whoever has no people begins elsewhere."""
        first = next((path for what, path in _FIRST if visit.me.may(what)), "/account")
        if first != "/":
            return visit.go(first)
        return await _shown(visit)

    async def done(self, visit: Visit) -> Response:
        """An alert is seen to."""
        place = await _alert(visit)
        if place is None:
            return visit.missing()
        desk = visit.desk
        return await _after(visit, await attention.see_to(desk.database, place.id, by=visit.by, now=visit.now))

    async def later(self, visit: Visit) -> Response:
        """An alert is put off."""
        place, until = await _alert(visit), visit.field("until")
        if place is None or until not in tuple(Later):
            return visit.missing()
        try:
            already = await attention.put_off(visit.desk.database, place.id, Later(until), by=visit.by, now=visit.now)
        except attention.NotForYou:
            return await _shown(visit, told=Told(what="too-late"), code=409)
        return await _after(visit, already)

    async def hand(self, visit: Visit) -> Response:
        """An alert is handed to a colleague."""
        place, to = await _alert(visit), visit.field("to")
        if place is None or place.enrolment_id is None or not (to.isascii() and to.isdigit() and len(to) < 16):
            return visit.missing()
        handing = attention.Handing(to=int(to), enrolment_id=place.enrolment_id)
        try:
            already = await attention.hand_over(visit.desk.database, place.id, handing, by=visit.by, now=visit.now)
        except attention.NotForYou:
            return await _shown(visit, told=Told(what="not-theirs"), code=409)
        return await _after(visit, already)

    async def resume(self, visit: Visit) -> Response:
        """Somebody is written to again."""
        if not await _person(visit):
            return visit.missing()
        resuming = attention.Resuming(
            enrolment_id=visit.number("person"), held_at=_moment(visit.field("held", most=40))
        )
        try:
            resumed = await attention.resume(visit.desk.database, resuming, by=visit.by, now=visit.now)
        except ChangedMeanwhile:
            return await _shown(visit, told=Told(what="held-since"), code=409)
        if not resumed:
            return await _shown(visit, told=Told(what="resumed"), code=409)
        return visit.back(otherwise="/")

    async def aside(self, visit: Visit) -> Response:
        """A line about somebody is seen to, or put off."""
        line, until = visit.field("line"), visit.field("until")
        if line not in tuple(AsideLine) or until not in ("", *Later) or not await _person(visit):
            return visit.missing()
        putting = attention.PuttingAside(
            enrolment_id=visit.number("person"),
            line=AsideLine(line),
            about=visit.field("about", most=64),
            later=Later(until) if until else None,
        )
        try:
            await attention.put_aside(visit.desk.database, putting, by=visit.by, now=visit.now)
        except attention.NotForYou:
            return await _shown(visit, told=Told(what="too-late"), code=409)
        return visit.back(otherwise="/")

    async def over(self, visit: Visit) -> Response:
        """Somebody is back."""
        absence = visit.number("absence")
        async with looking(visit.desk.database, visit.me.sight) as look:
            seen = await absence_seen(look, absence)
        if not seen:
            return visit.missing()
        if not await attendance.end_absence(visit.desk.database, absence, by=visit.by, now=visit.now):
            return await _shown(visit, told=Told(what="over"), code=409)
        return visit.back(otherwise="/")

    async def away(self, visit: Visit) -> Response:
        """The coach is away today."""
        until = visit.now.astimezone(zone_of(visit.me.zone)).date()
        await attention.be_away(visit.desk.database, visit.by, until=until, now=visit.now)
        return visit.back(otherwise="/")

    async def back(self, visit: Visit) -> Response:
        """The coach is back."""
        await attention.be_back(visit.desk.database, visit.by, now=visit.now)
        return visit.back(otherwise="/")


async def _shown(visit: Visit, *, told: Told | None = None, code: int = 200) -> Response:
    section = visit.asked("section")
    section = section if section in SECTIONS else ""
    page = page_number(visit.request) if section else 1
    part = Part(most=A_LIST, skip=(page - 1) * A_LIST) if section else Part(most=A_GLANCE)
    day = await the_day(visit, part)
    async with looking(visit.desk.database, visit.me.sight) as look:
        late = await is_told_late(look)
    shown = {"day": day, "titles": titles(day, visit), "told": told, "late": late}
    shown |= {"section": section, "page": page, "most": part.most}
    if visit.request.method == "POST":
        # What is done from this page leads back to where the reader was, and not to what cannot be opened.
        shown["here"] = ours(visit.field("back"), otherwise="/")
    return visit.show("today.html", code=code, **shown)


async def _after(visit: Visit, already: SeenToAlready | None) -> Response:
    if already is None:
        return visit.back(otherwise="/")
    return await _shown(visit, told=Told(what="already", by=already.by, at=already.at), code=409)


async def _alert(visit: Visit) -> AlertPlace | None:
    async with looking(visit.desk.database, visit.me.sight) as look:
        return await alert_seen(look, visit.number("alert"))


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


async def _person(visit: Visit) -> bool:
    async with looking(visit.desk.database, visit.me.sight) as look:
        return await sees(look, visit.number("person"))
