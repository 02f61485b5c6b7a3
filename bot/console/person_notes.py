"""Notes and ratings that a coach writes down about somebody, or for them."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.person_shown import Ground, Refused, around, ground, show_person
from bot.console.visit import Page, Visit
from bot.domain.access import ChangedMeanwhile, May
from bot.domain.notes import MOST_LETTERS, Visibility
from bot.domain.programme import Indicator
from bot.services import judging, notes
from bot.services.asked import Asked
from bot.services.judging import asked_of_people, scale_of
from bot.storage.notes import NewNote

NONE = "none"
"""What is sent when nothing of what can be ticked is so: a value, and not a skipped question."""


class NotePages:
    """`/people/{enrolment}/notes` and `/people/{enrolment}/ratings/new`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        path = "/people/{enrolment:int}"
        return [
            Page(path=f"{path}/notes", answer=self.write, needs=May.PEOPLE, method="POST"),
            Page(path=f"{path}/notes/{{note:int}}/remove", answer=self.remove, needs=May.PEOPLE, method="POST"),
            Page(path=f"{path}/ratings/new", answer=self.ask, needs=May.PEOPLE),
            Page(path=f"{path}/ratings/new", answer=self.record, needs=May.PEOPLE, method="POST"),
        ]

    async def write(self, visit: Visit) -> Response:
        """Keep a note."""
        there = await ground(visit)
        if there is None:
            return visit.missing()
        form = Form.sent(visit, "note", "visibility")
        words, chosen = form.words("note", most=MOST_LETTERS), form.one_of("visibility", tuple(Visibility))
        if not form.well:
            return await show_person(visit, refused=Refused(action="note", form=form))
        new = NewNote(visibility=Visibility(chosen), words=words)
        await notes.write(visit.desk.database, there.one.enrolment_id, new, by=visit.by, now=visit.now)
        return visit.go(f"/people/{there.one.enrolment_id}?done=note")

    async def remove(self, visit: Visit) -> Response:
        """Take one's own note away."""
        there = await ground(visit)
        if there is None:
            return visit.missing()
        enrolment, note = there.one.enrolment_id, visit.number("note")
        if not await notes.remove(visit.desk.database, enrolment, note, by=visit.by, now=visit.now):
            return visit.missing()
        return visit.go(f"/people/{enrolment}?done=note-removed")

    async def ask(self, visit: Visit) -> Response:
        """The indicators with their sentences."""
        there = await ground(visit)
        return visit.missing() if there is None else _form(visit, there, Form())

    async def record(self, visit: Visit) -> Response:
        """Keep what the person said."""
        there = await ground(visit)
        if there is None:
            return visit.missing()
        form, given = Form(values={"standing": visit.field("standing")}), dict[str, int]()
        for one in asked_of_people(there.plan.instrument):
            value = _given(visit, one, form, there)
            if value is not None:
                given[one.slug] = value
        if not given:
            form.complain("rated", "nothing-rated")
        if not form.well:
            return _form(visit, there, form)
        asked = Asked(enrolment=there.one.enrolment_id, by=visit.by, standing=visit.field("standing"))
        try:
            await judging.record(visit.desk.database, visit.desk.shelf, asked, given=given, now=visit.now)
        except ChangedMeanwhile:
            return _form(visit, await ground(visit) or there, form, changed=True)
        return visit.go(f"/people/{there.one.enrolment_id}/ratings?done=rated")


def _given(visit: Visit, one: Indicator, form: Form, there: Ground) -> int | None:
    name = f"rate-{one.slug}"
    low, high = scale_of(one, there.plan.instrument)
    if one.behaviours:
        ticked = set(visit.several(name)) & {NONE, *one.behaviours}
        form.values |= {f"{name}/{each}": "yes" for each in ticked}
        return None if not ticked else len(ticked - {NONE})
    form.values[name] = visit.field(name)
    return form.number(name, low=low, high=high) if form[name] else None


def _form(visit: Visit, there: Ground, form: Form, *, changed: bool = False) -> Response:
    asked = [
        {
            "slug": one.slug,
            "title": visit.title(there.plan, one.title),
            "question": _question(visit, there, one.question or one.coach_question),
            "anchors": [
                (level, visit.title(there.plan, anchor))
                for level, anchor in enumerate(one.anchors, start=there.plan.instrument.low)
            ],
            "behaviours": [(key, visit.title(there.plan, key)) for key in one.behaviours],
        }
        for one in asked_of_people(there.plan.instrument)
    ]
    return visit.show(
        "person_rate.html",
        code=409 if changed else 200 if form.well else 422,
        **around(visit, there),
        asked=asked,
        form=form,
        changed=changed,
        nothing=NONE,
    )


def _question(visit: Visit, there: Ground, key: str) -> str:
    plan, person = there.plan, there.one.participant
    values = {
        "first_name": person.first_name,
        "coach": person.coach_first_name,
        "programme": visit.title(plan, plan.programme.title),
        **{name: str(getattr(plan.instrument, name)) for name in ("low", "high")},
        **dict.fromkeys(("number", "count"), ""),
    }
    return plan.texts.say(key, language=visit.language, fallback=plan.programme.languages, values=values)
