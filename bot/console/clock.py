"""In a demo, programme time is moved on from every page."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.console.desk import Demo
from bot.console.moves import moves
from bot.console.visit import Page, Visit
from bot.domain.access import May


@dataclass(frozen=True)
class ClockPages:
    """`/clock`."""

    demo: Demo

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [Page(path="/clock", answer=self.move, needs=May.ENTER, method="POST")]

    async def move(self, visit: Visit) -> Response:
        """Time moves on."""
        target = moves(visit.now, programme=self.demo.plan.programme).get(visit.field("to"))
        if target is None:
            return visit.missing()
        await self.demo.move(target)
        return visit.back(otherwise="/phones")
