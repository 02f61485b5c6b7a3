"""A table of people, as a coach keeps it in a spreadsheet, becomes people to enrol or a list of every problem."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from bot.domain.people import ChannelName, NewParticipant
from bot.domain.programme import Programme

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


def read_people(
    table: bytes,
    *,
    programme: Programme,
    coaches: Mapping[str, int],
    today: date,
    taken: Collection[tuple[ChannelName, str]] = (),
) -> list[NewParticipant]:
    """The people of a CSV file. Raises `PeopleRefused` with every problem.

    `coaches` are known by e-mail address in small letters; at the `taken` addresses somebody is written to already.
    """
    rows = _rows(table)
    names = [name.strip().lower() for name in rows[0]]
    problems = _heading_problems(names)
    if problems:
        raise PeopleRefused(tuple(problems))
    people, seen = [], set[tuple[ChannelName, str]]()
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = Row(
            number,
            dict(zip(names, (cell.strip() for cell in cells), strict=False)),
            programme,
            coaches,
            today,
            seen,
            taken,
            problems,
        )
        new = row.read()
        if new is not None:
            people.append(new)
    if problems:
        raise PeopleRefused(tuple(problems))
    return people


def _heading_problems(names: list[str]) -> list[Problem]:
    known = "not a column: use " + ", ".join(COLUMNS)
    strange = [Problem(row=1, column=name or "(empty)", remedy=known) for name in names if name not in COLUMNS]
    missing = [Problem(row=1, column=name, remedy="add this column") for name in REQUIRED if name not in names]
    return strange + missing


def _rows(table: bytes) -> list[list[str]]:
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PeopleRefused((Problem(row=1, column="file", remedy="save it as UTF-8"),)) from None
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise PeopleRefused((Problem(row=1, column="file", remedy="save it as CSV"),)) from None
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
    return rows


@dataclass
class Row:
    """One row of a file of people, read with its complaints."""

    number: int
    cells: Mapping[str, str]
    programme: Programme
    coaches: Mapping[str, int]
    today: date
    seen: set[tuple[ChannelName, str]]
    taken: Collection[tuple[ChannelName, str]]
    problems: list[Problem]

    def read(self) -> NewParticipant | None:
        """Who this is; `None` when there was a problem, which then stands in `problems`."""
        before = len(self.problems)
        coach = self._coach()
        addresses = self._addresses()
        programme = self.programme
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
        coach = self.coaches.get(self._cell("coach").lower())
        if coach is None:
            self._wrong("coach", "no coach has this e-mail address: `framsteg coach add` first")
            return 0
        return coach

    def _addresses(self) -> tuple[tuple[ChannelName, str], ...]:
        found = []
        if self._cell("phone"):
            number = phone_number(self._cell("phone"))
            if number is None:
                self._wrong(
                    "phone",
                    "not a phone number: write it like 070-123 45 67 or +46701234567",
                )
            elif self._is_free("phone", ChannelName.SMS, number):
                found.append((ChannelName.SMS, number))
        if self._cell("telegram"):
            chat = self._cell("telegram")
            if not (chat.isascii() and chat.isdigit() and len(chat) <= 16):
                self._wrong(
                    "telegram",
                    "a chat id is a number; leave it empty and send a link instead",
                )
            elif self._is_free("telegram", ChannelName.TELEGRAM, chat):
                found.append((ChannelName.TELEGRAM, chat))
        return tuple(found)

    def _is_free(self, column: str, channel: ChannelName, value: str) -> bool:
        """Whether nobody else has it: a file that is read twice must not write to everybody twice."""
        if (channel, value) in self.taken:
            self._wrong(column, "somebody in the programme has it already: take this row away")
        elif (channel, value) in self.seen:
            self._wrong(column, "the same number stands in another row")
        else:
            self.seen.add((channel, value))
            return True
        return False

    def _one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        cell = self._cell(column)
        if cell and cell not in allowed:
            self._wrong(column, "one of " + ", ".join(filter(None, allowed)))
        return cell or allowed[0]

    def _zone(self) -> str:
        name = self._cell("zone") or self.programme.zone
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
