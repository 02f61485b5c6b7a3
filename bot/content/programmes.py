"""A programme is read with rules that can be kept: every phase, flow and hour in it is there and fits the others."""

from datetime import time
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.content.nodes import Node, Scalar
from bot.content.pages import WEEKDAYS, Fields, Page
from bot.content.reminders import phases_of, read_reminders
from bot.content.wordings import NONE, PERSON
from bot.domain.people import StaffedHours
from bot.domain.programme import (
    Activity,
    Area,
    Milestone,
    Phase,
    Programme,
    QuietHours,
    SmsWording,
    SummaryLeaves,
    SummaryRule,
)
from bot.domain.recurrence import Weeks

KNOWN_KEYS = (
    "programme",
    "about",
    "title",
    "zone",
    "languages",
    "instrument",
    "flows",
    "sms-wording",
    "telegram",
    "quiet-hours",
    "staffed-hours",
    "urgent",
    "summary",
    "health-every-day",
    "farewell",
    "phases",
    "activities",
    "reminders",
)
QUIET_KEYS = ("from", "to")
STAFFED_KEYS = ("weekdays", "from", "to", "closed")
URGENT_KEYS = ("minutes",)
URGENT_MINUTES = 15
SUMMARY_KEYS = ("weekday", "at", "leaves", "silent-after-days")
PHASE_KEYS = ("title", "milestones", "note")
ACTIVITY_KEYS = ("title", "area", "weekdays", "from", "to", "place", "phases", "note")

_MORNING = time(7)
_EVENING = time(20)
_WORKING_WEEK = (1, 2, 3, 4, 5)


def read_programme(page: Page) -> Programme | None:
    """The programme on a page, `None` when it has no name. Words stand in `page.texts`."""
    top = page.fields(page.root, known=KNOWN_KEYS, where="the programme")
    slug = page.slug(top.need("programme"))
    if slug is None:
        return None
    page.text(top.get("about"), where="'about'")
    phases = _phases(top, slug)
    flows = tuple(name for name, _ in page.slugs(top.need("flows"), where="'flows'"))
    quiet = _quiet(top)
    activities = _activities(top, slug, phases)
    programme = Programme(
        slug=slug,
        title=page.words(top.need("title"), key=f"{slug}/programme/title", allowed=NONE) or "",
        zone=_zone(page, top.need("zone")),
        languages=_languages(page, top.need("languages")),
        phases=phases,
        activities=activities,
        instrument=page.slug(top.need("instrument")) or "",
        rules=read_reminders(top, prefix=slug, phases=phases, flows=flows, quiet=quiet),
        quiet=quiet,
        staffed=_staffed(top),
        summary=_summary(top),
        flows=flows,
        sms_wording=page.one_of(top.get("sms-wording"), SmsWording, where="'sms-wording'") or SmsWording.NEUTRAL,
        telegram=page.flag(top.get("telegram"), where="'telegram'") is not False,
        health_every_day=page.flag(top.get("health-every-day"), where="'health-every-day'") or False,
        farewell=page.words(top.get("farewell"), key=f"{slug}/programme/farewell", allowed=PERSON),
        urgent_minutes=_urgent(top),
    )
    if programme.health_every_day:
        _check_health(top, programme)
    return programme


def _phases(top: Fields, slug: str) -> tuple[Phase, ...]:
    page, node = top.page, top.need("phases")
    found: list[Phase] = []
    milestones: set[str] = set()
    for name, _, value in page.named(node, where="'phases'"):
        fields = page.fields(value, known=PHASE_KEYS, where=f"the phase '{name}'")
        note = page.text(fields.get("note"), where="'note'") or ""
        title = page.words(fields.need("title"), key=f"{slug}/phase-{name}/title", allowed=NONE, note=note)
        reached = []
        for milestone, at, words in page.named(fields.get("milestones"), where="'milestones'"):
            if milestone in milestones:
                page.complain(at, f"the milestone '{milestone}' stands in two phases", "give one another name")
                continue
            milestones.add(milestone)
            key = page.words(words, key=f"{slug}/milestone-{milestone}/title", allowed=NONE, note=note)
            reached.append(Milestone(slug=milestone, title=key or ""))
        found.append(Phase(slug=name, title=title or "", milestones=tuple(reached)))
    if node is not None and not found:
        page.complain(node, "the programme has no phases", "add one below 'phases:'; one is enough")
    return tuple(found)


def _activities(top: Fields, slug: str, phases: tuple[Phase, ...]) -> tuple[Activity, ...]:
    page, known = top.page, {phase.slug for phase in phases}
    found = []
    for name, key, value in page.named(top.get("activities"), where="'activities'"):
        fields = page.fields(value, known=ACTIVITY_KEYS, where=f"the activity '{name}'")
        note = page.text(fields.get("note"), where="'note'") or ""
        begins = page.clock(fields.need("from"), where="'from'") or _MORNING
        ends = page.clock(fields.need("to"), where="'to'") or time(23, 59)
        if begins >= ends:
            page.complain(key, f"the activity '{name}' ends before it begins", "change 'from' or 'to'")
        title, place = (
            page.words(fields.need(part), key=f"{slug}/activity-{name}/{part}", allowed=NONE, note=note)
            for part in ("title", "place")
        )
        found.append(
            Activity(
                slug=name,
                title=title or "",
                area=page.one_of(fields.need("area"), Area, where="'area'") or Area.JOB,
                recurs=Weeks(weekdays=_weekdays(page, fields.need("weekdays"))),
                begins=begins,
                ends=ends,
                place=place or "",
                phases=phases_of(page, fields.get("phases"), known=known),
            )
        )
    return tuple(found)


