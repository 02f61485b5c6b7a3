"""What coaches do in a day works in a browser: by mouse and by keyboard, and nothing that was typed is lost."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.eyes import Watched

pytestmark = pytest.mark.slow

REFUSED = "status of 422"
"""A form that is refused says so in the browser's own log as well."""


async def test_an_alert_of_the_day_is_done_with_one_click(seen: Watched) -> None:
    await seen.go("/")
    lines = seen.page.locator("#t-alerts, #t-questions").locator("xpath=../ul/li")
    before = await lines.count()
    assert before > 0
    await lines.first.get_by_role("button", name=re.compile("^Done")).click()
    await expect(lines).to_have_count(before - 1)


async def test_attendance_is_noted_with_the_keyboard_alone(seen: Watched) -> None:
    await seen.go("/")
    await seen.page.get_by_role("button", name="Monday 08:00").click()
    await expect(seen.page.locator("#clock")).to_contain_text("08:00")
    await expect(seen.page.locator(".moving")).to_have_count(0, timeout=60_000)
    await seen.go("/")
    await seen.page.locator(".sessions a").first.focus()
    await seen.page.keyboard.press("Enter")
    await seen.page.wait_for_url("**/attendance/**")
    await seen.page.locator(".attendee strong a").first.focus()
    await seen.page.keyboard.press("Tab")
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.locator(".attendee .chip.noted").first).to_be_visible()
    pressed = seen.page.locator(".attendee button[aria-pressed=true]").first
    await expect(pressed).to_have_attribute("value", "present")
    await expect(pressed).to_be_focused()


async def test_somebody_is_added_and_a_refused_form_keeps_what_was_typed(seen: Watched) -> None:
    seen.expected = (REFUSED,)
    await seen.go("/people/new")
    await seen.page.get_by_label("First name").fill("Nora")
    await seen.page.locator("#f-phone").fill("12")
    if await seen.page.locator("select#f-coach").count():
        await seen.page.locator("select#f-coach").select_option(index=1)
    await _agree(seen)
    await seen.page.get_by_role("button", name="Add the person").click()
    await expect(seen.page.locator("#refused")).to_be_focused()
    await expect(seen.page.get_by_label("First name")).to_have_value("Nora")
    await seen.page.locator("#f-phone").fill("070-174 06 90")
    await seen.page.get_by_role("button", name="Add the person").click()
    await expect(seen.page.locator("h1")).to_contain_text("Nora")


async def _agree(seen: Watched) -> None:
    for box in await seen.page.locator("main input[type=checkbox][required]").all():
        await box.check()
    for choice in await seen.page.locator("main input[type=radio][value=agreed]").all():
        await choice.check()


async def test_a_file_of_people_is_looked_through_and_taken_in_with_a_bar(seen: Watched, tmp_path: Path) -> None:
    rows = "\n".join(f"Person {number},070174{number:04}" for number in range(6700, 6740))
    (tmp_path / "people.csv").write_text(f"first_name,phone\n{rows}\n", encoding="utf-8")
    await seen.go("/people/import")
    await seen.page.locator("#f-table").set_input_files(tmp_path / "people.csv")
    await seen.page.get_by_role("button", name="Look through the file").click()
    await expect(seen.page.locator("h1")).to_have_text("people.csv")
    await _agree(seen)
    await seen.page.get_by_role("button", name="Add 40 people").click()
    await expect(seen.page.get_by_role("progressbar", name="How far it has come")).to_be_visible()
    await expect(seen.page.get_by_text("Everybody has a place.")).to_be_visible(timeout=30_000)
    await expect(seen.page.locator("main")).to_contain_text("40 of 40 added")
    await seen.go("/people?find=Person+6739")
    await expect(seen.page.locator("main")).to_contain_text("Person 6739")


async def test_an_answer_is_written_and_the_page_does_not_lose_it_by_itself(seen: Watched) -> None:
    await seen.go("/inbox")
    await seen.page.locator("main a[href^='/inbox/']:not([href*=unclaimed])").first.click()
    words = seen.page.locator("#f-words")
    await words.fill("Hej! Vi ses på torsdag klockan tio.")
    await seen.page.locator("h1").click()
    # Longer than any part of the page waits before it is renewed.
    await seen.page.wait_for_timeout(16_500)
    await expect(words).to_have_value("Hej! Vi ses på torsdag klockan tio.")
    await expect(seen.page.locator("#parts")).to_contain_text("characters")
    await seen.page.get_by_role("button", name="Send", exact=True).click()
    await expect(seen.page.locator("main")).to_contain_text("Vi ses på torsdag klockan tio.")
    await expect(words).to_have_value("")


async def test_words_typed_before_the_scripts_came_are_weighed(seen: Watched) -> None:
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await seen.go("/inbox")
    await seen.page.route("**/htmx-*.js", late)
    await seen.page.locator("main a[href^='/inbox/']:not([href*=unclaimed])").first.click(no_wait_after=True)
    await seen.page.locator("#f-words").fill("Hej!")
    typed.set()
    await expect(seen.page.locator("#parts")).to_contain_text("characters")


async def test_the_language_is_changed_and_kept(seen: Watched) -> None:
    await seen.go("/people")
    await seen.page.get_by_role("link", name="Svenska").click()
    await expect(seen.page.locator("html")).to_have_attribute("lang", "sv")
    await seen.go("/inbox")
    await expect(seen.page.locator("html")).to_have_attribute("lang", "sv")


async def test_all_works_without_a_script(browser: Browser, running: str) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="en")
    page = await context.new_page()
    await page.goto(running + "/?lang=en")
    await page.select_option("#be", index=0)
    await page.click(".be button")
    await page.goto(running + "/inbox")
    await page.locator("main a[href^='/inbox/']:not([href*=unclaimed])").first.click()
    await page.locator("#f-words").fill("Hej utan skript.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("main")).to_contain_text("Hej utan skript.")
    await context.close()
