"""Between two programs stands a wire of ours, which can be cut, stalled and slowed, before or after a word passed."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class How(StrEnum):
    """What happens to one exchange."""

    NOT_PASSED_ON = "cut before the request was passed on"
    AFTER_REQUEST = "cut as soon as the request was passed on"
    ANSWER_DROPPED = "the answer came and was dropped"
    ANSWER_CUT = "cut in the middle of the answer"
    ANSWER_LATE = "the answer came late"


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The next request that holds `words` meets `how`. `late`: seconds, for an answer that comes late."""

    how: How
    words: bytes
    late: float = 0.0


class Proxy:
    """A TCP server on 127.0.0.1 in front of another. As a context manager it listens."""

    def __init__(self, port: int, *, listen: int = 0) -> None:
        """`port` is the other server's; `listen` is ours."""
        self._upstream = port
        self._listen = listen
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.refusing = False
        self.delay = 0.0
        self.cuts: deque[Cut] = deque()
        self.done: list[Cut] = []
        self.on_request: Callable[[bytes], None] = lambda words: None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._listen)
        self._listen = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.flow()
        self.close_all()
        for _ in range(50):
            if self._lines:
                await asyncio.sleep(0.002)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._listen

    def before(self, url: str) -> str:
        """The same address, by way of us."""
        parts = urlsplit(url)
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{self._listen}"))

    def refuse(self) -> None:
        """Nobody gets through any more, and whoever did is cut off."""
        self.refusing = True
        self.close_all()

    def accept(self) -> None:
        """Everybody gets through again."""
        self.refusing = False

    def close_all(self) -> None:
        """Every connection breaks, wherever it is."""
        for line in list(self._lines):
            line.abort()

    def stall(self) -> None:
        """Nothing is passed on any more, and nobody is told."""
        self._flowing.clear()

    def flow(self) -> None:
        """What waited goes on."""
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            _abort(writer)
            return
        try:
            theirs, to_them = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            _abort(writer)
            return
        line = _Line(self, writer, to_them)
        self._lines.add(line)
        try:
            await asyncio.gather(line.requests(reader), line.answers(theirs))
        finally:
            self._lines.discard(line)
            line.abort()

    def _cut_for(self, words: bytes) -> Cut | None:
        for cut in self.cuts:
            if cut.words in words:
                self.cuts.remove(cut)
                self.done.append(cut)
                return cut
        return None


class _Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, back: asyncio.StreamWriter, on: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._back = back
        self._on = on
        self._cut: Cut | None = None

    async def requests(self, reader: asyncio.StreamReader) -> None:
        """Pass on what the product asks."""
        with suppress(OSError):
            while words := await reader.read(65_536):
                await self._wait()
                self._proxy.on_request(words)
                cut = self._proxy._cut_for(words)
                if cut is not None and cut.how is How.NOT_PASSED_ON:
                    break
                self._on.write(words)
                await self._on.drain()
                if cut is not None and cut.how is How.AFTER_REQUEST:
                    # What was written still arrives: only the way back is gone.
                    _abort(self._back)
                    self._on.close()
                    return
                self._cut = cut or self._cut
            self._on.close()
            return
        self.abort()

    async def answers(self, reader: asyncio.StreamReader) -> None:
        """Pass back what the other side says."""
        with suppress(OSError):
            while words := await reader.read(65_536):
                await self._wait()
                cut, self._cut = self._cut, None
                if cut is not None and cut.how is How.ANSWER_LATE:
                    await asyncio.sleep(cut.late)
                elif cut is not None:
                    if cut.how is How.ANSWER_CUT:
                        self._back.write(words[: max(1, len(words) // 2)])
                        await self._back.drain()
                    break
                self._back.write(words)
                await self._back.drain()
        self.abort()

    async def _wait(self) -> None:
        await self._proxy._flowing.wait()
        if self._proxy.delay:
            await asyncio.sleep(self._proxy.delay)

    def abort(self) -> None:
        """Break both halves."""
        _abort(self._back)
        _abort(self._on)


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.transport.get_extra_info("socket")
    if raw is not None and not writer.transport.is_closing():
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
