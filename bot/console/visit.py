"""A visit is one request as a page sees it: who comes, what they ask or send, and how they are answered."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.pages import Pages
from bot.domain.access import By, May, Viewer
from bot.services.published import Plan
from bot.storage.sessions import LASTS

MOST_LETTERS = 5000
"""What a field holds at most, unless a page says less."""

LARGEST_NUMBER = 2**62


class NotSignedIn(Exception):
    """A page that needs somebody was opened by nobody: the routes let nobody through, so this is a mistake of ours."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request. `token` is the browser's own, before and after signing in."""

    request: Request
    desk: Desk
    pages: Pages
    token: str
    viewer: Viewer | None = None
    session_id: int | None = None
    form: FormData = field(default_factory=FormData)

    @property
    def me(self) -> Viewer:
        """Who is signed in."""
        if self.viewer is None:
            raise NotSignedIn
        return self.viewer

    @property
    def by(self) -> By:
        """The same, for the log."""
        return By(coach_id=self.me.coach_id, organisation_id=self.me.organisation_id, came_from=self.came_from)

    @property
    def came_from(self) -> str:
        """The network address."""
        return self.request.client.host if self.request.client else ""

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.desk.now()

    @property
    def csrf(self) -> str:
        """What a form of ours brings back."""
        return csrf_of(self.token)

    @property
    def language(self) -> str:
        """The page's language: as asked for or chosen in this browser, else the reader's own."""
        return self.pages.language(self.request, own=self.viewer.language if self.viewer else "")

    def number(self, name: str) -> int:
        """A number of the path: never larger than a database can hold."""
        return min(int(self.request.path_params[name]), LARGEST_NUMBER)

    def asked(self, name: str) -> str:
        """A word of the address after the question mark; the first counts."""
        return next(iter(self.request.query_params.getlist(name)), "").strip()[:200]

    def field(self, name: str, *, most: int = MOST_LETTERS) -> str:
        """What was typed; the first counts, without spaces around it. Longer than `most` letters is cut."""
        first = next(iter(self.form.getlist(name)), "")
        return first.strip()[:most] if isinstance(first, str) else ""

    def several(self, name: str) -> list[str]:
        """All values of a field that may come more than once."""
        return [one for one in self.form.getlist(name) if isinstance(one, str)]

    def file(self, name: str) -> UploadFile | None:
        """A file that was given; `None` if none was."""
        found = next(iter(self.form.getlist(name)), None)
        return found if isinstance(found, UploadFile) and found.filename else None

    def show(self, template: str, *, code: int = 200, **shown: Any) -> Response:
        """The page."""
        return self.pages.show(self, template, code=code, **shown)

    def missing(self) -> Response:
        """There is no such page, or none that this reader may see: which of both is not told."""
        return self.show("missing.html", code=404)

    def title(self, plan: Plan, key: str) -> str:
        """A text of a programme (the name of a phase, of an indicator), in the page's language."""
        return plan.texts.say(
            key, language=self.language, fallback=plan.programme.languages, values={"number": "", "count": ""}
        )

    def sign_in(self, token: str, *, to: str) -> Response:
        """To a page of ours with another session: whatever the browser kept before, it keeps this from now on."""
        return keep(self.go(to), token, desk=self.desk)

    def back(self, *, otherwise: str) -> Response:
        """To the page that the form says it came from, if it is one of ours."""
        return RedirectResponse(ours(self.field("back"), otherwise=otherwise), status_code=303)

    def go(self, to: str) -> Response:
        """To a page of ours, after something was done."""
        return RedirectResponse(to, status_code=303)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One way into the console, and what it asks of whoever takes it. The tests walk all of them in every role."""

    path: str
    answer: Callable[[Visit], Awaitable[Response]]
    needs: May
    method: str = "GET"
    files: int = 0


def csrf_of(token: str) -> str:
    """What a form brings back to show that it is ours: it hangs on the cookie, which nobody else's page can read."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"framsteg: this form is ours", "sha256").hex()


def cookie_of(desk: Desk) -> str:
    """The name of the session's cookie: `__Host-` binds it to this very host and to TLS.

    A demo on plain HTTP has nothing to protect, and not every browser keeps a bound cookie there.
    """
    return "framsteg-demo" if desk.demo else "__Host-framsteg"


def keep(response: Response, token: str, *, desk: Desk) -> Response:
    """Have the browser keep this token from now on."""
    response.set_cookie(
        cookie_of(desk),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=desk.demo is None,
        httponly=True,
        samesite="lax",
    )
    return response


def renews_itself(request: Request) -> bool:
    """Whether an open page asked for its own news (`live.js` says so), and nobody did anything."""
    return "x-framsteg-refresh" in request.headers


def ours(to: str, *, otherwise: str) -> str:
    """`to`, which came with a request and is not trusted, if it is a path of ours."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() else otherwise
