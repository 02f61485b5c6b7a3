"""A coach's day on one page: what needs somebody, and what to do about it."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.domain.access import May

_FIRST = ((May.PEOPLE, "/"), (May.FIGURES, "/figures"), (May.TEXTS, "/texts"), (May.ACCOUNTS, "/accounts"))
"""Where each role begins, of those that somebody has the first."""


class TodayPages:
    """`/`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [Page(path="/", answer=self.today, needs=May.ENTER)]

    async def today(self, visit: Visit) -> Response:
        """The day; whoever has no people begins elsewhere."""
        first = next((path for what, path in _FIRST if visit.me.may(what)), "/account")
        if first != "/":
            return visit.go(first)
        return visit.show("today.html")
