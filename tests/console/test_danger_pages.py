"""Whoever is in danger is called, taken on and let go on from the coach's pages, each by a press of its own."""

import re

from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.console.browsing import Browser, Page
from tests.console.office import Office
from tests.town import Person

CRY = "jag vill dö"
CHAT = 7001
LATE, DANGER, HELP = "In an emergency: by mail only", "sounds like danger", "The help text did not arrive: call now"
HELD, LET, YES = "because of words of danger", "Let messages go on", "Yes, let them go on"


async def held_at(one: Person) -> object:
    [row] = await one.town.rows(select(tables.participants.c.held_at).where(tables.participants.c.id == one.id))
    return row.held_at


async def page_of(browser: Browser, one: Person) -> Page:
    return await browser.open(f"/people/{one.enrolment}")


async def test_whoever_has_it_stops_the_calling_and_resumes_nothing(both_offices: Office) -> None:
    office, town = both_offices, both_offices.town
    amina, karin = await office.takes_part("Amina"), await office.at_work("Karin")
    await amina.says(CRY)

    day = await karin.open("/")
    [line] = day.lines("live-alerts")
    assert DANGER in line and CRY in line and "Later" not in line
    assert {to for words, to in day.links if words.startswith("Call")} == {f"tel:{amina.sms}"}
    assert any(words == "Write Amina" for words, _ in day.links)
    assert day.has("I have it Amina") and day.has(f"{YES} Amina")

    day = await day.press("I have it Amina", line="Amina")

    assert day.lines("live-alerts") == []
    assert await held_at(amina) is not None
    await town.step()
    before = len(town.mail.received)
    await town.later(hours=2)
    assert len(town.mail.received) == before
    # It is not forgotten: who waits stands on the day until somebody lets it go on.
    [line] = day.lines("live-held")
    assert line.startswith("Amina") and LET in line and "Call" in line

    day = await day.press(f"{YES} Amina", line="Amina")

    assert day.lines("live-held") == [] and await held_at(amina) is None
    assert [what for _, what in await office.deeds(of="Amina")] == ["alert-seen-to", "person-resumed"]


async def test_a_colleague_does_not_see_whose_messages_wait(office: Office) -> None:
    amina = await office.takes_part("Amina")
    await amina.says(CRY)
    day = await (await office.at_work("Karin")).open("/")
    await day.press("I have it Amina", line="Amina")

    assert (await (await office.at_work("Johan")).open("/")).lines("live-held") == []
    assert len((await (await office.at_work("Lena")).open("/")).lines("live-held")) == 1


async def test_words_of_danger_are_not_waved_through_by_a_page_from_before(office: Office) -> None:
    amina, karin = await office.takes_part("Amina"), await office.at_work("Karin")
    await amina.says(CRY)
    day = await karin.open("/")
    old = await (await day.press("I have it Amina", line="Amina")).press(f"{YES} Amina")
    stale = day
    await office.town.later(minutes=5)
    await amina.says("jag orkar inte leva")
    assert await held_at(amina) is not None and old.lines("live-held") == []

    page = await stale.press(f"{YES} Amina", line="Amina", status=409)

    assert "Words of danger have come since" in page.words
    assert await held_at(amina) is not None


async def test_the_persons_page_says_since_when_and_why_nothing_is_sent(both_offices: Office) -> None:
    amina, karin = await both_offices.takes_part("Amina"), await both_offices.at_work("Karin")
    # Real clocks have fractions of seconds.
    await both_offices.town.later(microseconds=123_456)
    await amina.says(CRY)

    page = await page_of(karin, amina)
    assert (
        "Nothing is sent to Amina by itself since Wednesday 25 November 09:00, because of words of danger" in page.words
    )
    assert not page.has("Resume messages")
    page = await page.press("I have it")
    assert page.path == f"/people/{amina.enrolment}" and not page.has("I have it") and HELD in page.words

    page = await page.press(YES)
    assert HELD not in page.words and not page.has(YES) and await held_at(amina) is None

    # What a coach paused afterwards is not said to be for danger.
    await both_offices.town.later(minutes=1)
    page = await (await page_of(karin, amina)).press("Pause", {"For how long": "Until I resume it"})
    assert "a coach has paused it" in page.words and HELD not in page.words
    page = await page.press("Resume messages")
    page = await page.press("Pause", {"For how long": "1 week"})
    assert re.search(r"Nothing is sent to Amina by itself until .* it is paused", page.words)
    assert not (await page.press("Resume messages")).has("Resume messages")


