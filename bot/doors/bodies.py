"""Nobody can make us hold a larger body, or wait longer for it, than a provider ever needs."""

import asyncio
from datetime import timedelta

from starlette.requests import ClientDisconnect, Request

PATIENCE = timedelta(seconds=10)


class Refused(Exception):
    """A request is answered with `status` and an empty body."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body, at most `limit` bytes of it. Raises `Refused` (413, 408, 400)."""
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:19]) > limit:
        raise Refused(413)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise Refused(413)
    except TimeoutError:
        raise Refused(408) from None
    except ClientDisconnect:
        raise Refused(400) from None
    return bytes(body)
