"""A PostgreSQL server is shared by any number of processes, each with a bounded number of connections."""

from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT_SECONDS = 5
_STATEMENT_MS = 15_000
_LOCK_MS = 10_000
_IDLE_MS = 60_000


def writer(url: str) -> AsyncEngine:
    """Eight connections for transactions: eight processes, readers and all, fit a server that allows a hundred."""
    return _engine(url, connections=8, application="framsteg", isolation="READ COMMITTED")


def reader(url: str) -> AsyncEngine:
    """Three connections that cannot write; what one transaction reads is of one moment."""
    return _engine(url, connections=3, application="framsteg reading", isolation="REPEATABLE READ", read_only="on")


def _engine(url: str, *, connections: int, application: str, isolation: Any, read_only: str = "off") -> AsyncEngine:
    engine = create_async_engine(
        _by_asyncpg(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        isolation_level=isolation,
        query_cache_size=1000,
        # Otherwise the words of a message could stand in an error, and errors are logged.
        hide_parameters=True,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            # The server's own limit, and ours a little later for a server that no longer answers.
            "command_timeout": 2 * _STATEMENT_MS / 1000,
            "server_settings": {
                "application_name": application,
                "default_transaction_read_only": read_only,
                "statement_timeout": str(_STATEMENT_MS),
                "lock_timeout": str(_LOCK_MS),
                "idle_in_transaction_session_timeout": str(_IDLE_MS),
                "jit": "off",
                # What is asked for is almost always in memory: an index is worth its while sooner than by default.
                "random_page_cost": "1.1",
            },
        },
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def _(connection: Any, record: Any, proxy: Any) -> None:
        # After a restart of the server the pool is full of dead connections: this finds them without a round trip.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _by_asyncpg(url: str) -> URL:
    """Hosters hand out `postgres://…?sslmode=require`; asyncpg calls the same thing `ssl`."""
    given = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+asyncpg")
    query = {name: value for name, value in given.query.items() if name not in ("sslmode", "channel_binding")}
    if "sslmode" in given.query:
        query["ssl"] = given.query["sslmode"]
    return given.set(query=query)
