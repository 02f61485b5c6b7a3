"""One browser for all tests, and a demo with nine days behind it, served by the server the product uses."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser

from bot.cli.demo import DemoSet, set_up
from bot.console.routes import console_routes
from tests.browser.eyes import Watched, chromium, looking
from tests.browser.program import demo_process
from tests.browser.windows import become
from tests.fakes.served import served

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; fails where there is none, and says how to get it."""
    async with chromium() as found:
        yield found


@pytest.fixture(scope="session")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoSet]:
    """To be looked at only."""
    made = await set_up(tmp_path_factory.mktemp("browser") / "demo", history=(TUESDAY, timedelta(days=9)))
    yield made
    await made.app.close()


@pytest.fixture(scope="session")
async def home(lived: DemoSet) -> AsyncIterator[str]:
    """Where it is served."""
    async with served(lambda url: [console_routes(lived.desk)]) as url:
        yield url


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
