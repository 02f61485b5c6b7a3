"""An activity is cancelled, moved or held after all, and everybody who would have come is told once."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import By, ChangedMeanwhile
from bot.domain.calendar import is_quiet
from bot.domain.changing import Telling, as_it_stands, is_the_same, refusal, telling, told_at
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Participant
from bot.domain.programme import Activity
from bot.domain.timetable import Change, ChangeKind
from bot.services.change_words import Preview, previews, words_of
from bot.services.published import Plan, Shelf
from bot.services.renewing import Renewed, renew
from bot.services.wording import Occasion, drafts
from bot.storage.activity_changes import KeptChange
from bot.storage.audit import Done
from bot.storage.concerned import Batch, Concern, Told, once_of
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, looking, unit_of_work

AT_ONCE = 300
"""So many places are looked at in one transaction."""

IN_A_REQUEST, IN_A_TICK = 1_500, 6_000
"""So many people are told while a coach waits, and before what falls due is planned; the next tick goes on."""

EVERYBODY = 10**9
NOBODY = Batch(people=(), upto=None)

NOTED = "noted"

_DEEDS = {
    ChangeKind.CANCELLED: "activity-cancelled",
    ChangeKind.MOVED: "activity-moved",
    ChangeKind.HELD: "activity-held",
}


class NotChanged(Exception):
    """It cannot be changed so: `why` is a `Refused`, or `NOTED` when who came is noted already."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to become of an activity of a programme. `seen`: the number of the change that was shown, 0 of none."""

    programme_id: int
    change: Change
    seen: int = 0


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """What a change would lead to: for how many it is night now and whether anybody `waits` for the morning.

    `late`: it has begun, and nobody is told any more.
    """

    people: int
    previews: tuple[Preview, ...]
    at_night: bool
    waits: bool
    late: bool


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A change with all that is known around it. `plan` knows of the change."""

    plan: Plan
    activity: Activity
    change: Change
    known: KeptChange | None


async def foresee(database: Database, shelf: Shelf, wanted: Wanted, *, by: By, now: datetime) -> Foresight:
    """Who would be told what, without doing anything. Raises `NotChanged` and `ChangedMeanwhile`."""
    async with looking(database) as work:
        case = await _case(work, shelf, wanted, now=now)
        told = telling(case.plan.timetable, case.activity, case.change)
        concern = _concern(case, number=case.known.id if case.known else None)
        counts = await work.concerned.counts(concern, now=now)
        zones = await work.concerned.zones(concern, now=now)
        reader = (await work.coaches.these([by.coach_id]))[by.coach_id].first_name
    quiet, late = case.plan.programme.quiet, told.expires_at <= now
    people: dict[str, int] = {}
    for (language, _), count in counts.items():
        people[language] = people.get(language, 0) + count
    return Foresight(
        people=0 if late else sum(people.values()),
        previews=() if late else previews(case.plan, case.change, told, people=people, reader=reader),
        at_night=any(is_quiet(quiet, zone=zone, now=now) for zone in zones),
        waits=any(told_at(told, quiet=quiet, zone=zone, now=now) > now for zone in zones),
        late=late,
    )


async def change(database: Database, shelf: Shelf, wanted: Wanted, *, by: By, now: datetime) -> int | None:
    """Make a change, of which people are told by `tell`. Gives its number in the database; `None` if it is so already.

    Raises `NotChanged`, and `ChangedMeanwhile` when somebody else changed it since it was shown.
    """
    while True:
        async with unit_of_work(database) as work:
            # Planning waits, and so does whoever else changes anything in this programme.
            await work.newcomers.hold(wanted.programme_id)
            known = await work.changes.at(wanted.programme_id, wanted.change.activity, wanted.change.held_on)
            if known is None or known.told_at is not None:
                return await _keep(work, shelf, wanted, by=by, now=now)
        # Whoever is being told of the change before hears that one first.
        await tell(database, shelf, known.id, now=now)


async def tell(database: Database, shelf: Shelf, one: int, *, now: datetime, most: int = EVERYBODY) -> int:
    """Tell those of a change who have not been told, or about `most` of them. Gives how many were.

    Safe to call as often as you like, in any number of processes, and after one has died: nobody is told twice.
    """
    after: int | None = 0
    count = 0
    while after is not None and count < most:
        async with unit_of_work(database) as work:
            kept = await work.changes.hold(one)
            if kept is None:
                return count
            plan = (await shelf.plans(work, [kept.programme_id])).get(kept.programme_id)
            batch = NOBODY if plan is None else await _batch(work, plan, kept, after=after, now=now)
            count, after = count + len(batch.people), batch.upto
            if after is None:
                await work.changes.told(one, now=now)
    return count


async def tell_all(database: Database, shelf: Shelf, *, now: datetime, most: int = EVERYBODY) -> int:
    """Tell of every change of which not everybody has been told, each to about `most`. Gives how many people were."""
    async with looking(database) as work:
        untold = await work.changes.untold()
    return sum([await tell(database, shelf, one, now=now, most=most) for one in untold])


async def _keep(work: Work, shelf: Shelf, wanted: Wanted, *, by: By, now: datetime) -> int | None:
    plan = await _plan(work, shelf, wanted)
    if is_the_same(plan.timetable, wanted.change):
        return None
    case = await _case(work, shelf, wanted, now=now)
    number = await work.changes.keep(wanted.programme_id, case.change, by=by.coach_id, now=now)
    await work.concerned.take_back(number, now=now)
    told = telling(case.plan.timetable, case.activity, case.change)
    days = frozenset(one.on for one in (told.was, told.becomes) if one is not None)
    was = as_it_stands(plan.timetable, case.activity, case.change.held_on)
    await renew(work, Renewed(before=plan, after=case.plan, was=was, days=days), now=now)
    about = f"{case.change.held_on}/{case.change.activity}"[:64]
    done = Done(what=_DEEDS[case.change.what], programme_id=wanted.programme_id, about=about)
    await work.audit.note(done, by=by, now=now)
    return number


async def _plan(work: Work, shelf: Shelf, wanted: Wanted) -> Plan:
    plan = (await shelf.plans(work, [wanted.programme_id])).get(wanted.programme_id)
    if plan is None:
        raise NotChanged("not-held")
    return plan


async def _case(work: Work, shelf: Shelf, wanted: Wanted, *, now: datetime) -> _Case:
    plan, change = await _plan(work, shelf, wanted), wanted.change
    known = await work.changes.at(wanted.programme_id, change.activity, change.held_on)
    if wanted.seen != (known.change.number if known else 0):
        raise ChangedMeanwhile
    activity = next((one for one in plan.programme.activities if one.slug == change.activity), None)
    if activity is None:
        raise NotChanged("not-held")
    stands = as_it_stands(plan.timetable, activity, change.held_on)
    if why := refusal(plan.timetable, activity, change, now=now):
        raise NotChanged(why)
    if stands is not None and await work.changes.is_noted(wanted.programme_id, activity.slug, stands.on):
        raise NotChanged(NOTED)
    change = replace(
        change,
        was_on=stands.on if stands else None,
        was_begins=stands.begins if stands else None,
        number=wanted.seen + 1,
    )
    plan = replace(plan, changes={**plan.changes, (change.activity, change.held_on): change})
    return _Case(plan=plan, activity=activity, change=change, known=known)


def _concern(case: _Case, *, number: int | None) -> Concern:
    told = telling(case.plan.timetable, case.activity, case.change)
    held = case.change.what is ChangeKind.HELD
    away_on = {told.was.on} if told.was is not None else {case.change.held_on}
    return Concern(
        programme_id=case.plan.programme_id,
        activity=case.activity,
        days=told.days,
        # Whoever could not come anyway need not know; but they might come to the new day.
        away_on=tuple(sorted(away_on | ({told.becomes.on} if told.becomes is not None else set()))),
        change=number,
        number=case.change.number,
        only_who_knows=held,
    )


async def _batch(work: Work, plan: Plan, kept: KeptChange, *, after: int, now: datetime) -> Batch:
    """Queue what the next are told."""
    activity = next((one for one in plan.programme.activities if one.slug == kept.change.activity), None)
    if activity is None:
        return NOBODY
    case = _Case(plan=plan, activity=activity, change=kept.change, known=kept)
    told = telling(plan.timetable, activity, kept.change)
    if told.expires_at <= now:
        return NOBODY
    batch = await work.concerned.next(_concern(case, number=kept.id), after=after, most=AT_ONCE, now=now)
    people = await work.participants.enrolled(one.enrolment_id for one in batch.people)
    queued: list[Draft] = []
    for one in batch.people:
        person = people[one.enrolment_id]
        if person.may_be_written_to(now=now):
            queued += _drafts(case, told, one, person, now=now)
    await work.outbox.queue(queued, now=now)
    return batch


def _drafts(case: _Case, told: Telling, one: Told, person: Participant, *, now: datetime) -> list[Draft]:
    assert person.address is not None and case.known is not None
    said = words_of(case.plan, case.change, told, participant=person, knows_nothing=one.knows_nothing)
    occasion = Occasion(
        once=once_of(case.known.id, case.change.number, person.enrolment_id),
        purpose=Purpose.CANCELLATION,
        priority=Priority.REPLY,
        expires_at=told.expires_at,
        now=told_at(told, quiet=case.plan.programme.quiet, zone=person.zone, now=now),
    )
    return drafts([said], participant=person, address=person.address, occasion=occasion)
