"""A programme is read with rules that can be kept: every phase, flow and hour in it is there and fits the others."""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.content.activities import read_activities, read_blocks
from bot.content.closed import read_closed, read_red_days
from bot.content.health import check_health
from bot.content.nodes import Node, Scalar
from bot.content.pages import WEEKDAYS, Fields, Page
from bot.content.recurrences import read_weekdays
from bot.content.reminders import read_reminders
from bot.content.wordings import NONE, PERSON
from bot.domain.people import StaffedHours
from bot.domain.programme import (
    Milestone,
    Phase,
    Programme,
    QuietHours,
    SmsWording,
    SummaryLeaves,
    SummaryRule,
)

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
    "usual-reminders",
    "red-days",
    "closed",
    "sms-budget",
    "phases",
    "blocks",
    "activities",
    "reminders",
)
QUIET_KEYS = ("from", "to")
STAFFED_KEYS = ("weekdays", "from", "to", "closed")
URGENT_KEYS = ("minutes",)
URGENT_MINUTES = 15
SUMMARY_KEYS = ("weekday", "at", "leaves", "silent-after-days")
PHASE_KEYS = ("title", "milestones", "note")
MOST_PARTS = 1_000_000
"""So many parts of SMS a day no programme has people for."""

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
    programme = Programme(
        slug=slug,
        title=page.words(top.need("title"), key=f"{slug}/programme/title", allowed=NONE) or "",
        zone=_zone(page, top.need("zone")),
        languages=_languages(page, top.need("languages")),
        phases=phases,
        activities=(),
        instrument=page.slug(top.need("instrument")) or "",
        rules=(),
        quiet=_quiet(top),
        staffed=_staffed(top),
        summary=_summary(top),
        flows=flows,
        sms_wording=page.one_of(top.get("sms-wording"), SmsWording, where="'sms-wording'") or SmsWording.NEUTRAL,
        telegram=page.flag(top.get("telegram"), where="'telegram'") is not False,
        health_every_day=page.flag(top.get("health-every-day"), where="'health-every-day'") or False,
        farewell=page.words(top.get("farewell"), key=f"{slug}/programme/farewell", allowed=PERSON),
        urgent_minutes=_urgent(top),
        blocks=read_blocks(top, prefix=slug),
        red_days=read_red_days(top),
        closed=read_closed(top),
        sms_budget=page.number(top.get("sms-budget"), where="'sms-budget'", low=1, high=MOST_PARTS),
        usual_reminders=page.flag(top.get("usual-reminders"), where="'usual-reminders'") is not False,
    )
    # Each is read with what it may name: activities with phases and blocks, reminders with activities.
    programme = replace(programme, activities=read_activities(top, programme))
    programme = replace(programme, rules=read_reminders(top, programme))
    if programme.health_every_day:
        check_health(top, programme)
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
    weekdays = read_weekdays(page, fields.need("weekdays"))
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
