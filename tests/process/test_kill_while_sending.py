"""A process that is killed while it sends loses nothing, and says nothing twice, on both databases."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from bot.domain.messages import OutboxStatus
from bot.services.pace import MOST_IN_HAND
from bot.storage.tables import outbox
from tests.ports import free_port
from tests.process.burst import SAYS, Burst, a_burst
from tests.process.running import SERVE, SERVE_WITH_SHORT_LEASE, running, until, until_rows

PENDING = {OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.UNSETTLED}


@pytest.mark.slow
async def test_a_burst_of_reminders_survives_kills(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=110, rule=SAYS) as burst:
        kills = await send_and_kill(burst, SERVE_WITH_SHORT_LEASE, after=(15, 50, 55), seconds=15)
        await nothing_is_lost_or_doubled(burst, kills=kills)


@pytest.mark.slow
async def test_a_large_burst_survives_kills_with_the_real_lease(database_url: str, tmp_path: Path) -> None:
    async with a_burst(database_url, tmp_path, people=400, rule=SAYS) as burst:
        kills = await send_and_kill(burst, SERVE, after=(10, 30, 50, 70, 50, 30, 10, 60), seconds=90)
        await nothing_is_lost_or_doubled(burst, kills=kills)


async def send_and_kill(burst: Burst, words: tuple[str, ...], *, after: tuple[int, ...], seconds: float) -> int:
    """Serve, kill it when so many messages more were taken, and again, then serve until all is settled."""
    settings = burst.settings(port=free_port())
    dice = Random(1)
    for more in after:
        enough = taken(burst) + more
        async with running(settings, words) as one:
            await one.until_says("ready at")
            # A receipt may say more than the process that sent it ever knew.
            for sent in dice.sample(burst.twilio.sent, min(3, len(burst.twilio.sent))):
                assert await burst.twilio.call_back(sent.sid, "delivered") == 200
            await until(lambda enough=enough: taken(burst) >= enough, seconds=seconds)
            await one.kill()
    async with running(settings, words) as one:
        await until_rows(lambda: pending(burst), none=True, seconds=seconds)
        assert await one.stop() == 0, one.output
    return len(after)


def taken(burst: Burst) -> int:
    return len(burst.twilio.sent) + len(burst.telegram.sent)


async def pending(burst: Burst) -> list[object]:
    return [row for row in await burst.rows(outbox, "status") if row.status in PENDING]


async def nothing_is_lost_or_doubled(burst: Burst, *, kills: int) -> None:
    rows = await burst.rows(outbox, "status", "channel", "purpose")
    by_sms = Counter(row.status for row in rows if row.channel == "sms" and row.purpose == "reminder")
    by_chat = Counter(row.status for row in rows if row.channel == "telegram" and row.purpose == "reminder")
    assert sum(by_sms.values()) == len(burst.numbers)
    assert sum(by_chat.values()) == len(burst.chats)

    assert by_sms.keys() <= {OutboxStatus.SENT, OutboxStatus.DELIVERED}
    assert Counter(sent.to for sent in burst.twilio.sent) == dict.fromkeys(burst.numbers, 1)

    # Telegram cannot be asked what it took: what was under way is uncertain, and never repeated.
    assert by_chat.keys() <= {OutboxStatus.SENT, OutboxStatus.UNCERTAIN}
    assert by_chat[OutboxStatus.UNCERTAIN] <= kills * MOST_IN_HAND
    chats = Counter(int(sent["chat"]["id"]) for sent in burst.telegram.sent)
    assert set(chats.values()) == {1}
    assert by_chat[OutboxStatus.SENT] <= len(chats) <= len(burst.chats)
