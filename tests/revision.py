"""`make revision` writes down what the tables have and the revisions have not, found on a private PostgreSQL."""

import asyncio
import subprocess
import sys

from bot.storage.database import Database
from bot.storage.migrate import REVISIONS, migrate, write_revision
from tests.databases import KEY
from tests.postgres import PostgreSQL


async def _write(number: str, about: str) -> None:
    server = PostgreSQL()
    try:
        database = Database(server.url("postgres"), key=KEY)
        await migrate(database)
        await write_revision(database, number=number, about=about)
        await database.close()
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(_write(*sys.argv[1:3]))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(REVISIONS)], check=True)
    print("Read it before it is kept, and set HEAD in bot/storage/schema.py.")
