"""A whole check-in goes in one SMS and comes back in one, and nothing is kept that is not plain."""

import re

import pytest

from bot.domain.people import ChannelName
from bot.domain.sms_parts import sms_parts
from tests.town import Person, Town

FULL = "full-check-in"
SLUGS = (
    *("work-belief", "labour-market-knowledge", "determination", "cooperation"),
    *("health", "everyday-life", "network-support", "concentration"),
)


async def at_the_sheet(town: Town, language: str = "sv") -> Person:
    """Somebody whose phone shows the sheet, questions 2 to 9."""
    person = await town.a_person(language=language)
    await person.begins(FULL)
    await person.says("0")
    return person


async def kept(person: Person) -> dict[str, int | None]:
    rows = [row for row in await person.ratings() if row.indicator != "job-search"]
    return {row.indicator: row.value for row in rows if row.corrected_at is None}


async def test_the_sheet_is_plain_letters_in_three_parts_at_most(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)
    sheet = amina.messages()[-1]

    assert set(sheet) <= set("åäöÅÄÖ") | {chr(code) for code in range(128)}
    assert sms_parts(sheet) <= 3
    assert re.findall(r"^(\d)\. ", sheet, re.MULTILINE) == list("23456789")


@pytest.mark.parametrize(
    "words",
    [
        "4 3 5 2 1 - 3 4",
        "4, 3, 5, 2, 1, -, 3, 4",
        "fyra tre fem två ett hoppa tre fyra",
        "2:4 3:3 4:5 5:2 6:1 7:- 8:3 9:4",
        "9=4, 8=3, 7=hoppa, 6=1, 5=2, 4=5, 3=3, 2=4",
        "4\n3\n5\n2\n1\n-\n3\n4",
        "٤ ٣ ٥ ٢ ١ - ٣ ٤",
    ],
)
async def test_the_same_answers_written_in_many_ways_are_kept_alike(shared_town: Town, words: str) -> None:
    amina = await at_the_sheet(shared_town)

    [said] = await amina.says(words)

    assert await kept(amina) == dict(zip(SLUGS, (4, 3, 5, 2, 1, None, 3, 4), strict=True))
    assert said.startswith("Sparat: fråga 2, 3, 4, 5, 6, 7, 8 och 9.\nVad har gått bra")


async def test_a_confirmation_names_questions_and_never_values(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)

    [said] = await amina.says("2:5 9:5")

    assert "5" not in said.partition("\n")[0]
    assert said.startswith("Sparat: fråga 2 och 9.\nFråga 3 av 10:")


@pytest.mark.parametrize("words", ["4", "4 3 5", "4 3 5 2 1 3 4 5 1", "1:4 2:3", "43521345", "4 3,5 2 1 3 4 5"])
async def test_what_is_not_plain_keeps_nothing_and_is_asked_for_kindly(shared_town: Town, words: str) -> None:
    amina = await at_the_sheet(shared_town)

    [said] = await amina.says(words)

    assert await kept(amina) == {}
    assert "Skriv 8 siffror, en för varje fråga." in said
    assert await amina.alerts() == []


async def test_the_numbers_of_questions_stand_with_their_answers(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)
    await amina.says("4 3 5 2 1 - 3 4")

    numbers = {row.indicator: row.number for row in await amina.ratings()}

    assert numbers == {"job-search": 1} | {slug: number for number, slug in enumerate(SLUGS, start=2)}
    assert len({row.arrival_id for row in await amina.ratings()}) == 2


async def test_whoever_refuses_all_is_asked_none_of_it_again(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)

    await amina.says("vill inte svara")

    assert await kept(amina) == dict.fromkeys(SLUGS)


async def test_a_stop_on_a_sheet_is_a_stop(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)

    await amina.says("stopp")

    assert await kept(amina) == {}
    assert await amina.outcomes() == ["stopped"]


async def test_two_answers_to_a_single_question_stay_unclear(shared_town: Town) -> None:
    amina = await at_the_sheet(shared_town)
    await amina.says("2:4 3:3 4:5 5:2 6:1 7:2 8:3")

    [said] = await amina.says("4 3")

    assert "förstod inte" in said
    assert "concentration" not in await kept(amina)


async def test_a_weekly_check_in_still_asks_one_by_one(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("weekly-check-in")

    assert "Fråga 2 av 4" in (await amina.says("0"))[-1]


async def test_telegram_asks_one_by_one_with_buttons(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins(FULL)
    await amina.says("0")

    assert amina.chat_messages()[-1]["reply_markup"]["inline_keyboard"]
    await amina.says("4 3")
    assert await kept(amina) == {}


async def test_an_unclear_choice_in_telegram_is_asked_for_by_tapping(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins("next-step")

    assert (await amina.says("bla bla"))[-1] == "Vi förstod inte ditt svar. Tryck på ett svar eller skriv det."
    assert (await amina.says("Lära mig något nytt"))[-1].startswith("Vad skulle hjälpa dig?")
    assert (await amina.says("bla bla"))[-1].endswith("Tryck sedan på Klar.")


async def test_a_day_that_has_been_is_read_in_the_past(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("milestone-reached")
    await amina.says("ja")

    assert "förstod inte" in (await amina.says("2026-12-24"))[-1]
    await amina.says("15/3")

    assert ("milestone-reached-on", "2026-03-15") in await amina.answers()
