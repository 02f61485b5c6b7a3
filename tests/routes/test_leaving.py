"""Who leaves hears a farewell once, and then nothing; who stops hears even less."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.services.joining import NextPhase, move_to_phase
from bot.services.roster import Leaving, MilestoneDates, NotOnTheRoster, leave, set_milestone
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEDNESDAY = date(2026, 11, 25)
THURSDAY = date(2026, 11, 26)
FAREWELL = "Tack för den här tiden, Amina. Nu slutar våra meddelanden. Lycka till! Hälsningar Karin"
AHEAD = timedelta(days=400)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


async def goes(person: Person, on: date) -> None:
    app = person.town.app
    await leave(app.database, app.shelf, person.enrolment, Leaving(on=on, reason="work"), now=person.town.now)


async def days_pass(town: Town, first: date, how_many: int) -> None:
    """Every hour at which a rule speaks, and some more."""
    for day in (first + timedelta(days=number) for number in range(how_many)):
        for hour, minute in ((7, 15), (10, 0), (12, 0), (13, 0), (16, 30), (18, 0)):
            await town.at(at(day, hour, minute), step=AHEAD)


async def test_on_the_last_day_there_is_a_farewell_at_noon_and_then_nothing(town: Town) -> None:
    amina = await town.a_person()
    await goes(amina, THURSDAY)

    await town.at(at(THURSDAY, 11, 59), step=AHEAD)
    amina.news()
    await days_pass(town, THURSDAY, 8)

    assert amina.news() == [FAREWELL]
    assert await amina.outcomes() == ["left-programme"]


async def test_who_leaves_today_hears_the_farewell_at_once_and_then_nothing(town: Town) -> None:
    amina = await town.a_person()
    friday = THURSDAY + timedelta(days=1)
    dates = MilestoneDates(slug="own-plan", due_on=friday)
    await set_milestone(town.app.database, town.app.shelf, amina.enrolment, dates, now=town.now)
    await town.at(at(THURSDAY, 8), step=AHEAD)
    amina.news()

    await goes(amina, THURSDAY)
    await days_pass(town, THURSDAY, 8)

    assert amina.news() == [FAREWELL]
    assert await amina.outcomes() == []


async def test_who_leaves_in_the_middle_of_a_conversation_is_asked_nothing_more(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins("weekly-check-in")
    amina.news()

    await goes(amina, WEDNESDAY)
    await days_pass(town, WEDNESDAY, 3)
    said = amina.news()
    written = await amina.says("4")

    assert said == [FAREWELL]
    assert written == []
    assert (await amina.alerts())[-1] == "question"


async def test_a_conversation_that_waited_does_not_begin_after_the_farewell(town: Town) -> None:
    amina = await town.a_person()
    await town.at(at(THURSDAY, 9, 59), step=AHEAD)
    await amina.begins("next-step")
    await town.at(at(THURSDAY, 10), step=AHEAD)
    amina.news()

    await goes(amina, THURSDAY)
    await days_pass(town, THURSDAY, 2)

    assert amina.news() == [FAREWELL]


async def test_who_stopped_hears_no_farewell(town: Town) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    for person in (amina, bo):
        await person.says("STOPP")
        person.news()

    await goes(amina, WEDNESDAY)
    await goes(bo, THURSDAY)
    await days_pass(town, WEDNESDAY, 3)

    assert amina.news() == bo.news() == []


async def test_a_start_word_after_leaving_promises_nothing_and_reaches_the_coach(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("STOPP")
    await goes(amina, WEDNESDAY)
    await town.at(at(THURSDAY, 9), step=AHEAD)
    amina.news()

    assert await amina.says("START") == []
    assert (await amina.alerts())[-1] == "question"


async def test_a_picture_from_somebody_who_stopped_is_met_with_silence_and_reaches_the_coach(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("STOPP")
    amina.news()

    await amina.sends_picture()
    await town.listen()

    assert amina.news() == []
    assert (await amina.alerts())[-1] == "media"


async def test_a_new_phase_has_its_own_days_at_once(town: Town) -> None:
    amina = await town.a_person()

    await move_to_phase(
        town.app.database, town.app.shelf, amina.enrolment, phase=NextPhase(slug="phase-3"), now=town.now
    )
    await town.at(at(WEDNESDAY, 18), step=AHEAD)

    assert "09:00 Praktik, din praktikplats" in amina.messages()[0]


async def test_phases_and_milestones_that_are_not_there_are_refused(town: Town) -> None:
    amina = await town.a_person()
    database, shelf = town.app.database, town.app.shelf

    with pytest.raises(NotOnTheRoster, match="phase-9"):
        await move_to_phase(database, shelf, amina.enrolment, phase=NextPhase(slug="phase-9"), now=town.now)
    with pytest.raises(NotOnTheRoster, match="the-moon"):
        dates = MilestoneDates(slug="the-moon", due_on=THURSDAY)
        await set_milestone(database, shelf, amina.enrolment, dates, now=town.now)
    with pytest.raises(NotOnTheRoster, match="4711"):
        await leave(database, shelf, 4711, Leaving(on=THURSDAY, reason="work"), now=town.now)


async def test_a_stopped_programme_says_nothing_until_it_is_resumed(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins("weekly-check-in")
    amina.news()
    await stops(town, town.now)

    await town.at(at(WEDNESDAY, 18), step=AHEAD)
    asked = await amina.says("1 3")
    await town.at(at(THURSDAY, 10), step=AHEAD)
    silent = amina.news()
    await stops(town, None)
    await town.at(at(THURSDAY, 18), step=AHEAD)

    assert asked == silent == []
    assert [row.value for row in await amina.ratings()] == [2]
    assert [words[:32] for words in amina.news() if "veckans" not in words][-1] == "Hej Amina! I morgon, fredag 27 n"


async def stops(town: Town, moment: datetime | None) -> None:
    async with unit_of_work(town.app.database) as work:
        await work.programmes.change(town.programme.id, stopped_at=moment, planned_until=town.now)
