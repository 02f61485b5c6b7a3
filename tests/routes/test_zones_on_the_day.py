"""Somebody who travels, and a country that moves its clocks, are still written to once for each day on the wall."""

from pathlib import Path

import pytest

from tests.cases import a_few_of
from tests.torture.zones_on_the_day import MOVES, RELEASES, Release, asked_after, asked_after_release
from tests.town import Town


async def test_whoever_changes_zone_on_the_day_is_asked_once(town: Town) -> None:
    assert await asked_after(town, MOVES) == dict.fromkeys(MOVES, 1)


@pytest.mark.parametrize("release", a_few_of([(one,) for one in RELEASES]), ids=str)
async def test_zone_data_that_changes_between_releases_neither_doubles_nor_loses_what_is_due(
    town: Town, tmp_path: Path, release: Release
) -> None:
    assert await asked_after_release(town, release, home=tmp_path) == 1
