"""Every page forbids what no page needs, and only our own pages can change anything."""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_FORM = 64 * 1024

# No page of ours runs an inline script or style, is framed by anybody else, or asks another host for anything.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Stands before the pages. `hosts` are the names we may be called by: any other could be a rebound one.

    `uploads` are the paths to which more than `LARGEST_FORM` bytes may be sent, and how many.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] = (), uploads: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._hosts = {"127.0.0.1", "localhost", "[::1]", *hosts}
        self._uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 400, 403 or 413, or let through and add the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if static:
                    # No secret, and the same for everybody: kept, but asked about each time.
                    headers["Cache-Control"] = "no-cache"
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        status = self._refusal(scope, Headers(scope=scope))
        if status is None:
            await self._app(scope, receive, guarded)
        else:
            await PlainTextResponse("refused", status_code=status)(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> int | None:
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return 400
        if scope["method"] in ("GET", "HEAD"):
            return None
        if not _same_origin(headers, host):
            return 403
        length = headers.get("content-length", "")
        most = self._uploads.get(scope["path"], LARGEST_FORM)
        return None if length.isascii() and length.isdigit() and int(length[:19]) <= most else 413


def _same_origin(headers: Headers, host: str) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    # Where a browser hides the origin ("null"), it must say itself that the form is ours.
    origin = headers.get("origin", "null")
    return origin in (f"http://{host}", f"https://{host}") or (origin == "null" and site == "same-origin")
