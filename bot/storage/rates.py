"""However many processes send for a sender, they take its tokens out of one row, one after the other."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import rates
from bot.storage.upsert import insert_new

_HELD = select(rates.c.tokens, rates.c.counted_at).where(rates.c.name == bindparam("sender")).with_for_update()
_KEEP = (
    update(rates)
    .where(rates.c.name == bindparam("sender"))
    .values(tokens=bindparam("left"), counted_at=bindparam("at"))
)


class Rates:
    """Machine time throughout."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, sender: str, *, most: float, machine_now: datetime) -> tuple[float, datetime]:
        """How many tokens there were and when; held until the end of the unit of work. A new sender has `most`."""
        row = (await self._connection.execute(_HELD, {"sender": sender})).first()
        if row is None:
            first = insert_new(self._connection, rates).values(name=sender, tokens=most, counted_at=machine_now)
            await self._connection.execute(first)
            row = (await self._connection.execute(_HELD, {"sender": sender})).one()
        return row.tokens, row.counted_at

    async def keep(self, sender: str, *, left: float, machine_now: datetime) -> None:
        """So many are left."""
        await self._connection.execute(_KEEP, {"sender": sender, "left": left, "at": machine_now})
