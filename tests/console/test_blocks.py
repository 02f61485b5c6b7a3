"""People are taken into a block together; only its members are expected there, and nobody is missed at a drop-in."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.console.visit import csrf_of
from bot.storage import tables
from tests.blocks import with_blocks
from tests.console.browsing import Browser, Page
from tests.console.office import Office, an_office, hire
from tests.console.street import COOKIE
from tests.databases import Databases
from tests.town import a_town

THURSDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)
"""The day after the town begins, at five in the afternoon."""

DRAWING, OPEN_HOUSE = "/attendance/{}/drawing/2026-11-26", "/attendance/{}/open-house/2026-11-26"


@pytest.fixture
async def office(databases: Databases, tmp_path: Path) -> AsyncIterator[Office]:
    """An office whose programme has blocks and a drop-in."""
    url = await databases.sqlite(tmp_path)
    async with a_town(url, programme=with_blocks(tmp_path)):
        pass
    async with an_office(url) as own:
        await hire(own)
        for name, coach in (("Amina", "Karin"), ("Bosse", "Karin"), ("Cecilia", "Karin"), ("Daniel", "Johan")):
            await own.takes_part(name, coach=coach)
        yield own


def at(office: Office, path: str) -> str:
    return path.format(office.town.programme.id)


async def post(browser: Browser, path: str, *, status: int = 200, **fields: object) -> Page:
    """Send a form of ours, whatever a page shows of it."""
    data = {"csrf": csrf_of(browser.client.cookies[COOKIE]), **fields}
    answer = await browser.client.post(path, data=data)
    assert answer.status_code == status
    return Page(browser, answer)


async def members(office: Office) -> list[tuple[int, str, date, date | None]]:
    rows = await office.town.rows(select(tables.memberships).order_by(tables.memberships.c.enrolment_id))
    return [(row.enrolment_id, row.block, row.since, row.until) for row in rows]


async def test_several_people_join_at_once_and_only_they_are_expected(office: Office) -> None:
    karin, people = await office.at_work("Karin"), office.town.people
    page = await (await karin.open("/people")).follow("Lugna dagar")
    assert "Daniel" not in page.words
    chosen = [str(one.enrolment) for one in people]
    answer = await post(karin, at(office, "/blocks/{}/calm"), person=chosen[:2] + chosen[3:], since="2026-11-25")
    assert "2 people are in the block." in answer.words
    # Daniel is accompanied by Johan: Karin does not see him, and takes him nowhere.
    since = date(2026, 11, 25)
    assert await members(office) == [(one.enrolment, "calm", since, None) for one in people[:2]]
    office.town.clock.now = THURSDAY
    register = await karin.open(at(office, DRAWING))
    assert "0 of 2 noted" in register.words and "Cecilia" not in register.words
    assert "0 of 2 noted" in (await karin.open("/")).words
    assert [what for _, what in await office.deeds(of="Amina")].count("block-joined") == 1


async def test_whoever_chooses_nobody_is_told_so(office: Office) -> None:
    karin = await office.at_work("Karin")
    answer = await post(karin, at(office, "/blocks/{}/calm"), since="2026-11-25", status=422)
    assert "Choose one of these." in answer.words and await members(office) == []


async def test_a_person_is_taken_in_and_out_on_their_page(office: Office) -> None:
    karin, amina = await office.at_work("Karin"), office.town.people[0]
    page = await karin.open(f"/people/{amina.enrolment}")
    page = await page.press("Take into the block", {"Block": "Om arbetslivet", "First day": "2026-11-25"})
    assert "Amina is in the block." in page.words
    page = await page.press("Keep the last day", {"Last day in it": "2026-12-10"})
    assert "The last day in the block is kept." in page.words
    assert await members(office) == [(amina.enrolment, "work", date(2026, 11, 25), date(2026, 12, 10))]


async def test_nobody_is_missed_at_a_drop_in(office: Office) -> None:
    office.town.clock.now = THURSDAY
    karin, amina = await office.at_work("Karin"), office.town.people[0]
    path = at(office, OPEN_HOUSE)
    page = await karin.open(path)
    assert "nobody is missed" in page.words and "not noted" not in page.words and "others" not in page.words
    page = await post(karin, f"{path}/{amina.enrolment}", presence="present")
    assert "1 was here" in page.words
    for presence in ("illness", "not-valid"):
        await post(karin, f"{path}/{amina.enrolment}", presence=presence, status=404)
    await post(karin, f"{path}/others", person=str(amina.enrolment), status=404)
    await post(karin, f"{path}/{amina.enrolment}", presence="gone")
    assert await office.town.rows(select(tables.attendances)) == []