async def test_help_that_did_not_arrive_stands_before_everything_with_the_number(both_offices: Office) -> None:
    office, town = both_offices, both_offices.town
    bosse, amina = await office.takes_part("Bosse"), await office.takes_part("Amina")
    await bosse.says(CRY)
    await town.later(minutes=10)
    town.twilio.stopped.add(amina.sms)
    await amina.says(CRY)
    await town.step()
    karin = await office.at_work("Karin")

    day = await karin.open("/")
    first = day.lines("live-alerts")[0]
    assert first.startswith("Amina") and HELP in first and "Call at once" in first and "I have it" in first
    assert next(to for words, to in day.links if words.startswith("Call")) == f"tel:{amina.sms}"

    page = await page_of(karin, amina)
    assert page.words.index(HELP) < page.words.index(HELD) < page.words.index("Phase")
    assert f"tel:{amina.sms}" in [to for _, to in page.links]
    # The cry stands there still when somebody calls.
    page = await page.press("I have it")
    assert "Call at once" not in page.words and page.has("I have it")


async def test_without_a_number_the_page_says_what_is_left_to_do(office: Office) -> None:
    amina = await office.takes_part("Amina", channel=ChannelName.TELEGRAM)
    office.town.telegram.blocked.add(str(amina.chat))
    await amina.says(CRY)
    await office.town.step()

    for path in ("/", f"/people/{amina.enrolment}"):
        page = await (await office.at_work("Karin")).open(path)
        assert HELP in page.words and "No number is known." in page.words and "112" in page.words


async def test_a_coach_joins_telegram_is_told_there_and_takes_it_on(both_offices: Office) -> None:
    office, town = both_offices, both_offices.town
    amina, karin = await office.takes_part("Amina"), await office.at_work("Karin")
    page = await karin.open("/account/urgent")
    assert "You are not told on Telegram." in page.words
    page = await page.press("Make a link for Telegram")
    code = page.value("The link").rpartition("?start=")[2]
    phone, stranger = (Person(town=town, enrolment=0, id=0, chat=chat) for chat in (CHAT, CHAT + 1))
    await phone.says(f"/start {code}")

    assert "You are told on Telegram." in (await karin.open("/account/urgent")).words
    assert "by mail only" not in (await karin.open("/")).words
    # The link worked once.
    await stranger.says(f"/start {code}")
    await amina.says(CRY)
    await town.step()
    told = phone.news()
    assert "Amina" not in " ".join(told) and CRY not in " ".join(told)
    assert not any("OK" in one for one in stranger.news())

    assert await phone.taps("I have seen it") == 200
    await town.listen()
    assert (await karin.open("/")).lines("live-alerts") == []

    await town.later(minutes=5)
    await amina.says("jag orkar inte leva")
    await town.step()
    assert len((await karin.open("/")).lines("live-alerts")) == 1
    await phone.says("OK")
    assert (await karin.open("/")).lines("live-alerts") == [] and await held_at(amina) is not None


async def test_an_administrator_sees_whom_only_mail_reaches_and_no_number(both_offices: Office) -> None:
    karin, adam = await both_offices.at_work("Karin"), await both_offices.at_work("Adam")
    page = await adam.open("/accounts")
    told = {line.split()[0]: LATE in line for line in page.lines() if "@example.se" in line}
    # Who accompanies nobody is not told of anything urgent.
    assert [name for name, late in told.items() if late] == ["Johan", "Karin", "Lena"]

    await (await karin.open("/account/urgent")).press("Save the number", {"Your mobile number": "070-174 09 01"})

    page = await adam.open("/accounts")
    assert [line.split()[0] for line in page.lines() if LATE in line] == ["Johan", "Lena"]
    assert "0901" not in page.answer.text.replace(" ", "")
