"""Somebody calls a webhook over a plain connection that is kept, as a provider does, at little cost."""

import asyncio
from contextlib import suppress

_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Phones:
    """Connections by port. A request that is not answered in `patience` seconds has the status 0."""

    def __init__(self, *, patience: float = 15.0) -> None:
        self.patience = patience
        self._idle: dict[int, list[_Line]] = {}

    async def post(self, port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
        """The status; 0 if there was no answer."""
        lines = [f"POST {path} HTTP/1.1", "Host: framsteg.test", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/x-www-form-urlencoded"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return await self._ask(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def get(self, port: int, path: str) -> int:
        """The status; 0 if there was no answer."""
        return await self._ask(port, f"GET {path} HTTP/1.1\r\nHost: framsteg.test\r\n\r\n".encode())

    async def close(self) -> None:
        """Let go of all connections."""
        for several in self._idle.values():
            for _, writer in several:
                writer.transport.abort()
        self._idle.clear()

    async def _ask(self, port: int, request: bytes) -> int:
        if not port:
            return 0
        kept = self._idle.setdefault(port, [])
        while kept:
            # One that was kept may have been closed meanwhile: then nobody has read the request.
            if status := await self._exchange(port, request, kept.pop()):
                return status
        return await self._exchange(port, request, None)

    async def _exchange(self, port: int, request: bytes, line: _Line | None) -> int:
        try:
            async with asyncio.timeout(self.patience):
                line = line or await asyncio.open_connection("127.0.0.1", port)
                line[1].write(request)
                status, keep = await _answer(line[0])
            if keep:
                self._idle[port].append(line)
                line = None
            return status
        except (OSError, EOFError, ValueError, TimeoutError):
            return 0
        finally:
            if line is not None:
                with suppress(OSError):
                    line[1].transport.abort()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split()[1])
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    await reader.readexactly(int(headers.get("content-length", "0")))
    return status, headers.get("connection") != "close"
