"""Colleagues share the work: one stands in for a day, one takes over for good, and others see no person at all."""

from sqlalchemy import select

from bot.storage.tables import alerts
from tests.console.browsing import Page
from tests.console.office import Office, Phone, accepts

ROOMS = ("Today", "People", "Inbox", "Progress", "Weekly summary", "Figures", "Texts", "Accounts", "Log")

NIGHT = 14
"""Hours from nine in the morning until eleven in the evening."""


async def test_a_deputy_sees_it_all_for_a_day_and_answers_in_their_own_name(office: Office) -> None:
    town, amina = office.town, await office.takes_part("Amina", language="en")
    karin, johan = await office.at_work("Karin"), await office.at_work("Johan")
    page = await karin.open("/account")
    await page.press("Save the deputy", {"Deputy": "Johan"})
    await amina.says("Are you there?")
    assert "Amina" not in (await johan.open("/")).words

    page = await (await karin.open("/")).press("I am away today")
    assert "You are away through Wednesday 25 November. Johan sees your people." in page.words
    page = await johan.open("/")
    assert "You stand in for Karin through Wednesday 25 November." in page.words
    page = await page.follow("Answer Amina")
    await page.press("Send", {"Write to Amina": "Karin is back tomorrow."})
    await town.step()
    assert amina.news()[-1] == "Karin is back tomorrow.\nBest wishes, Johan"

    rooms = [f"/people/{amina.enrolment}", f"/inbox/{amina.enrolment}", f"/people/{amina.enrolment}/write"]
    for room in rooms:
        await johan.open(room)
    old = await johan.open(rooms[0])
    await town.later(hours=NIGHT + 2)
    for room in rooms:
        await johan.open(room, status=404)
    await old.press("Pause", status=404)
    assert "Amina" not in (await johan.open("/")).words
    assert "Karin is back tomorrow. Best wishes, Johan Johan SMS" in (await karin.open(rooms[1])).words
    assert not (await karin.open("/")).lines("live-questions")


async def test_whoever_is_handed_over_is_told_in_the_morning_and_the_new_coach_knows_all(both_offices: Office) -> None:
    office, town = both_offices, both_offices.town
    amina = await office.takes_part("Amina", language="ar")
    karin, johan = await office.at_work("Karin"), await office.at_work("Johan")
    await amina.says("متى نلتقي؟")
    amina.news()
    await town.later(hours=NIGHT)
    amina.news()

    page = await karin.open(f"/people/{amina.enrolment}")
    await page.press("Keep the note", {"Note": "Likes to walk.", "Who may read it": "My team: all who see this person"})
    page = await karin.open(f"/people/{amina.enrolment}")
    await page.press("Keep the note", {"Note": "Mine alone.", "Who may read it": "Only me"})
    page = await karin.open(f"/people/{amina.enrolment}")
    page = await page.press("Hand over", {"New coach": "Johan"})
    marker = "Handed over from Karin to Johan on Wednesday 25 November"
    assert page.path == f"/people/{amina.enrolment}/handed-over"
    assert marker in page.words
    await town.step()
    assert amina.news() == []
    for room in (f"/people/{amina.enrolment}", f"/inbox/{amina.enrolment}"):
        await karin.open(room, status=404)
    assert "Amina" not in (await karin.open("/")).words

    open_alerts = await town.rows(select(alerts.c.coach_id).where(alerts.c.participant_id == amina.id))
    assert [row.coach_id for row in open_alerts] == [office.colleagues["Johan"]]
    page = await (await johan.open("/")).follow("Answer Amina")
    assert "متى نلتقي؟" in page.words
    page = await page.follow("Page of the person")
    assert marker in page.words
    assert "Likes to walk." in page.words
    assert "Mine alone." not in page.words
    await town.later(hours=7, minutes=59)
    assert amina.news() == []
    await town.later(minutes=1)
    [told] = amina.news()
    assert "هناك شخص جديد للمرافقة الآن" in told
    assert told.count("Johan") == 2


async def test_whoever_sees_no_person_begins_with_what_is_theirs(office: Office) -> None:
    amina = await office.takes_part("Amina")
    adam = await office.at_work("Adam")
    persons = ("/people", f"/people/{amina.enrolment}", f"/inbox/{amina.enrolment}", "/outbox", "/summary", "/log")
    for name, theirs, rooms in (
        ("Tove", "/texts", ["Texts"]),
        ("Anders", "/figures", ["Figures"]),
        ("Adam", "/accounts", ["Accounts"]),
    ):
        page = await (await adam.open("/accounts")).follow(name)
        invited = await page.press(f"Invite again {name}")
        browser, email = office.at_the_door(), f"{name.lower()}@example.se"
        page, _ = await accepts(browser, _link(invited), email=email, phone=Phone(office.town))
        assert page.path.startswith(theirs)
        assert [words for words, _ in page.links if words in ROOMS] == rooms
        assert "Amina" not in page.words
        for room in (*persons, *({"/texts", "/figures", "/accounts"} - {theirs})):
            closed = await browser.open(room, status=403)
            assert "Amina" not in closed.words


def _link(page: Page) -> str:
    """The invitation that a page shows once."""
    return "/invitation/" + page.value("Link").rpartition("/")[2]
