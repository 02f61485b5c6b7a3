"""Whoever is not coming says so in a word: the coach knows at once, and the day falls silent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.town import Person, Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEDNESDAY = date(2026, 11, 25)
DAY = timedelta(days=1)
AHEAD = timedelta(days=400)
TOLD = (
    "Tack. Karin vet att du inte kommer i dag. Säg det också till Arbetsförmedlingen eller Försäkringskassan i dag. "
    "Efter 7 dagar behövs ett intyg."
)
ASKED = "Hej Amina! Är du tillbaka i dag? Svara ja eller nej."
BACK = "Tack, Amina. Karin vet att du är tillbaka. Välkommen!"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


async def jump(town: Town, moment: datetime) -> None:
    await town.at(moment, step=AHEAD)


async def absences(person: Person) -> list[tuple[str, date, date | None, bool]]:
    """Category, first and last day, and whether it is over."""
    table = tables.absences
    query = select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id)
    rows = await person.town.rows(query)
    assert all(row.reported_by == "participant" for row in rows)
    return [(row.category, row.begins_on, row.ends_on, row.ended_at is not None) for row in rows]


async def occurrences(person: Person) -> list[tuple[str, str, str | None]]:
    table = tables.occurrences
    query = select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id)
    return [(row.rule, row.state, row.reason) for row in await person.town.rows(query)]


CHANNELS = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


# What is no absence ---------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize(
    "words", ["min son är sjuk", "kan jag vara sjuk?", "var sjuk igår", "kan inte efter lunch", "sjuk och vab"]
)
async def test_what_is_not_clear_is_asked_about_and_reaches_the_coach(
    shared_town: Town, words: str, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    said = await amina.says(words)

    assert said == [
        "Menade du att du inte kommer? Skriv SJUK, VAB, MYNDIGHET, KOMMER INTE eller KOMMER SEN. "
        "Karin läser också det du skrev."
    ]
    assert await absences(amina) == []
    assert await amina.alerts() == ["question"]


async def test_free_words_that_a_question_asked_for_are_its_answer(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("next-step")
    for words in ("1", "1", "3", "hoppa"):
        await amina.says(words)

    await amina.says("jag var sjuk men nu vill jag söka jobb")

    assert (await amina.answers())[-1] == ("first-thing", "jag var sjuk men nu vill jag söka jobb")
    assert await absences(amina) == [] and "question" not in await amina.alerts()


async def test_under_a_question_a_mere_no_is_not_taken_for_not_coming(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("weekly-check-in")
    amina.news()

    said = await amina.says("kan inte")
    asked = await absences(amina)
    await amina.says("kommer inte")

    assert said[0].startswith("Vi förstod inte ditt svar.") and asked == []
    assert len(await absences(amina)) == 1 and await amina.outcomes() == [None]


async def test_what_somebody_wants_to_become_is_no_visit(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("next-step")
    for words in ("1", "1", "3", "hoppa"):
        await amina.says(words)

    await amina.says("läkare")

    assert (await amina.answers())[-1] == ("first-thing", "läkare")
    assert await absences(amina) == []


async def test_a_yes_or_a_no_that_nobody_asked_for_is_for_the_coach(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("nej")
    assert await amina.alerts() == ["question"] and await absences(amina) == []


async def test_whoever_asked_for_silence_is_answered_nothing(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("STOPP")
    assert await amina.says("sjuk") == []
    assert (await amina.alerts())[-1] == "question"


# What is one ----------------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize(
    ("words", "category", "begins", "ends", "answer"),
    [
        ("kan inte idag sjuk", "illness", 0, 0, TOLD),
        ("sjuk", "illness", 0, None, TOLD),
        ("Hej Karin! Jag är sjuk idag. Mvh Amina", "illness", 0, 0, TOLD),
        ("vab", "care-of-child", 0, None, TOLD),
        ("läkarbesök kl 10", "authority-visit", 0, 0, "Tack för att du skriver. Karin vet att du inte kommer i dag."),
        ("jag kommer inte", "other", 0, 0, "Tack för att du skriver. Karin vet att du inte kommer i dag."),
        (
            "kommer inte på fredag",
            "other",
            2,
            2,
            "Tack för att du skriver. Karin vet att du inte kommer fredag 27 november.",
        ),
        (
            "sjuk till fredag",
            "illness",
            0,
            2,
            "Tack. Karin vet att du inte kommer 25-27 november. Säg det också till "
            "Arbetsförmedlingen eller Försäkringskassan första dagen. Efter 7 dagar behövs ett intyg.",
        ),
    ],
)
async def test_not_coming_is_kept_by_category_and_confirmed(
    shared_town: Town, words: str, category: str, begins: int, ends: int | None, answer: str, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    assert await amina.says(words) == [answer]
    assert await absences(amina) == [
        (category, WEDNESDAY + begins * DAY, None if ends is None else WEDNESDAY + ends * DAY, False)
    ]
    assert await amina.alerts() == []


async def test_the_same_word_twice_is_one_absence_and_the_latest_word_counts(shared_town: Town) -> None:
    amina = await shared_town.a_person()

    await amina.says("sjuk")
    await amina.says("Sjuk!")
    await amina.says("sjuk till fredag")
    once = await absences(amina)
    await amina.says("kommer sen")

    assert once == [("illness", WEDNESDAY, WEDNESDAY + 2 * DAY, False)]
    assert await absences(amina) == [
        ("illness", WEDNESDAY, WEDNESDAY + 2 * DAY, True),
        ("late", WEDNESDAY, WEDNESDAY, False),
    ]


async def test_a_message_that_is_delivered_twice_is_one_absence(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.writes("sjuk")
    await amina.writes("sjuk")
    await shared_town.listen()
    assert len(await absences(amina)) == 1


async def test_in_the_evening_not_coming_means_the_next_day_with_something_to_come_to(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, at(WEDNESDAY, 18, 5))
    amina.news()

    said = await amina.says("kan inte komma")
    await jump(town, at(WEDNESDAY + DAY, 7, 15))

    assert said == ["Tack för att du skriver. Karin vet att du inte kommer torsdag 26 november."]
    assert await absences(amina) == [("other", WEDNESDAY + DAY, WEDNESDAY + DAY, False)]
    assert amina.news() == []
