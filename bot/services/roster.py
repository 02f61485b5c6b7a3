"""Who takes part: people join, move on, reach milestones and leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.content.people_table import Roll, open_table, read_people
from bot.domain.access import Appointment, By, Role
from bot.domain.calendar import first_awake, moment, zone_of
from bot.domain.messages import Priority, Purpose
from bot.domain.people import Agreement, NewParticipant, Participant
from bot.domain.programme import FAREWELL, FAREWELL_AT
from bot.services.asked import Asked, asked_of, done, hold, note
from bot.services.asked import NotOnTheRoster as NotOnTheRoster
from bot.services.conversation import REPLY_LASTS
from bot.services.farewells import fall_quiet
from bot.services.passed_on import let_go
from bot.services.published import Plan, Shelf
from bot.services.welcoming import MOST_ASKED, ask, may_ask, note_yes
from bot.services.wording import Occasion, drafts, say
from bot.storage.calendar import Claim
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import Work, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody to be added by hand. Who has not agreed already is asked by a message, if they may be."""

    programme_id: int
    new: NewParticipant


async def enrol(database: Database, programme: ProgrammeRow, new: NewParticipant, *, now: datetime) -> int:
    """Give somebody a place in a programme. Gives the enrolment's id. Nothing is sent by this."""
    async with unit_of_work(database) as work:
        return await work.participants.enrol(new, programme=programme, now=now)


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """A table of people, who have agreed already (that is noted), or are asked."""

    table: bytes
    agreement: Agreement


async def import_people(
    database: Database,
    shelf: Shelf,
    programme: ProgrammeRow,
    *,
    file: PeopleFile,
    now: datetime,
) -> int:
    """Enrol everybody in a CSV file (UTF-8, comma or semicolon, heading row) or a workbook. All or nothing.


    Raises `PeopleRefused` with every problem, by row and column. Gives how many were enrolled.
    """
    async with unit_of_work(database) as work:
        plan = (await shelf.plans(work, [programme.id])).get(programme.id)
        if plan is None:
            raise NotOnTheRoster(f"the programme {programme.slug} has published nothing")
        coaches = await work.coaches.by_email(programme.organisation_id)
        today = now.astimezone(zone_of(plan.programme.zone)).date()
        await work.newcomers.hold(programme.id)
        rows = open_table(file.table)
        taken = await work.newcomers.who_has(programme.id, rows.addresses(), today=today)
        against = Roll(
            programme=plan.programme,
            languages=plan.languages,
            coaches={email.lower(): coach.id for email, coach in coaches.items()},
            today=today,
            taken=taken,
        )
        people = read_people(rows, against=against)
        wanted = [one for new in people for one in new.addresses]
        await let_go(work, programme.organisation_id, wanted, today=today, now=now)
        places = [
            await work.participants.enrol(replace(new, agreement=file.agreement), programme=programme, now=now)
            for new in people
        ]
        added = await work.participants.enrolled(places)
        await _begin_with(work, plan, list(added.values()), by=None, now=now)
    return len(people)


class AddressTaken(Exception):
    """Somebody in the programme is written to at this address already: `enrolment` is whose."""

    def __init__(self, enrolment: int) -> None:
        super().__init__(enrolment)
        self.enrolment = enrolment


