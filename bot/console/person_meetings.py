"""A coach makes a meeting on the person's page, moves it or calls it off, and sees there what was answered."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import time

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.person_shown import Ground, Refused, ground, show_person
from bot.console.visit import Page, Visit
from bot.domain.access import ChangedMeanwhile, May
from bot.domain.meetings import MOST_MINUTES, MOST_OF_PLACE, Hour, MeetingState, Wrong
from bot.services import meeting
from bot.services.asked import Asked, NotOnTheRoster
from bot.services.meeting import Moving, NotThen, Which

FIELDS = ("meets_on", "begins", "minutes", "place")
_FIELD_OF = {Wrong.PAST: "begins", Wrong.FAR: "meets_on", Wrong.NIGHT: "begins"}

_Deed = Callable[[Visit, Ground, Form], Awaitable[str | None]]


class MeetingPages:
    """`/people/{enrolment}/meetings`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        path = "/people/{enrolment:int}/meetings"
        done = {
            path: _answer("meeting", _make),
            f"{path}/{{meeting:int}}/move": _answer("move", _move),
            f"{path}/{{meeting:int}}/call-off": _answer("call-off", _call_off),
        }
        return [Page(path=one, answer=answer, needs=May.PEOPLE, method="POST") for one, answer in done.items()]


def _answer(action: str, do: _Deed) -> Callable[[Visit], Awaitable[Response]]:
    async def answer(visit: Visit) -> Response:
        there = await ground(visit)
        if there is None:
            return visit.missing()
        form = Form.sent(visit, *FIELDS)
        name = action if action == "meeting" else f"{action}-{visit.number('meeting')}"
        try:
            if action != "meeting":
                # Before anything that was sent is read: of a meeting with somebody else nothing is said.
                await meeting.must_be_with(visit.desk.database, _asked(visit, there), visit.number("meeting"))
            done = await do(visit, there, form)
        except NotThen as refused:
            form.complain(_FIELD_OF[refused.why], refused.why)
            done = None
        except NotOnTheRoster:
            return visit.missing()
        except ChangedMeanwhile:
            return await show_person(visit, refused=Refused(action=name, form=form, changed=True))
        if done is None:
            return await show_person(visit, refused=Refused(action=name, form=form))
        return visit.go(f"/people/{there.one.enrolment_id}?done={done}#meetings")

    return answer


async def _make(visit: Visit, there: Ground, form: Form) -> str | None:
    hour = _hour(form)
    if hour is None:
        return None
    await meeting.make(visit.desk.database, visit.desk.shelf, _asked(visit, there), hour, now=visit.now)
    return "meeting"


async def _move(visit: Visit, there: Ground, form: Form) -> str | None:
    hour, which = _hour(form), _which(visit)
    if hour is None:
        return None
    moving = Moving(which=which, hour=hour)
    await meeting.move(visit.desk.database, visit.desk.shelf, _asked(visit, there), moving, now=visit.now)
    return "meeting-moved"


async def _call_off(visit: Visit, there: Ground, form: Form) -> str | None:
    told = await meeting.call_off(
        visit.desk.database, visit.desk.shelf, _asked(visit, there), _which(visit), now=visit.now
    )
    return "meeting-off-told" if told else "meeting-off"


def _asked(visit: Visit, there: Ground) -> Asked:
    return Asked(enrolment=there.one.enrolment_id, by=visit.by)


def _which(visit: Visit) -> Which:
    """Raises `ChangedMeanwhile` when the form does not say how the meeting was shown."""
    number, state = visit.field("number", most=9), visit.field("state", most=16)
    if not (number.isascii() and number.isdigit()) or state not in tuple(MeetingState):
        raise ChangedMeanwhile
    return Which(meeting=visit.number("meeting"), number=int(number), state=MeetingState(state))


def _hour(form: Form) -> Hour | None:
    on, begins = form.day("meets_on"), _time(form, "begins")
    minutes = form.number("minutes", low=5, high=MOST_MINUTES)
    place = form.words("place", most=MOST_OF_PLACE)
    if not place.isprintable():
        form.complain("place", "missing")
    if not form.well or on is None or begins is None or minutes is None:
        return None
    return Hour(on=on, begins=begins, minutes=minutes, place=place)


def _time(form: Form, name: str) -> time | None:
    if not form[name]:
        form.complain(name, "missing")
        return None
    try:
        found = time.fromisoformat(form[name])
    except ValueError:
        form.complain(name, "no-hour")
        return None
    if found.tzinfo is not None or found.second or found.microsecond:
        form.complain(name, "no-hour")
        return None
    return found
