"""What a coach can do for somebody is a row each: its form, how it is read, and which service does it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.pages import query
from bot.console.person_agreement import ask_again, heard_yes
from bot.console.person_contact import (
    channel,
    check_ins,
    fallback,
    language,
    number,
    pause,
    resume,
    start,
    stop,
    zone,
)
from bot.console.person_days_off import FIELDS, ask_days_off, set_days_off
from bot.console.person_doing import Doing
from bot.console.person_roster import absent, block, block_left, hand_over, leave, milestone, phase
from bot.console.person_shown import Refused, ground, show_person
from bot.console.visit import Page, Visit
from bot.domain.access import ChangedMeanwhile, May
from bot.services.asked import Asked, NotOnTheRoster
from bot.storage.views.person import seen
from bot.storage.views.sight import looking


@dataclass(frozen=True, kw_only=True)
class Action:
    """One form of the page. `do` says what was done, or nothing if the form is not well."""

    name: str
    fields: tuple[str, ...]
    do: Callable[[Doing], Awaitable[str | None]]


ACTIONS = (
    Action(name="phase", fields=("phase", "phase_until"), do=phase),
    Action(name="block", fields=("block", "since", "until"), do=block),
    Action(name="block-left", fields=("left_block", "last_in_block"), do=block_left),
    Action(name="milestone", fields=("milestone", "dated", "milestone_day"), do=milestone),
    Action(name="pause", fields=("pause",), do=pause),
    Action(name="resume", fields=(), do=resume),
    Action(name="check-ins", fields=(), do=check_ins),
    Action(name="stop", fields=(), do=stop),
    Action(name="start", fields=("consent",), do=start),
    Action(name="ask-again", fields=(), do=ask_again),
    Action(name="agreed", fields=("heard",), do=heard_yes),
    Action(name="language", fields=("language",), do=language),
    Action(name="channel", fields=("channel",), do=channel),
    Action(name="fallback", fields=("fallback",), do=fallback),
    Action(name="zone", fields=("zone",), do=zone),
    Action(name="number", fields=("number",), do=number),
    Action(name="ask-days-off", fields=(), do=ask_days_off),
    Action(name="days-off", fields=FIELDS, do=set_days_off),
    Action(name="leave", fields=("last_day", "reason"), do=leave),
    Action(name="hand-over", fields=("coach",), do=hand_over),
    Action(name="absence", fields=("category", "begins_on", "ends_on", "late_minutes"), do=absent),
)


class PersonActionPages:
    """`/people/{enrolment}/…`, one for each form."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path=f"/people/{{enrolment:int}}/{one.name}", answer=_doing(one), needs=May.PEOPLE, method="POST")
            for one in ACTIONS
        ]


def _doing(action: Action) -> Callable[[Visit], Awaitable[Response]]:
    async def answer(visit: Visit) -> Response:
        there = await ground(visit)
        if there is None:
            return visit.missing()
        form = Form.sent(visit, *action.fields)
        asked = Asked(enrolment=there.one.enrolment_id, by=visit.by, standing=visit.field("standing"))
        try:
            done = await action.do(Doing(visit=visit, there=there, form=form, asked=asked))
        except (ChangedMeanwhile, NotOnTheRoster):
            return await show_person(visit, refused=Refused(action=action.name, form=form, changed=True))
        if done is None:
            return await show_person(visit, refused=Refused(action=action.name, form=form))
        return visit.go(await _afterwards(visit) + query({"done": done}))

    return answer


async def _afterwards(visit: Visit) -> str:
    """Back to the page; whoever handed the person over and sees them no longer goes to what remains of it."""
    enrolment = visit.number("enrolment")
    async with looking(visit.desk.database, visit.me.sight) as look:
        still = await seen(look, enrolment)
    return f"/people/{enrolment}" if still is not None else f"/people/{enrolment}/handed-over"
