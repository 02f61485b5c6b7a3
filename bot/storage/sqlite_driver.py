"""A statement on SQLite crosses to the database's thread and back once, not four times."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiosqlite


async def connected(path: Path, *, mode: str) -> "OneTripConnection":
    """A connection to the file. `mode`: `rwc` makes it, `rw` wants it to be there."""

    def connect() -> sqlite3.Connection:
        # It is used by its own thread alone; only attributes that cost nothing are read from outside.
        return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, check_same_thread=False)

    connection = OneTripConnection(connect, iter_chunk_size=64)
    # Otherwise a process that forgets to close it never ends.
    connection._thread.daemon = True
    await connection
    return connection


class OneTripConnection(aiosqlite.Connection):
    """aiosqlite's, with a cursor that fetches where it executes: making, reading and closing it cost nothing more."""

    def cursor(self, factory: Any = None) -> Any:
        """What SQLAlchemy asks for each statement."""
        return _OneTripCursor(self)

    async def run(self, work: Any, *arguments: Any) -> Any:
        """Do this in the database's thread."""
        execute: Any = self._execute
        return await execute(work, *arguments)

    @property
    def plain(self) -> sqlite3.Connection:
        """For use in the database's thread."""
        return self._conn


class _OneTripCursor:
    """As much of a cursor as SQLAlchemy uses. Its rows are all there once it has executed."""

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "_OneTripCursor":
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> "_OneTripCursor":
        await self._connection.run(self._execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> "_OneTripCursor":
        await self._connection.run(self._execute_many, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        count = size or self.arraysize
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        self._rows = []

    def _execute(self, sql: str, parameters: Any) -> None:
        self._note(self._connection.plain.execute(sql, parameters))

    def _execute_many(self, sql: str, parameters: Sequence[Any]) -> None:
        self._note(self._connection.plain.executemany(sql, parameters))

    def _note(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        # Only after the rows were fetched does SQLite know how many a RETURNING changed.
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()
