"""A tick passes over whoever is in another's hand, and what two processes do at the very same time is done once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.app import App, build
from bot.services.signing import WAITS
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.routes.sharing import WHO, a_shared_phone
from tests.town import Person, Town, a_town, delivery_of
from tests.vocabulary import vocabulary

THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
THURSDAY_EIGHT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


@pytest.fixture
async def pg_town(postgresql_url: str) -> AsyncIterator[Town]:
    """A town whose database several processes may share."""
    async with a_town(postgresql_url) as made:
        yield made


@pytest.fixture
async def processes(pg_town: Town) -> AsyncIterator[list[App]]:
    """Four processes of the same program."""
    others = [build(pg_town.app.settings, now=lambda: pg_town.now) for _ in range(3)]
    for other in others:
        other.shelf.learn(vocabulary())
        other.delivery = delivery_of(other, pg_town.machine)
    yield [pg_town.app, *others]
    for other in others:
        await other.close()


async def while_in_hand(person: Person, tick: Callable[[datetime], Awaitable[object]]) -> None:
    """Another process has the person in hand, as when it answers them; meanwhile a tick comes here, and is over."""
    town = person.town
    async with unit_of_work(town.app.database) as work:
        await work.participants.lock([person.id])
        # In a task of its own, for this one has a transaction.
        await asyncio.wait_for(asyncio.ensure_future(tick(town.now)), 5)


async def test_whoever_is_being_answered_is_not_reminded_of_the_question(pg_town: Town) -> None:
    amina, bo = await pg_town.a_person(), await pg_town.a_person(first_name="Bo")
    pg_town.clock.now = THURSDAY_TEN
    for person in (amina, bo):
        await person.begins("weekly-check-in")
    pg_town.clock.now += timedelta(hours=3)

    await while_in_hand(amina, pg_town.app.silence)
    assert ["nudge" in await purposes(one) for one in (amina, bo)] == [False, True]

    await pg_town.app.silence(pg_town.now)
    assert "nudge" in await purposes(amina)


async def test_whoever_just_says_that_they_are_back_is_not_asked(pg_town: Town) -> None:
    amina, bo = await pg_town.a_person(), await pg_town.a_person(first_name="Bo")
    for person in (amina, bo):
        await person.says("sjuk")
    pg_town.clock.now = THURSDAY_EIGHT

    await while_in_hand(amina, pg_town.app.ask_back)
    assert [await back_asked(one) for one in (amina, bo)] == [0, 1]

    await amina.says("frisk")
    await pg_town.app.ask_back(pg_town.now)
    assert [await back_asked(one) for one in (amina, bo)] == [0, 1]


async def test_what_nobody_signed_is_handed_over_once(pg_town: Town, processes: list[App]) -> None:
    phone = await a_shared_phone(pg_town)
    assert await phone.says("Kan jag byta dag?") == [WHO]
    pg_town.clock.now += WAITS

    await asyncio.gather(*(app.silence(pg_town.now) for app in processes))

    assert [await one.alerts() for one in (phone.amina, phone.omar)] == [["unsigned"]] * 2


async def test_all_that_falls_due_is_done_once_when_four_processes_tick_together(
    pg_town: Town, processes: list[App]
) -> None:
    people = [await pg_town.a_person(first_name=f"P{number}") for number in range(12)]
    for person in people[:6]:
        await person.says("sjuk")
    async with pg_town.app.database.transaction() as connection:
        await connection.execute(update(tables.coaches).values(summary_next_at=THURSDAY_EIGHT))
    pg_town.clock.now = THURSDAY_EIGHT

    for _ in range(3):
        await asyncio.gather(
            *(tick(pg_town.now) for app in processes for tick in (app.plan, app.silence, app.ask_back, app.escalate)),
            *(app.summaries.queue_weekly(now=pg_town.now) for app in processes),
            *(app.delivery.send_queued(now=pg_town.now) for app in processes),
        )

    assert [await back_asked(person) for person in people] == [1] * 6 + [0] * 6
    assert len(await pg_town.rows(select(tables.summaries))) == 1
    sent = [(one.to, one.body) for one in pg_town.twilio.sent]
    assert len(sent) == len(set(sent))


async def purposes(person: Person) -> list[str]:
    return [row.purpose for row in await person.outbox()]


async def back_asked(person: Person) -> int:
    return len([row for row in await person.outbox() if row.once.startswith("back/")])