async def add_person(database: Database, shelf: Shelf, newcomer: Newcomer, *, by: By, now: datetime) -> int:
    """Give one person a place, and begin the welcome if it is asked for and they may be written to.

    Gives the enrolment's id. Raises `AddressTaken`, and `NotOnTheRoster` when the programme is another organisation's
    or has published nothing.
    """
    new = newcomer.new
    async with unit_of_work(database) as work:
        rows = [one for one in await work.programmes.all() if one.id == newcomer.programme_id]
        plan = (await shelf.plans(work, [newcomer.programme_id])).get(newcomer.programme_id)
        if plan is None or not rows or rows[0].organisation_id != by.organisation_id:
            raise NotOnTheRoster(f"there is no programme {newcomer.programme_id}")
        await work.newcomers.hold(rows[0].id)
        today = now.astimezone(zone_of(plan.programme.zone)).date()
        for there in (await work.newcomers.who_has(rows[0].id, new.addresses, today=today)).values():
            raise AddressTaken(there)
        await let_go(work, by.organisation_id, new.addresses, today=today, now=now)
        enrolment = await work.participants.enrol(new, programme=rows[0], now=now)
        person = (await work.participants.enrolled([enrolment]))[enrolment]
        await note(work, done("person-added", person), asked=Asked(enrolment=enrolment, by=by), now=now)
        await _begin_with(work, plan, [person], by=by, now=now)
    return enrolment


async def _begin_with(work: Work, plan: Plan, people: Sequence[Participant], *, by: By | None, now: datetime) -> None:
    """Who agreed already is noted as such; everybody else is asked, where that can be done by a message."""
    await note_yes(work, [one for one in people if one.agreement is Agreement.AGREED], by=by, now=now)
    await ask(work, plan, people, now=now)


class NotToBeAsked(Exception):
    """The person cannot be asked by a message now, was asked often enough, or has answered."""


async def ask_again(database: Database, shelf: Shelf, asked: Asked, *, now: datetime) -> None:
    """Ask once more if we may write, as a coach wants it. Raises `NotToBeAsked`."""
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        often = await work.agreements.how_often_asked(person.enrolment_id)
        busy = person.id in await work.conversations.open_with([person.id])
        if busy or often >= MOST_ASKED or not may_ask(plan, person, now=now):
            raise NotToBeAsked
        await ask(work, plan, [person], again=often > 0, now=now)
        await note(work, done("asked-again", person), asked=asked, now=now)


async def heard_yes(database: Database, shelf: Shelf, asked: Asked, *, now: datetime) -> None:
    """The person said yes to a coach: from now on they are written to."""
    async with unit_of_work(database) as work:
        person, _ = await _held(work, shelf, asked)
        if person.agreement is Agreement.AGREED:
            return
        await note_yes(work, [person], by=asked.by, now=now)
        if person.agreement is Agreement.REFUSED:
            # The no had stopped everything, as a stop word does.
            await work.participants.change(person.id, stopped_at=None)
        await work.conversations.end_in([person.enrolment_id], outcome="agreed-in-person", now=now)
        await note(work, done("agreed-in-person", person), asked=asked, now=now)


async def invite(database: Database, enrolment: int | Asked, *, now: datetime) -> str:
    """A code that links a Telegram chat to this person, once: `t.me/<bot>?start=<code>`."""
    asked = asked_of(enrolment)
    async with unit_of_work(database) as work:
        person = await hold(work, asked)
        await note(work, done("link-made", person), asked=asked, now=now)
        return await work.participants.make_deep_link(participant_id=person.id, now=now)


@dataclass(frozen=True, kw_only=True)
class MilestoneDates:
    """When a milestone is to be reached, or that it was."""

    slug: str
    due_on: date | None = None
    reached_on: date | None = None


async def set_milestone(
    database: Database, shelf: Shelf, enrolment: int | Asked, dates: MilestoneDates, *, now: datetime
) -> None:
    """Give a milestone its date, or note that it was reached. Reminders before it follow by themselves."""
    asked = asked_of(enrolment)
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        if dates.slug not in [one.slug for phase in plan.programme.phases for one in phase.milestones]:
            raise NotOnTheRoster(f"the programme has no milestone {dates.slug}")
        await work.calendar.set_milestone(asked.enrolment, dates.slug, due_on=dates.due_on, reached_on=dates.reached_on)
        await note(work, done("milestone-set", person, about=dates.slug), asked=asked, now=now)


