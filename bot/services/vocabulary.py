"""The words in which people are understood are read from their files when these change, and else from the database."""

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path

from bot.content.vocabulary import Vocabulary, compiled_vocabulary, load_vocabulary, mark_of, read_vocabulary
from bot.storage.database import Database
from bot.storage.unit_of_work import looking, unit_of_work


async def learn(database: Database, content: Path, *, now: datetime) -> Vocabulary:
    """What the files under `content` say, kept for the next start. Raises `ContentRefused`."""
    mark = mark_of(content)
    found = await _kept(database, mark)
    if found is not None:
        return found
    compiled = await asyncio.to_thread(compiled_vocabulary, content)
    async with unit_of_work(database) as work:
        await work.vocabularies.keep(mark, compiled, now=now)
    return read_vocabulary(compiled)


async def recall(database: Database, content: Path) -> Vocabulary:
    """The same where nothing may be written."""
    return await _kept(database, mark_of(content)) or load_vocabulary(content)


async def _kept(database: Database, mark: str) -> Vocabulary | None:
    async with looking(database) as work:
        compiled = await work.vocabularies.read(mark)
    # What an older program kept under the same mark may not be ours: the files say it again.
    with contextlib.suppress(ValueError):
        return read_vocabulary(compiled) if compiled is not None else None
    return None
