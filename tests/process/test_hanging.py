"""A process that hangs between claiming and sending wakes to find its work done by another, and does no harm."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.tables import outbox
from tests.ports import free_port
from tests.process.burst import SAYS, Burst, a_burst
from tests.process.running import until_rows
from tests.torture.nursery import nursery

LEASE = 2.0
# The first thing that is written is the row of the sender's tokens; with the second one words are in hand for certain.
HANGS = {"CRASH_AT": "after the outbox claim's commit", "CRASH_BY": "STOP", "CRASH_AFTER": "2", "LEASE": str(LEASE)}


@pytest.mark.slow
async def test_whoever_hung_with_words_in_hand_sends_none_that_another_sent_meanwhile(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with a_burst(postgresql_url, tmp_path, people=6, rule=SAYS) as burst, nursery(tmp_path / "born") as born:
        hanging = await born.start(told(burst, rate="1"), **HANGS)
        assert await hanging.stands(seconds=20), hanging.output
        claimed = [row for row in await texts(burst) if row.status == OutboxStatus.SENDING]
        other = await (await born.start(told(burst, rate="1000"), LEASE=str(LEASE))).ready()
        await until_rows(lambda: waiting(burst), none=True)
        before = len(burst.twilio.sent)

        hanging.send(signal.SIGCONT)
        # It goes on with what it had in hand.
        await asyncio.sleep(LEASE)
        assert (await hanging.stop(), await other.stop()) == (0, 0)

        assert claimed
        assert before == len(burst.twilio.sent) == len(burst.numbers)
        assert Counter(one.to for one in burst.twilio.sent) == dict.fromkeys(burst.numbers, 1)
        assert {row.status for row in await texts(burst)} == {OutboxStatus.SENT}


def told(burst: Burst, *, rate: str) -> dict[str, str]:
    """Text messages alone."""
    settings = burst.settings(port=free_port()) | {"FRAMSTEG_SMS_RATE": rate}
    del settings["FRAMSTEG_TELEGRAM_TOKEN"]
    return settings


async def texts(burst: Burst) -> list[object]:
    rows = await burst.rows(outbox, "id", "status", "channel")
    return [row for row in rows if row.channel == ChannelName.SMS]


async def waiting(burst: Burst) -> list[object]:
    pending = (OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.UNSETTLED)
    return [row for row in await texts(burst) if row.status in pending]
