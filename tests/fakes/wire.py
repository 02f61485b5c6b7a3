"""A provider's HTTP server on a real socket, which can be told to fail in each way a network can."""

import asyncio
import gzip
import json
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it was read."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def fields(self) -> dict[str, str]:
        """Query and form (or JSON) together."""
        fields = dict(self.query)
        if self.headers.get("content-type", "").startswith("application/json"):
            fields.update(json.loads(self.body or b"{}"))
        else:
            fields.update(parse_qsl(self.body.decode(), keep_blank_values=True))
        return fields


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def answer(status: int, value: object, **headers: str) -> Answer:
    """JSON."""
    named = {name.replace("_", "-"): words for name, words in headers.items()}
    return Answer(status=status, body=json.dumps(value).encode(), headers=named)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How the next request goes wrong. `taken`: the provider did what was asked before it went wrong.

    `kind`: `answer` (with `answer`), `cut` (half an answer), `hang` (none), `reset` (the connection breaks),
    `drip` (`answer`, a byte at a time, and never whole).
    `only` names a part of the path, and `holds` one of the body, so that other requests are let through.
    """

    kind: str = "answer"
    answer: Answer = Answer()
    taken: bool = False
    only: str = ""
    holds: bytes = b""


HTML = Answer(status=502, body=b"<html><h1>Bad gateway</h1></html>", content_type="text/html")
HTML_200 = Answer(status=200, body=b"<html>Welcome to the guest network</html>", content_type="text/html")
EMPTY = Answer(status=200, body=b"")


def bomb(mebibytes: int) -> Answer:
    """A small answer that unpacks to so much."""
    body = gzip.compress(b'{"ok": true, "result": "' + bytes(mebibytes * 2**20), compresslevel=1)
    return Answer(status=200, body=body, headers={"Content-Encoding": "gzip"})


Handler = Callable[[Asked], Awaitable[Answer]]


class Wire:
    """An HTTP/1.1 server. As a context manager it listens on 127.0.0.1; `url` says where."""

    def __init__(self, handler: Handler, *, port: int = 0) -> None:
        self._handler = handler
        self._port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._over = asyncio.Event()
        self.faults: deque[Fault] = deque()
        self.slammed = 0
        """So many connections are broken before anything of them is read."""
        self.asked: list[Asked] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._over.set()
        for writer in list(self._writers):
            writer.transport.abort()
        # For the connections to notice, but for one that hangs; wait_closed() waits for ever in some Pythons.
        for _ in range(20):
            if self._writers:
                await asyncio.sleep(0.001)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def fail(self, *faults: Fault) -> None:
        """The next requests go wrong so, one each."""
        self.faults.extend(faults)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.slammed:
            self.slammed -= 1
            _break(writer)
            return
        self._writers.add(writer)
        try:
            # Python asks nobody to handle what a connection raises: a broken one is simply over.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while asked := await _read(reader):
                    if not await self._one(asked, writer):
                        break
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        self.asked.append(asked)
        fault = self._next_fault(asked)
        reply = await self._handler(asked) if fault is None or fault.taken else Answer()
        if fault is None:
            return await _write(writer, reply)
        match fault.kind:
            case "answer":
                return await _write(writer, fault.answer)
            case "cut":
                await _write(writer, reply, cut=True)
            case "hang":
                await self._over.wait()
            case "drip":
                await _drip(writer, fault.answer)
                await self._over.wait()
            case "reset":
                _break(writer)
        return False

    def _next_fault(self, asked: Asked) -> Fault | None:
        for fault in self.faults:
            if fault.only in asked.path and fault.holds in asked.body and not asked.path.startswith("/sim/"):
                self.faults.remove(fault)
                return fault
        return None


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = dict(_header(line) for line in lines[1:] if line)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Asked(method=method, path=parts.path, query=query, headers=headers, body=body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _break(writer: asyncio.StreamWriter) -> None:
    raw = writer.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _drip(writer: asyncio.StreamWriter, reply: Answer) -> None:
    for piece in (_head(reply), *(reply.body[place : place + 1] for place in range(len(reply.body) - 1))):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.05)


async def _write(writer: asyncio.StreamWriter, reply: Answer, *, cut: bool = False) -> bool:
    writer.write(_head(reply) + (reply.body[: max(len(reply.body) // 2, 1) - 1] if cut else reply.body))
    await writer.drain()
    return True


def _head(reply: Answer) -> bytes:
    phrase = HTTPStatus(reply.status).phrase
    headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def fault_from(given: dict[str, Any]) -> Fault:
    """A fault as it comes over the wire: `{"kind": "answer", "status": 429, "body": "…", "taken": false}`."""
    reply = Answer(
        status=int(given.get("status", 500)),
        body=str(given.get("body", "{}")).encode(),
        headers={str(name): str(value) for name, value in given.get("headers", {}).items()},
        content_type=str(given.get("content_type", "application/json")),
    )
    kind = str(given.get("kind", "answer"))
    return Fault(kind=kind, answer=reply, taken=bool(given.get("taken", False)), only=str(given.get("only", "")))
