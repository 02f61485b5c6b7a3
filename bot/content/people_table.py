"""A table of people, as a coach keeps it in a spreadsheet, becomes people to enrol or a list of every problem."""

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from bot.content.people_problems import PeopleRefused, Problem
from bot.content.spreadsheets import NoTable, rows_of
from bot.domain.people import ChannelName, NewParticipant
from bot.domain.programme import Programme

COLUMNS = (
    *("first_name", "language", "phone", "telegram", "coach", "phase", "started_on", "zone"),
    *("gender", "birth_year", "protected", "block"),
)
REQUIRED = ("first_name", "coach")
GENDERS = ("woman", "man", "other")
MOST_ROWS = 10_000
MOST_LETTERS = 80
MOST_SHOWN = 40
"""How much of a strange heading is said again."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a file may say instead of our own words: columns by heading, and by column our word for another.

    All in small letters with single spaces.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PeopleTable:
    """The rows of a file that say anything, by their number in the file, in our own words and columns."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]

    def plain(self) -> bytes:
        """The same as CSV (UTF-8, comma, our own heading): it opens again as this very table, row numbers and all."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        written = 1
        for number, cells in self.rows:
            for _ in range(written + 1, number):
                writer.writerow([""] * len(COLUMNS))
            writer.writerow([cells.get(column, "") for column in COLUMNS])
            written = number
        return out.getvalue().encode("utf-8", "replace")

    def addresses(self) -> set[tuple[ChannelName, str]]:
        """Where the people of this table would be written to, as far as it can be read."""
        numbers = {phone_number(cells["phone"]) for _, cells in self.rows if "phone" in cells}
        chats = {cells["telegram"] for _, cells in self.rows if _is_chat(cells.get("telegram", ""))}
        return {(ChannelName.SMS, one) for one in numbers if one} | {(ChannelName.TELEGRAM, one) for one in chats}

    def part(self, begins: int, ends: int) -> "PeopleTable":
        """Some of its rows, counted from 0."""
        return PeopleTable(rows=self.rows[begins:ends])


def open_table(
    file: bytes, *, needs: Sequence[str] = REQUIRED, most: int = MOST_ROWS, spoken: Spoken | None = None
) -> PeopleTable:
    """The table in a CSV file or an Excel workbook. Raises `PeopleRefused` when there is none, or not these columns."""
    spoken = spoken or Spoken()
    try:
        rows = rows_of(file)
    except NoTable as none:
        slug = "rows" if none.slug == "empty" else none.slug
        raise PeopleRefused([Problem(row=1, column="file", slug=slug, values={"most": str(most)})]) from None
    # A column without a heading and without a word is none: spreadsheets leave such ones behind.
    width = max((at for row in rows for at, cell in enumerate(row, start=1) if cell), default=0)
    names = [_column(cell, spoken) for cell in (rows[0] + [""] * width)[:width]]
    problems = list(_heading_problems(names, needs))
    if problems:
        raise PeopleRefused(problems)
    said = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(row)]
    if len(said) > most:
        raise PeopleRefused([Problem(row=1, column="file", slug="rows", values={"most": str(most)})])
    return PeopleTable(rows=tuple((number, _cells(names, row, spoken)) for number, row in said))


def _column(heading: str, spoken: Spoken) -> str:
    """Our own word for a column; the heading as it stands there, if we have none."""
    name = _folded(heading)
    name = spoken.headings.get(name, name)
    return name if name in COLUMNS else heading


def _cells(names: Sequence[str], row: Sequence[str], spoken: Spoken) -> Mapping[str, str]:
    return {
        name: spoken.words.get(name, {}).get(_folded(cell), cell)
        for name, cell in zip(names, row, strict=False)
        if cell
    }


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _heading_problems(names: Sequence[str], needs: Sequence[str]) -> Iterator[Problem]:
    known = {"known": ", ".join(COLUMNS)}
    for name in names:
        if name not in COLUMNS:
            yield Problem(row=1, column=name[:MOST_SHOWN] or "(empty)", slug="strange-column", values=known)
    for name in dict.fromkeys(names):
        if name in COLUMNS and names.count(name) > 1:
            yield Problem(row=1, column=name, slug="double-column")
    for name in needs:
        if name not in names:
            yield Problem(row=1, column=name, slug="missing-column")


@dataclass(frozen=True, kw_only=True)
class Roll:
    """What a table is read against. `languages` has the usual one first; `coaches` are known by e-mail address
    in small letters.

    At the `taken` addresses somebody is written to already. `own` accompanies whoever has no coach in the table; with
    `only_own` nobody else may be named there.
    """

    programme: Programme
    languages: tuple[str, ...]
    coaches: Mapping[str, int]
    today: date
    taken: Container[tuple[ChannelName, str]] = ()
    own: int | None = None
    only_own: bool = False


def read_people(table: PeopleTable, *, against: Roll) -> list[NewParticipant]:
    """The people of a table, in its order. Raises `PeopleRefused` with every problem."""
    people, problems, seen = [], list[Problem](), set[tuple[ChannelName, str]]()
    for number, cells in table.rows:
        new = _Row(number, cells, against, seen, problems).read()
        if new is not None:
            people.append(new)
    if problems:
        raise PeopleRefused(problems)
    return people


@dataclass
class _Row:
    """One row of a file of people, read with its complaints."""

    number: int
    cells: Mapping[str, str]
    against: Roll
    seen: set[tuple[ChannelName, str]]
    problems: list[Problem]

    def read(self) -> NewParticipant | None:
        """Who this is; `None` when there was a problem, which then stands in `problems`."""
        before = len(self.problems)
        coach = self._coach()
        addresses = self._addresses()
        programme = self.against.programme
        phase = self._one_of("phase", tuple(phase.slug for phase in programme.phases))
        language = self._one_of("language", self.against.languages)
        new = NewParticipant(
            first_name=self._first_name(),
            language=language,
            zone=self._zone(),
            channel=addresses[-1][0] if addresses else ChannelName.SMS,
            coach_id=coach,
            phase=phase,
            started_on=self._day("started_on"),
            addresses=addresses,
            gender=self._one_of("gender", ("", *GENDERS)) or None,
            birth_year=self._year(),
            protected=self._one_of("protected", ("no", "yes")) == "yes",
            blocks=self._blocks(),
        )
        return new if len(self.problems) == before else None

    def _cell(self, column: str) -> str:
        return self.cells.get(column, "")

    def _wrong(self, column: str, slug: str, **values: str) -> None:
        self.problems.append(Problem(row=self.number, column=column, slug=slug, values=values))

    def _first_name(self) -> str:
        name = self._cell("first_name")
        if begins_like_formula(name):
            self._wrong("first_name", "formula")
        elif not is_first_name(name):
            self._wrong("first_name", "first-name", most=str(MOST_LETTERS))
        return name

    def _coach(self) -> int:
        against, said = self.against, self._cell("coach").lower()
        if not said and against.own is not None:
            return against.own
        coach = against.coaches.get(said)
        if coach is None:
            self._wrong("coach", "coach")
            return 0
        if against.only_own and coach != against.own:
            self._wrong("coach", "other-coach")
        return coach

    def _addresses(self) -> tuple[tuple[ChannelName, str], ...]:
        found = []
        if self._cell("phone"):
            number = phone_number(self._cell("phone"))
            if number is None:
                self._wrong("phone", "phone")
            elif self._is_free("phone", ChannelName.SMS, number):
                found.append((ChannelName.SMS, number))
        if self._cell("telegram"):
            chat = self._cell("telegram")
            if not _is_chat(chat):
                self._wrong("telegram", "telegram")
            elif self._is_free("telegram", ChannelName.TELEGRAM, chat):
                found.append((ChannelName.TELEGRAM, chat))
        return tuple(found)

    def _is_free(self, column: str, channel: ChannelName, value: str) -> bool:
        """Whether nobody else has it: a file that is read twice must not write to everybody twice."""
        if (channel, value) in self.against.taken:
            self._wrong(column, "taken")
        elif (channel, value) in self.seen:
            self._wrong(column, "twice")
        else:
            self.seen.add((channel, value))
            return True
        return False

    def _one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        cell = self._cell(column)
        if cell and cell not in allowed:
            self._wrong(column, "one-of", allowed=", ".join(filter(None, allowed)))
        return cell or allowed[0]

    def _blocks(self) -> tuple[str, ...]:
        known = tuple(block.slug for block in self.against.programme.blocks)
        return (self._one_of("block", ("", *known)),) if self._cell("block") else ()

    def _zone(self) -> str:
        name = self._cell("zone") or self.against.programme.zone
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong("zone", "zone")
        return name

    def _day(self, column: str) -> date:
        cell = self._cell(column)
        try:
            return date.fromisoformat(cell) if cell else self.against.today
        except ValueError:
            self._wrong(column, "day")
            return self.against.today

    def _year(self) -> int | None:
        cell = self._cell("birth_year")
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit() and len(cell) == 4 and 1900 <= int(cell) <= self.against.today.year):
            self._wrong("birth_year", "year")
            return None
        return int(cell)


def _is_chat(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) <= 16


def begins_like_formula(name: str) -> bool:
    """Whether a spreadsheet would take this for a formula, here or in whatever table it stands in later."""
    return name.startswith(("=", "+", "-", "@"))


def is_first_name(name: str) -> bool:
    """Whether somebody may be called this."""
    return 0 < len(name) <= MOST_LETTERS and name.isprintable() and not begins_like_formula(name)


def phone_number(words: str) -> str | None:
    """E.164 of a number as people write it, Swedish when it has no country; `None` if it is none."""
    try:
        number = phonenumbers.parse(words[:40], "SE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
