"""A channel whose provider asked us to wait is left alone until then, by every process."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import ChannelName
from bot.storage.tables import pauses
from bot.storage.upsert import insert_into


class Pauses:
    """Machine time throughout."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def until(self, channel: ChannelName, *, machine_now: datetime) -> datetime | None:
        """Until when the channel waits; `None` when it does not."""
        found: datetime | None = await self._connection.scalar(
            select(pauses.c.until).where(pauses.c.channel == channel, pauses.c.until > machine_now)
        )
        return found

    async def set(self, channel: ChannelName, *, until: datetime, reason: str) -> None:
        """Let the channel wait."""
        await self._connection.execute(
            insert_into(self._connection, pauses)
            .values(channel=channel, until=until, reason=reason)
            .on_conflict_do_update(index_elements=["channel"], set_={"until": until, "reason": reason})
        )
