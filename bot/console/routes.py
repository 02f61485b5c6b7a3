"""The demo's pages hang together here, behind their guard."""

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.console.desk import Desk
from bot.console.guard import Guard
from bot.console.moves import moves
from bot.console.pages import HERE, Pages, back
from bot.console.phones import PhonePages
from bot.console.reading import ReadingPages


def console_routes(desk: Desk) -> Mount:
    """All pages, to be mounted last: whatever is not found before is a page or is nowhere."""
    pages = Pages(desk)

    async def move(request: Request) -> Response:
        form = await request.form(max_fields=10, max_files=0)
        target = moves(desk.now(), programme=desk.plan.programme).get(str(form.get("to", "")))
        if target is None:
            return pages.missing(request)
        await desk.move(target)
        return back(request, form.get("back"), otherwise="/phones")

    async def nowhere(request: Request) -> Response:
        return pages.missing(request)

    return Mount(
        "/",
        routes=[
            *ReadingPages(desk, pages).routes(),
            *PhonePages(desk, pages).routes(),
            Route("/clock", move, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            Route("/{anything:path}", nowhere),
        ],
        middleware=[Middleware(Guard)],
    )
