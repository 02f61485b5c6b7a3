"""People come in: the first of all, many from a file, one by writing from a number that nobody knows."""

import re

from sqlalchemy import text

from tests.cli.test_first_day import STEGA, Operator
from tests.console.browsing import Page
from tests.console.office import Office, Phone, accepts, an_office, signs_in
from tests.fakes.mail import MailServer

AGREED = {"They have said yes in person already: note it. Reminders and questions come from the next one on.": True}
HEADING = "First name;Phone number;Language"
AMINAS = "+46701740605"


def link_in(mail: MailServer, to: str) -> str:
    """The invitation that was mailed to this address."""
    [letter] = [one for one in mail.received if one["To"] == to]
    body = letter.get_body(("plain",))
    assert body is not None
    [link] = re.findall(r"https?://[^/]+(/invitation/\S+)", body.get_content())
    return str(link)


async def test_from_a_command_at_a_terminal_to_the_first_answer_of_a_participant(sqlite_url: str) -> None:
    operator = Operator(sqlite_url)
    await operator.does("programme", "publish", STEGA)
    printed = await operator.does("coach", "add", "Karin", "karin@example.se", "--language", "en")
    async with an_office(sqlite_url) as office:
        town, karin = office.town, office.at_the_door()
        link = "/invitation/" + printed.strip().rpartition("/invitation/")[2]
        page, codes = await accepts(karin, link, email="karin@example.se", phone=Phone(town))
        assert len(set(codes)) == 10
        assert "You accompany nobody yet." in page.words
        await karin.open(link, status=404)
        await _invites_colleagues(office, page=await page.follow("Accounts"))

        johan, phone, email = office.at_the_door(), Phone(town), "johan@example.se"
        page, _ = await accepts(johan, link_in(town.mail, email), email=email, phone=phone)
        page = await (await page.follow("Johan: your account")).press("Sign out")
        assert "You are signed out." in page.words
        page = await signs_in(johan, email=email, phone=phone)
        assert not [words for words, _ in page.links if words in ("Accounts", "Log")]
        await _welcomes(office, await page.follow("Add a person"))
        page = await (await johan.open("/people")).follow("Amina")
        assert "Thursday 26 November 07:00From Amina SMS yes" in page.lines("story")
        assert "first answer Thursday 26 November" in page.words


async def _invites_colleagues(office: Office, *, page: Page) -> None:
    for name, role in (("Johan", "Coach"), ("Lena", "Leader")):
        page = await page.follow("Invite a colleague")
        email = f"{name.lower()}@example.se"
        who = {"First name": name, "E-mail address": email, "Language": "English", f"STEGA: {role}": True}
        page = await page.press("Invite", who)
        assert f"Invited: {name}" in page.words
        page = await page.follow("Accounts")
    await office.town.step()
    assert {one["To"] for one in office.town.mail.received} == {"johan@example.se", "lena@example.se"}


async def _welcomes(office: Office, page: Page) -> None:
    """Amina joins in the evening: the first words wait for the morning, and she answers them."""
    town = office.town
    await town.later(hours=11, minutes=30)
    who = {"First name": "Amina", "Language": "English", "Phone number": "070-174 06 05"}
    page = await page.press("Add the person", who)
    assert "Amina has a place" in page.words
    assert "Waits Thursday 26 November 07:00 Hi Amina!" in page.words
    await town.later(hours=10)
    assert town.twilio.sent == []
    await town.later(minutes=30)
    [welcome] = town.twilio.sent
    assert (welcome.to, welcome.body[-37:]) == (AMINAS, "May we write to you? Reply yes or no.")
    assert await town.twilio.text(sender=AMINAS, body="yes") == 200
    await town.listen()
    assert town.twilio.sent[-1].body.startswith("Thank you, Amina!")


