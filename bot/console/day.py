"""A day is put together here: what the database tells of it, in the words of the programmes it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.console.visit import Visit
from bot.domain.access import Role
from bot.domain.calendar import zone_of
from bot.domain.day import Later, Session, TakingPart, later, sessions
from bot.domain.silence import Silence
from bot.services.published import Plan
from bot.storage.takers import takers
from bot.storage.unit_of_work import looking as at_work
from bot.storage.views import today as view
from bot.storage.views.danger import held_people
from bot.storage.views.meetings import MeetingLine, meetings_between
from bot.storage.views.sight import Look, looking
from bot.storage.views.strangers import how_many
from bot.storage.views.today_alerts import AlertSeen, Kept, open_alerts
from bot.storage.views.today_people import Part, PersonSeen, Section
from bot.storage.views.today_silent import Measure, SilentSeen, silent_people


@dataclass(frozen=True, kw_only=True)
class Day:
    """A coach's day. Of each section the lines that are shown, and how many there are."""

    on: date
    me: view.ColleagueSeen | None
    stands_in_for: tuple[view.ColleagueSeen, ...]
    people: int
    kept: Mapping[Kept, Section[AlertSeen]]
    held: Section[PersonSeen]
    absent: Section[view.AbsentSeen]
    silent: Mapping[Silence, Section[SilentSeen]]
    dates: Section[view.DateSeen]
    meetings: Section[MeetingLine]
    unclaimed: int
    sessions: tuple[Session, ...]
    takers: Mapping[int, Mapping[int, str]]
    later: Mapping[Later, datetime]
    plans: Mapping[int, Plan] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether anything waits for somebody."""
        totals = [one.total for one in self.kept.values()] + [one.total for one in self.silent.values()]
        return any((*totals, self.held.total, self.absent.total, self.dates.total, self.meetings.total, self.unclaimed))

    def is_away(self) -> bool:
        """Whether the reader is away today."""
        return self.me is not None and self.me.away_until is not None and self.me.away_until >= self.on


async def the_day(visit: Visit, part: Part) -> Day:
    """The reader's day, of all the people they see."""
    me, now = visit.me, visit.now
    on = now.astimezone(zone_of(me.zone)).date()
    database = visit.desk.database
    async with looking(database, me.sight) as look:
        taking = await view.taking_part(look, on=on)
    async with at_work(database) as work:
        wanted = taking.keys() | me.programmes(Role.COACH, Role.LEADER)
        plans = await visit.desk.shelf.plans(work, wanted)
    measure = Measure(
        after={number: plan.programme.summary.silent_after_days for number, plan in plans.items()},
        zone=me.zone,
        now=now,
    )
    held = {one.activity.slug for plan in plans.values() for one in plan.timetable.on(on)}
    async with looking(database, me.sight) as look:
        people = await view.colleagues(look, {me.coach_id, *me.stands_in_for})
        kept = await open_alerts(look, part, today=on, now=now)
        return Day(
            on=on,
            me=people.get(me.coach_id),
            stands_in_for=tuple(one for number, one in people.items() if number in me.stands_in_for),
            people=sum(sum(one.phases.values()) for one in taking.values()),
            kept=kept,
            held=await held_people(look, part, now=now),
            absent=await view.absent(look, part, on=on, zone=zone_of(me.zone)),
            silent=await silent_people(look, part, measure=measure),
            dates=await view.dates(look, part, week=view.week_of(on), now=now),
            meetings=await meetings_between(look, part, first=on, last=view.week_of(on)[1]),
            unclaimed=await how_many(look),
            sessions=_sessions(plans, taking, await view.noted(look, on=on, activities=held), on=on),
            takers=await _takers(look, kept, on=on),
            later=later(now, zone=me.zone),
            plans=plans,
        )


def titles(day: Day, visit: Visit) -> dict[tuple[int, str], str]:
    """What the programmes call what the day shows, by text key or milestone; a programme itself has no key."""
    found = {(number, ""): visit.title(plan, plan.programme.title) for number, plan in day.plans.items()}
    for session in day.sessions:
        for key in (session.activity.title, session.activity.place):
            found[session.programme_id, key] = visit.title(day.plans[session.programme_id], key)
    for line in day.dates.lines:
        plan = day.plans.get(line.person.programme_id)
        for phase in plan.programme.phases if plan is not None and line.slug else ():
            for milestone in phase.milestones:
                if plan is not None and milestone.slug == line.slug:
                    found[plan.programme_id, line.slug] = visit.title(plan, milestone.title)
    return found


def _sessions(
    plans: Mapping[int, Plan],
    taking: Mapping[int, TakingPart],
    noted: Mapping[int, Mapping[tuple[str, str, tuple[str, ...]], int]],
    *,
    on: date,
) -> tuple[Session, ...]:
    found = [
        session
        for number, plan in plans.items()
        for session in sessions(
            plan.timetable,
            programme_id=number,
            on=on,
            people=taking.get(number, TakingPart()),
            noted=noted.get(number, {}),
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.held.begins, one.programme_id, one.activity.slug)))


async def _takers(look: Look, kept: Mapping[Kept, Section[AlertSeen]], *, on: date) -> Mapping[int, Mapping[int, str]]:
    about = {one.person.enrolment_id for section in kept.values() for one in section.lines if one.person is not None}
    # Asked even of nobody: a page asks the same number of questions on a calm day.
    return await takers(look.connection, sorted(about), today=on)
