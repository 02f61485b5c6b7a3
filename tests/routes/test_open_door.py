"""A door that is open to whoever likes is told of gently; groups in blocks are told to those who have joined."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import Membership
from bot.storage.unit_of_work import unit_of_work
from tests.databases import Databases
from tests.town import ROOT, Person, Town, a_town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OPEN_DOOR = ROOT / "flows/programmes/open-door"
BREAKFAST = "God morgon Amina! I dag är det frukost 09:00, Huset Linden. Kom om du vill. Karin"


@pytest.fixture
async def town(databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """On a Wednesday, at nine in Stockholm."""
    async with a_town(await databases.sqlite(tmp_path), programme=OPEN_DOOR) as made:
        yield made


async def heard(person: Person, on: date, clock: str) -> list[str]:
    """The ticks come at this moment, and came at none since the last; what came to this person."""
    hour, minute = map(int, clock.split(":"))
    moment = datetime(on.year, on.month, on.day, hour, minute, tzinfo=STOCKHOLM)
    await person.town.at(moment.astimezone(UTC), step=timedelta(days=400))
    return person.news()


async def joins(person: Person, block: str, since: date) -> None:
    async with unit_of_work(person.town.app.database) as work:
        await work.memberships.keep(person.enrolment, Membership(block=block, since=since))


async def test_the_open_door_is_told_of_on_mondays_and_on_no_other_day(town: Town) -> None:
    amina = await town.a_person(phase="open", started_on=date(2026, 11, 2))
    told = {
        day: await heard(amina, date(2026, 11, day), clock)
        for day, clock in ((26, "08:45"), (27, "08:45"), (29, "18:00"), (30, "08:15"))
    }
    assert told == {26: [], 27: [], 29: [], 30: [BREAKFAST]}
    assert await heard(amina, date(2026, 12, 1), "08:45") == []


@pytest.mark.slow
async def test_there_is_no_breakfast_on_a_red_day_or_a_closed_one(town: Town) -> None:
    amina = await town.a_person(phase="open", started_on=date(2026, 11, 2))
    # A closed Monday, and Easter Monday.
    for monday in (date(2026, 12, 28), date(2027, 3, 29)):
        await heard(amina, monday - timedelta(days=1), "12:00")
        assert await heard(amina, monday, "08:15") == []


async def test_a_group_is_told_of_the_evening_before_to_those_who_joined_it_and_only_in_its_weeks(town: Town) -> None:
    amina = await town.a_person(phase="open", started_on=date(2026, 11, 2))
    berit = await town.a_person(phase="open", started_on=date(2026, 11, 2), first_name="Berit")
    await joins(amina, "about-me", date(2026, 11, 3))
    told = (
        "Hej Amina! Det här är onsdag 2 december: 13:00 Det jag kan, Sal Eken. Vi har en plats till dig. "
        "Välkommen! Karin"
    )
    # Counted from the week of 4 November: 2 December is one of its Wednesdays, 9 December is not.
    assert await heard(amina, date(2026, 12, 1), "17:00") == [told]
    assert berit.news() == []
    assert await heard(amina, date(2026, 12, 8), "17:00") == []


async def test_the_first_day_of_a_group_names_the_group_and_not_the_open_house_before_it(town: Town) -> None:
    amina = await town.a_person(phase="open", started_on=date(2026, 11, 2))
    await joins(amina, "about-me", date(2026, 11, 25))
    await heard(amina, date(2026, 11, 29), "09:00")
    assert await heard(amina, date(2026, 11, 29), "10:00") == [
        "Hej Amina! Snart börjar något nytt för dig: onsdag 2 december 13:00 Det jag kan, Sal Eken. "
        "Vi har en plats till dig. Lycka till! Karin"
    ]
