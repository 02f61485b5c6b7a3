"""The forms about the way through the programme: phase, milestones, absence, another coach and the last day."""

from datetime import date, timedelta

from bot.console.forms import Form
from bot.console.person_doing import Doing
from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.services import attendance, joining, roster
from bot.services.joining import Joining, NextPhase
from bot.services.roster import Leaving, MilestoneDates

REASONS = ("work", "studies", "ended", "moved", "other")
"""Why somebody leaves, by category only."""

CATEGORIES = (
    *(Presence.ILLNESS, Presence.CARE_OF_CHILD, Presence.AUTHORITY_VISIT),
    *(Presence.OTHER_VALID, Presence.LATE),
)
FAR = timedelta(days=3 * 366)
"""A day further away than this is a slip of the finger."""


async def phase(doing: Doing) -> str | None:
    """The person is in another phase."""
    chosen = doing.form.one_of("phase", {one.slug for one in doing.there.plan.programme.phases})
    until = _near(doing, doing.form, "phase_until", required=False)
    if until is not None and until < doing.now.date():
        doing.form.complain("phase_until", "before")
    if not doing.form.well:
        return None
    wanted = NextPhase(slug=chosen, until=until)
    await joining.move_to_phase(doing.database, doing.shelf, doing.asked, phase=wanted, now=doing.now)
    return "phase"


async def block(doing: Doing) -> str | None:
    """The person is a member of a block."""
    chosen = doing.form.one_of("block", {one.slug for one in doing.there.plan.programme.blocks})
    since, until = _near(doing, doing.form, "since"), _near(doing, doing.form, "until", required=False)
    if since is not None and until is not None and until < since:
        doing.form.complain("until", "before")
    if not doing.form.well or since is None:
        return None
    wanted = Joining(programme_id=doing.there.plan.programme_id, block=chosen, since=since, until=until)
    await joining.join_one(doing.database, doing.shelf, doing.asked, wanted, now=doing.now)
    return "block"


async def block_left(doing: Doing) -> str | None:
    """The person's last day in a block."""
    chosen = doing.form.one_of("left_block", {one.block for one in doing.there.one.participant.memberships})
    last = _near(doing, doing.form, "last_in_block")
    if not doing.form.well or last is None:
        return None
    await joining.leave_block(doing.database, doing.asked, chosen, last=last, now=doing.now)
    return "block-left"


async def milestone(doing: Doing) -> str | None:
    """A milestone has its day, or was reached."""
    known = {one.slug for part in doing.there.plan.programme.phases for one in part.milestones}
    slug = doing.form.one_of("milestone", known)
    dated = doing.form.one_of("dated", ("reached", "due"))
    on = _near(doing, doing.form, "milestone_day")
    if not doing.form.well or on is None:
        return None
    dates = MilestoneDates(slug=slug, **{"reached_on" if dated == "reached" else "due_on": on})
    await roster.set_milestone(doing.database, doing.shelf, doing.asked, dates, now=doing.now)
    return "milestone"


async def hand_over(doing: Doing) -> str | None:
    """Another coach accompanies the person."""
    chosen = doing.form.one_of("coach", {str(number) for number in doing.there.one.coaches})
    if not doing.form.well:
        return None
    told = await roster.hand_over(doing.database, doing.shelf, doing.asked, to=int(chosen), now=doing.now)
    return "handed-told" if told else "handed"


async def leave(doing: Doing) -> str | None:
    """The person leaves the programme."""
    on = _near(doing, doing.form, "last_day")
    reason = doing.form.one_of("reason", REASONS)
    if not doing.form.well or on is None:
        return None
    leaving = Leaving(on=on, reason=reason)
    await roster.leave(doing.database, doing.shelf, doing.asked, leaving, now=doing.now)
    return "left"


async def absent(doing: Doing) -> str | None:
    """The person is not coming, or comes late."""
    absence = _absence(doing)
    if absence is None or doing.asked.by is None:
        return None
    await attendance.report_absence(doing.database, doing.asked.enrolment, absence, by=doing.asked.by, now=doing.now)
    return "absence"


def _absence(doing: Doing) -> NewAbsence | None:
    form = doing.form
    category = form.one_of("category", CATEGORIES)
    begins_on, ends_on = _near(doing, form, "begins_on"), _near(doing, form, "ends_on", required=False)
    late = category == Presence.LATE
    minutes = form.number("late_minutes", low=1, high=480) if late and form["late_minutes"] else None
    if begins_on is not None and ends_on is not None and ends_on < begins_on:
        form.complain("ends_on", "before")
    if not form.well or begins_on is None:
        return None
    return NewAbsence(
        category=Presence(category), begins_on=begins_on, ends_on=None if late else ends_on, late_minutes=minutes
    )


def _near(doing: Doing, form: Form, name: str, *, required: bool = True) -> date | None:
    on = form.day(name, required=required)
    if on is not None and abs(on - doing.now.date()) > FAR:
        form.complain(name, "day-far")
    return on
