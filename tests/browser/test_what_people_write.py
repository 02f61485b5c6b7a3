"""What people write by themselves is seen where the coach works: an absence, a question, a wish, a cry for help."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.eyes import Watched, looking
from tests.browser.program import demo_process
from tests.browser.windows import become

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The real program."""
    async with demo_process(tmp_path_factory.mktemp("demo")) as home:
        yield home


@pytest.fixture
async def seen(browser: Browser, running: str) -> AsyncIterator[Watched]:
    """Karin's browser, in English. Nothing may go wrong in it, whatever a test is about."""
    async with looking(browser, running, language="en") as window:
        await become(window, "Karin")
        yield window
        assert window.wrong == []


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
    await first.get_by_role("button", name=re.compile("^Done")).click()
    await expect(seen.page.locator("#live-alerts")).not_to_contain_text("vill dö")
    await seen.go("/people?find=Bosse")
    await seen.page.get_by_role("link", name="Bosse").first.click()
    await expect(seen.page.locator("main")).to_contain_text(re.compile("on hold|held|waits", re.IGNORECASE))
