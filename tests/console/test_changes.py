"""A coach sees who is told what before an activity is changed, and nobody is told twice by it."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from bot.storage import tables
from tests.console.office import Office
from tests.console.street import Street
from tests.console.test_attendance import rows_of

WALK = "/changes/{}/walk/2026-11-30"
"""A Monday walk at nine, in phases 1 and 2. It is Wednesday the 25th."""


def at(street: Street) -> str:
    return WALK.format(street.programmes["norrby/stega"])


async def told(street: Street) -> list[str]:
    """To whom words about a change are queued, by first name."""
    async with street.database.reading() as connection:
        rows = await connection.execute(
            select(tables.participants.c.first_name)
            .join(tables.outbox, tables.outbox.c.participant_id == tables.participants.c.id)
            .where(tables.outbox.c.purpose == "cancellation", tables.outbox.c.status == "queued")
        )
        return sorted(rows.scalars())


async def is_a_member(street: Street, name: str, block: str, **days: date | None) -> None:
    async with street.database.transaction() as connection:
        row = {"enrolment_id": street.enrolments[name], "block": block, "since": date(2026, 9, 1), **days}
        await connection.execute(insert(tables.memberships).values(row))


async def test_looking_changes_nothing_and_shows_each_language(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = (await karin.get(at(street) + "?what=cancelled")).text
    assert "3 people are told." in page and "Cancel it and tell them" in page
    assert re.findall(r'<p class="said" lang="(\w+)" dir="(\w+)">', page) == [
        ("sv", "ltr"),
        ("en", "ltr"),
        ("ar", "rtl"),
    ]
    assert "2 parts of an SMS" in page and "night" not in page
    assert await told(street) == []


async def test_a_second_click_tells_nobody_twice(both_streets: Street) -> None:
    street = both_streets
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    first = await karin.post(at(street), what="cancelled", seen="0")
    assert "3 people are told." in first.text and "Called off" in first.text
    again = await lena.post(at(street), what="cancelled", seen="0")
    assert "Nobody was told twice." in again.text
    assert await told(street) == ["Amina", "Bosse", "Daniel"]


async def test_whoever_saw_something_else_is_shown_how_it_stands_now(street: Street) -> None:
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    await karin.post(at(street), what="cancelled", seen="0")
    moved = {"what": "moved", "new_on": "2026-12-01", "begins": "13:00", "ends": "14:00", "seen": "0"}
    answer = await lena.post(at(street), **moved)
    assert answer.status_code == 409 and "A colleague changed it meanwhile." in answer.text
    assert await told(street) == ["Amina", "Bosse", "Daniel"]


async def test_at_night_the_page_says_so(street: Street) -> None:
    street.hours.now += timedelta(hours=14)
    page = (await (await street.browser("Karin")).get(at(street) + "?what=cancelled")).text
    assert "It is night now: they are told when the quiet hours are over." in page


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("new_on=2026-12-01&begins=14:00&ends=13:00", "It would end before it begins."),
        ("new_on=2026-11-24&begins=13:00&ends=14:00", "That moment has gone by."),
        ("new_on=2026-12-02&begins=13:00&ends=14:00", "It is held on that day anyway."),
        ("new_on=2027-12-02&begins=13:00&ends=14:00", "at most 90 days"),
        ("new_on=soon&begins=13:00&ends=14:00", "This is no day."),
        ("new_on=2026-12-01&begins=lunch&ends=14:00", "This is no time."),
        (f"new_on=2026-12-01&begins=13:00&ends=14:00&place={'x' * 41}", "This is too long."),
    ],
)
async def test_what_cannot_be_is_met_with_a_remedy(street: Street, asked: str, complaint: str) -> None:
    page = (await (await street.browser("Karin")).get(f"{at(street)}?what=moved&{asked}")).text
    assert complaint in page and "tell them" not in page


@pytest.mark.parametrize("reader", ["Bertil", "Olof", "Tove", "Anders", "Adam"])
async def test_nobody_else_changes_anything(street: Street, reader: str) -> None:
    browser = await street.browser(reader)
    for answer in (await browser.get(at(street)), await browser.post(at(street), what="cancelled", seen="0")):
        assert answer.status_code in (403, 404)
    assert await told(street) == []


async def test_the_coming_weeks_show_what_became_of_each_day(street: Street) -> None:
    karin = await street.browser("Karin")
    moved = {"what": "moved", "new_on": "2026-12-01", "begins": "13:00", "ends": "14:00", "place": "Hamnen"}
    await karin.post(at(street), **moved, seen="0")
    page = (await karin.get(f"/coming/{street.programmes['norrby/stega']}")).text
    assert "Moved to Tuesday 1 December" in page and "Moved here from Monday 30 November" in page and "Hamnen" in page
    assert "Week 48" in page and "Week 51" in page and "Week 52" not in page


async def test_who_came_is_noted_on_the_new_day_and_never_of_what_is_cancelled(both_streets: Street) -> None:
    street, number = both_streets, both_streets.programmes["norrby/stega"]
    karin = await street.browser("Karin")
    moved = {"what": "moved", "new_on": "2026-12-01", "begins": "13:00", "ends": "14:00", "place": "Hamnen"}
    await karin.post(at(street), **moved, seen="0")
    street.hours.now += timedelta(days=6)
    assert (await karin.get(f"/attendance/{number}/walk/2026-11-30")).status_code == 404
    page = (await karin.get(f"/attendance/{number}/walk/2026-12-01")).text
    assert "13:00" in page and "Hamnen" in page and set(rows_of(page)) == {"Amina", "Bosse"}
    assert "13:00</span> <bdi>Walk" in (await karin.get("/")).text
    await karin.post(f"/changes/{number}/training/2026-12-01", what="cancelled", seen="0")
    gone = f"/attendance/{number}/training/2026-12-01"
    assert (await karin.get(gone)).status_code == 404
    assert (await karin.post(f"{gone}/{street.enrolments['Bosse']}", presence="present")).status_code == 404


async def test_what_was_done_stands_in_the_log(office: Office) -> None:
    await office.takes_part("Amina")
    browser = await office.at_work("Karin")
    page = await (await browser.open("/coming")).follow("10:30–12:00 About work, Thursday 26 November")
    page = await (await page.press("See who would be told: Cancel it")).press("Cancel it and tell them")
    assert "It is done. 1 person is told." in page.words
    assert ("Karin", "activity-cancelled") in await office.deeds()
