"""On-screen phones show what each participant receives, and let you answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.phones import Bubble
from bot.console.desk import Demo
from bot.console.visit import Page, Visit
from bot.domain.access import May
from bot.domain.people import ChannelName
from bot.storage.views.demo import PersonSeen, looking

LONGEST_WORDS = 1000
ON_A_CARD = 8
"""How many bubbles a phone shows among the others; its own page shows `ON_A_PAGE`."""

ON_A_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class OnScreen:
    """One phone as it is drawn."""

    person: PersonSeen
    bubbles: tuple[Bubble, ...]
    earlier: int
    note: str
    dead: bool


@dataclass(frozen=True)
class PhonePages:
    """`/phones`, `/phones/{id}` and what is done there."""

    demo: Demo

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/phones", answer=self.every, needs=May.ENTER),
            Page(path="/phones/{person:int}", answer=self.one, needs=May.ENTER),
            Page(path="/phones/{person:int}/answer", answer=self.answer, needs=May.ENTER, method="POST"),
            Page(path="/phones/{person:int}/ask", answer=self.ask, needs=May.ENTER, method="POST"),
            Page(path="/phones/{person:int}/tap", answer=self.tap, needs=May.ENTER, method="POST"),
        ]

    async def every(self, visit: Visit) -> Response:
        """All phones as cards."""
        async with looking(visit.desk.database) as views:
            people = await views.people()
        shown = [self._on_screen(one, most=ON_A_CARD) for one in people]
        return visit.show("phones.html", phones=shown, phases=self._phases(visit))

    async def one(self, visit: Visit) -> Response:
        """One phone with its whole conversation."""
        person = await self._person(visit)
        if person is None:
            return visit.missing()
        tries = self.demo.tries.get(person.language, {})
        shown = self._on_screen(person, most=ON_A_PAGE)
        return visit.show("phone.html", phone=shown, phases=self._phases(visit), tries=tries)

    async def answer(self, visit: Visit) -> Response:
        """Words are written on a phone."""
        person = await self._person(visit)
        if person is None or not person.address:
            return visit.missing()
        words = visit.field("words", most=LONGEST_WORDS)
        if words:
            await self.demo.answer(person, words)
        return visit.back(otherwise=f"/phones/{person.id}")

    async def ask(self, visit: Visit) -> Response:
        """The whole check-in comes to a phone now."""
        person = await self._person(visit)
        if person is None or not person.address:
            return visit.missing()
        await self.demo.ask(person)
        return visit.back(otherwise=f"/phones/{person.id}")

    async def tap(self, visit: Visit) -> Response:
        """A button is tapped on a phone."""
        person = await self._person(visit)
        number, data = visit.field("number"), visit.field("data")
        known = number.isascii() and number.isdigit() and len(number) < 10
        if person is None or person.channel is not ChannelName.TELEGRAM or not known:
            return visit.missing()
        if not await self.demo.tap(person, int(number), data):
            return visit.missing()
        return visit.back(otherwise=f"/phones/{person.id}")

    async def _person(self, visit: Visit) -> PersonSeen | None:
        async with looking(visit.desk.database) as views:
            return await views.person(visit.number("person"))

    def _on_screen(self, person: PersonSeen, *, most: int) -> OnScreen:
        phones = self.demo.phones
        bubbles = phones.chat(person.channel, person.address)
        return OnScreen(
            person=person,
            bubbles=bubbles[-most:],
            earlier=max(0, len(bubbles) - most),
            note=phones.note(person.channel, person.address),
            dead=phones.is_dead(person.channel, person.address),
        )

    def _phases(self, visit: Visit) -> dict[str, str]:
        plan = self.demo.plan
        return {phase.slug: visit.title(plan, phase.title) for phase in plan.programme.phases}
