"""A copy of an SQLite file is taken while the program writes to it, is whole, and says that it is one."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from bot.storage.copies import COPIED
from bot.storage.sqlite import path_of

_BUSY_SECONDS = 10.0
_MARK = "INSERT INTO cursors (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class NoBackup(Exception):
    """No copy was made, and nothing is left of a try: one line that says why."""


def back_up(url: str, file: Path, *, now: datetime) -> int:
    """Copy the SQLite database at `url` to `file`, readable by its owner alone; gives the bytes it takes.

    What is committed when it begins is in it; whoever writes meanwhile does not wait. It is looked through for damage,
    and on the disk when this returns. Raises `NoBackup`; a file that is there is never written over.
    """
    source = _source(url)
    place = file.expanduser().absolute()
    part = place.with_name(f".{place.name}.part")
    try:
        # The name is ours from here on, whoever else makes copies.
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise NoBackup(f"{file} is there already: name a new file") from None
    except OSError as trouble:
        raise NoBackup(f"{file} cannot be written ({trouble.strerror})") from None
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(source, part, now=now)
        _keep(part, place)
    except BaseException as trouble:
        for left in (place, part, *(part.with_name(part.name + end) for end in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)
        if isinstance(trouble, (OSError, sqlite3.Error)):
            raise NoBackup(f"{file} could not be written ({trouble}): is there room on its disk?") from None
        raise
    return place.stat().st_size


def _source(url: str) -> Path:
    if not url.startswith("sqlite"):
        raise NoBackup("FRAMSTEG_DATABASE_URL is PostgreSQL: back it up with `pg_dump` (docs/operating.md says how)")
    source = path_of(url, must_exist=False) if make_url(url).database else Path()
    if not source.is_file():
        raise NoBackup(f"FRAMSTEG_DATABASE_URL: there is no file {source}")
    return source


def _copy(source: Path, part: Path, *, now: datetime) -> None:
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)) as there,
        closing(sqlite3.connect(part, isolation_level=None)) as here,
    ):
        # Nobody but the serving process writes into the file, not even a checkpoint.
        there.execute("PRAGMA query_only=ON")
        there.execute("PRAGMA wal_autocheckpoint=0")
        # All at once: by steps it would begin anew whenever somebody writes.
        there.backup(here, pages=-1)
        here.execute("PRAGMA journal_mode=DELETE")
        if here.execute("SELECT count(*) FROM sqlite_master WHERE name = 'cursors'").fetchone()[0] == 0:
            raise NoBackup("FRAMSTEG_DATABASE_URL: nothing is in this database yet (`framsteg migrate` makes it)")
        here.execute(_MARK, (COPIED, int(now.timestamp())))
        found = [str(row[0]) for row in here.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"] or here.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise NoBackup("the database is damaged: keep the copies you have, and ask for help before anything else")


def _keep(part: Path, place: Path) -> None:
    """On the disk, and under its own name."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(part, place)
    directory = os.open(place.parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            # Some file systems have no such thing.
            os.fsync(directory)
    finally:
        os.close(directory)
