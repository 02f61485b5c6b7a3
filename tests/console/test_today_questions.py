"""A day asks the database the same few questions, however many people there are."""

from datetime import timedelta

from bot.storage import tables
from tests.console.day import TODAY, Morning
from tests.console.street import Street
from tests.statements import counted

MOST = 21
"""Of a page: who reads it, what is live, and one or two for each section."""


async def _crowd(morning: Morning, *, of: int) -> None:
    street = morning.street
    for number in range(of):
        name = f"Person{number}"
        enrolment = await street.enrol(name, "Karin")
        await morning.absent(name)
        await morning.wrote(name, f"Fråga {number}")
        await morning.alert(name, "stopped")
        await morning.put(tables.milestones, enrolment_id=enrolment, slug="own-plan", due_on=TODAY)


async def test_a_day_asks_as_many_questions_of_many_people_as_of_nobody(both_streets: Street) -> None:
    morning = Morning(both_streets)
    browser = await both_streets.browser("Karin")
    paths = ("/", "/?section=questions", f"/attendance/{both_streets.programmes['norrby/stega']}/walk/{TODAY}")
    asked = {}
    for path in paths:
        # What is live is read once and kept.
        await browser.get(path)
        with counted() as before:
            assert (await browser.get(path)).status_code == 200
        asked[path] = len(before)
    await _crowd(morning, of=12)
    for path in paths:
        with counted() as after:
            html = (await browser.get(path)).text
        assert "Person1" in html
        assert len(after) == asked[path] <= MOST, path


async def test_one_tap_of_the_attendance_asks_little(street: Street) -> None:
    morning = Morning(street)
    browser = await street.browser("Karin")
    browser.client.headers["HX-Request"] = "true"
    path = f"/attendance/{street.programmes['norrby/stega']}/walk/{TODAY}/{street.enrolments['Bosse']}"
    await browser.post(path, presence="present")
    with counted() as before:
        await browser.post(path, presence="late")
    await _crowd(morning, of=12)
    with counted() as after:
        await browser.post(path, presence="present")
    assert len(after) == len(before) <= MOST


async def test_only_the_people_a_page_shows_are_loaded(street: Street) -> None:
    morning = Morning(street)
    await _crowd(morning, of=12)
    await morning.heard(*street.people, at=street.hours.now - timedelta(days=30))
    html = (await (await street.browser("Karin")).get("/")).text
    # Six of twelve in each of five sections; the two who are silent; three activities.
    assert html.count('<li class="card line') == 6 * 5 + 2 + 3
