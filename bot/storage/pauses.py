"""A channel whose provider asked us to wait, or no longer answers, is left alone until then, by every process."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import ChannelName
from bot.storage.machine_time import clock_of
from bot.storage.tables import pauses
from bot.storage.upsert import insert_into

AWAY = "away"
"""The reason of a pause that nobody asked for: the provider did not answer time after time."""


TAKEN_FOR_AWAY = 5
"""A provider that did not answer so often in a row is left alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a channel stands just now. `failures` is how often in a row its provider did not answer."""

    now: datetime
    until: datetime | None = None
    reason: str = ""
    failures: int = 0


_FOUND = select(pauses.c.until, pauses.c.reason, pauses.c.failures).where(pauses.c.channel == bindparam("channel"))
_HELD = _FOUND.with_for_update()
_STANDING = {
    dialect: select(
        clock_of(dialect).label("now"),
        *(
            select(column).where(pauses.c.channel == bindparam("channel")).scalar_subquery().label(column.name)
            for column in (pauses.c.until, pauses.c.reason, pauses.c.failures)
        ),
    )
    for dialect in ("sqlite", "postgresql")
}
_PROBE = (
    update(pauses)
    .where(pauses.c.channel == bindparam("which"), pauses.c.until <= bindparam("machine_now"))
    .values(until=bindparam("next_one"))
)
_ANSWERED = (
    update(pauses)
    .where(pauses.c.channel == bindparam("which"), pauses.c.failures > 0)
    .values(
        failures=0,
        until=case(
            (pauses.c.reason == AWAY, bindparam("machine_now", type_=pauses.c.until.type)), else_=pauses.c.until
        ),
    )
)
_COUNT = update(pauses).where(pauses.c.channel == bindparam("which")).values(failures=bindparam("so_many"))


class Pauses:
    """Machine time throughout."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def standing(self, channel: ChannelName) -> Standing:
        """What time it is by the machine, and whether the channel waits."""
        asked = _STANDING[self._connection.dialect.name]
        row = (await self._connection.execute(asked, {"channel": channel})).one()
        return Standing(now=row.now, until=row.until, reason=row.reason or "", failures=row.failures or 0)

    async def failures(self, channel: ChannelName, *, machine_now: datetime) -> int:
        """How often in a row the provider did not answer; held until the end of the unit of work."""
        await self._connection.execute(
            insert_into(self._connection, pauses)
            .values(channel=channel, until=machine_now, reason="")
            .on_conflict_do_nothing()
        )
        return (await self._connection.execute(_HELD, {"channel": channel})).one().failures or 0

    async def count(self, channel: ChannelName, *, failures: int) -> None:
        """So often in a row the provider did not answer; how long the channel waits stays as it is."""
        await self._connection.execute(_COUNT, {"which": channel, "so_many": failures})

    async def set(self, channel: ChannelName, *, until: datetime, reason: str, failures: int = 0) -> None:
        """Let the channel wait."""
        values = {"until": until, "reason": reason, "failures": failures}
        await self._connection.execute(
            insert_into(self._connection, pauses)
            .values(channel=channel, **values)
            .on_conflict_do_update(index_elements=["channel"], set_=values)
        )

    async def probe(self, channel: ChannelName, *, machine_now: datetime, until: datetime) -> bool:
        """Be the one that tries a channel that was away; all others wait until then. `False`: somebody else does."""
        values = {"which": channel, "machine_now": machine_now, "next_one": until}
        return bool((await self._connection.execute(_PROBE, values)).rowcount)

    async def answered(self, channel: ChannelName, *, machine_now: datetime) -> None:
        """The provider is there: whoever waited because it was not waits no longer."""
        await self._connection.execute(_ANSWERED, {"which": channel, "machine_now": machine_now})
