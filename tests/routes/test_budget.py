"""A programme's text messages cost no more in a day than it allows, and nobody in danger pays for that."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import build
from bot.domain.access import Appointment, Role
from bot.domain.messages import OutboxStatus, Priority, Purpose
from bot.domain.people import ChannelName
from bot.services.delivery import Delivery
from bot.services.pace import Lane, Pace, Terms
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.databases import Databases
from tests.fakes.twilio_api import refusal
from tests.routes.test_pace import queued, statuses
from tests.town import Person, Town, a_town
from tests.vocabulary import ROOT

SMS = ChannelName.SMS
BEGUN = {"purpose": Purpose.REMINDER}
ANSWER = {"purpose": Purpose.REPLY, "priority": int(Priority.REPLY)}
NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
"""Half past midnight in Stockholm."""


def thrifty(place: Path, budget: int) -> Path:
    """STEGA with so many parts of SMS a day."""
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, place / part)
    directory = place / "flows" / "programmes" / "stega"
    page = directory / "programme.yaml"
    page.write_text(page.read_text("utf-8") + f"\nsms-budget: {budget}\n", "utf-8")
    return directory


@pytest.fixture(scope="module")
async def poor(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database of each kind, in which a programme of three parts a day is published; to be copied."""
    directory = thrifty(tmp_path_factory.mktemp("thrifty"), 3)
    made = {
        "sqlite": await databases.sqlite(tmp_path_factory.mktemp("poor")),
        "postgresql": await databases.postgresql(),
    }
    for url in made.values():
        async with a_town(url, programme=directory):
            pass
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
async def poor_town(
    request: pytest.FixtureRequest, databases: Databases, poor: dict[str, str], tmp_path: Path
) -> AsyncIterator[Town]:
    """A town that may send three parts a day."""
    url = await databases.copy(poor[request.param], tmp_path)
    async with a_town(url) as town:
        yield town
    if request.param == "postgresql":
        await databases.gone(url)


async def people(town: Town, count: int) -> list[Person]:
    return [await town.a_person(first_name=f"P{n}") for n in range(count)]


async def spent(town: Town) -> list[tuple[str, int, int]]:
    rows = await town.rows(select(tables.spending).order_by(tables.spending.c.on_day))
    return [(f"{row.on_day}", row.parts, row.refused) for row in rows]


async def alerts(town: Town) -> list[tuple[str, int | None]]:
    rows = await town.rows(select(tables.alerts.c.kind, tables.alerts.c.coach_id).order_by(tables.alerts.c.id))
    return [(row.kind, row.coach_id) for row in rows]


async def send(town: Town) -> None:
    await town.app.delivery.send_on(SMS, now=town.now)


async def test_what_goes_past_the_budget_is_not_begun_and_leaders_are_told_once(poor_town: Town) -> None:
    town = poor_town
    async with unit_of_work(town.app.database) as work:
        leads = Appointment(role=Role.LEADER, programme_id=town.programme.id)
        await work.appointments.give(town.coach, leads, now=town.now)
    for one in await people(town, 5):
        await queued(one, **BEGUN)
    await send(town)
    for one in await people(town, 1):
        await queued(one, **BEGUN)
    await send(town)

    assert len(town.twilio.sent) == 3
    assert await statuses(town) == {OutboxStatus.SENT: 3, OutboxStatus.CANCELLED: 3}
    assert await spent(town) == [("2026-11-25", 3, 3)]
    assert await alerts(town) == [("budget", town.coach)]
    rows = await town.rows(select(tables.outbox.c.error).where(tables.outbox.c.status == "cancelled"))
    assert {row.error for row in rows} == {"budget"}


async def test_a_message_counts_as_many_parts_as_it_has_and_a_shorter_one_may_still_fit(poor_town: Town) -> None:
    town = poor_town
    one, two, three = await people(town, 3)
    await queued(one, parts=2, **BEGUN)
    await queued(two, parts=2, **BEGUN)
    await queued(three, parts=1, **BEGUN)

    await send(town)

    assert {sent.to for sent in town.twilio.sent} == {one.sms, three.sms}
    assert await spent(town) == [("2026-11-25", 3, 1)]


