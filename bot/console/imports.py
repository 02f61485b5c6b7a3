"""People are taken in from a file: it is shown what would happen, and then it happens, waited for or not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.console.pages import page_number
from bot.console.people import plans_of, theirs, titles_of_phases
from bot.console.table_words import HEADINGS, USUAL, said_of, spoken, template
from bot.console.visit import Page, Visit
from bot.content.people_problems import PeopleRefused, Problem
from bot.domain.access import May
from bot.domain.people import Agreement
from bot.domain.programme import WELCOME
from bot.services import imports
from bot.services.published import Plan
from bot.storage.imports import ImportState
from bot.storage.views import imports as view
from bot.storage.views.sight import looking

LARGEST_FILE = 2 * 1024 * 1024
AROUND_A_FILE = 16 * 1024
"""What a form weighs beside its file."""

UPLOAD = "/people/import"
_CHOICES = {"ask": Agreement.UNASKED, "agreed": Agreement.AGREED}

A_PAGE = 50
MOST_PROBLEMS = 500
"""Whoever has more has one that comes again in every row."""


class ImportPages:
    """Give a file, see what it would do, have it done."""

    def pages(self) -> list[Page]:
        """All of them."""
        one = UPLOAD + "/{file:int}"
        return [
            Page(path=UPLOAD, answer=self.all, needs=May.PEOPLE),
            Page(path=UPLOAD, answer=self.give, needs=May.PEOPLE, method="POST", files=1),
            Page(path=f"{UPLOAD}/template.csv", answer=self.template, needs=May.PEOPLE),
            Page(path=one, answer=self.one, needs=May.PEOPLE),
            Page(path=f"{one}/progress", answer=self.progress, needs=May.PEOPLE),
            Page(path=f"{one}/begin", answer=self.begin, needs=May.PEOPLE, method="POST"),
            Page(path=f"{one}/throw-away", answer=self.throw_away, needs=May.PEOPLE, method="POST"),
        ]

    async def all(self, visit: Visit) -> Response:
        """Where a file is given, and what became of those that were."""
        return await self._all(visit)

    async def give(self, visit: Visit) -> Response:
        """Keep a file in which nothing is wrong, and show what it would do; else show all that is wrong."""
        plans = await plans_of(visit, theirs(visit))
        plan = next((plan for number, plan in plans.items() if str(number) == visit.field("programme")), None)
        if plan is None and len(plans) == 1 and not visit.field("programme"):
            plan = next(iter(plans.values()))
        if plan is None:
            return visit.missing() if visit.field("programme") else await self._all(visit, wrong="programme")
        upload = visit.file("table")
        if upload is None:
            return await self._all(visit, wrong="missing", chosen=plan)
        file = await _read(upload)
        if file is None:
            return await self._all(visit, wrong="too-large", chosen=plan)
        given = imports.Given(
            programme_id=plan.programme_id,
            file_name=_name(upload),
            file=file,
            spoken=spoken(visit.desk.words, plan),
        )
        try:
            number = await imports.look_through(
                visit.desk.database, visit.desk.shelf, given, by=visit.by, now=visit.now
            )
        except PeopleRefused as refused:
            return await self._all(visit, problems=refused.problems, chosen=plan, file_name=given.file_name)
        except imports.NotToBeImported:
            return visit.missing()
        return visit.go(f"{UPLOAD}/{number}")

    async def template(self, visit: Visit) -> Response:
        """A table to begin with."""
        words = template(visit.desk.words[visit.language], language=visit.language)
        headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
        return Response(words, media_type="text/csv; charset=utf-8", headers=headers)

    async def one(self, visit: Visit) -> Response:
        """What it would do, how far it has come, or what it did."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            seen = await view.one(look, visit.number("file"))
        if seen is None:
            return visit.missing()
        if seen.state is ImportState.PREVIEWED:
            return await self._preview(visit, seen)
        return await self._progress(visit, seen, "import_progress.html")

    async def progress(self, visit: Visit) -> Response:
        """The part of the page that a script asks for again and again."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            seen = await view.one(look, visit.number("file"))
        if seen is None:
            return visit.missing()
        if seen.state is ImportState.PREVIEWED:
            return visit.go(f"{UPLOAD}/{seen.id}")
        return await self._progress(visit, seen, "import_part.html")

    async def begin(self, visit: Visit) -> Response:
        """Have it done from now on."""
        number = visit.number("file")
        try:
            looked = await imports.look_at(visit.desk.database, visit.desk.shelf, number, by=visit.by, now=visit.now)
            agreement = _CHOICES.get(visit.field("agreement"))
            if agreement is None and not looked.problems:
                return visit.go(f"{UPLOAD}/{number}?choose=agreement")
            if agreement is not None and not looked.problems:
                await imports.begin(visit.desk.database, number, agreement=agreement, by=visit.by, now=visit.now)
                await visit.desk.nudge_imports()
        except imports.NotToBeImported:
            return await self._over(visit)
        return visit.go(f"{UPLOAD}/{number}")

    async def throw_away(self, visit: Visit) -> Response:
        """Forget the file."""
        try:
            await imports.throw_away(visit.desk.database, visit.number("file"), by=visit.by, now=visit.now)
        except imports.NotToBeImported:
            return visit.missing()
        return visit.go(UPLOAD)

    async def _over(self, visit: Visit) -> Response:
        """Begun already, or not theirs."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            seen = await view.one(look, visit.number("file"))
        return visit.missing() if seen is None else visit.go(f"{UPLOAD}/{seen.id}")

    async def _all(
        self,
        visit: Visit,
        *,
        wrong: str = "",
        problems: tuple[Problem, ...] = (),
        chosen: Plan | None = None,
        file_name: str = "",
    ) -> Response:
        plans = await plans_of(visit, theirs(visit))
        async with looking(visit.desk.database, visit.me.sight) as look:
            latest = await view.latest(look)
        return visit.show(
            "import.html",
            code=422 if wrong or problems else 200,
            wrong=wrong,
            problems=_said(visit, chosen, problems[:MOST_PROBLEMS]),
            more=max(0, len(problems) - MOST_PROBLEMS),
            rows=len({one.row for one in problems}),
            file_name=file_name,
            chosen=chosen.programme_id if chosen else 0,
            programmes=[(number, visit.title(plan, plan.programme.title)) for number, plan in plans.items()],
            usual=USUAL,
            phases=_phases(visit, plans),
            leads=bool(visit.me.sight.leads),
            latest=latest,
            most=imports.MOST_ROWS,
            headings=_headings(visit),
        )

    async def _preview(self, visit: Visit, seen: view.ImportSeen) -> Response:
        try:
            looked = await imports.look_at(visit.desk.database, visit.desk.shelf, seen.id, by=visit.by, now=visit.now)
        except imports.NotToBeImported:
            return visit.missing()
        page = min(page_number(visit.request), max(1, -(-len(looked.people) // A_PAGE)))
        return visit.show(
            "import_preview.html",
            seen=seen,
            people=looked.people[(page - 1) * A_PAGE : page * A_PAGE],
            total=len(looked.people),
            page=page,
            unchosen=visit.asked("choose") == "agreement",
            may_ask=WELCOME in looked.plan.flows,
            pages=-(-len(looked.people) // A_PAGE),
            problems=_said(visit, looked.plan, looked.problems[:MOST_PROBLEMS]),
            coaches=looked.coaches,
            phases={slug: title for (_, slug), title in titles_of_phases(visit, {0: looked.plan}).items()},
            blocks={one.slug: visit.title(looked.plan, one.title) for one in looked.plan.programme.blocks},
            programme=visit.title(looked.plan, looked.plan.programme.title),
            headings=_headings(visit),
        )

    async def _progress(self, visit: Visit, seen: view.ImportSeen, template_name: str) -> Response:
        page = page_number(visit.request)
        async with looking(visit.desk.database, visit.me.sight) as look:
            added = await view.added(look, seen.id, most=A_PAGE, skip=(page - 1) * A_PAGE)
        return visit.show(
            template_name,
            seen=seen,
            running=seen.state is ImportState.RUNNING,
            problem=imports.problem_of(seen.reason) if seen.reason else None,
            added=added,
            page=page,
            pages=max(1, -(-seen.done // A_PAGE)),
            headings=_headings(visit),
        )


async def _read(upload: UploadFile) -> bytes | None:
    """The file; nothing if there is too much of it."""
    file = await upload.read(LARGEST_FILE + 1)
    return file if len(file) <= LARGEST_FILE else None


def _name(upload: UploadFile) -> str:
    """What the file was called, as far as it can be shown: never a path."""
    name = PurePath((upload.filename or "").replace("\\", "/")).name
    return "".join(one for one in name if one.isprintable())[:100] or "-"


def _phases(visit: Visit, plans: Mapping[int, Plan]) -> list[str]:
    return list(dict.fromkeys(titles_of_phases(visit, plans).values()))


def _said(visit: Visit, plan: Plan | None, problems: Sequence[Problem]) -> list[Problem]:
    """The same with what may stand in a column as the reader calls it."""
    if plan is None:
        return list(problems)
    words = said_of(visit.desk.words[visit.language], plan, language=visit.language)
    return [
        replace(one, values={"allowed": ", ".join(words[one.column].values())})
        if one.slug == "one-of" and one.column in words
        else one
        for one in problems
    ]


def _headings(visit: Visit) -> Mapping[str, str]:
    words = visit.desk.words[visit.language]
    return {column: words.gettext(name) for column, name in HEADINGS.items()}
