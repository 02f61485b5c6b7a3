"""Every page is reached through here: whoever may not open it is turned away before anything of it is read."""

import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console.desk import Desk
from bot.console.pages import Pages, query
from bot.console.visit import Page, Visit, cookie_of, keep, renews_itself
from bot.domain.access import May
from bot.services import sessions
from bot.storage.away import DatabaseAway
from bot.storage.sessions import OpenSession

MOST_FIELDS = 1000
LARGEST_FIELD = 64 * 1024
PLAIN_FORM = "application/x-www-form-urlencoded"
WRITTEN = ("words", "note")
"""The fields in which somebody writes so much that it would be a loss."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The one way in. A demo lets everybody in, as somebody invented."""

    desk: Desk
    pages: Pages

    def routes(self, pages: Sequence[Page]) -> list[Route]:
        """Each page behind the entrance. The methods of one path stand together, so that others are refused by name."""
        by_path: dict[str, dict[str, Page]] = {}
        for page in pages:
            by_path.setdefault(page.path, {})[page.method] = page
        # Asked for, a path that only takes forms is refused by name too, and not missing.
        return [Route(path, self._answering(methods), methods=["GET", *methods]) for path, methods in by_path.items()]

    def _answering(self, methods: dict[str, Page]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            page = methods.get("GET" if request.method == "HEAD" else request.method)
            if page is None:
                raise HTTPException(405, headers={"Allow": ", ".join(methods)})
            try:
                visit = await self._visit(request)
                response = await self._through(page, visit)
            except DatabaseAway:
                return self._trouble(request, "away.html", code=503)
            except HTTPException:
                raise
            except Exception as wrong:  # noqa: BLE001 - whatever it was, nobody is shown a trace of it
                reference = secrets.token_hex(4)
                # The exception's own text may hold words or names: its kind and its place are enough to find it.
                log.error(
                    "page %s failed: %s at %s, reference %s", page.path, type(wrong).__name__, _place(wrong), reference
                )
                return self._trouble(request, "trouble.html", code=500, reference=reference)
            return self._kept(request, response, visit.token)

        return answer

    def _kept(self, request: Request, response: Response, token: str) -> Response:
        """The browser keeps the token it came in with, unless the page gave it another."""
        name = cookie_of(self.desk)
        given = any(one.startswith(f"{name}=") for one in response.headers.getlist("set-cookie"))
        return response if given or request.cookies.get(name) == token else keep(response, token, desk=self.desk)

    async def _visit(self, request: Request) -> Visit:
        token = request.cookies.get(cookie_of(self.desk), "")
        found = await self._session(token, used=not renews_itself(request)) if token else None
        if found is None and self.desk.demo is not None:
            token = await self._play(next(iter(self.desk.demo.plays)), request)
            found = await self._session(token)
        return Visit(
            request=request,
            desk=self.desk,
            pages=self.pages,
            token=token or secrets.token_urlsafe(32),
            viewer=found.viewer if found else None,
            session_id=found.id if found else None,
        )

    async def _session(self, token: str, *, used: bool = True) -> OpenSession | None:
        desk = self.desk
        return await sessions.behind(desk.database, token, now=desk.now(), machine_now=desk.machine_now(), used=used)

    async def _play(self, coach_id: int, request: Request) -> str:
        browser = request.headers.get("user-agent", "")
        return await sessions.begin(self.desk.database, coach_id, browser=browser, machine_now=self.desk.machine_now())

    async def _through(self, page: Page, visit: Visit) -> Response:
        if page.needs is not May.COME and visit.viewer is None:
            return await self._turned_away(visit)
        if visit.viewer is not None and not visit.viewer.may(page.needs):
            return visit.show("not_yours.html", code=403)
        if page.method == "GET":
            return await page.answer(visit)
        form = await visit.request.form(max_files=page.files, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
        try:
            if not _is_ours(visit, form):
                return visit.show("stale.html", code=403, typed=_typed(form))
            return await page.answer(replace(visit, form=form))
        finally:
            await form.close()

    async def _turned_away(self, visit: Visit) -> Response:
        """To the door; whoever was signed out while they wrote gets their words back first."""
        request = visit.request
        if request.method == "POST" and request.headers.get("content-type", "").startswith(PLAIN_FORM):
            form = await request.form(max_fields=MOST_FIELDS)
            if typed := _typed(form):
                return visit.show("stale.html", code=403, typed=typed)
        return _to_the_door(request)

    def _trouble(self, request: Request, template: str, *, code: int, reference: str = "") -> Response:
        visit = Visit(request=request, desk=self.desk, pages=self.pages, token="")
        return visit.show(template, code=code, reference=reference)


def _is_ours(visit: Visit, form: FormData) -> bool:
    brought = visit.request.headers.get("x-csrf-token") or next(iter(form.getlist("csrf")), "")
    return isinstance(brought, str) and hmac.compare_digest(brought.encode(), visit.csrf.encode())


def _typed(form: FormData) -> list[str]:
    """What somebody wrote that would be lost with the form."""
    typed = [next(iter(form.getlist(name)), "") for name in WRITTEN]
    return [words.strip() for words in typed if isinstance(words, str) and words.strip()]


def _to_the_door(request: Request) -> Response:
    wanted = request.url.path + query(request.query_params.multi_items()) if request.method == "GET" else ""
    door = "/sign-in" + query({"to": wanted if wanted != "/" else ""})
    if request.headers.get("hx-request") == "true":
        # A part of a page cannot show the door: the whole page goes there.
        return Response(status_code=204, headers={"HX-Redirect": door})
    return RedirectResponse(door, status_code=303)


def _place(wrong: Exception) -> str:
    trace = wrong.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "nowhere"
