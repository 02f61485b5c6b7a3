"""Things are put on the street one by one, and no id is that of two kinds of things."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import tables
from tests.console.street import Street

_APART = 1000
"""Things of each kind begin at another thousand: an id of one kind is never one of another."""


@dataclass
class Belongings:
    """The ids of what everybody has: kind of thing -> first name of whose it is -> id."""

    ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def keep(self, kind: str, whose: str, number: int) -> int:
        """Remember it."""
        self.ids.setdefault(kind, {})[whose] = number
        return number


@dataclass(frozen=True)
class Mover:
    """Carries things in while the door is open: one transaction. `words` are what everybody has written."""

    street: Street
    connection: AsyncConnection
    things: Belongings
    words: str
    now: datetime

    async def put(self, table: Table, thing: str, whose: str, /, **values: Any) -> int:
        """Add a row; its id is remembered, and is that of no other kind of thing."""
        first = _APART * (10 + sorted(tables.metadata.tables).index(table.name))
        newest = await self.connection.scalar(select(func.max(table.c.id)))
        number = max(first, newest or 0) + 1
        await self.connection.execute(insert(table).values(id=number, **values))
        return self.things.keep(thing, whose, number)


async def number_apart(street: Street) -> None:
    """Give everybody and everything on the street an id of its own thousand."""
    ours = (
        (tables.participants, street.people),
        (tables.enrolments, street.enrolments),
        (tables.coaches, street.coaches),
        (tables.programmes, street.programmes),
    )
    async with street.database.rebuilding() as connection:
        for step, (moved, names) in enumerate(ours, start=1):
            for table in tables.metadata.tables.values():
                for column in table.columns:
                    if column is moved.c.id or column.references(moved.c.id):
                        await connection.execute(update(table).values({column: column + step * _APART}))
            for name in names:
                names[name] += step * _APART
