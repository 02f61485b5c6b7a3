"""A channel hands words to a provider, and says what became of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.messages import OutboxMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """The provider took it. `parts` is what the provider counted, if it said."""

    provider_id: str
    parts: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The lost send is there: it left. `also`: others that say the same, where the provider cannot tell them apart."""

    provider_id: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """The lost send never arrived at the provider: it may be sent again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """The provider cannot say (or not yet)."""


class SendFailed(Exception):
    """The provider did not take it. What it says is the caller's one decision.

    `permanent`: asking again could not help. `gone`: nobody is to be written to at this address any more
    (`stopped`: because the person stopped us there). `retry_after`: the whole channel waits that long.
    `unsettled`: whether it left is not known, so it must be settled before any repeat. `away`: the provider was not
    reached at all. `code` is the provider's own. `moved_to`: the chat has a new id.
    """

    def __init__(  # noqa: PLR0913 - each is one thing the caller may have to know, and most are left out
        self,
        code: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        stopped: bool = False,
        retry_after: timedelta | None = None,
        unsettled: bool = False,
        away: bool = False,
        moved_to: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.gone = gone
        self.stopped = stopped
        self.retry_after = retry_after
        self.unsettled = unsettled
        self.away = away
        self.moved_to = moved_to


class Channel(Protocol):
    """One way to reach people. Safe to call from many tasks at once; it holds no transaction and no database."""

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Do what `message.act` asks for. Raises `SendFailed`, and nothing else."""
        ...

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """What became of a send whose answer was lost. Never raises."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
