"""The schema of a database is told apart from the one this program was written for."""

from sqlalchemy import inspect, text

from bot.storage.database import Database

HEAD = "0005"
"""The newest revision in `migrations/versions`; a test keeps it true."""

_VERSION = text("SELECT version_num FROM alembic_version")


async def version(database: Database) -> str | None:
    """The revision the database is at; `None` if nothing was ever made in it."""
    async with database.reading() as connection:
        if not await connection.run_sync(lambda plain: inspect(plain).has_table("alembic_version")):
            return None
        return (await connection.execute(_VERSION)).scalar_one_or_none()


async def pending(database: Database) -> bool:
    """Whether `framsteg migrate` has to run before this program can use the database."""
    return await version(database) != HEAD
