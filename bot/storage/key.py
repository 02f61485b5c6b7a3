"""Addresses sealed with one key are never looked for with another: everybody would be a stranger."""

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import addresses

_ANY = select(addresses.c.cipher).order_by(addresses.c.id.desc()).limit(1)


async def key_fits(database: Database) -> bool:
    """Whether what this database keeps was sealed with the key we have. An empty database fits any key."""
    async with database.reading() as connection:
        cipher = await connection.scalar(_ANY)
    if cipher is None:
        return True
    try:
        database.sealer.unseal(cipher)
    except ValueError:
        return False
    return True
