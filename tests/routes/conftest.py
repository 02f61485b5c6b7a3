"""A town for each test, or one for a whole file where everybody is somebody else and no hour matters."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Databases
from tests.town import Town, a_town


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    """A town of this test alone: the test runs once on each database."""
    async with a_town(database_url) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def shared_town(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """A town of this file: the tests run once on each database, each with people of its own."""
    place = tmp_path_factory.mktemp("town")
    url = await (databases.sqlite(place) if request.param == "sqlite" else databases.postgresql())
    async with a_town(url) as made:
        yield made
    if request.param == "postgresql":
        await databases.gone(url)
