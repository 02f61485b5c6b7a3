"""The days that were worked out stand here until they are worked out anew."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import almanacs
from bot.storage.upsert import insert_into

_COMPILED = select(almanacs.c.compiled).where(almanacs.c.mark == bindparam("mark"))
_OTHERS = almanacs.delete().where(almanacs.c.mark != bindparam("kept"))


class Almanacs:
    """Only the latest is kept."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, mark: str) -> str | None:
        """What was compiled under this mark, if it was the latest."""
        found: str | None = await self._connection.scalar(_COMPILED, {"mark": mark})
        return found

    async def keep(self, mark: str, compiled: str, *, now: datetime) -> None:
        """This is the latest."""
        await self._connection.execute(_OTHERS, {"kept": mark})
        changed = {"compiled": compiled, "kept_at": now}
        await self._connection.execute(
            insert_into(self._connection, almanacs)
            .values(mark=mark, **changed)
            .on_conflict_do_update(index_elements=["mark"], set_=changed)
        )
