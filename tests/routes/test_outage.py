"""When nobody was there for hours or days, what still means something is said once, and the past is left in peace."""

from datetime import timedelta

import pytest

from tests.town import Person, Town

WEEKLY = "weekly-check-in"
NUDGED_AFTER = 3
OVER_AFTER = 20


async def asked_and_then_nobody_there(town: Town, *, hours: float) -> Person:
    """The questions of the week have begun, and the program is away for so long."""
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    amina.news()
    await town.later(hours=hours)
    return amina


async def test_a_nudge_that_is_two_hours_late_still_comes(town: Town) -> None:
    amina = await asked_and_then_nobody_there(town, hours=NUDGED_AFTER + 2)

    assert [words for words in amina.news() if "Du kan fortfarande" in words]
    assert await amina.outcomes() == [None]


@pytest.mark.parametrize("hours", [NUDGED_AFTER + OVER_AFTER, 24 * 3 + 1], ids=["a day", "three days"])
async def test_nobody_is_nudged_about_what_would_be_over_by_now(town: Town, hours: float) -> None:
    amina = await asked_and_then_nobody_there(town, hours=hours)
    await town.later(hours=1)

    assert not [words for words in amina.news() if "Du kan fortfarande" in words]
    assert await amina.outcomes() == ["expired"]


async def test_an_answer_that_came_while_nobody_was_there_still_counts(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    await amina.writes("1 3")
    town.clock.now += timedelta(days=3)

    # Whichever tick comes first.
    await town.app.silence(town.now)
    await town.step()

    assert [row.value for row in await amina.ratings()] == [2]
