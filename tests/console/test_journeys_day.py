"""A coach's day goes through several rooms: what came at night is seen, answered and told; who came is noted."""

from tests.console.browsing import Browser
from tests.console.office import Office
from tests.town import Person

SECTIONS = ("alerts", "questions", "absent", "silent", "unreachable", "uncertain", "dates")

NAMES = ("Amina", "Bosse", "Celine", "Dario", "Ella", "Fredrik", "Gun", "Hassan", "Ines", "Johanna")


async def whom_today_shows(browser: Browser) -> dict[str, list[str]]:
    """Who stands in which section of the day, by the first word of each line."""
    page = await browser.open("/")
    shown = {one: [line.split()[0] for line in page.lines(f"live-{one}")] for one in SECTIONS}
    return {one: names for one, names in shown.items() if names}


async def a_night(office: Office) -> Person:
    """Amina asks something, Olle has said nothing for long, Ella's number is dead, Sune and Daniel are well.

    Gives Amina; it is half past seven in the morning.
    """
    town, sunday, long_ago = office.town, office.now.date().replace(day=22), office.now.date().replace(day=2)
    amina = await office.takes_part("Amina", language="en", started_on=sunday)
    ella = await office.takes_part("Ella", started_on=sunday)
    await office.takes_part("Olle", started_on=long_ago)
    await office.takes_part("Sune", started_on=sunday)
    await office.takes_part("Daniel", coach="Johan", started_on=sunday)
    await town.later(hours=9)
    [to_ella] = [one for one in town.twilio.sent if one.to == ella.sms]
    await town.later(hours=9)
    await town.twilio.call_back(to_ella.sid, "undelivered", error="30005")
    amina.news()
    [answer] = await amina.says("Where do we meet?")
    assert "Karin will read it" in answer
    await town.later(hours=4, minutes=30)
    amina.news()
    return amina


async def test_what_came_at_night_waits_in_the_morning_for_its_coach_and_is_answered_once(both_offices: Office) -> None:
    office, town = both_offices, both_offices.town
    amina = await a_night(office)
    karin, johan, lena = [await office.at_work(name) for name in ("Karin", "Johan", "Lena")]
    hers = {"questions": ["Amina"], "silent": ["Olle"], "unreachable": ["Ella"]}
    assert [await whom_today_shows(one) for one in (karin, johan, lena)] == [hers, {}, hers]

    talk = await (await karin.open("/")).follow("Answer Amina")
    for _ in range(2):
        # A tired thumb presses twice.
        page = await talk.press("Send", {"Write to Amina": "At the library, at ten."})
        assert page.path == f"/inbox/{amina.enrolment}"
        await town.step()
    assert amina.news() == ["At the library, at ten.\nBest wishes, Karin"]
    del hers["questions"]
    assert [await whom_today_shows(one) for one in (karin, johan, lena)] == [hers, {}, hers]


async def test_an_answer_stands_in_the_story_with_its_receipt_and_in_the_log_for_the_leader(
    both_offices: Office,
) -> None:
    office, town = both_offices, both_offices.town
    amina = await a_night(office)
    karin, johan, lena = [await office.at_work(name) for name in ("Karin", "Johan", "Lena")]
    talk = await (await karin.open("/")).follow("Answer Amina")
    talk = await talk.press("Send", {"Write to Amina": "At the library, at ten."})
    await town.step()
    await town.twilio.call_back(town.twilio.sent[-1].sid, "delivered")

    story = (await talk.follow("Page of the person")).lines("story")
    assert story[0].endswith("From Karin Delivered SMS · 1 part At the library, at ten. Best wishes, Karin")
    assert any("From Amina SMS Where do we meet?" in line for line in story)
    log = (await lena.open("/log")).lines("main")
    did = ("Opened the person's page", "Wrote a message", "Read the conversation")
    assert log == [f"Thursday 26 November 07:30 Karin {one} Amina from 127.0.0.1" for one in did]

    for room in ("/people/{}", "/people/{}/ratings", "/people/{}/write", "/inbox/{}", "/outbox?person={}"):
        await johan.open(room.format(amina.enrolment), status=404)
    for room in ("/people", "/inbox", "/outbox", "/progress", "/summary/now"):
        assert "Amina" not in (await johan.open(room)).words
    await johan.open("/log", status=403)


async def test_who_came_is_noted_with_three_taps_and_the_week_counts_it(office: Office) -> None:
    sunday = office.now.date().replace(day=22)
    people = {name: await office.takes_part(name, started_on=sunday) for name in NAMES}
    karin = await office.at_work("Karin")
    for name in NAMES[:2]:
        page = await karin.open(f"/people/{people[name].enrolment}")
        page = await page.press("Report", {"Why, by category only": "Ill"})
        assert "The absence is noted." in page.words

    today, karin.taps = await karin.open("/"), 0
    page = await today.follow("09:00 Walk")
    assert page.part("counted") == "0 of 10 noted"
    assert [line.split(" Here")[0] for line in page.lines("register")[:3]] == [
        "Amina Assumed: Ill",
        "Bosse Assumed: Ill",
        "Celine not noted",
    ]
    # Amina has come after all, and nine are noted with one tap.
    page = await page.press("Here", line="Amina")
    page = await page.press("All the others were here")
    assert karin.taps == 3
    assert page.part("counted") == "10 of 10 noted"
    noted = {line.split()[0]: line.split()[1] for line in page.lines("register")}
    assert noted == {name: "Ill" if name == "Bosse" else "Here" for name in NAMES}
    assert not page.has("All the others were here")

    assert "10 of 10 noted" in (await karin.open("/")).part("live-activities")
    await office.town.later(hours=23)
    page = await (await karin.open("/summary")).follow("The last seven days")
    assert "This is the week from Thursday 19 November to Wednesday 25 November." in page.words
    week = {line.split()[0]: line.split(" · ")[2:] for line in page.lines("main") if " · Phase 1 · " in line}
    assert set(week) == set(NAMES)
    assert {one[0] for name, one in week.items() if name != "Bosse"} == {"took part in 1 of 6"}
    assert (week["Bosse"][0], week["Bosse"][2]) == ("took part in 0 of 6", "ill: 1")


async def test_a_pause_silences_the_program_and_not_the_coach(office: Office) -> None:
    town, amina = office.town, await office.takes_part("Amina", language="en")
    karin = await office.at_work("Karin")
    page = await (await karin.open("/people")).follow("Amina")
    page = await page.press("Pause", {"For how long": "Until I resume it"})
    assert "Messages to Amina are paused." in page.words

    # At six in the evening tomorrow would be told.
    await town.later(hours=9)
    assert amina.news() == []
    page = await page.follow("Write a message")
    await page.press("Send", {"Write to Amina": "I think of you."})
    await town.step()
    assert amina.news() == ["I think of you.\nBest wishes, Karin"]

    page = await (await karin.open(f"/people/{amina.enrolment}")).press("Resume messages")
    assert not page.has("Resume messages")
    # What fell due in the pause is not made up for.
    await town.later(hours=1)
    assert amina.news() == []
    # At a quarter past seven the day is told.
    await town.later(hours=12, minutes=15)
    [told] = amina.news()
    assert told.startswith("Good morning Amina! Today 09:00 Exercise")
