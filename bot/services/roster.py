"""Who takes part: people join, move on, reach milestones and leave."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from bot.domain.calendar import moment, zone_of
from bot.domain.messages import Priority, Purpose
from bot.domain.people import ChannelName, Coach, Participant
from bot.domain.programme import FAREWELL, FAREWELL_AT
from bot.services.conversation import REPLY_LASTS
from bot.services.published import Plan, Shelf
from bot.services.wording import Occasion, drafts, say
from bot.storage.calendar import Claim
from bot.storage.database import Database
from bot.storage.people import NewParticipant
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import Work, unit_of_work

COLUMNS = (
    "first_name",
    "language",
    "phone",
    "telegram",
    "coach",
    "phase",
    "started_on",
    "zone",
    "gender",
    "birth_year",
    "protected",
)
REQUIRED = ("first_name", "coach")
MOST_ROWS = 10_000
MOST_LETTERS = 80


class NotOnTheRoster(Exception):
    """There is no such enrolment, phase, milestone or coach: the text says which."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a row cannot be taken in: its number in the file (the heading is 1), the column and the remedy."""

    row: int
    column: str
    remedy: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.remedy}"


class PeopleRefused(Exception):
    """Some rows cannot be taken in, so none was."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


async def enrol(database: Database, programme: ProgrammeRow, new: NewParticipant, *, now: datetime) -> int:
    """Give somebody a place in a programme. Gives the enrolment's id. Nothing is sent by this."""
    async with unit_of_work(database) as work:
        return await work.participants.enrol(new, programme=programme, now=now)


async def import_people(
    database: Database,
    shelf: Shelf,
    programme: ProgrammeRow,
    *,
    table: bytes,
    now: datetime,
) -> int:
    """Enrol everybody in a CSV file (UTF-8, comma or semicolon, heading row). All or nothing.

    Raises `PeopleRefused` with every problem, by row and column. Gives how many were enrolled.
    """
    async with unit_of_work(database) as work:
        plan = (await shelf.plans(work, [programme.id])).get(programme.id)
        if plan is None:
            raise NotOnTheRoster(f"the programme {programme.slug} has published nothing")
        coaches = await work.coaches.by_email(programme.organisation_id)
        people = read_people(
            table,
            plan=plan,
            coaches=coaches,
            today=now.astimezone(zone_of(plan.programme.zone)).date(),
        )
        for new in people:
            await work.participants.enrol(new, programme=programme, now=now)
    return len(people)


def read_people(table: bytes, *, plan: Plan, coaches: Mapping[str, Coach], today: date) -> list[NewParticipant]:
    """The people of a CSV file. Raises `PeopleRefused` with every problem."""
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PeopleRefused((Problem(row=1, column="file", remedy="save it as UTF-8"),)) from None
    heading = text.split("\n", 1)[0]
    rows = list(
        csv.reader(
            io.StringIO(text, newline=""),
            delimiter=";" if heading.count(";") > heading.count(",") else ",",
        )
    )
    if not rows or len(rows) > MOST_ROWS:
        raise PeopleRefused(
            (
                Problem(
                    row=1,
                    column="file",
                    remedy=f"give a heading and at most {MOST_ROWS} rows",
                ),
            )
        )
    names = [name.strip().lower() for name in rows[0]]
    problems = [
        Problem(
            row=1,
            column=name or "(empty)",
            remedy="not a column: use " + ", ".join(COLUMNS),
        )
        for name in names
        if name not in COLUMNS
    ] + [Problem(row=1, column=name, remedy="add this column") for name in REQUIRED if name not in names]
    if problems:
        raise PeopleRefused(tuple(problems))
    people, seen = [], set[str]()
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = Row(
            number,
            dict(zip(names, (cell.strip() for cell in cells), strict=False)),
            plan,
            coaches,
            today,
            seen,
            problems,
        )
        new = row.read()
        if new is not None:
            people.append(new)
    if problems:
        raise PeopleRefused(tuple(problems))
    return people