async def hand_over(database: Database, shelf: Shelf, asked: Asked, *, to: int, now: datetime) -> bool:
    """Another coach of the programme accompanies the person from today, and has what nobody has seen to yet.

    Whether the person is told by a message: only somebody we may write to, and at night in the morning.
    """
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        coach = Appointment(role=Role.COACH, programme_id=person.programme_id)
        if to == person.coach_id or coach not in await work.appointments.of(to):
            raise NotOnTheRoster(f"{to} is no other coach of the programme {person.programme_id}")
        today = now.astimezone(zone_of(person.zone)).date()
        await work.participants.change_enrolment(asked.enrolment, coach_id=to, coach_since=today, now=now)
        await work.alerts.hand_all_to(to, participant=person.id, programme=person.programme_id)
        await note(work, done("handed-over", person, about=to), asked=asked, now=now)
        if person.address is None or not person.may_be_written_to(now=now):
            return False
        person = (await work.participants.enrolled([asked.enrolment]))[asked.enrolment]
        await _introduce(work, plan, person, now=now)
    return True


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Somebody's last day, and why it is the last."""

    on: date
    reason: str


async def leave(database: Database, shelf: Shelf, enrolment: int | Asked, leaving: Leaving, *, now: datetime) -> None:
    """The person leaves the programme: a farewell on the last day, then silence.

    Leaving today or earlier says the farewell now; somebody who stopped us hears nothing.
    """
    asked = asked_of(enrolment)
    async with unit_of_work(database) as work:
        person, plan = await _held(work, shelf, asked)
        written_to = person.may_be_written_to(now=now)
        await work.participants.change_enrolment(
            asked.enrolment, ended_on=leaving.on, ended_reason=leaving.reason, now=now
        )
        await work.memberships.end(asked.enrolment, last=leaving.on)
        await note(work, done("left", person, about=leaving.reason), asked=asked, now=now)
        if leaving.on > now.astimezone(zone_of(person.zone)).date():
            return
        await fall_quiet(work, [person], now=now)
        if written_to and person.address is not None:
            await _say_farewell(work, plan, person, on=leaving.on, now=now)


async def _introduce(work: Work, plan: Plan, person: Participant, *, now: datetime) -> None:
    assert person.address is not None
    at = first_awake(plan.programme.quiet, zone=person.zone, now=now)
    occasion = Occasion(
        once=f"new-coach/{person.enrolment_id}/{person.coach_id}/{now:%Y%m%dT%H%M%S}",
        purpose=Purpose.COACH,
        priority=Priority.REPLY,
        expires_at=at + timedelta(days=1),
        now=at,
    )
    said = say(plan, "phrases/new-coach", participant=person)
    await work.outbox.queue(drafts([said], participant=person, address=person.address, occasion=occasion), now=now)


async def _say_farewell(work: Work, plan: Plan, person: Participant, *, on: date, now: datetime) -> None:
    at = moment(on, FAREWELL_AT, zone_of(person.zone))
    claim = Claim(
        programme_id=plan.programme_id,
        enrolment_id=person.enrolment_id,
        rule=FAREWELL,
        on_day=on,
        due_at=at,
        expires_at=at + timedelta(days=1),
    )
    if not await work.calendar.claim([claim], now=now) or person.address is None:
        return
    occasion = Occasion(
        once=f"farewell/{person.enrolment_id}",
        purpose=Purpose.CONFIRMATION,
        priority=Priority.REPLY,
        expires_at=now + REPLY_LASTS,
        now=now,
    )
    said = say(plan, plan.programme.farewell or "phrases/farewell", participant=person)
    await work.outbox.queue(
        drafts([said], participant=person, address=person.address, occasion=occasion),
        now=now,
    )


async def _held(work: Work, shelf: Shelf, asked: Asked) -> tuple[Participant, Plan]:
    person = await hold(work, asked)
    return person, (await shelf.plans(work, [person.programme_id]))[person.programme_id]