async def test_a_file_with_mistakes_is_mended_and_taken_in_once(office: Office) -> None:
    karin = await office.at_work("Karin")
    page = await (await karin.open("/people")).follow("Add many from a file")
    others = [f"Nisse;070-174 {number:05};" for number in range(60)]
    wrong = "\n".join([HEADING, "Amina;070-174 06 05;Klingon", "Bosse;12;Swedish", *others])
    page = await page.press("Look through the file", {"File": ("people.csv", wrong.encode())}, status=422)
    assert "Something is wrong in 2 rows of people.csv." in page.words
    assert "2LanguageWrite one of: Swedish, English, Arabic, Somali, " in page.words
    assert "3Phone numberThis is no phone number." in page.words

    right = "\n".join([HEADING, "Amina;070-174 06 05;Arabic", "Bosse;070-174 06 06;Swedish", *others])
    preview = await page.press("Look through the file", {"File": ("people.csv", right.encode())})
    assert "Nothing is wrong. 62 people would join STEGA:" in preview.words
    assert "2 Amina Arabic +46 70 174 06 05 Karin Phase 1 2026-11-25" in preview.words
    assert "You accompany nobody yet." in (await karin.open("/people")).words

    for _ in range(2):
        page = await preview.press("Add 62 people", AGREED)
        assert "0 of 62 added You can leave this page" in page.words
    assert await office.takes_in() == 3
    await preview.press("Add 62 people", AGREED)
    assert await office.takes_in() == 0
    page = await karin.open(page.path)
    assert "62 of 62 added Everybody has a place. The file has been emptied." in page.words
    assert "62 people" in (await karin.open("/people")).part("main")
    page = await (await karin.open("/people/import")).press(
        "Look through the file", {"File": ("again.csv", right.encode())}, status=422
    )
    assert "Something is wrong in 62 rows of again.csv." in page.words
    assert await karin.open("/") and office.town.twilio.sent == []


async def test_a_strangers_number_is_claimed_and_answered(office: Office) -> None:
    town, amina = office.town, await office.takes_part("Amina", language="en")
    assert await town.twilio.text(sender="+46701749999", body="I have a new phone") == 200
    await town.listen()
    karin, johan = await office.at_work("Karin"), await office.at_work("Johan")
    page = await (await karin.open("/inbox")).follow("Unclaimed numbers 1")
    assert "I have a new phone" in page.words
    page = await page.follow("Whose is it? +46701749999")
    stale = await johan.open(page.path)
    page = await page.press("It is this person", {"Amina": True, "Write to this number from now on.": True})
    assert page.path == f"/inbox/{amina.enrolment}"
    assert "I have a new phone Amina SMS 09:00" in page.words
    page_of_johan = await stale.press("This is nobody of ours", status=409)
    assert "A colleague has settled this number meanwhile." in page_of_johan.words

    # It was a question, and waits until it is answered.
    page = await (await karin.open("/")).follow("Answer Amina")
    await page.press("Send", {"Write to Amina": "Good that you tell us."})
    await town.step()
    [answer] = [one for one in town.twilio.sent if one.body == "Good that you tell us.\nBest wishes, Karin"]
    assert answer.to == "+46701749999"
    assert amina.messages() == []
    assert not (await karin.open("/")).lines("live-questions")
    assert "+46 70 174 99 99" in (await karin.open(f"/people/{amina.enrolment}")).words


async def test_what_somebody_says_in_a_meeting_is_recorded_as_theirs_and_marked(office: Office) -> None:
    amina = await office.takes_part("Amina", language="en", started_on=office.now.date().replace(day=22))
    karin = await office.at_work("Karin")
    for said in ("2. I can work with one person whom I know.", "4. I can work with most people."):
        page = await (await karin.open(f"/people/{amina.enrolment}")).follow("Record answers for Amina")
        page = await page.press("Keep the answers", {said: True, "None of these": True})
        assert "The answers are kept, and marked as recorded by you." in page.words
        await office.town.later(hours=23)

    told = ["2 Wednesday 25 November recorded by Karin", "4 Thursday 26 November recorded by Karin"]
    assert [line for line in page.lines("main") if line in told] == told
    told = [line for line in (await karin.open(f"/people/{amina.enrolment}")).lines("story") if "answers" in line]
    assert [line.partition("November ")[2] for line in told] == [
        "08:00 2 answers, recorded by Karin",
        "09:00 2 answers, recorded by Karin",
    ]
    view = text("SELECT indicator, value, rater, on_behalf FROM ratings ORDER BY rated_at, indicator")
    async with office.town.app.database.reading() as connection:
        kept = [tuple(row) for row in await connection.execute(view)]
    assert kept == [
        *(("cooperation", 2, "participant", True), ("job-search", 0, "participant", True)),
        *(("cooperation", 4, "participant", True), ("job-search", 0, "participant", True)),
    ]
    page = await (await karin.open("/summary")).follow("The last seven days")
    assert "· check-in answered ·" in page.words
