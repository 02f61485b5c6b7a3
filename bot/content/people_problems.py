"""What is wrong with a table of people is a slug with values: a terminal says it in English, a page in its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_REMEDIES = {
    "rows": "give a heading and at most {most} rows",
    "not-utf-8": "save it as UTF-8",
    "no-csv": "save it as CSV",
    "binary": "save it as CSV or .xlsx",
    "old-kind": "save it as .xlsx without a password, or as CSV",
    "other-kind": "save it as .xlsx or CSV",
    "locked": "save it without a password",
    "broken": "save it anew as .xlsx or CSV: this one cannot be read",
    "too-large": "keep only the table of people: unpacked, this file is too large",
    "far-apart": "take away what stands far below or beside the table",
    "strange-column": "not a column: use {known}",
    "double-column": "keep one of the columns of this name",
    "missing-column": "add this column",
    "first-name": "write a first name of 1 to {most} letters",
    "formula": "a name does not begin with = + - or @",
    "coach": "no coach has this e-mail address: `framsteg coach add` first",
    "other-coach": "only a leader takes people in for another coach",
    "phone": "not a phone number: write it like 070-123 45 67 or +46701234567",
    "telegram": "a chat id is a number; leave it empty and send a link instead",
    "taken": "somebody in the programme has it already: take this row away",
    "twice": "the same number stands in another row",
    "one-of": "one of {allowed}",
    "zone": "a time zone such as Europe/Stockholm",
    "day": "a day such as 2026-11-22",
    "year": "a year such as 1985; never a whole birth date",
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a row cannot be taken in: its number in the file (the heading is 1), the column and what is wrong there."""

    row: int
    column: str
    slug: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return _REMEDIES[self.slug].format_map(self.values)

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.remedy}"


class PeopleRefused(Exception):
    """Some rows cannot be taken in, so none was."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
