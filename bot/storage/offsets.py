"""How far each zone was ahead when a programme was planned is kept, as another release of the zone data may differ."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import cursors
from bot.storage.upsert import insert_into


class Offsets:
    """In seconds ahead of UTC, at the moment up to which a programme has been planned."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, programme_id: int) -> dict[str, int]:
        """By zone; a zone in which nobody lived when it was planned is not there."""
        begin = f"zone/{programme_id}/"
        rows = await self._connection.execute(
            select(cursors.c.name, cursors.c.value).where(cursors.c.name.startswith(begin, autoescape=True))
        )
        return {row.name.removeprefix(begin): row.value for row in rows}

    async def forget(self, programme_ids: Iterable[int]) -> None:
        """They are to be planned from another moment on: what was known of the last one says nothing of it."""
        for one in programme_ids:
            mine = cursors.c.name.startswith(f"zone/{one}/", autoescape=True)
            await self._connection.execute(delete(cursors).where(mine))

    async def keep(self, programme_id: int, seconds: Mapping[str, int]) -> None:
        """From now on these."""
        for zone, ahead in seconds.items():
            added = insert_into(self._connection, cursors).values(name=f"zone/{programme_id}/{zone}", value=ahead)
            await self._connection.execute(added.on_conflict_do_update(index_elements=["name"], set_={"value": ahead}))
