"""What the demo's pages need is handed to them here: to read, to answer on a phone and to move time on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations

from bot.channels.phones import Phones
from bot.services.published import Plan
from bot.storage.database import Database
from bot.storage.views.demo import PersonSeen


@dataclass
class Journey:
    """A move of programme time. `at` is how far it came; `target` is `None` when time runs by itself."""

    begins: datetime | None = None
    at: datetime | None = None
    target: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The demo as its pages see it. `words` has the console's words by language, the first of which is the usual one.

    `answer` and `tap` return when the programme has answered in turn; `tap` is false when there is no such button.
    `move` returns when time has moved, or after a moment while it goes on moving.
    """

    database: Database
    plan: Plan
    phones: Phones
    words: Mapping[str, NullTranslations]
    now: Callable[[], datetime]
    journey: Journey
    move: Callable[[datetime], Awaitable[None]]
    answer: Callable[[PersonSeen, str], Awaitable[None]]
    tap: Callable[[PersonSeen, int, str], Awaitable[bool]]
