"""Each fault comes a few times in `make test`, and more often in `make verify`; `make torture` does it all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.torture.fault import Place, faults

FAULTS = faults()

QUICK: dict[str, int] = {}
"""How many tries `make test` makes of those that are quick: together less than twenty seconds."""

SHARE: dict[str, float] = {}
"""What part of the counts `make verify` makes, where it is not half: all together at most eight minutes."""


@pytest.fixture
async def place(databases: Databases, tmp_path: Path) -> AsyncIterator[Place]:
    """Databases and directories of this test alone."""
    made = Place(home=tmp_path / "torture", databases=databases)
    yield made
    await made.clear()


@pytest.mark.parametrize("name", sorted(QUICK))
async def test_a_few_tries_of_a_fault_lose_and_double_nothing(name: str, place: Place) -> None:
    await held(name, QUICK[name], place)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_many_tries_of_a_fault_lose_and_double_nothing(name: str, place: Place) -> None:
    await held(name, max(1, round(FAULTS[name].full * SHARE.get(name, 0.5))), place)


async def held(name: str, tries: int, place: Place) -> None:
    result = await FAULTS[name].torture(tries, place)
    assert result.tries >= tries
    assert (result.lost, result.doubled, result.wrong) == (0, 0, ())
