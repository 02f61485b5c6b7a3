"""Every message to the people one sees can be read, with what became of it and why."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.pages import page_number, query
from bot.console.visit import LARGEST_NUMBER, Page, Visit
from bot.domain.access import May
from bot.storage.views.outbox import Fate, name_of, sent
from bot.storage.views.sight import looking

A_PAGE = 40


class OutboxPages:
    """`/outbox`."""

    def pages(self) -> Sequence[Page]:
        """The one."""
        return [Page(path="/outbox", answer=self.outbox, needs=May.PEOPLE)]

    async def outbox(self, visit: Visit) -> Response:
        """What waits, went and did not go; of one person, if the address names one they see."""
        page, asked, fate = page_number(visit.request), visit.asked("person"), _fate(visit.asked("fate"))
        person = min(int(asked), LARGEST_NUMBER) if asked.isascii() and asked.isdigit() else None
        async with looking(visit.desk.database, visit.me.sight) as look:
            name = await name_of(look, person or 0)
            if person is not None and name is None:
                return visit.missing()
            found = await sent(look, person=person, fate=fate, most=A_PAGE + 1, skip=(page - 1) * A_PAGE)
        return visit.show(
            "outbox.html",
            sent=found[:A_PAGE],
            more=len(found) > A_PAGE,
            page=page,
            person=person,
            name=name,
            fate=fate,
            address=lambda to: "/outbox" + query({"person": person or "", "fate": to}),
        )


def _fate(asked: str) -> Fate | None:
    return Fate(asked) if asked in tuple(Fate) else None
