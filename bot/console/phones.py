"""On-screen phones show what each participant receives, and let you answer."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.phones import Bubble
from bot.console.desk import Desk
from bot.console.pages import Pages, back
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

    desk: Desk
    pages: Pages

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/phones", self.every),
            Route("/phones/{person:int}", self.one),
            Route("/phones/{person:int}/answer", self.answer, methods=["POST"]),
            Route("/phones/{person:int}/tap", self.tap, methods=["POST"]),
        ]

    async def every(self, request: Request) -> Response:
        """All phones as cards."""
        async with looking(self.desk.database) as views:
            people = await views.people()
        shown = [self._on_screen(one, most=ON_A_CARD) for one in people]
        return self.pages.show(request, "phones.html", phones=shown, phases=self._phases(request))

    async def one(self, request: Request) -> Response:
        """One phone with its whole conversation."""
        person = await self._person(request)
        if person is None:
            return self.pages.missing(request)
        shown = self._on_screen(person, most=ON_A_PAGE)
        return self.pages.show(request, "phone.html", phone=shown, phases=self._phases(request))

    async def answer(self, request: Request) -> Response:
        """Words are written on a phone."""
        person = await self._person(request)
        if person is None or not person.address:
            return self.pages.missing(request)
        form = await request.form(max_fields=10, max_files=0)
        words = str(form.get("words", "")).strip()
        if words:
            await self.desk.answer(person, words[:LONGEST_WORDS])
        return back(request, form.get("back"), otherwise=f"/phones/{person.id}")

    async def tap(self, request: Request) -> Response:
        """A button is tapped on a phone."""
        person = await self._person(request)
        form = await request.form(max_fields=10, max_files=0)
        number, data = str(form.get("number", "")), str(form.get("data", ""))
        known = number.isascii() and number.isdigit() and len(number) < 10
        if person is None or person.channel is not ChannelName.TELEGRAM or not known:
            return self.pages.missing(request)
        if not await self.desk.tap(person, int(number), data):
            return self.pages.missing(request)
        return back(request, form.get("back"), otherwise=f"/phones/{person.id}")

    async def _person(self, request: Request) -> PersonSeen | None:
        async with looking(self.desk.database) as views:
            return await views.person(min(request.path_params["person"], 2**62))

    def _on_screen(self, person: PersonSeen, *, most: int) -> OnScreen:
        phones = self.desk.phones
        bubbles = phones.chat(person.channel, person.address)
        return OnScreen(
            person=person,
            bubbles=bubbles[-most:],
            earlier=max(0, len(bubbles) - most),
            note=phones.note(person.channel, person.address),
            dead=phones.is_dead(person.channel, person.address),
        )

    def _phases(self, request: Request) -> dict[str, str]:
        return {phase.slug: self.pages.title(phase.title, request) for phase in self.desk.plan.programme.phases}
