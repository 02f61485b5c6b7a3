"""The weekly summary counts what was meant, in the week of the answer, and tells no correction as a change."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

ALL_THREE = "3 3 3 3 3 3 3 3"
CHANGE = re.compile(r"från \d till \d\b")


async def checked(person: Person, words: str, *, at: datetime) -> None:
    """A full check-in, answered by SMS. Question 2 is the first of the sheet."""
    town = person.town
    town.clock.now = at
    async with unit_of_work(town.app.database) as work:
        await work.conversations.end([person.id], outcome="interrupted", now=at)
    await person.begins("full-check-in")
    for text in ("0", words, "hoppa"):
        await person.says(text)


async def rated_twice(town: Town) -> tuple[Person, datetime]:
    """Somebody who said 3, and 5 on a Sunday at seven in the evening, local time; and when that was."""
    amina = await town.a_person(started_on=town.now.date())
    await checked(amina, ALL_THREE, at=town.now)
    sunday = town.now + timedelta(days=11, hours=10)
    await checked(amina, "5 3 3 3 3 3 3 3", at=sunday)
    await town.step()
    return amina, sunday


async def summaries(town: Town) -> list[str]:
    query = select(tables.summaries).order_by(tables.summaries.c.id)
    return [row.text for row in await town.rows(query)]


async def test_an_answer_corrected_on_monday_before_the_summary_is_told_as_it_counts(town: Town) -> None:
    amina, sunday = await rated_twice(town)
    # The summary of the week before is written on Monday at half past seven.
    town.clock.now = sunday + timedelta(hours=11)
    await amina.says("2=4")

    town.clock.now = sunday + timedelta(hours=13)
    await town.step()

    assert CHANGE.findall((await summaries(town))[-1]) == ["från 3 till 4"]


@pytest.mark.parametrize("words", ["2=-", pytest.param("fråga 2 = hoppa", marks=pytest.mark.slow)])
async def test_an_answer_that_was_taken_back_is_no_change(town: Town, words: str) -> None:
    amina, sunday = await rated_twice(town)
    town.clock.now = sunday + timedelta(hours=11)
    assert (await amina.says(words))[-1] == "Tack! Svaret på fråga 2 är ändrat."

    town.clock.now = sunday + timedelta(hours=13)
    await town.step()

    assert CHANGE.findall((await summaries(town))[-1]) == []


@pytest.mark.parametrize(("words", "before"), [("2=4", 4), pytest.param("2=-", 3, marks=pytest.mark.slow)])
async def test_a_summary_that_was_read_stays_and_the_next_begins_where_the_answer_counts(
    town: Town, words: str, before: int
) -> None:
    amina, sunday = await rated_twice(town)
    town.clock.now = sunday + timedelta(hours=13)
    await town.step()
    told = await summaries(town)
    assert CHANGE.findall(told[-1]) == ["från 3 till 5"]
    town.clock.now = sunday + timedelta(hours=14)
    await amina.says(words)

    await checked(amina, "2 3 3 3 3 3 3 3", at=sunday + timedelta(days=3))
    town.clock.now = sunday + timedelta(days=7, hours=13)
    await town.step()

    [*old, new] = await summaries(town)
    assert old == told
    assert CHANGE.findall(new) == [f"från {before} till 2"]


async def test_a_correction_alone_is_no_change_of_the_next_week(town: Town) -> None:
    amina, sunday = await rated_twice(town)
    town.clock.now = sunday + timedelta(hours=13)
    await town.step()
    town.clock.now = sunday + timedelta(hours=14)
    await amina.says("2=1")

    town.clock.now = sunday + timedelta(days=7, hours=13)
    await town.step()

    assert [CHANGE.findall(said) for said in await summaries(town)] == [["från 3 till 5"], []]
