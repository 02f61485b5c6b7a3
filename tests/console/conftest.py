"""The demo's pages are asked over HTTP, with the real database and the whole program behind them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.cli.demo import Demo, set_up
from bot.console.routes import console_routes

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""13:00 in Stockholm: nothing is due just then."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo whose history is an hour old."""
    made = await set_up(tmp_path / "demo", history=(TUESDAY, timedelta(hours=1)))
    yield made
    await made.app.close()


@pytest.fixture(scope="session")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """A demo with nine days behind it, to be looked at only: a full check-in, a weekly one and a Monday."""
    made = await set_up(tmp_path_factory.mktemp("lived") / "demo", history=(TUESDAY, timedelta(days=9)))
    yield made
    await made.app.close()


def browser(demo: Demo) -> httpx.AsyncClient:
    """Somebody who looks at the pages of this demo."""
    app = Starlette(routes=[console_routes(demo.desk)])
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://127.0.0.1:8000",
        headers={"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"},
        follow_redirects=True,
    )
