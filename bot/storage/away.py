"""A database that cannot be reached is one exception, whichever database and whichever driver says it."""

import socket

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseAway(Exception):
    """The database cannot be reached, is full, or keeps us waiting too long: ask again later, nothing else helps."""


# PostgreSQL's classes of SQLSTATE: connection, authorisation, no such database, resources, operator, system, config.
_AWAY_CLASSES = ("08", "28", "3D", "53", "57", "58", "F0", "XX")
_LOCK_NOT_AVAILABLE = "55P03"
_READ_ONLY = "25006"

# SQLite's primary codes: busy, locked, input/output, corrupt, full, cannot open, not a database.
_AWAY_CODES = (5, 6, 10, 11, 13, 14, 26)
_READONLY_CODE = 8


# What the drivers raise as they are when the socket went under them, or the server no longer answers.
_LOST = (ConnectionError, TimeoutError, PoolTimeout)
# The last is what asyncpg says when the server's farewell arrived while nothing was asked.
_CLOSED = ("connection is closed", "connection was closed", "cannot switch to state")


def is_away(error: BaseException, *, writing: bool) -> bool:
    """Whether the database itself is the trouble, and not what was asked of it.

    A database that only reads is away for a writer; a reader that tries to write has made a mistake.
    """
    if isinstance(error, (*_LOST, socket.gaierror)):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_away(error.orig, writing=writing))
    return (
        _postgresql_away(getattr(error, "sqlstate", None), writing=writing)
        or _sqlite_away(getattr(error, "sqlite_errorcode", None), writing=writing)
        or any(words in str(error) for words in _CLOSED)
    )


def _postgresql_away(state: object, *, writing: bool) -> bool:
    if not isinstance(state, str):
        return False
    return state[:2] in _AWAY_CLASSES or state == _LOCK_NOT_AVAILABLE or (writing and state == _READ_ONLY)


def _sqlite_away(code: object, *, writing: bool) -> bool:
    if not isinstance(code, int):
        return False
    return code & 0xFF in _AWAY_CODES or (writing and code & 0xFF == _READONLY_CODE)
