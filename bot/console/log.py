"""Leaders read who did what, and administrators who came in and whose account changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from starlette.responses import Response

from bot.console.deed_words import deed_words, kind_words
from bot.console.downloads import as_csv
from bot.console.knocks import words_of
from bot.console.pages import page_number, query
from bot.console.visit import LARGEST_NUMBER, Page, Visit
from bot.domain.access import May
from bot.domain.deeds import ABOUT_COLLEAGUES, Kind
from bot.services.taking_out import note_log_taken
from bot.storage.views import log as view
from bot.storage.views.log import DeedSeen, Sought
from bot.storage.views.sight import Look, looking

A_PAGE = 50
A_FILE = 20_000
"""How many lines one file holds, the newest: more are had by looking for fewer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line, with what it is about as far as a reader can make something of it."""

    deed: DeedSeen
    about: str


class LogPages:
    """`/log`, the same as a file, and `/accounts/log`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/log", answer=self.log, needs=May.LOG),
            Page(path="/log.csv", answer=self.file, needs=May.LOG),
            Page(path="/accounts/log", answer=self.accounts, needs=May.ACCOUNTS),
        ]

    async def log(self, visit: Visit) -> Response:
        """Who did what in the programmes one leads."""
        return await _shown(visit, _sought(visit), path="/log")

    async def accounts(self, visit: Visit) -> Response:
        """Who came in, and whose account changed."""
        return await _shown(visit, replace(_sought(visit), accounts=True, person=None), path="/accounts/log")

    async def file(self, visit: Visit) -> Response:
        """The same lines as a file; taking it stands in the log as well."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            found = await _lines(look, await view.deeds(look, _sought(visit), most=A_FILE))
        await note_log_taken(visit.desk.database, rows=len(found), by=visit.by, now=visit.now)
        _ = words_of(visit)
        said = deed_words(_)
        head = [_("When (UTC)"), _("Who"), _("What"), _("Person"), _("About"), _("From")]
        hidden = _("Protected identity")
        return as_csv([head, *(_cells(one, said, hidden=hidden) for one in found)], name="framsteg-log")


async def _shown(visit: Visit, sought: Sought, *, path: str) -> Response:
    page = page_number(visit.request)
    async with looking(visit.desk.database, visit.me.sight) as look:
        found = await view.deeds(look, sought, most=A_PAGE + 1, skip=(page - 1) * A_PAGE)
        lines = await _lines(look, found[:A_PAGE])
        colleagues = await view.colleagues(look)
    _ = words_of(visit)
    return visit.show(
        "log.html",
        lines=lines,
        more=len(found) > A_PAGE,
        page=page,
        path_of_log=path,
        sought=sought,
        filters=query({"coach": sought.coach or "", "person": sought.person or "", "kind": sought.kind or ""})[1:],
        colleagues=[] if sought.accounts else colleagues,
        deeds=deed_words(_),
        kinds=kind_words(_),
    )


async def _lines(look: Look, found: Sequence[DeedSeen]) -> list[Line]:
    numbers = {one.id: _colleague_in(one) for one in found}
    names = await view.names_of(look, (number for number in numbers.values() if number is not None))
    return [Line(deed=one, about=_about(one, numbers[one.id], names)) for one in found]


def _colleague_in(deed: DeedSeen) -> int | None:
    first = (deed.about or "").partition(" ")[0]
    return int(first) if deed.what in ABOUT_COLLEAGUES and first.isascii() and first.isdigit() else None


def _about(deed: DeedSeen, colleague: int | None, names: Mapping[int, str]) -> str:
    if colleague is not None:
        return " ".join(one for one in (names.get(colleague, ""), (deed.about or "").partition(" ")[2]) if one)
    # A number alone says nothing to anybody who reads.
    return "" if deed.about is None or deed.about.isdigit() else deed.about


def _cells(line: Line, said: Mapping[str, str], *, hidden: str) -> list[str]:
    deed = line.deed
    # A file leaves the house: there the number of their page stands for a name.
    person = f"{hidden} {deed.enrolment_id}" if deed.protected else deed.person or ""
    at = deed.done_at.astimezone(UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
    return [at, deed.who or "", said.get(deed.what, deed.what), person, line.about, deed.came_from]


def _sought(visit: Visit) -> Sought:
    kind = visit.asked("kind")
    return Sought(
        coach=_number(visit.asked("coach")),
        person=_number(visit.asked("person")),
        kind=Kind(kind) if kind in tuple(Kind) else None,
    )


def _number(asked: str) -> int | None:
    return min(int(asked), LARGEST_NUMBER) if asked.isascii() and asked.isdigit() else None
