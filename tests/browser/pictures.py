"""`make pictures` photographs every page of the demo into `docs/pictures/`, small and large, some of them at night."""

import asyncio
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser

from bot.cli.demo import DemoSet, set_up
from bot.console.routes import console_routes
from tests.browser.crawl import crawl
from tests.browser.eyes import Watched, chromium, looking
from tests.browser.windows import become
from tests.fakes.served import served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIZES = {"small": (390, 844), "large": (1280, 900)}
AT_NIGHT = ("/", "/people/{enrolment:int}", "/inbox/{enrolment:int}", "/attendance/{programme:int}/{activity}/{day}")


async def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="framsteg-pictures-") as there:
        demo = await set_up(Path(there) / "demo", history=(TUESDAY, timedelta(days=21)))
        try:
            async with served(lambda url: [console_routes(demo.desk)]) as home, chromium() as browser:
                await _photograph(browser, home, demo)
        finally:
            await demo.app.close()


async def _photograph(browser: Browser, home: str, demo: DemoSet) -> None:
    found = await crawl(demo, home)
    for size, (width, height) in SIZES.items():
        async with looking(browser, home) as seen:
            await seen.page.set_viewport_size({"width": width, "height": height})
            known: set[str] = set()
            for colleague, pages in found.items():
                await become(seen, colleague)
                for row, addresses in pages.items():
                    if row in known or row.endswith(".csv"):
                        continue
                    known.add(row)
                    for number, address in enumerate(addresses, start=1):
                        await _one(seen, address, f"{_name(row)}{number if number > 1 else ''}-{size}", row in AT_NIGHT)


async def _one(seen: Watched, address: str, name: str, at_night: bool) -> None:
    await seen.go(address)
    for scheme in ("light", "dark") if at_night else ("light",):
        await seen.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        ending = "-night" if scheme == "dark" else ""
        await seen.page.screenshot(path=PICTURES / f"{name}{ending}.png", full_page=True)
    await seen.page.emulate_media(color_scheme="light")


def _name(row: str) -> str:
    return re.sub(r"\W+", "-", re.sub(r"\{(\w+)[^}]*\}", r"\1", row)).strip("-") or "today"


if __name__ == "__main__":
    asyncio.run(main())
