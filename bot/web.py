"""Whoever is to be asked over HTTP listens at an address of their own, from the first request to the last."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette


class NotReady(Exception):
    """The program cannot start as things are: one line that says what to do."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where to listen, and which settings say so; at port 0 the kernel chooses one."""

    host: str
    port: int
    keys: str


@asynccontextmanager
async def served(web: Starlette, place: Address, *, proxies: Sequence[str] = ()) -> AsyncIterator[str]:
    """Answer at this address until left; gives it as a URL. Raises `NotReady` when it cannot be had."""
    listening = _bind(place)
    config = uvicorn.Config(
        web,
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.up.wait()
    host, port = listening.getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """uvicorn, which leaves the signals to us: whoever stops the program stops the clock and the fetching too."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when it is done."""
        await super().startup(sockets)
        self.up.set()


def _bind(place: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((place.host, place.port))
        # Not left to uvicorn: two processes may bind to one port, and only the second `listen` is refused.
        listening.listen(2048)
    except OSError as trouble:
        listening.close()
        raise NotReady(f"{place.keys}: cannot serve at {place.host}:{place.port} ({trouble.strerror})") from None
    return listening
