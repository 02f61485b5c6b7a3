"""A coach's own words reach the telephone: at night only if that was chosen, and beside whatever is being asked."""

from datetime import UTC, datetime

import pytest

from bot.domain.access import By, ChangedMeanwhile
from bot.services.coaching import CannotWrite, Coaching, Letter
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

LATE = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
"""Seven in Stockholm."""


async def write(town: Town, person: Person, words: str, *, at_once: bool = False, standing: int = 0) -> int:
    """Karin writes, and what may leave is sent."""
    by = By(coach_id=town.coach, organisation_id=town.programme.organisation_id)
    letter = Letter(words=words, once=f"form-{words}", at_once=at_once, standing=standing)
    message = await Coaching(town.app.database, town.app.shelf).write(person.enrolment, letter, by=by, now=town.now)
    await town.app.delivery.send_queued(now=town.now)
    return message


async def test_words_by_hand_arrive_signed(town: Town) -> None:
    bo = await town.a_person(first_name="Bo")
    await write(town, bo, "Vi ses klockan nio.")
    assert bo.news() == ["Vi ses klockan nio.\nHälsningar Karin"]


async def test_whoever_stopped_hears_nothing_even_of_what_waited(town: Town) -> None:
    town.clock.now = LATE
    bo = await town.a_person(first_name="Bo")
    first = await write(town, bo, "God morgon!")
    await bo.says("STOPP")
    with pytest.raises(CannotWrite) as refused:
        await write(town, bo, "Kom tillbaka!", standing=first)
    assert refused.value.why == "stopped"
    await town.at(MORNING)
    assert not [words for words in bo.messages() if "Karin" in words]


async def test_at_night_words_wait_for_the_morning(town: Town) -> None:
    town.clock.now = LATE
    bo = await town.a_person(first_name="Bo")
    await write(town, bo, "God morgon!")
    assert bo.news() == []
    await town.at(MORNING)
    assert bo.news()[:1] == ["God morgon!\nHälsningar Karin"]


async def test_at_night_words_leave_if_that_was_chosen(town: Town) -> None:
    town.clock.now = LATE
    bo = await town.a_person(first_name="Bo")
    await write(town, bo, "Bussen är inställd.", at_once=True)
    assert bo.news() == ["Bussen är inställd.\nHälsningar Karin"]


async def test_words_leave_although_the_program_waits(town: Town) -> None:
    bo = await town.a_person(first_name="Bo")
    async with unit_of_work(town.app.database) as work:
        await work.participants.change(bo.id, held_at=town.now, paused_until=MORNING)
    await write(town, bo, "Hur mår du?")
    assert len(bo.news()) == 1


async def test_an_open_question_stays_open(town: Town) -> None:
    bo = await town.a_person(first_name="Bo")
    await bo.begins("weekly-check-in")
    bo.news()
    await write(town, bo, "Hej Bo!")
    assert bo.news() == ["Hej Bo!\nHälsningar Karin"]
    assert await bo.outcomes() == [None]
    await bo.says("4")
    assert len(await bo.ratings()) == 1


async def test_the_same_form_is_one_message_and_another_window_is_told(town: Town) -> None:
    bo = await town.a_person(first_name="Bo")
    assert await write(town, bo, "Hej!") == await write(town, bo, "Hej!")
    with pytest.raises(ChangedMeanwhile):
        await write(town, bo, "Hej igen!")
    assert len(bo.news()) == 1
