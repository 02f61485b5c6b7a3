"""The demo's pages are asked over HTTP, with the real database and the whole program behind them."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.cli.demo import DemoSet, set_up
from bot.console.routes import console_routes
from bot.console.visit import csrf_of
from bot.storage.database import Database
from tests.console.belongings import furnish
from tests.console.office import Office, an_office, hire
from tests.console.street import Hours, Street, moved_in, settle_in
from tests.console.walk import PARAMETERS, Walk
from tests.databases import KEY, Databases

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""13:00 in Stockholm: nothing is due just then."""


@pytest.fixture(scope="session")
async def an_hour_old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a demo that was stopped when its history was an hour old."""
    home = tmp_path_factory.mktemp("an-hour-old") / "demo"
    made = await set_up(home, history=(TUESDAY, timedelta(hours=1)))
    await made.app.close()
    return home


@pytest.fixture
async def demo(an_hour_old: Path, tmp_path: Path) -> AsyncIterator[DemoSet]:
    """A demo whose history is an hour old, of this test alone."""
    made = await set_up(shutil.copytree(an_hour_old, tmp_path / "demo"))
    yield made
    await made.app.close()


@pytest.fixture(scope="session")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoSet]:
    """A demo with nine days behind it, to be looked at only: a full check-in, a weekly one and a Monday."""
    made = await set_up(tmp_path_factory.mktemp("lived") / "demo", history=(TUESDAY, timedelta(days=9)))
    yield made
    await made.app.close()


class Visitor:
    """Somebody who looks at the pages of a demo; a form brings back what ours bring back."""

    def __init__(self, demo: DemoSet) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=Starlette(routes=[console_routes(demo.desk)])),
            base_url="http://127.0.0.1:8000",
            headers={"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
        )

    async def get(self, path: str, **params: str) -> httpx.Response:
        """Open a page."""
        return await self.client.get(path, params=params or None)

    async def post(
        self, path: str, *, headers: dict[str, str] | None = None, follow: bool = True, **fields: object
    ) -> httpx.Response:
        """Send a form of ours."""
        if self.token is None:
            await self.client.get("/start")
        data = {"csrf": csrf_of(self.token or ""), **fields}
        return await self.client.post(path, data=data, headers=headers, follow_redirects=follow)

    async def be(self, coach_id: int) -> httpx.Response:
        """Become another invented colleague."""
        return await self.post("/be", coach=coach_id)

    @property
    def token(self) -> str | None:
        """What the browser keeps, once it has been here."""
        kept = [one.value for one in self.client.cookies.jar if one.name == "framsteg-demo"]
        return kept[-1] if kept else None


@asynccontextmanager
async def browser(demo: DemoSet) -> AsyncIterator[Visitor]:
    """Somebody who looks at the pages of this demo."""
    visitor = Visitor(demo)
    async with visitor.client:
        yield visitor


@pytest.fixture(scope="session")
async def settled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Street]]:
    """The street, settled once on each kind of database, to be copied by every test."""
    home, found = tmp_path_factory.mktemp("street"), {}
    for kind, url in (("sqlite", await databases.sqlite(home)), ("postgresql", await databases.postgresql())):
        database = Database(url, key=KEY, synchronous="NORMAL")
        found[kind] = (url, await settle_in(database, Hours()))
        # Whoever is connected keeps it from being copied.
        await database.close()
    return found


@pytest.fixture
async def street(settled: dict[str, tuple[str, Street]], databases: Databases, tmp_path: Path) -> AsyncIterator[Street]:
    """Two organisations, on SQLite."""
    url, there = settled["sqlite"]
    async with moved_in(there, lambda: databases.copy(url, tmp_path)) as own:
        yield own


@pytest.fixture
async def walk(street: Street) -> AsyncIterator[Walk]:
    """Everybody is signed in, and has one of each thing: for asking every page."""
    made = Walk(street, await furnish(street), PARAMETERS)
    await made.sign_everybody_in()
    yield made
    await made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def both_streets(
    request: pytest.FixtureRequest, settled: dict[str, tuple[str, Street]], databases: Databases, tmp_path: Path
) -> AsyncIterator[Street]:
    """The same on each kind of database: for what may differ between them."""
    url, there = settled[request.param]
    copies: list[str] = []

    async def copy() -> str:
        copies.append(await databases.copy(url, tmp_path))
        return copies[0]

    async with moved_in(there, copy) as own:
        yield own
    if request.param == "postgresql":
        await databases.gone(copies[0])


@pytest.fixture(scope="session")
async def offices(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Path], Awaitable[str]]:
    """From the kind of database and a place to the address of an office of one's own, where everybody is hired."""
    hired: dict[str, str] = {}

    async def fresh(kind: str, place: Path) -> str:
        if kind not in hired:
            home = tmp_path_factory.mktemp("office")
            url = await (databases.sqlite(home) if kind == "sqlite" else databases.postgresql())
            async with an_office(url) as office:
                await hire(office)
            hired[kind] = url
        return await databases.copy(hired[kind], place)

    return fresh


@pytest.fixture
async def office(offices: Callable[[str, Path], Awaitable[str]], tmp_path: Path) -> AsyncIterator[Office]:
    """A town with an office, on SQLite."""
    async with an_office(await offices("sqlite", tmp_path)) as own:
        yield own


@pytest.fixture(params=["sqlite", "postgresql"])
async def both_offices(
    request: pytest.FixtureRequest,
    offices: Callable[[str, Path], Awaitable[str]],
    databases: Databases,
    tmp_path: Path,
) -> AsyncIterator[Office]:
    """The same on each kind of database: for what may differ between them."""
    url = await offices(request.param, tmp_path)
    async with an_office(url) as own:
        yield own
    if request.param == "postgresql":
        await databases.gone(url)
