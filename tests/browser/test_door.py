"""Somebody who was invited comes in with a password and a phone, and stays nobody until both are right."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, expect

from bot.console.routes import console_routes
from bot.storage.database import Database
from tests.browser.eyes import looking
from tests.console.door import PASSWORD, Door
from tests.console.street import Hours, Street, settle_in
from tests.databases import KEY, Databases
from tests.fakes.served import served

pytestmark = pytest.mark.slow


@pytest.fixture
async def street(databases: Databases, tmp_path: Path) -> AsyncIterator[Street]:
    """Two organisations, on SQLite, as of now: a phone's codes are of the real time."""
    database = Database(await databases.sqlite(tmp_path), key=KEY, synchronous="NORMAL")
    now = datetime.now(UTC)
    yield await settle_in(database, Hours(now=now, machine_now=now))
    await database.close()


async def test_a_password_and_a_code_open_the_door_and_signing_out_closes_it(browser: Browser, street: Street) -> None:
    door = Door(street)
    await door.has_password("Karin")
    async with (
        served(lambda url: [console_routes(replace(door.desk, address=url))]) as home,
        looking(browser, home, language="en") as seen,
    ):
        page = seen.page
        await seen.go("/people")
        await expect(page.locator("h1")).to_have_text("Sign in")
        await page.locator("#f-email").fill("karin@norrby.example")
        await page.locator("#f-password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Code from your app")
        await page.locator("#f-code").first.fill(pyotp.TOTP(door.phones["Karin"]).at(street.hours.machine_now))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/people")
        await expect(page.locator("h1")).to_have_text("People")
        await seen.go("/account")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        # Signing out clears what the browser kept, its language too.
        await expect(page.locator("#f-password")).to_be_visible()
        await seen.go("/people")
        await expect(page.locator("#f-password")).to_be_visible()
        assert seen.wrong == []
