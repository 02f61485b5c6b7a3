"""A table of people is looked through before anything is kept, and taken in by parts that are each counted once."""

import asyncio
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.content.people_problems import PeopleRefused, Problem
from bot.content.people_table import PeopleTable, Roll, Spoken, open_table, read_people
from bot.domain.access import Appointment, By, Role
from bot.domain.calendar import zone_of
from bot.domain.people import Agreement, ChannelName, NewParticipant
from bot.services.passed_on import let_go
from bot.services.published import Plan, Shelf
from bot.services.welcoming import ask, note_yes
from bot.storage.audit import Done
from bot.storage.database import Database
from bot.storage.imports import ImportRow, ImportState, NewImport
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import Work, looking, unit_of_work

MOST_ROWS = 2_000
AT_ONCE = 25
"""How many get their place in one transaction: nobody waits longer for the database than that takes."""

KEPT = timedelta(days=1)
"""How long a table that was looked at waits to be begun."""

THROWN_AWAY = "thrown-away"
LEFT_LYING = "left-lying"
"""Reasons why an import that never began is over."""


class NotToBeImported(Exception):
    """There is no such programme or import, or it is not theirs."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file that somebody gives, for a programme. `spoken` is how it may call things."""

    programme_id: int
    file_name: str
    file: bytes
    spoken: Spoken


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """What an import that has not begun would do: who would be added, with row numbers, or what is wrong by now."""

    plan: Plan
    people: tuple[tuple[int, NewParticipant], ...]
    coaches: dict[int, str]
    problems: tuple[Problem, ...] = ()


async def look_through(database: Database, shelf: Shelf, given: Given, *, by: By, now: datetime) -> int:
    """Keep a table in which nothing is wrong; gives the import's id. Nobody is added by this.

    Raises `PeopleRefused` with every problem, and then nothing is kept; `NotToBeImported` when the programme is not
    theirs.
    """
    opening = functools.partial(open_table, given.file, needs=("first_name",), most=MOST_ROWS, spoken=given.spoken)
    table, wanted = await asyncio.to_thread(_opened, opening)
    async with looking(database) as work:
        reading = await _reading(work, shelf, given.programme_id, by=by, now=now)
        taken = await work.newcomers.who_has(given.programme_id, wanted, today=reading.against.today)
    against = replace(reading.against, taken=taken)
    people = await asyncio.to_thread(read_people, table, against=against)
    if not people:
        raise PeopleRefused([Problem(row=1, column="file", slug="rows", values={"most": str(MOST_ROWS)})])
    new = NewImport(
        programme_id=given.programme_id, file_name=given.file_name, table=table.plain(), rows=len(table.rows)
    )
    async with unit_of_work(database) as work:
        number = await work.imports.keep(new, by=by, now=now)
        await work.audit.note(_done("import-read", given.programme_id, number), by=by, now=now)
    return number


async def look_at(database: Database, shelf: Shelf, import_id: int, *, by: By, now: datetime) -> LookedAt:
    """What this import of theirs would do, as things are now. Raises `NotToBeImported`."""
    async with looking(database) as work:
        kept = await work.imports.own(import_id, by=by)
        if kept is None or kept.state is not ImportState.PREVIEWED:
            raise NotToBeImported
        reading = await _reading(work, shelf, kept.programme_id, by=by, now=kept.begun_at)
    looked = functools.partial(LookedAt, plan=reading.plan, coaches=reading.coaches)
    try:
        table, wanted = await asyncio.to_thread(_opened, functools.partial(open_table, kept.table))
        today = now.astimezone(zone_of(reading.plan.programme.zone)).date()
        async with looking(database) as work:
            taken = await work.newcomers.who_has(kept.programme_id, wanted, today=today)
        against = replace(reading.against, taken=taken)
        people = await asyncio.to_thread(read_people, table, against=against)
    except PeopleRefused as refused:
        return looked(people=(), problems=refused.problems)
    numbered = zip((number for number, _ in table.rows), people, strict=True)
    return looked(people=tuple(numbered))


async def begin(database: Database, import_id: int, *, agreement: Agreement, by: By, now: datetime) -> bool:
    """From now on the clock takes them in: they have agreed already, or (unasked) are asked.

    False if it was begun or is over already. Raises `NotToBeImported`.
    """
    async with unit_of_work(database) as work:
        kept = await _own(work, import_id, by=by)
        begun = await work.imports.begin(import_id, agreement)
        if begun:
            await work.audit.note(_done("import-begun", kept.programme_id, import_id), by=by, now=now)
    return begun


async def throw_away(database: Database, import_id: int, *, by: By, now: datetime) -> bool:
    """Forget the table of one that was not begun. False if it was, or is over. Raises `NotToBeImported`."""
    async with unit_of_work(database) as work:
        kept = await _own(work, import_id, by=by)
        thrown = await work.imports.throw_away(import_id, reason=reason_of(THROWN_AWAY), now=now)
        if thrown:
            await work.audit.note(_done("import-thrown-away", kept.programme_id, import_id), by=by, now=now)
    return thrown


async def go_on(database: Database, shelf: Shelf, *, now: datetime) -> bool:
    """Give `AT_ONCE` people their place, and count them in the same transaction; whether there is more to do.

    Safe to call as often as you like, by any number of processes: nobody gets two places and nobody is passed over. An
    import stops at the first row that cannot be taken in by now; whoever stands before it keeps their place.
    """
    before = now - KEPT
    async with looking(database) as work:
        if not await work.imports.waits(before=before):
            return False
    async with unit_of_work(database) as work:
        await work.imports.throw_old_away(before=before, reason=reason_of(LEFT_LYING), now=now)
        kept = await work.imports.next()
        if kept is None:
            return False
        await _take_in(work, shelf, kept, now=now)
    return True


