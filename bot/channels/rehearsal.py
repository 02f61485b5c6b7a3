"""In a rehearsal words go to our own phones alone, whoever they were meant for."""

from dataclasses import dataclass

from bot.channels.channel import Absent, Channel, Delivered, Found, SendFailed, Unknown
from bot.domain.messages import OutboxMessage


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A channel that hands on only what is meant for one of the `allowed` addresses."""

    channel: Channel
    allowed: frozenset[str]

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Raises `SendFailed` with the code `rehearsal` for everybody else: nothing left."""
        if message.to not in self.allowed:
            raise SendFailed("rehearsal", permanent=True)
        return await self.channel.deliver(message)

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """As the channel itself."""
        return await self.channel.look_up(message)

    async def close(self) -> None:
        """As the channel itself."""
        await self.channel.close()
