"""One process at a time holds a lease; correctness never hangs on it, only who polls and who keeps the rate."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text

from bot.storage.columns import Moment
from bot.storage.database import Database

_TAKE = """
INSERT INTO leases AS held (name, holder, until, number) VALUES (:name, :holder, {until}, 1)
ON CONFLICT (name) DO UPDATE
   SET holder = excluded.holder,
       until = excluded.until,
       number = held.number + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END
 WHERE held.holder = excluded.holder OR held.until <= {now}
RETURNING number
"""

# Several machines share PostgreSQL and their clocks differ: there the database's own clock decides.
_POSTGRESQL = text(_TAKE.format(until="clock_timestamp() + make_interval(secs => :seconds)", now="clock_timestamp()"))
_SQLITE = text(_TAKE.format(until=":until", now=":now")).bindparams(
    bindparam("until", type_=Moment), bindparam("now", type_=Moment)
)

# The row stays, for its number has to go on growing.
_RELEASE = text("UPDATE leases SET holder = '', until = :past WHERE name = :name AND holder = :holder").bindparams(
    bindparam("past", type_=Moment)
)
_PAST = datetime(1970, 1, 1, tzinfo=UTC)


async def hold(database: Database, name: str, *, holder: str, seconds: float) -> int | None:
    """Take the lease, or keep it, for so long from now on; `None` while somebody else has it.

    The number grows whenever the lease changes hands: whoever writes with an older one has slept through a change.
    Machine time, never the programme's.
    """
    values: dict[str, object] = {"name": name, "holder": holder}
    if database.is_sqlite:
        now = datetime.now(UTC)
        values |= {"now": now, "until": now + timedelta(seconds=seconds)}
    else:
        values["seconds"] = float(seconds)
    async with database.transaction() as connection:
        number: int | None = (
            await connection.execute(_SQLITE if database.is_sqlite else _POSTGRESQL, values)
        ).scalar_one_or_none()
        return number


async def release(database: Database, name: str, *, holder: str) -> None:
    """Let go of the lease, if we have it, so that another need not wait for its end."""
    async with database.transaction() as connection:
        await connection.execute(_RELEASE, {"name": name, "holder": holder, "past": _PAST})
