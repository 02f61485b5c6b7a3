"""Not coming on a day that was told is kept for that day, in every programme, whatever the hour it is written at."""

import asyncio
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.domain.people import ChannelName
from bot.services.publishing import publish
from bot.storage import tables
from tests.routes.test_absence import ASKED, BACK, CHANNELS, DAY, TOLD, WEDNESDAY, absences, at, jump, occurrences
from tests.town import ROOT, STEGA, Person, Town

THURSDAY, FRIDAY = WEDNESDAY + DAY, WEDNESDAY + 2 * DAY
WHICH = (
    "Menade du att du inte kommer? Skriv SJUK, VAB, MYNDIGHET, KOMMER INTE eller KOMMER SEN. "
    "Karin läser också det du skrev."
)
READ = "Vi har tagit emot ditt meddelande. Karin läser det. Vi läser meddelanden måndag-fredag 08:00-16:00."
ON_FRIDAY = "Tack för att du skriver. Karin vet att du inte kommer fredag 27 november."


# A day without a reason -----------------------------------------------------------------------------------------------


@CHANNELS
async def test_who_cannot_on_a_later_day_is_asked_why_and_the_coach_sees_it(
    shared_town: Town, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    assert await amina.says("kan inte på fredag") == [WHICH]
    assert await absences(amina) == [] and await amina.alerts() == ["question"]


@pytest.mark.parametrize(
    ("words", "category"), [("SJUK", "illness"), ("vab", "care-of-child"), ("kommer inte", "other")]
)
async def test_the_reason_alone_is_then_of_that_day(shared_town: Town, words: str, category: str) -> None:
    amina = await shared_town.a_person()

    await amina.says("kan inte på fredag")
    await amina.says(words)

    assert await absences(amina) == [(category, FRIDAY, FRIDAY, False)]


async def test_a_button_under_the_question_is_of_that_day_until_it_is_over(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await amina.says("kan inte på fredag")
    await amina.taps("Något annat")
    await town.listen()
    tapped = amina.news()[-1]
    await jump(town, at(FRIDAY + DAY, 9))
    amina.news()
    await amina.taps("Jag är sjuk")
    await town.listen()

    assert tapped == ON_FRIDAY
    assert amina.news()[-1].startswith("Den knappen hör till en fråga som är stängd.")
    assert await absences(amina) == [("other", FRIDAY, FRIDAY, False)]


async def test_after_an_hour_a_reason_is_of_today(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("kan inte på fredag")
    await jump(town, town.now + timedelta(minutes=61))
    await amina.says("sjuk")
    assert await absences(amina) == [("illness", WEDNESDAY, None, False)]


async def test_a_reason_after_other_words_is_of_today(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    for words in ("kan inte på fredag", "hej igen", "sjuk"):
        await amina.says(words)
    assert await absences(amina) == [("illness", WEDNESDAY, None, False)]


async def test_a_reason_after_an_absence_that_was_kept_is_of_today(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("läkarbesök imorgon kl 10")
    await amina.says("sjuk")
    assert await absences(amina) == [
        ("authority-visit", THURSDAY, THURSDAY, False),
        ("illness", WEDNESDAY, None, False),
    ]


async def test_tomorrow_stays_the_same_day_when_midnight_lies_between_it_and_the_reason(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, at(WEDNESDAY, 23, 50))
    await amina.says("kan inte imorgon")
    await jump(town, at(THURSDAY, 0, 10))
    await amina.says("sjuk")
    assert await absences(amina) == [("illness", THURSDAY, THURSDAY, False)]


# A part of a day ------------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize(
    ("words", "category", "on"),
    [
        ("sjuk på förmiddagen", "illness", WEDNESDAY),
        ("sjuk imorgon förmiddag", "illness", THURSDAY),
        ("kommer inte i eftermiddag", "other", WEDNESDAY),
        ("vab fredag kl 8-12", "care-of-child", FRIDAY),
    ],
)
async def test_a_part_of_a_day_is_kept_as_its_day_and_the_coach_reads_which(
    shared_town: Town, words: str, category: str, on: date, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    assert await amina.says(words) == [READ]
    assert await absences(amina) == [(category, on, on, False)] and await amina.alerts() == ["question"]


async def test_who_comes_late_after_all_is_late(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("kan inte före lunch")
    assert await amina.says("kommer sen") == ["Tack för att du skriver. Karin vet att du blir sen."]
    assert await absences(amina) == [("late", WEDNESDAY, WEDNESDAY, False)]


async def test_a_part_of_a_day_without_a_reason_is_asked_about_and_read(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    asked = await amina.says("kan inte efter lunch")
    await amina.says("sjuk")
    assert asked == [WHICH] and await amina.alerts() == ["question", "question"]
    assert await absences(amina) == [("illness", WEDNESDAY, WEDNESDAY, False)]


# Two programmes -------------------------------------------------------------------------------------------------------


async def in_another_programme(amina: Person, place: Path) -> Person:
    """The same person's place in a second programme, which is like the first."""
    town = amina.town
    package = place / "steg-b"
    shutil.copytree(STEGA, package)
    page = package / "programme.yaml"
    words = page.read_text("utf-8").replace("programme: stega", "programme: steg-b", 1)
    page.write_text(words.replace("languages: [sv, en, ar, so]", "languages: [sv]", 1), "utf-8")
    await publish(town.app.database, package, content=ROOT, organisation="testby", now=town.now)
    table = tables.enrolments
    [mine] = await town.rows(tables.enrolments.select().where(table.c.id == amina.enrolment))
    programmes = tables.programmes
    [row] = await town.rows(programmes.select().where(programmes.c.slug == "steg-b"))
    values = {name: value for name, value in mine._mapping.items() if name != "id"} | {"programme_id": row.id}
    async with town.app.database.transaction() as connection:
        number = await connection.scalar(insert(table).values(values).returning(table.c.id))
    return Person(town=town, enrolment=int(number or 0), id=amina.id, sms=amina.sms, chat=amina.chat)


@pytest.mark.parametrize(
    ("words", "category", "ends"),
    [
        ("sjuk", "illness", None),
        ("jag kommer inte idag", "other", WEDNESDAY),
        ("läkarbesök idag", "authority-visit", WEDNESDAY),
    ],
)
async def test_who_is_away_is_away_from_both_programmes_and_all_of_the_day_is_silent(
    town: Town, tmp_path: Path, words: str, category: str, ends: date | None
) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    there = await in_another_programme(amina, tmp_path)
    await amina.says(words)
    amina.news()

    await jump(town, at(WEDNESDAY, 18))

    assert amina.news() == [] and bo.news() != []
    for place in (amina, there):
        assert await absences(place) == [(category, WEDNESDAY, ends, False)]
        assert await occurrences(place) == [("evening-before", "skipped", "absent")]


async def test_who_is_late_is_late_for_one_programme_and_hears_from_both(town: Town, tmp_path: Path) -> None:
    amina = await town.a_person()
    there = await in_another_programme(amina, tmp_path)
    await amina.says("försenad 20 min")
    amina.news()

    await jump(town, at(WEDNESDAY, 18))

    assert len(await absences(amina)) + len(await absences(there)) == 1
    assert amina.news() != []


async def test_who_is_missed_by_two_programmes_is_asked_once_and_back_in_both(town: Town, tmp_path: Path) -> None:
    amina = await town.a_person()
    there = await in_another_programme(amina, tmp_path)
    await amina.says("sjuk")
    amina.news()
    await jump(town, at(THURSDAY, 8))
    asked = amina.news()

    assert asked == [ASKED] and await amina.says("ja") == [BACK]
    for place in (amina, there):
        assert await absences(place) == [("illness", WEDNESDAY, None, True)]


# Asking and ending ----------------------------------------------------------------------------------------------------


async def test_two_processes_that_ask_at_once_ask_once(town: Town) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    for person in (amina, bo):
        await person.says("sjuk")
        person.news()
    town.clock.now = at(THURSDAY, 8)

    await asyncio.gather(*(town.app.ask_back(town.now) for _ in range(4)))
    await asyncio.gather(*(town.app.delivery.send_queued(now=town.now) for _ in range(2)))

    assert amina.news() == [ASKED] and bo.news() == [ASKED.replace("Amina", "Bo")]


async def test_frisk_on_the_third_day_ends_it_and_the_rest_of_the_day_is_heard(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk")
    await jump(town, at(FRIDAY, 7))
    amina.news()

    said = await amina.says("Frisk")
    [(_, begins, ends, over)] = await absences(amina)
    await jump(town, at(FRIDAY + 2 * DAY, 18))

    assert said == [BACK] and (begins, ends, over) == (WEDNESDAY, None, True)
    assert amina.news() != [] and await amina.says("frisk") != [BACK]


# Late hours -----------------------------------------------------------------------------------------------------------


async def test_illness_reported_in_the_evening_for_tomorrow_silences_tomorrow_only(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, at(WEDNESDAY, 20))
    amina.news()

    said = await amina.says("sjuk imorgon")
    await jump(town, at(THURSDAY, 23))
    thursday = amina.news()

    assert said == [
        TOLD.replace("i dag. Säg", "torsdag 26 november. Säg").replace("i dag. Efter", "första dagen. Efter")
    ]
    assert await absences(amina) == [("illness", THURSDAY, THURSDAY, False)] and thursday == []


@pytest.mark.parametrize(
    ("day", "hour", "minute", "on"),
    [(WEDNESDAY, 23, 50, THURSDAY), (THURSDAY, 0, 10, THURSDAY), (THURSDAY, 23, 50, FRIDAY)],
)
async def test_late_around_midnight_is_late_for_what_is_next_where_they_live(
    town: Town, day: date, hour: int, minute: int, on: date
) -> None:
    amina = await town.a_person()
    await jump(town, at(day, hour, minute))
    await amina.says("försenad 20 min")
    [(category, begins, _, _)] = await absences(amina)
    assert (category, begins) == ("late", on)


async def test_midnight_is_where_the_person_lives(town: Town) -> None:
    amina = await town.a_person(zone="Europe/Helsinki")
    # Ten minutes past midnight in Helsinki, an evening in Stockholm and in UTC.
    await jump(town, datetime(2026, 11, 25, 22, 10, tzinfo=UTC))
    await amina.says("sjuk idag")
    assert await absences(amina) == [("illness", THURSDAY, THURSDAY, False)]
