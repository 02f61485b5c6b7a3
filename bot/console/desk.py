"""What the pages need is handed to them here; a demo hands over its phones and its movable time as well."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import NullTranslations

from bot.channels.phones import Phones
from bot.domain.access import Role
from bot.domain.prices import Price
from bot.services.published import Plan, Shelf
from bot.services.summaries import Summaries
from bot.storage.database import Database
from bot.storage.passwords import Passwords
from bot.storage.views.demo import PersonSeen


@dataclass
class Journey:
    """A move of programme time. `at` is how far it came; `target` is `None` when time runs by itself."""

    begins: datetime | None = None
    at: datetime | None = None
    target: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Play:
    """An invented colleague whom one can be."""

    first_name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What only a demo has. `plays` are the invented colleagues one can be, by coach id; the first is the usual one.

    `answer` and `tap` return when the programme has answered in turn; `tap` is false when there is no such button.
    `ask` begins the whole check-in with somebody now. `tries` are words that one can write, by language, group and
    situation.
    `move` returns when time has moved, or after a moment while it goes on moving.
    """

    plan: Plan
    phones: Phones
    plays: Mapping[int, Play]
    journey: Journey
    move: Callable[[datetime], Awaitable[None]]
    answer: Callable[[PersonSeen, str], Awaitable[None]]
    tap: Callable[[PersonSeen, int, str], Awaitable[bool]]
    ask: Callable[[PersonSeen], Awaitable[None]]
    tries: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


async def _soon() -> None:
    """In service, what was queued leaves with the next tick."""


async def _nowhere(code: str) -> str | None:
    """There is no bot to link to."""
    return None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The program as its pages see it. `words` has the console's words by language, the usual one first.

    `now` is programme time, `machine_now` the machine's own: sessions are of the latter. `address` is where the world
    finds the console. `send` has what was queued leave soon, and in a demo at once. `telegram_link` gives the link of
    a deep-link code, if there is a bot. `sms_price` is what one part of an SMS costs, if anybody has said. `mails`
    says whether mail can be sent at all. `reviewed` are the languages whose texts a native speaker has read.
    `nudge_imports` has tables of people taken in now, and not with the next tick.
    """

    database: Database
    shelf: Shelf
    summaries: Summaries
    words: Mapping[str, NullTranslations]
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    address: str
    send: Callable[[], Awaitable[None]] = field(default=_soon)
    telegram_link: Callable[[str], Awaitable[str | None]] = field(default=_nowhere)
    nudge_imports: Callable[[], Awaitable[None]] = field(default=_soon)
    passwords: Passwords = field(default_factory=Passwords)
    mails: bool = False
    reviewed: frozenset[str] = frozenset()
    sms_price: Price | None = None
    demo: Demo | None = None
