"""A browser as people have it: Debian's Chromium, which tells of everything that goes wrong while it shows a page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright

QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
SECONDS = 15
"""How long anything on a page may take before it counts as broken."""


class NoBrowser(Exception):
    """Chromium is not there: the message says how to get it."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Raises `NoBrowser`."""
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowser("chromium is missing: apt install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A page, and what went wrong in it: errors of scripts, refusals of the policy, requests to another host."""

    page: Page
    home: str
    wrong: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)

    async def go(self, path: str) -> None:
        """Open a page of ours."""
        answer = await self.page.goto(self.home + path)
        if answer is None or answer.status >= 400:
            self.wrong.append(f"{answer.status if answer else 'nothing'} {path}")

    def _said(self, message: ConsoleMessage) -> None:
        words = message.text
        if message.type in ("error", "warning") and not any(one in words for one in self.expected):
            self.wrong.append(f"{self.page.url}: {words}")

    def _asked(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob") and f"{asked.scheme}://{asked.netloc}" != self.home:
            self.wrong.append(f"{self.page.url} asked {request.url}")


@asynccontextmanager
async def looking(browser: Browser, home: str, *, language: str = "sv", **how: object) -> AsyncIterator[Watched]:
    """A fresh browser window at this address. `how` is Playwright's: `viewport`, `color_scheme` and so on."""
    context: BrowserContext = await browser.new_context(
        locale=language, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", service_workers="block"
    )
    await context.add_cookies([{"name": "framsteg-language", "value": language, "url": home}])
    try:
        yield Watched(await context.new_page(), home)
    finally:
        await context.close()
