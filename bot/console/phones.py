"""On-screen phones show what each participant receives, and let you answer."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.phones import Bubble
from bot.console.desk import Desk
from bot.console.pages import Pages, back
from bot.domain.people import ChannelName
from bot.storage.views import PersonSeen, looking

LONGEST_WORDS = 1000
_LAST = 8
"""How many bubbles a phone shows among the others; its own page shows all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OnScreen:
    """One phone as it is drawn."""

    person: PersonSeen
    bubbles: tuple[Bubble, ...]
    earlier: int
    note: str
    dead: bool


def phone_routes(desk: Desk, pages: Pages) -> list[Route]:
    """`/phones`, `/phones/{id}` and what is done there."""

    async def every(request: Request) -> Response:
        async with looking(desk.database) as views:
            people = await views.people()
        shown = [_on_screen(desk, one, most=_LAST) for one in people]
        return pages.show(request, "phones.html", phones=shown, phases=_phases(desk, pages, request))

    async def one(request: Request) -> Response:
        person = await _person(desk, request)
        if person is None:
            return pages.missing(request)
        shown = _on_screen(desk, person, most=1000)
        return pages.show(request, "phone.html", phone=shown, phases=_phases(desk, pages, request))

    async def answer(request: Request) -> Response:
        person = await _person(desk, request)
        if person is None or not person.address:
            return pages.missing(request)
        form = await request.form(max_fields=10, max_files=0)
        words = form.get("words")
        if isinstance(words, str) and words.strip():
            await desk.answer(person, words.strip()[:LONGEST_WORDS])
        return back(request, form.get("back"), otherwise=f"/phones/{person.id}")

    async def tap(request: Request) -> Response:
        person = await _person(desk, request)
        form = await request.form(max_fields=10, max_files=0)
        number, data = str(form.get("number", "")), str(form.get("data", ""))
        known = person is not None and person.channel is ChannelName.TELEGRAM and number.isdecimal()
        if person is None or not known or not await desk.tap(person, int(number[:9]), data):
            return pages.missing(request)
        return back(request, form.get("back"), otherwise=f"/phones/{person.id}")

    return [
        Route("/phones", every),
        Route("/phones/{person:int}", one),
        Route("/phones/{person:int}/answer", answer, methods=["POST"]),
        Route("/phones/{person:int}/tap", tap, methods=["POST"]),
    ]


async def _person(desk: Desk, request: Request) -> PersonSeen | None:
    async with looking(desk.database) as views:
        return await views.person(min(request.path_params["person"], 2**62))


def _on_screen(desk: Desk, person: PersonSeen, *, most: int) -> OnScreen:
    bubbles = desk.phones.chat(person.channel, person.address)
    return OnScreen(
        person=person,
        bubbles=bubbles[-most:],
        earlier=max(0, len(bubbles) - most),
        note=desk.phones.note(person.channel, person.address),
        dead=desk.phones.is_dead(person.channel, person.address),
    )


def _phases(desk: Desk, pages: Pages, request: Request) -> dict[str, str]:
    return {phase.slug: pages.title(phase.title, request) for phase in desk.plan.programme.phases}
