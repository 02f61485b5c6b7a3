"""A town for each test, or one for a whole file where everybody is somebody else and no hour matters."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.town import Town, a_town

KINDS = ("sqlite", "postgresql")

Grounds = Callable[[str, Path], Awaitable[str]]
"""From the kind of database and a place to the address of a fresh one, where everything is published already."""


@pytest.fixture(scope="session")
async def grounds(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """Published once for each kind of database, on a Wednesday, and copied from then on."""
    published: dict[str, str] = {}

    async def fresh(kind: str, place: Path) -> str:
        if kind not in published:
            home = tmp_path_factory.mktemp("published")
            url = await (databases.sqlite(home) if kind == "sqlite" else databases.postgresql())
            async with a_town(url):
                published[kind] = url
        return await databases.copy(published[kind], place)

    return fresh


@pytest.fixture(params=KINDS)
async def town(
    request: pytest.FixtureRequest, databases: Databases, grounds: Grounds, tmp_path: Path
) -> AsyncIterator[Town]:
    """A town of this test alone: the test runs once on each database."""
    url = await grounds(request.param, tmp_path)
    async with a_town(url) as made:
        yield made
    await _gone(databases, url)


@pytest.fixture(scope="module", params=KINDS)
async def shared_town(
    request: pytest.FixtureRequest,
    databases: Databases,
    grounds: Grounds,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """A town of this file: the tests run once on each database, each with people of its own."""
    url = await grounds(request.param, tmp_path_factory.mktemp("town"))
    async with a_town(url) as made:
        yield made
    await _gone(databases, url)


async def _gone(databases: Databases, url: str) -> None:
    if not url.startswith("sqlite"):
        await databases.gone(url)
