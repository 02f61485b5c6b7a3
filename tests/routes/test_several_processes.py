"""Any number of processes share a PostgreSQL database: together they do everything once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App, build
from bot.services.pace import MOST_IN_HAND
from tests.almanac import almanac
from tests.fakes.wire import Fault
from tests.town import Town, a_town, delivery_of
from tests.vocabulary import vocabulary

EVENING = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PEOPLE = 25


@pytest.fixture
async def pg_town(postgresql_url: str) -> AsyncIterator[Town]:
    """A town whose database several processes may share."""
    async with a_town(postgresql_url) as made:
        for number in range(PEOPLE):
            await made.a_person(first_name=f"P{number}")
        yield made


@pytest.fixture
async def processes(pg_town: Town) -> AsyncIterator[list[App]]:
    """Three processes of the same program."""
    others = [build(pg_town.app.settings, now=lambda: pg_town.now) for _ in range(2)]
    for other in others:
        other.shelf.learn(vocabulary())
        other.shelf.mark_days(almanac())
    for other in others:
        other.delivery = delivery_of(other, pg_town.machine)
    yield [pg_town.app, *others]
    for other in others:
        await other.close()


async def all_tick(town: Town, processes: list[App], *, times: int = 2) -> None:
    """Every tick of every process at once, again and again."""
    for _ in range(times):
        await asyncio.gather(
            *(app.plan(town.now) for app in processes),
            *(app.silence(town.now) for app in processes),
            *(app.listen(town.now) for app in processes),
            *(app.delivery.send_queued(now=town.now) for app in processes),
        )


async def test_a_reminder_is_said_once_to_each_however_many_processes_tick(pg_town: Town, processes: list[App]) -> None:
    pg_town.clock.now = EVENING

    await all_tick(pg_town, processes, times=4)

    assert Counter(one.to for one in pg_town.twilio.sent) == {one.sms: 1 for one in pg_town.people}


async def test_a_conversation_begins_nudges_and_ends_once_however_many_processes_tick(
    pg_town: Town, processes: list[App]
) -> None:
    pg_town.clock.now = THURSDAY_TEN
    await all_tick(pg_town, processes, times=4)
    begun = Counter(one.to for one in pg_town.twilio.sent if "veckans" in one.body)
    pg_town.clock.now += timedelta(hours=3)
    await all_tick(pg_town, processes, times=4)
    nudged = Counter(one.to for one in pg_town.twilio.sent if "Du kan fortfarande" in one.body)
    pg_town.clock.now += timedelta(hours=20)
    await all_tick(pg_town, processes)

    once = {one.sms: 1 for one in pg_town.people}
    assert (begun, nudged) == (once, once)
    assert [await one.outcomes() for one in pg_town.people] == [["expired"]] * PEOPLE


async def test_every_answer_is_read_once_and_in_order_however_many_processes_read(
    pg_town: Town, processes: list[App]
) -> None:
    for one in pg_town.people:
        await one.begins("weekly-check-in")
    for words in ("1 3", "4", "2", "nej"):
        await asyncio.gather(*(one.writes(words) for one in pg_town.people))

    await all_tick(pg_town, processes, times=6)

    assert [[row.value for row in await one.ratings()] for one in pg_town.people] == [[2, 4, 2]] * PEOPLE
    assert [await one.outcomes() for one in pg_town.people] == [["finished"]] * PEOPLE
    assert [len(one.messages()) for one in pg_town.people] == [5] * PEOPLE
    assert not [one for one in pg_town.people if await one.alerts()]


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
async def test_what_a_process_had_in_hand_when_it_died_is_settled_by_another_and_leaves_once(
    pg_town: Town, processes: list[App], taken: bool
) -> None:
    dying, _, alive = processes
    pg_town.clock.now = EVENING
    await dying.plan(pg_town.now)
    pg_town.twilio.fail(*[Fault(kind="hang", taken=taken)] * PEOPLE)
    sending = asyncio.create_task(dying.delivery.send_queued(now=pg_town.now))
    while len(pg_town.twilio.asked) < min(PEOPLE, MOST_IN_HAND):
        await asyncio.sleep(0.01)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    pg_town.twilio.faults.clear()

    for _ in range(3):
        pg_town.machine.ahead += timedelta(seconds=31)
        await alive.delivery.settle(now=pg_town.now)
        await alive.delivery.send_queued(now=pg_town.now)

    assert Counter(one.to for one in pg_town.twilio.sent) == {one.sms: 1 for one in pg_town.people}
