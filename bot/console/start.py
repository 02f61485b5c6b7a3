"""A newcomer to the demo sees what Framsteg is, what to try first, and whom one can be here."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.services import sessions
from bot.storage.views.demo import looking


class StartPages:
    """`/start` and `/be`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/start", answer=self.start, needs=May.ENTER),
            Page(path="/be", answer=self.be, needs=May.ENTER, method="POST"),
        ]

    async def start(self, visit: Visit) -> Response:
        """What this is, what to try first, and who is here."""
        async with looking(visit.desk.database) as views:
            people = await views.people()
        return visit.show("start.html", people=people)

    async def be(self, visit: Visit) -> Response:
        """Become another invented colleague: the session of the one before ends."""
        demo, wanted = visit.desk.demo, visit.field("coach")
        if demo is None or wanted not in map(str, demo.plays):
            return visit.missing()
        desk = visit.desk
        await sessions.end(
            desk.database, visit.me.coach_id, session_id=visit.session_id, machine_now=desk.machine_now()
        )
        return visit.sign_in(
            await sessions.begin(
                desk.database,
                int(wanted),
                browser=visit.request.headers.get("user-agent", ""),
                machine_now=desk.machine_now(),
            ),
            to="/",
        )
