"""Whoever watches over us learns whether we live and whether we can work, and no secret."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_PATIENCE_SECONDS = 2


def health_routes(ready: Callable[[], Awaitable[list[str]]]) -> list[Route]:
    """`GET /healthz` (we run) and `GET /readyz`: 200, or 503 with the names of what is not ready.

    `ready` says what is not ready, in words that may be read by anybody. It may raise, or take too long.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def readyz(request: Request) -> Response:
        missing = await _missing(ready)
        status = 503 if missing else 200
        return JSONResponse({"not_ready": missing}, status_code=status, headers={"Cache-Control": "no-store"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def _missing(ready: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await ready()
    except TimeoutError:
        return ["too slow to say"]
    except Exception:  # noqa: BLE001 - what cannot be asked is not ready, and its error is nobody's business here
        return ["cannot be asked"]
