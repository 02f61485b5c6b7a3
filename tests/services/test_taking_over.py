"""A process that starts under the name of one that died settles what that one was sending, and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.app import machine_clock
from bot.domain.messages import OutboxStatus
from bot.services.delivery import ARRIVES_WITHIN
from bot.storage.tables import outbox
from tests.town import Town, a_town


async def under_way(town: Town, *, holder: str) -> None:
    """A person was written to, and while the words were under way the process of that name died."""
    amina = await town.a_person()
    await amina.writes("hej")
    await town.app.reception.receive(now=town.now)
    async with town.app.database.transaction() as connection:
        sending = {"status": OutboxStatus.SENDING, "leased_by": holder, "attempts": 1, "claimed_at": machine_clock()}
        changed = await connection.execute(
            update(outbox).values(**sending, lease_until=machine_clock() + timedelta(seconds=30))
        )
        assert changed.rowcount == 1


async def seconds_left(town: Town) -> float:
    async with town.app.database.reading() as connection:
        until = await connection.scalar(select(outbox.c.lease_until))
    assert until is not None
    return float((until - machine_clock()).total_seconds())


async def test_what_the_predecessor_was_sending_is_settled_soon(database_url: str) -> None:
    async with a_town(database_url) as town:
        await under_way(town, holder=town.app.database.process)
        await town.app.delivery.begin()
        assert await seconds_left(town) <= ARRIVES_WITHIN.total_seconds()


async def test_what_another_process_is_sending_stays_its_own(database_url: str) -> None:
    async with a_town(database_url) as town:
        await under_way(town, holder="another")
        await town.app.delivery.begin()
        assert await seconds_left(town) == pytest.approx(30, abs=3)


async def test_only_a_process_on_sqlite_keeps_its_name(sqlite_url: str, postgresql_url: str) -> None:
    names: dict[str, list[str]] = {}
    for url in (sqlite_url, postgresql_url):
        for _ in range(2):
            async with a_town(url) as town:
                names.setdefault(url, []).append(town.app.database.process)
    assert names[sqlite_url][0] == names[sqlite_url][1]
    assert names[postgresql_url][0] != names[postgresql_url][1]