def _weekdays(page: Page, node: Node | None) -> tuple[int, ...]:
    days = page.weekdays(node, where="'weekdays'")
    if node is not None and not days:
        page.complain(node, "'weekdays' names no day", f"use {', '.join(WEEKDAYS)}")
    return days


def _quiet(top: Fields) -> QuietHours:
    page = top.page
    fields = page.fields(top.need("quiet-hours"), known=QUIET_KEYS, where="'quiet-hours'")
    begins = page.clock(fields.need("from"), where="'from'")
    ends = page.clock(fields.need("to"), where="'to'")
    if begins is not None and begins == ends:
        page.complain(fields.node, "the quiet hours begin when they end", "write for instance 20:00 and 07:00")
    return QuietHours(begins=begins or _EVENING, ends=ends or _MORNING)


def _staffed(top: Fields) -> StaffedHours:
    page = top.page
    fields = page.fields(top.need("staffed-hours"), known=STAFFED_KEYS, where="'staffed-hours'")
    begins = page.clock(fields.need("from"), where="'from'") or time(8)
    ends = page.clock(fields.need("to"), where="'to'") or time(16)
    if begins >= ends:
        page.complain(fields.node, "the staffed hours end before they begin", "change 'from' or 'to'")
    weekdays = _weekdays(page, fields.need("weekdays"))
    days = [page.day(node, where="a day of 'closed'") for node in page.listed(fields.get("closed"), where="'closed'")]
    closed = tuple(sorted({day for day in days if day is not None}))
    return StaffedHours(weekdays=weekdays, begins=begins, ends=ends, closed=closed)


def _urgent(top: Fields) -> int:
    fields = top.page.fields(top.get("urgent"), known=URGENT_KEYS, where="'urgent'")
    return top.page.number(fields.get("minutes"), where="'minutes'", low=1, high=240) or URGENT_MINUTES


def _summary(top: Fields) -> SummaryRule:
    page = top.page
    fields = page.fields(top.need("summary"), known=SUMMARY_KEYS, where="'summary'")
    weekday = fields.need("weekday")
    named = isinstance(weekday, Scalar) and weekday.words in WEEKDAYS
    if weekday is not None and not named:
        page.complain(weekday, "'weekday' names a day that is not there", f"use {', '.join(WEEKDAYS)}")
    silent = page.number(fields.get("silent-after-days"), where="'silent-after-days'", low=1, high=90)
    return SummaryRule(
        weekday=WEEKDAYS.index(weekday.words) + 1 if isinstance(weekday, Scalar) and named else 1,
        at=page.clock(fields.need("at"), where="'at'") or _MORNING,
        # Nothing about people leaves the house unless the programme has said so.
        leaves=page.one_of(fields.get("leaves"), SummaryLeaves, where="'leaves'") or SummaryLeaves.NOTICE,
        silent_after_days=silent or 7,
    )


def _zone(page: Page, node: Node | None) -> str:
    name = page.text(node, where="'zone'")
    if name is None:
        return "Europe/Stockholm"
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):
        page.complain(node, "'zone' names a time zone that is not there", "write for instance Europe/Stockholm")
        return "Europe/Stockholm"


def _languages(page: Page, node: Node | None) -> tuple[str, ...]:
    found: dict[str, Node] = {}
    for item in page.listed(node, where="'languages'"):
        code = item.words if isinstance(item, Scalar) else ""
        if not is_language(code):
            page.complain(
                item, "'languages' names a language that is not there", "write for instance sv, en, ar, fa_AF"
            )
        elif code in found:
            page.complain(item, f"'{code}' stands twice in 'languages'", "keep one of them")
        else:
            found[code] = item
    if node is not None and not found:
        page.complain(node, "'languages' names no language", "write the programme's own first, for instance [sv, en]")
    return tuple(found)


def is_language(code: str) -> bool:
    """Whether `code` is a language whose days and plurals are known."""
    try:
        return str(Locale.parse(code)) == code
    except (UnknownLocaleError, ValueError, TypeError):
        return False


def _check_health(top: Fields, programme: Programme) -> None:
    """Every day that has activities for somebody in a phase has one for health."""
    for phase in programme.phases:
        here = [each for each in programme.activities if not each.phases or phase.slug in each.phases]
        busy = {day for each in here for day in _weekdays_of(each)}
        healthy = {day for each in here if each.area is Area.HEALTH for day in _weekdays_of(each)}
        for day in sorted(busy - healthy):
            what = f"in phase '{phase.slug}' there is nothing for health on {WEEKDAYS[day - 1]}"
            top.page.complain(top.get("activities"), what, "add an activity with area health, or change its weekdays")


def _weekdays_of(activity: Activity) -> tuple[int, ...]:
    return activity.recurs.weekdays if isinstance(activity.recurs, Weeks) else ()
