"""Each fault comes a few times in `make test`, and more often in `make verify`; `make torture` does it all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.torture.fault import Place, faults

FAULTS = faults()

QUICK = {"F2": 40, "F3": 25, "F8": 2, "F21": 4}
"""How many tries `make test` makes of those that are quick: together less than twenty seconds."""

SHARE = {
    "F0": 0.05,
    "F1": 0.05,
    "F2": 0.2,
    "F4": 0.1,
    "F5": 0.1,
    "F6": 0.1,
    "F7": 0.2,
    "F9": 0.1,
    "F10": 0.1,
    "F11": 0.1,
    "F12": 0.2,
    "F13": 0.08,
    "F14": 0.1,
    "F15": 0.05,
    "F16": 0.02,
    "F17": 0.2,
    "F18": 0.05,
    "F19": 0.3,
    "F20": 0.05,
    "F22": 0.002,
    "F23": 0.1,
    "F25": 0.4,
}
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