@dataclass
class Row:
    """One row of a file of people, read with its complaints."""

    number: int
    cells: Mapping[str, str]
    plan: Plan
    coaches: Mapping[str, Coach]
    today: date
    seen: set[str]
    problems: list[Problem]

    def read(self) -> NewParticipant | None:
        """Who this is; `None` when there was a problem, which then stands in `problems`."""
        before = len(self.problems)
        coach = self._coach()
        addresses = self._addresses()
        programme = self.plan.programme
        phase = self._one_of("phase", tuple(phase.slug for phase in programme.phases))
        language = self._one_of("language", programme.languages)
        new = NewParticipant(
            first_name=self._first_name(),
            language=language,
            zone=self._zone(),
            channel=addresses[-1][0] if addresses else ChannelName.SMS,
            coach_id=coach,
            phase=phase,
            started_on=self._day("started_on"),
            addresses=addresses,
            gender=self._one_of("gender", ("", "woman", "man", "other")) or None,
            birth_year=self._year(),
            protected=self._one_of("protected", ("no", "yes")) == "yes",
        )
        return new if len(self.problems) == before else None

    def _cell(self, column: str) -> str:
        return self.cells.get(column, "")

    def _wrong(self, column: str, remedy: str) -> None:
        self.problems.append(Problem(row=self.number, column=column, remedy=remedy))

    def _first_name(self) -> str:
        name = self._cell("first_name")
        if not name or len(name) > MOST_LETTERS or not name.isprintable():
            self._wrong("first_name", f"write a first name of 1 to {MOST_LETTERS} letters")
        return name

    def _coach(self) -> int:
        coach = self.coaches.get(self._cell("coach"))
        if coach is None:
            self._wrong("coach", "no coach has this e-mail address: `framsteg coach add` first")
            return 0
        return coach.id

    def _addresses(self) -> tuple[tuple[ChannelName, str], ...]:
        found = []
        if self._cell("phone"):
            number = phone_number(self._cell("phone"))
            if number is None:
                self._wrong(
                    "phone",
                    "not a phone number: write it like 070-123 45 67 or +46701234567",
                )
            elif number in self.seen:
                self._wrong("phone", "the same number stands in another row")
            else:
                self.seen.add(number)
                found.append((ChannelName.SMS, number))
        if self._cell("telegram"):
            chat = self._cell("telegram")
            if not (chat.isascii() and chat.isdigit() and len(chat) <= 16):
                self._wrong(
                    "telegram",
                    "a chat id is a number; leave it empty and send a link instead",
                )
            else:
                found.append((ChannelName.TELEGRAM, chat))
        return tuple(found)

    def _one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        cell = self._cell(column)
        if cell and cell not in allowed:
            self._wrong(column, "one of " + ", ".join(filter(None, allowed)))
        return cell or allowed[0]

    def _zone(self) -> str:
        name = self._cell("zone") or self.plan.programme.zone
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong("zone", "a time zone such as Europe/Stockholm")
        return name

    def _day(self, column: str) -> date:
        cell = self._cell(column)
        try:
            return date.fromisoformat(cell) if cell else self.today
        except ValueError:
            self._wrong(column, "a day such as 2026-11-22")
            return self.today

    def _year(self) -> int | None:
        cell = self._cell("birth_year")
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit() and 1900 <= int(cell) <= self.today.year):
            self._wrong("birth_year", "a year such as 1985; never a whole birth date")
            return None
        return int(cell)


def phone_number(words: str) -> str | None:
    """E.164 of a number as people write it, Swedish when it has no country; `None` if it is none."""
    try:
        number = phonenumbers.parse(words[:40], "SE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def invite(database: Database, enrolment: int, *, now: datetime) -> str:
    """A code that links a Telegram chat to this person, once: `t.me/<bot>?start=<code>`."""
    async with unit_of_work(database) as work:
        person = await _enrolled(work, enrolment)
        return await work.participants.make_deep_link(participant_id=person.id, now=now)


async def move_to_phase(database: Database, shelf: Shelf, enrolment: int, *, phase: str, now: datetime) -> None:
    """From now on the person is in this phase: its activities and reminders are theirs at once."""
    async with unit_of_work(database) as work:
        person = await _enrolled(work, enrolment)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        if phase not in [one.slug for one in plan.programme.phases]:
            raise NotOnTheRoster(f"the programme has no phase {phase}")
        today = now.astimezone(zone_of(person.zone)).date()
        await work.participants.change_enrolment(enrolment, phase=phase, phase_since=today, now=now)


async def set_milestone(
    database: Database,
    shelf: Shelf,
    enrolment: int,
    *,
    slug: str,
    due_on: date | None = None,
    reached_on: date | None = None,
) -> None:
    """Give a milestone its date, or note that it was reached. Reminders before it follow by themselves."""
    async with unit_of_work(database) as work:
        person = await _enrolled(work, enrolment)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        if slug not in [one.slug for phase in plan.programme.phases for one in phase.milestones]:
            raise NotOnTheRoster(f"the programme has no milestone {slug}")
        await work.calendar.set_milestone(enrolment, slug, due_on=due_on, reached_on=reached_on)


async def leave(
    database: Database,
    shelf: Shelf,
    enrolment: int,
    *,
    on: date,
    reason: str,
    now: datetime,
) -> None:
    """The person leaves the programme: a farewell on the last day, then silence.

    Leaving today or earlier says the farewell now; somebody who stopped us hears nothing.
    """
    async with unit_of_work(database) as work:
        person = await _enrolled(work, enrolment)
        plan = (await shelf.plans(work, [person.programme_id]))[person.programme_id]
        written_to = person.may_be_written_to(now=now)
        await work.participants.change_enrolment(enrolment, ended_on=on, ended_reason=reason, now=now)
        if on > now.astimezone(zone_of(person.zone)).date():
            return
        await work.conversations.end([person.id], outcome="left-programme", now=now)
        await work.outbox.cancel_for([person.id], why="left-programme", now=now)
        if written_to and person.address is not None:
            await _say_farewell(work, plan, person, on=on, now=now)


async def _say_farewell(work: Work, plan: Plan, person: Participant, *, on: date, now: datetime) -> None:
    at = moment(on, FAREWELL_AT, zone_of(person.zone))
    claim = Claim(
        programme_id=plan.programme_id,
        enrolment_id=person.enrolment_id,
        rule=FAREWELL,
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


async def _enrolled(work: Work, enrolment: int) -> Participant:
    found = (await work.participants.enrolled([enrolment])).get(enrolment)
    if found is None:
        raise NotOnTheRoster(f"there is no enrolment {enrolment}")
    await work.participants.lock([found.id])
    return found
