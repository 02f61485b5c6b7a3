"""A coach makes a meeting on the person's page, sees there how it stands, moves it and calls it off."""

import re

import httpx
import pytest

from bot.services.silences import silence
from bot.storage.tables import meetings
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import logged, queued, rows
from tests.console.street import NOW, Browser, Street

HOUR = {"meets_on": "2026-12-01", "begins": "14:00", "minutes": "45", "place": "Biblioteket"}


async def make(browser: Browser, street: Street, name: str, **other: str) -> httpx.Response:
    path = f"/people/{street.enrolments[name]}/meetings"
    return await browser.post(path, **(HOUR | other))


async def send(browser: Browser, street: Street, name: str, deed: str, **fields: str) -> httpx.Response:
    """Send the first form of the page that moves a meeting or calls it off, as it is shown now."""
    html = (await browser.get(f"/people/{street.enrolments[name]}")).text
    found = re.search(rf'action="(/people/\d+/meetings/\d+/{deed})">(.*?)</form>', html, re.DOTALL)
    assert found is not None
    hidden = dict(re.findall(r'type="hidden" name="(number|state)" value="([\w-]+)"', found[2]))
    return await browser.post(found[1], **(hidden | fields))


async def states(street: Street, name: str) -> list[tuple[str, int]]:
    return [(row["state"], row["number"]) for row in await rows(street, meetings, enrolment_id=street.enrolments[name])]


async def test_a_meeting_is_made_moved_and_called_off_on_the_page_and_logged(street: Street) -> None:
    karin = await street.browser("Karin")
    answer = await make(karin, street, "Bosse")
    assert answer.status_code == 200
    assert "The meeting is kept." in answer.text and "asked, no answer yet" in answer.text

    answer = await send(karin, street, "Bosse", "move", **(HOUR | {"begins": "15:30"}))
    assert "The meeting is moved." in answer.text and "15:30" in answer.text
    assert await states(street, "Bosse") == [("asked", 2)]

    # Nothing has left: whoever heard nothing of it is told nothing.
    answer = await send(karin, street, "Bosse", "call-off")
    assert "No message is sent about it" in answer.text and "called off" in answer.text
    assert await states(street, "Bosse") == [("called-off", 2)]
    assert await logged(street, "Bosse") == [
        ("Karin", "meeting-made", "1"),
        ("Karin", "meeting-moved", "1"),
        ("Karin", "meeting-called-off", "1"),
    ]
    assert {row["status"] for row in await queued(street, "Bosse")} == {"cancelled"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"meets_on": "2026-11-24"}, "That moment has gone by."),
        ({"begins": "05:00"}, "Meet by day"),
        ({"begins": "25:00"}, "This is no time."),
        ({"minutes": "0"}, "Write a whole number"),
        ({"place": ""}, "Write something here."),
        ({"place": "x" * 31}, "This is too long."),
        ({"meets_on": "2031-01-01"}, "too far away"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_nothing_is_kept(
    street: Street, wrong: dict[str, str], said: str
) -> None:
    karin = await street.browser("Karin")
    answer = await make(karin, street, "Bosse", **wrong)
    assert answer.status_code == 422 and said in answer.text
    assert await states(street, "Bosse") == []


async def test_who_gets_no_messages_is_not_asked_and_the_coach_is_told_at_once(street: Street) -> None:
    async with unit_of_work(street.database) as work:
        await silence(work, [street.people["Bosse"]], now=NOW)
    karin = await street.browser("Karin")
    assert "tell Bosse yourself" in (await karin.get(f"/people/{street.enrolments['Bosse']}")).text
    answer = await make(karin, street, "Bosse")
    assert "not asked: tell them yourself" in answer.text
    assert await queued(street, "Bosse") == []


async def test_a_meeting_that_somebody_else_changed_is_not_written_over(street: Street) -> None:
    karin = await street.browser("Karin")
    await make(karin, street, "Bosse")
    path = f"/people/{street.enrolments['Bosse']}/meetings/1"
    assert (await karin.post(f"{path}/move", number="1", state="asked", **(HOUR | {"begins": "15:00"}))).is_success

    for late in ({"number": "1", "state": "asked"}, {"number": "2", "state": "agreed"}, {}):
        assert (await karin.post(f"{path}/call-off", **late)).status_code == 409
    assert await states(street, "Bosse") == [("asked", 2)]


async def test_a_meeting_of_somebody_else_is_not_there(street: Street) -> None:
    karin, johan = await street.browser("Karin"), await street.browser("Johan")
    await make(karin, street, "Bosse")
    shown = {"number": "1", "state": "asked"}
    # Johan's own person, with a meeting of Karin's.
    answer = await johan.post(f"/people/{street.enrolments['Daniel']}/meetings/1/call-off", **shown)
    assert answer.status_code == 404
    assert (await johan.post(f"/people/{street.enrolments['Bosse']}/meetings/1/call-off", **shown)).status_code == 404
    assert await states(street, "Bosse") == [("asked", 1)]


async def test_the_day_shows_the_week_s_meetings_to_whoever_sees_the_person(street: Street) -> None:
    karin, johan, lena = [await street.browser(one) for one in ("Karin", "Johan", "Lena")]
    await make(karin, street, "Bosse", meets_on="2026-11-27", begins="09:15", place="Kafeet")
    await make(karin, street, "Bosse", meets_on="2026-12-08", place="Rummet")
    for reader, sees in ((karin, True), (lena, True), (johan, False)):
        page = (await reader.get("/")).text
        assert ("Kafeet" in page) is sees and "Rummet" not in page
    assert "no answer yet" in (await karin.get("/?section=meetings")).text


async def test_the_weekly_summary_tells_of_the_coming_week_s_meetings(street: Street) -> None:
    karin = await street.browser("Karin")
    await make(karin, street, "Bosse", meets_on="2026-11-27", begins="09:15")
    await make(karin, street, "Bosse", meets_on="2026-11-26", begins="16:00")
    await make(karin, street, "Bosse", meets_on="2026-12-08", place="Rummet")
    page = re.sub(r"<[^>]+>|\s+", " ", (await karin.get("/summary/now")).text)
    page = re.sub(r"\s+", " ", page)
    assert "meeting with Bosse" in page
    assert page.index("16:00 : meeting with Bosse") < page.index("09:15 : meeting with Bosse")
    assert "8 December" not in page
