"""Whoever watches over us learns whether we live and whether we can work, and no secret."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Ready = Callable[[], Awaitable[list[str]]]

PATIENCE = timedelta(seconds=2)


def health_routes(ready: Ready, *, patience: timedelta = PATIENCE) -> list[Route]:
    """`GET /healthz` (we run) and `GET /readyz`: 200, or 503 with the names of what is not ready.

    `ready` says what is not ready, in words that may be read by anybody. It may raise, or take longer than `patience`.
    """

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def readyz(request: Request) -> Response:
        missing = await _missing(ready, patience)
        status = 503 if missing else 200
        return JSONResponse({"not_ready": missing}, status_code=status, headers={"Cache-Control": "no-store"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def _missing(ready: Ready, patience: timedelta) -> list[str]:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await ready()
    except TimeoutError:
        return ["too slow to say"]
    except Exception:  # noqa: BLE001 - what cannot be asked is not ready, and its error is nobody's business here
        return ["cannot be asked"]
