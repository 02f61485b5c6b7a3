"""Words that are handed to paper go nowhere: they are written down, and taken at once."""

from bot.channels.channel import Absent, Delivered, Found, Unknown
from bot.domain.messages import OutboxAct, OutboxMessage


class Paper:
    """A channel to nobody. `sent` is all that was handed over, in order."""

    def __init__(self) -> None:
        self.sent: list[OutboxMessage] = []

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Write it down; what is no message of its own (a keyboard that is settled) leaves no trace."""
        if message.act is OutboxAct.SEND:
            self.sent.append(message)
        return Delivered(provider_id=f"paper-{message.id}")

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """Everything that was handed over is there."""
        return Found(provider_id=f"paper-{message.id}")

    async def close(self) -> None:
        """Nothing was opened."""
