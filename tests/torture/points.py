"""A process under torture kills or stops itself where it was told to: in between the steps of a route, by name.

`CRASH_AT=<point>` (and `CRASH_AFTER=<n>`: the n-th time it comes by; `CRASH_BY=KILL|STOP`) is obeyed only here, in a
child of tests/torture/nursery.py, which wraps the named functions of the program. The program knows nothing of it.
"""

import functools
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.services.delivery import Delivery
from bot.services.reception import Reception
from bot.services.reminders import Reminders
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.landing import Landing

RECEPTION = {
    "landing": ("before the landing's commit", "after the landing's commit"),
    "inbox": ("after the inbox claim",),
    "reception": ("before reception's commit", "after reception's commit"),
}
SENDING = {
    "planning": ("before planning's commit", "after planning's commit"),
    "claim": ("before the outbox claim's commit", "after the outbox claim's commit"),
    "request": ("before the provider's request", "after the provider's answer"),
    "note": ("before the note's commit", "after the note's commit"),
    "settle": ("before settling's commit", "after settling's commit"),
    "receipt": ("before the receipt's commit", "after the receipt's commit"),
}
POINTS = tuple(point for points in (*RECEPTION.values(), *SENDING.values()) for point in points)

_COMMITS = {
    "reception": (Reception, "receive_some"),
    "planning": (Reminders, "queue_some"),
    "claim": (Delivery, "_claim"),
    "note": (Delivery, "_note"),
    "settle": (Delivery, "settle"),
    "receipt": (Delivery, "note_receipt"),
}
"""Whose transaction it is: by whatever is at work when it is committed."""


@dataclass
class _Route:
    """What is at work, and whether it wrote anything yet in this transaction."""

    name: str
    wrote: bool = False


_route: ContextVar[_Route | None] = ContextVar("route", default=None)


def arm() -> None:
    """Obey the environment, if it asks for anything."""
    point = os.environ.get("CRASH_AT", "")
    if not point:
        return
    assert point in POINTS, point
    trap = _Trap(point, after=int(os.environ.get("CRASH_AFTER", "1")), by=os.environ.get("CRASH_BY", "KILL"))
    for name, (owner, method) in _COMMITS.items():
        setattr(owner, method, _named(name, getattr(owner, method)))
    _watch_commits(trap)
    _watch_writes()
    _around(Landing, "_insert", before=functools.partial(trap, "before the landing's commit"))
    _around(Landing, "_kept", after=functools.partial(trap, "after the landing's commit"))
    _around(Inbox, "heads", found=functools.partial(trap, "after the inbox claim"))
    for channel in (TwilioChannel, TelegramChannel):
        _around(channel, "deliver", before=functools.partial(trap, "before the provider's request"))
        _around(channel, "deliver", after=functools.partial(trap, "after the provider's answer"))


class _Trap:
    def __init__(self, point: str, *, after: int, by: str) -> None:
        self._point, self._left = point, after
        self._signal = signal.SIGKILL if by == "KILL" else signal.SIGSTOP

    def __call__(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), self._signal)


def _named(name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def known(*arguments: Any, **named: Any) -> Any:
        token = _route.set(_Route(name))
        try:
            return await method(*arguments, **named)
        finally:
            _route.reset(token)

    return known


def _watch_commits(trap: _Trap) -> None:
    whole = Database.transaction
    names = RECEPTION | SENDING

    @asynccontextmanager
    async def transaction(self: Database) -> AsyncIterator[Any]:
        route = _route.get()
        if route is None:
            async with whole(self) as connection:
                yield connection
            return
        route.wrote = False
        async with whole(self) as connection:
            yield connection
            if route.wrote:
                trap(names[route.name][0])
        if route.wrote:
            trap(names[route.name][1])

    Database.transaction = transaction  # type: ignore[method-assign]


def _watch_writes() -> None:
    @event.listens_for(Engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        route = _route.get()
        if route is not None and statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            route.wrote = True


def _around(
    owner: type,
    name: str,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
    found: Callable[[], None] | None = None,
) -> None:
    method = getattr(owner, name)

    @functools.wraps(method)
    async def watched(*arguments: Any, **named: Any) -> Any:
        if before is not None:
            before()
        result = await method(*arguments, **named)
        if after is not None:
            after()
        if found is not None and result:
            found()
        return result

    setattr(owner, name, watched)
