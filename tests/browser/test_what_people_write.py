"""What people write by themselves is seen where the coach works: an absence, a question, a wish, a cry for help."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.eyes import Watched

pytestmark = pytest.mark.slow


async def phone_of(seen: Watched, name: str) -> str:
    """The address of somebody's phone."""
    await seen.go("/phones")
    card = seen.page.locator("article").filter(has=seen.page.locator("h2", has_text=name))
    return str(await card.locator("a[href^='/phones/']").first.get_attribute("href"))


async def write(seen: Watched, phone: str, words: str) -> None:
    """Write from a phone, and wait until it is answered."""
    await seen.go(phone)
    before = await seen.page.locator(".bubble").count()
    await seen.page.locator("input[name=words]").fill(words)
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.locator(".bubble").nth(before + 1)).to_be_visible()


async def test_an_absence_in_ones_own_words_is_on_the_day(seen: Watched) -> None:
    phone = await phone_of(seen, "Amina")
    await write(seen, phone, "مريض")
    await seen.go("/")
    await expect(seen.page.locator("#live-absent")).to_contain_text("Amina")


async def test_a_question_is_read_and_answered(seen: Watched) -> None:
    phone = await phone_of(seen, "Cecilia")
    await write(seen, phone, "Får jag komma senare på torsdag?")
    await seen.go("/")
    await expect(seen.page.locator("#live-questions")).to_contain_text("Får jag komma senare på torsdag?")


async def test_danger_stands_first_and_holds_everything_until_somebody_resumes(seen: Watched) -> None:
    phone = await phone_of(seen, "Bosse")
    await write(seen, phone, "jag orkar inte mer, vill dö")
    await expect(seen.page.locator("main")).to_contain_text("112")
    await seen.go("/")
    first = seen.page.locator("#live-alerts li").first
    await expect(first).to_contain_text("Bosse")
    await expect(first.get_by_role("link", name=re.compile("^Call"))).to_have_attribute(
        "href", re.compile(r"^tel:\+46")
    )
    # Letting the messages go on is folded away: one press does not do it.
    yes = re.compile("^Yes, let them go on")
    await expect(first.get_by_role("button", name=yes)).to_be_hidden()
    await first.get_by_role("button", name=re.compile("^I have it")).click()
    await expect(seen.page.locator("#live-alerts")).not_to_contain_text("vill dö")
    await expect(seen.page.locator("#live-held")).to_contain_text("Bosse")
    await seen.go("/people?find=Bosse")
    await seen.page.get_by_role("link", name="Bosse").first.click()
    await expect(seen.page.locator("main")).to_contain_text("Paused until you resume it")
    await expect(seen.page.locator("main")).to_contain_text("because of words of danger")
    await seen.page.get_by_text("Let messages go on").click()
    await seen.page.get_by_role("button", name=yes).click()
    await expect(seen.page.locator("main")).not_to_contain_text("Paused until you resume it")
    await seen.go("/")
    await expect(seen.page.locator("#live-held")).not_to_contain_text("Bosse")


async def test_a_newcomer_is_asked_and_what_they_answer_stands_on_their_page(seen: Watched) -> None:
    person = await add(seen, "Nadia", "070-174 06 77", language="ar")
    agreement = seen.page.locator("dl.facts div", has_text="Agreement")
    await seen.go(person)
    await expect(agreement).to_contain_text("Asked, and not answered yet")
    phone = await phone_of(seen, "Nadia")
    await seen.go(phone)
    # If it is night, they are asked in the morning.
    await seen.page.get_by_role("button", name="Tomorrow 07:00").click()
    await expect(seen.page.locator(".bubble").first).to_be_visible()

    await write(seen, phone, "نعم")

    await seen.go(person)
    await expect(agreement).to_contain_text(re.compile(r"Said yes.* · SMS · Arabic · version 1 of the question"))
    await seen.go("/people?agreement=asked")
    await expect(seen.page.locator("main")).not_to_contain_text("Nadia")

    # A slip, put right: the question comes again, and the last answer counts.
    await write(seen, phone, "خطأ")
    await write(seen, phone, "لا")

    await seen.go(person)
    await expect(agreement).to_contain_text(re.compile(r"Said no.* · SMS · Arabic"))
    await seen.go("/people?agreement=refused")
    await expect(seen.page.locator("main")).to_contain_text("Nadia")


async def test_a_pause_that_somebody_wishes_is_on_their_page_and_in_the_inbox(seen: Watched) -> None:
    phone = await phone_of(seen, "Gunnar")
    await write(seen, phone, "pausa 2 veckor")
    await seen.go("/people?find=Gunnar")
    await expect(seen.page.locator("main")).to_contain_text("Paused until")
    await seen.page.get_by_role("link", name="Gunnar").first.click()
    await expect(seen.page.locator("header.person-head")).to_contain_text("Paused until")
    await expect(seen.page.locator("main")).to_contain_text("pausa 2 veckor")
    await seen.go(seen.page.url.removeprefix(seen.home).replace("/people/", "/inbox/"))
    await expect(seen.page.locator("main")).to_contain_text("Paused until")


async def test_a_wrong_number_is_corrected_from_the_day(seen: Watched) -> None:
    await add(seen, "Omid", "070-174 06 78", language="sv")
    phone = await phone_of(seen, "Omid")
    await write(seen, phone, "fel nummer")
    await seen.go("/")
    line = seen.page.locator("#live-unreachable li", has_text="Omid")
    await expect(line).to_contain_text("Somebody else has this number")
    await line.get_by_role("link", name="Correct the number").click()
    await seen.page.locator("#do-number input[name=number]").fill("070-174 06 79")
    await seen.page.locator("#do-number button.main").click()
    await expect(seen.page.locator("main .told")).to_contain_text("Omid is asked if we may write")
    await seen.go("/")
    for part in ("alerts", "unreachable"):
        await expect(seen.page.locator(f"#live-{part}")).not_to_contain_text("Omid")


async def add(seen: Watched, name: str, number: str, *, language: str) -> str:
    """Karin adds somebody who is to be asked. Gives the address of their page."""
    await seen.go("/people/new")
    page = seen.page
    await page.get_by_label("First name").fill(name)
    await page.locator("#f-language").select_option(language)
    await page.locator("#f-phone").fill(number)
    await page.locator("#f-ask").check()
    await page.locator("main form button.main").first.click()
    await page.wait_for_url(re.compile("/added"))
    return page.url.removeprefix(seen.home).removesuffix("/added")
