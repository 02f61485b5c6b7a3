"""A question that is asked again to be corrected waits a short while; then the answer it had goes on counting."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage import tables
from tests.routes.test_corrections import checked_in, counting
from tests.routes.test_publishing import PROGRAMME, republished
from tests.town import Person, Town

THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
"""When the weekly check-in falls due; Stockholm is an hour ahead."""


async def occurrences(person: Person) -> list[tuple[str, str]]:
    table = tables.occurrences
    query = select(table).where(table.c.enrolment_id == person.enrolment, table.c.rule == "weekly")
    return [(row.state, row.reason) for row in await person.town.rows(query)]


async def finished(town: Town, *, at: datetime) -> Person:
    town.clock.now = at
    await town.step()
    person = await checked_in(town, "1 3", "3", "4", "nej")
    assert await person.outcomes() == ["finished"]
    return person


@pytest.mark.parametrize("said", ["fel", "fel och sen oj"])
async def test_the_next_check_in_comes_within_the_hour_of_a_correction_nobody_finished(town: Town, said: str) -> None:
    amina = await finished(town, at=THURSDAY_TEN - timedelta(minutes=20))
    await amina.says("fel")
    if said != "fel":
        await amina.says(said)
    amina.news()

    await town.at(THURSDAY_TEN + timedelta(minutes=15))
    assert amina.news() == [] and await occurrences(amina) == [("waiting", "busy")]
    await town.at(THURSDAY_TEN + timedelta(minutes=60))

    assert await occurrences(amina) == [("queued", None)]
    assert await amina.outcomes() == ["finished", None]
    assert len(amina.news()) == 1
    assert await amina.answers_that_count() == [("wants-call", "no")]


async def test_an_answer_within_the_hour_is_the_correction_and_the_check_in_follows(town: Town) -> None:
    amina = await finished(town, at=THURSDAY_TEN - timedelta(minutes=20))
    await amina.says("fel")
    await town.at(THURSDAY_TEN + timedelta(minutes=15))

    await amina.says("ja")
    await town.step()

    assert await amina.answers_that_count() == [("wants-call", "yes")]
    assert await occurrences(amina) == [("queued", None)]


async def test_whoever_corrects_later_is_free_for_the_next_check_in(town: Town) -> None:
    amina = await finished(town, at=THURSDAY_TEN - timedelta(minutes=20))
    await amina.says("fel")
    await amina.says("i morgon")

    await town.at(THURSDAY_TEN + timedelta(minutes=15))

    assert await occurrences(amina) == [("queued", None)]
    assert await amina.outcomes() == ["finished", None]


async def test_a_correction_put_off_is_asked_again_then_and_gives_way_again(town: Town) -> None:
    amina = await finished(town, at=THURSDAY_TEN + timedelta(hours=1))
    await amina.says("fel")
    await amina.says("om 2 timmar")
    amina.news()

    await town.at(THURSDAY_TEN + timedelta(hours=3, minutes=15))
    assert len(amina.news()) == 1
    await town.at(THURSDAY_TEN + timedelta(hours=5))

    assert amina.news() == []
    assert await amina.outcomes() == ["finished"]
    assert await amina.answers_that_count() == [("wants-call", "no")]


async def test_a_late_answer_to_what_gave_way_is_read_by_a_person(town: Town) -> None:
    amina = await finished(town, at=THURSDAY_TEN + timedelta(hours=1))
    await amina.says("fel")
    await town.at(THURSDAY_TEN + timedelta(hours=2, minutes=30))

    await amina.says("ja")

    assert await amina.answers_that_count() == [("wants-call", "no")]
    assert await amina.alerts() == ["question"]


async def test_amid_a_check_in_the_reminder_asks_what_waited_behind_the_correction(town: Town) -> None:
    town.clock.now = THURSDAY_TEN + timedelta(hours=1)
    await town.step()
    amina = await checked_in(town, "1 3", "3")
    assert "Fråga 2 av 4" in (await amina.says("fel"))[0]
    await town.at(THURSDAY_TEN + timedelta(hours=8))

    said = "\n".join(amina.news())
    assert "Fråga 3 av 4" in said and "Fråga 2" not in said
    await amina.says("5")
    assert await counting(amina) == {"job-search": 2, "work-belief": 3, "labour-market-knowledge": 5}


@pytest.mark.parametrize("when_busy", ["skip", "interrupt"])
async def test_a_rule_that_skips_busy_people_waits_for_a_correction(town: Town, tmp_path: Path, when_busy: str) -> None:
    rule = "begin: weekly-check-in\n    when-busy: "
    await republished(town, tmp_path, PROGRAMME, (rule + "wait", rule + when_busy))
    amina = await finished(town, at=THURSDAY_TEN - timedelta(minutes=20))
    await amina.says("fel")

    await town.at(THURSDAY_TEN + timedelta(minutes=15))
    assert await occurrences(amina) == [("waiting", "busy") if when_busy == "skip" else ("queued", None)]
    await town.at(THURSDAY_TEN + timedelta(minutes=60))

    assert await occurrences(amina) == [("queued", None)]
    assert await amina.outcomes() == ["finished", None]
