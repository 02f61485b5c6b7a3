"""Leases, retries, pauses and rates go by one clock for all processes: the database's own."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.columns import Moment


def clock_of(dialect: str) -> ColumnElement[datetime]:
    """What time it is in the middle of a statement: PostgreSQL's server says it, an SQLite file's own machine."""
    if dialect == "sqlite":
        return literal_column("strftime('%Y-%m-%d %H:%M:%f000', 'now')", Moment)
    return func.clock_timestamp(type_=Moment)


_NOW = {dialect: select(clock_of(dialect)) for dialect in ("sqlite", "postgresql")}


class MachineTime:
    """Several machines share PostgreSQL and their clocks differ: none of them is asked."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def now(self) -> datetime:
        """What time it is; programme time is another matter."""
        found: datetime = (await self._connection.execute(_NOW[self._connection.dialect.name])).scalar_one()
        return found