async def test_an_answer_waits_for_the_next_day_where_the_programme_is(poor_town: Town) -> None:
    town = poor_town
    amina, *others = await people(town, 4)
    for one in others:
        await queued(one, **BEGUN)
    await send(town)
    await queued(amina, **ANSWER)

    await send(town)
    for _ in range(3):
        town.clock.now += timedelta(minutes=16)
        await send(town)
    waited = amina.messages()
    refused = await spent(town)
    town.clock.now = NIGHT
    await send(town)

    assert waited == [] and len(amina.messages()) == 1
    # However often it was looked at, it was kept back once.
    assert refused == [("2026-11-25", 3, 1)]
    assert (await spent(town))[1] == ("2026-11-26", 1, 0)


async def test_an_answer_that_has_lost_its_meaning_by_then_expires(poor_town: Town) -> None:
    town = poor_town
    amina, *others = await people(town, 4)
    for one in others:
        await queued(one, **BEGUN)
    await send(town)
    await queued(amina, expires_at=town.now + timedelta(hours=1), **ANSWER)

    await send(town)
    town.clock.now += timedelta(hours=2)
    await send(town)

    assert amina.messages() == []
    assert (await statuses(town))[OutboxStatus.EXPIRED] == 1


@pytest.mark.parametrize("purpose", [Purpose.CRISIS, Purpose.CONFIRMATION, Purpose.ALERT, Purpose.CANCELLATION])
async def test_help_stops_alerts_and_cancellations_leave_whatever_they_cost_and_count(
    poor_town: Town, purpose: Purpose
) -> None:
    town = poor_town
    amina, *others = await people(town, 4)
    for one in others:
        await queued(one, **BEGUN)
    await send(town)
    await queued(amina, purpose=purpose)

    await send(town)

    assert len(amina.messages()) == 1
    assert await spent(town) == [("2026-11-25", 4, 0)]


async def test_what_was_refused_by_the_provider_costs_nothing(poor_town: Town) -> None:
    town = poor_town
    town.twilio.fail(refusal(21617), refusal(21601))
    for one in await people(town, 3):
        await queued(one, **BEGUN)

    await send(town)

    assert len(town.twilio.sent) == 1
    assert await spent(town) == [("2026-11-25", 1, 0)]


async def test_without_a_leader_everybody_there_is_told(poor_town: Town) -> None:
    for one in await people(poor_town, 4):
        await queued(one, **BEGUN)

    await send(poor_town)

    assert await alerts(poor_town) == [("budget", None)]


async def test_telegram_costs_nothing(poor_town: Town) -> None:
    for number in range(5):
        one = await poor_town.a_person(first_name=f"P{number}", channel=ChannelName.TELEGRAM)
        await queued(one, **BEGUN)

    await poor_town.app.delivery.send_queued(now=poor_town.now)

    assert len(poor_town.telegram.sent) == 5
    assert await spent(poor_town) == []


async def test_two_who_claim_at_once_meet_the_budget_exactly(
    databases: Databases, poor: dict[str, str], tmp_path: Path
) -> None:
    url = await databases.copy(poor["postgresql"], tmp_path)
    async with a_town(url) as town:
        others = [build(town.app.settings, now=lambda: town.now) for _ in range(2)]
        # One at a time, so that each has to claim again and again.
        slowly = Terms(lanes=lambda _: (Lane(name="sms", pace=Pace(in_hand=1)),))
        deliveries = [Delivery(app.database, app.shelf, town.app.channels, terms=slowly) for app in (town.app, *others)]
        for one in await people(town, 12):
            await queued(one, **BEGUN)

        await asyncio.gather(*(one.send_on(SMS, now=town.now) for one in deliveries))

        assert len(town.twilio.sent) == 3
        assert await spent(town) == [("2026-11-25", 3, 9)]
        for other in others:
            await other.close()
    await databases.gone(url)