def reason_of(problem: Problem | str) -> str:
    """Why an import stopped, as it is kept: by slug and row, without anything that stands in the table."""
    if isinstance(problem, str):
        return json.dumps({"row": 0, "column": "", "slug": problem, "values": {}})
    values = {"row": problem.row, "column": problem.column, "slug": problem.slug, "values": dict(problem.values)}
    return json.dumps(values)


def problem_of(reason: str) -> Problem:
    """What was kept by `reason_of`; one without a row is about the whole."""
    return Problem(**json.loads(reason))


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What a table is read against, and the names of the coaches."""

    row: ProgrammeRow
    plan: Plan
    against: Roll
    coaches: dict[int, str]


def _opened(opening: Callable[[], PeopleTable]) -> tuple[PeopleTable, set[tuple[ChannelName, str]]]:
    """The table, and where its people would be written to."""
    table = opening()
    return table, table.addresses()


async def _reading(work: Work, shelf: Shelf, programme_id: int, *, by: By, now: datetime) -> _Reading:
    """As what they are to the programme now: a leader for all of its coaches, a coach for themselves."""
    rows = [one for one in await work.programmes.all() if one.id == programme_id]
    plan = (await shelf.plans(work, [programme_id])).get(programme_id)
    roles = await work.appointments.of(by.coach_id)
    leads = Appointment(role=Role.LEADER, programme_id=programme_id) in roles
    coaches = Appointment(role=Role.COACH, programme_id=programme_id) in roles
    if plan is None or not rows or rows[0].organisation_id != by.organisation_id or not (leads or coaches):
        raise NotToBeImported
    there = await work.newcomers.coaches_of(programme_id)
    against = Roll(
        programme=plan.programme,
        languages=plan.languages,
        coaches={one.email.lower(): one.id for one in there},
        today=now.astimezone(zone_of(plan.programme.zone)).date(),
        own=by.coach_id if coaches else None,
        only_own=not leads,
    )
    return _Reading(row=rows[0], plan=plan, against=against, coaches={one.id: one.first_name for one in there})


async def _own(work: Work, import_id: int, *, by: By) -> ImportRow:
    kept = await work.imports.own(import_id, by=by)
    if kept is None:
        raise NotToBeImported
    return kept


async def _take_in(work: Work, shelf: Shelf, kept: ImportRow, *, now: datetime) -> None:
    """One part of an import."""
    by = By(coach_id=kept.coach_id, organisation_id=kept.organisation_id)
    try:
        # What stood in the preview for "today" still does: a day later the very same people are added.
        reading = await _reading(work, shelf, kept.programme_id, by=by, now=kept.begun_at)
        table = open_table(kept.table)
    except NotToBeImported:
        await work.imports.end(kept.id, ImportState.REFUSED, reason=reason_of("not-theirs"), now=now)
        return
    except PeopleRefused as refused:
        await work.imports.end(kept.id, ImportState.REFUSED, reason=reason_of(refused.problems[0]), now=now)
        return
    await work.newcomers.hold(kept.programme_id)
    today = now.astimezone(zone_of(reading.plan.programme.zone)).date()
    people, wrong = await _well(work, reading, table.part(kept.done, kept.done + AT_ONCE), today=today)
    wanted = [one for new in people for one in new.addresses]
    await let_go(work, kept.organisation_id, wanted, today=today, now=now)
    places = [
        await work.participants.enrol(replace(new, agreement=kept.agreement), programme=reading.row, now=now)
        for new in people
    ]
    await work.newcomers.came_by(kept.id, places)
    there = list((await work.participants.enrolled(places)).values())
    await note_yes(work, [one for one in there if one.agreement is Agreement.AGREED], by=by, now=now)
    await ask(work, reading.plan, there, now=now)
    for person in there:
        added = Done(what="person-added", programme_id=kept.programme_id, participant_id=person.id, about=str(kept.id))
        await work.audit.note(added, by=by, now=now)
    done = kept.done + len(people)
    await work.imports.count(kept.id, done)
    if wrong is not None:
        await work.imports.end(kept.id, ImportState.REFUSED, reason=reason_of(wrong), now=now)
    elif done >= len(table.rows):
        await work.imports.end(kept.id, ImportState.DONE, now=now)


async def _well(
    work: Work, reading: _Reading, part: PeopleTable, *, today: date
) -> tuple[list[NewParticipant], Problem | None]:
    """The people of this part up to the first row that cannot be taken in, and what is wrong with it."""
    read, wrong = list[tuple[int, NewParticipant]](), None
    for at, (number, _) in enumerate(part.rows):
        try:
            read += [(number, new) for new in read_people(part.part(at, at + 1), against=reading.against)]
        except PeopleRefused as refused:
            wrong = refused.problems[0]
            break
    wanted = [one for _, new in read for one in new.addresses]
    taken = await work.newcomers.who_has(reading.row.id, wanted, today=today)
    people: list[NewParticipant] = []
    for number, new in read:
        for address in new.addresses:
            if address in taken:
                column = "phone" if address[0] is ChannelName.SMS else "telegram"
                return people, Problem(row=number, column=column, slug="taken")
        people.append(new)
    return people, wrong


def _done(what: str, programme_id: int, import_id: int) -> Done:
    return Done(what=what, programme_id=programme_id, about=str(import_id))
