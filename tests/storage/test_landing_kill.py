"""What was acknowledged is there after a kill -9, on both databases."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.databases import KEY

# Keeps arrivals by sixteen at a time and says the number of each one only after it was kept.
_KEEPER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from bot.domain.messages import Arrival
from bot.domain.people import ChannelName
from bot.storage.database import Database
from bot.storage.landing import Landing

async def main(url, begin):
    landing = Landing(Database(url, key=bytes(range(32))))
    numbers = itertools.count(int(begin))
    async def keep():
        while True:
            number = next(numbers)
            await landing.keep(Arrival(channel=ChannelName.SMS, provider_id=str(number), sender="+46701740605",
                                       account="+46764798301", raw=b"Body=Hej", received_at=datetime.now(UTC)))
            print(number, flush=True)
    await asyncio.gather(*(keep() for _ in range(16)))

asyncio.run(main(*sys.argv[1:]))
"""
_ROUNDS = 5
_ACKNOWLEDGED = 300


@pytest.mark.slow
async def test_what_was_acknowledged_is_kept_when_the_process_is_killed(database_url: str) -> None:
    acknowledged: set[str] = set()
    for number in range(_ROUNDS):
        acknowledged |= _kept_until_killed(database_url, begin=number * 1_000_000)
    database = Database(database_url, key=KEY)
    try:
        async with database.reading() as connection:
            there = set((await connection.execute(select(inbox.c.provider_id))).scalars())
    finally:
        await database.close()
    assert len(acknowledged) >= _ROUNDS * _ACKNOWLEDGED
    assert acknowledged - there == set()


def _kept_until_killed(url: str, *, begin: int) -> set[str]:
    words = [sys.executable, "-c", _KEEPER, url, str(begin)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=root) as keeper:
        assert keeper.stdout is not None
        seen = {keeper.stdout.readline().strip() for _ in range(_ACKNOWLEDGED)}
        keeper.send_signal(signal.SIGKILL)
        # A last line may be cut in the middle.
        return seen | {line.strip() for line in keeper.stdout if line.endswith("\n")}
