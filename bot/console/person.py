"""One person's page tells how they stand and what happened, and has what a coach can do about it."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.person_shown import around, ground, recorded, show_person, titles
from bot.console.progress import histories, progress
from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.services.contact import note_reading
from bot.storage.views.person import handed_by_reader, seen
from bot.storage.views.ratings import corrected_ratings, own_ratings
from bot.storage.views.sight import looking


class PersonPages:
    """`/people/{enrolment}` and what is only read there."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/people/{enrolment:int}", answer=show_person, needs=May.PEOPLE),
            Page(path="/people/{enrolment:int}/ratings", answer=self.ratings, needs=May.PEOPLE),
            Page(path="/people/{enrolment:int}/handed-over", answer=self.handed_over, needs=May.PEOPLE),
        ]

    async def ratings(self, visit: Visit) -> Response:
        """How the person sees their own progress: the lines, and every value."""
        there = await ground(visit)
        if there is None:
            return visit.missing()
        async with looking(visit.desk.database, visit.me.sight) as look:
            rated = await own_ratings(look, [there.one.enrolment_id])
            corrected = await corrected_ratings(look, there.one.enrolment_id)
        await note_reading(visit.desk.database, there.one.participant, by=visit.by, now=visit.now)
        named = titles(visit, there.plan)
        lines = progress([there.one], ratings=rated, titles=named)[0].lines
        every = histories(rated, corrected=corrected, titles=named)
        return visit.show(
            "person_ratings.html",
            **around(visit, there),
            shown_lines=lines,
            every=every,
            any_recorded=recorded(every),
            done=visit.asked("done"),
        )

    async def handed_over(self, visit: Visit) -> Response:
        """What remains to be seen for whoever handed somebody over: to whom, and when. Who sees them still sees all."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            still = await seen(look, visit.number("enrolment"))
            found = await handed_by_reader(look, visit.number("enrolment"), now=visit.now)
        if still is not None:
            return visit.go(f"/people/{still.enrolment_id}")
        if found is None:
            return visit.missing()
        first_name, handed = found
        told = visit.asked("done") == "handed-told"
        return visit.show("person_handed.html", first_name=first_name, handed=handed, told=told)
