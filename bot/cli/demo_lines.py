"""A line of the demo can break in the moment in which a message leaves: then nobody knows whether it did."""

from dataclasses import dataclass, field

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.channels.phones import Phones
from bot.domain.messages import OutboxAct, OutboxMessage
from bot.domain.people import ChannelName


@dataclass
class Lines:
    """The way to the phones. `broken` are the lines on which the next message is lost."""

    phones: Phones
    broken: set[tuple[ChannelName, str]] = field(default_factory=set)

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Show it on its phone. Raises `SendFailed` as the phones do, and for a broken line, once."""
        line = (message.channel, message.to)
        if message.act is OutboxAct.SEND and line in self.broken:
            self.broken.remove(line)
            raise SendFailed("answer-lost", unsettled=True)
        return await self.phones.deliver(message)

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """What the phones know of it."""
        return await self.phones.look_up(message)

    async def close(self) -> None:
        """Let go of the phones."""
        await self.phones.close()
