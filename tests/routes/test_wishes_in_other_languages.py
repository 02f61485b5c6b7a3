"""Whoever lives among several languages is understood in those around them, never at the cost of their own."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.routes.test_cost_of_answers import counted
from tests.town import Person, Town

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM


async def absences_of(person: Person) -> list[str]:
    found = select(tables.absences.c.category).where(tables.absences.c.enrolment_id == person.enrolment)
    return [row.category for row in await person.town.rows(found.order_by(tables.absences.c.id))]


def is_arabic(words: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in words)


@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
@pytest.mark.parametrize(
    ("words", "own"),
    [("min vecka", "أسبوعي"), ("hjälp", "مساعدة"), ("mina svar", "إجاباتي"), ("my data", "بياناتي"), ("språk", "لغة")],
)
async def test_swedish_or_english_words_wish_for_what_ones_own_do(
    shared_town: Town, channel: ChannelName, words: str, own: str
) -> None:
    samir = await shared_town.a_person(language="ar", first_name="Samir", channel=channel)

    told = await samir.says(words)

    assert told == await samir.says(own)
    assert len(told) == 1 and is_arabic(told[0])
    assert await samir.alerts() == []


async def test_a_pause_is_as_long_as_was_said(shared_town: Town) -> None:
    samir = await shared_town.a_person(language="ar", first_name="Samir")
    [told] = await samir.says("paus 2 veckor")
    assert is_arabic(told) and "9 ديسمبر" in told


@pytest.mark.parametrize(
    ("language", "words", "category"),
    [
        ("ar", "sjuk", "illness"),
        ("ar", "Hej Karin! Jag är sjuk idag /Samir", "illness"),
        ("so", "vab idag", "care-of-child"),
        ("ti", "Hej Karin, sjuk idag", "illness"),
        ("sv", "sick today", "illness"),
        ("uk", "försenad 20 min", "late"),
    ],
)
async def test_an_absence_is_heard_in_the_programmes_languages(
    shared_town: Town, language: str, words: str, category: str
) -> None:
    samir = await shared_town.a_person(language=language, first_name="Samir")
    assert len(await samir.says(words)) == 1
    assert await absences_of(samir) == [category]
    assert await samir.alerts() == []


async def test_whoever_was_ill_in_one_language_is_back_in_another(shared_town: Town) -> None:
    samir = await shared_town.a_person(language="ar", first_name="Samir")
    await samir.says("sjuk")
    [told] = await samir.says("frisk")
    assert is_arabic(told)
    ended = select(tables.absences.c.ended_at).where(tables.absences.c.enrolment_id == samir.enrolment)
    assert [row.ended_at is not None for row in await shared_town.rows(ended)] == [True]


async def test_a_slip_is_put_right_in_another_language(shared_town: Town) -> None:
    samir = await shared_town.a_person(language="ar", first_name="Samir")
    await samir.begins("weekly-check-in")
    for words in ("1", "4", "fel, menade 2"):
        assert len(await samir.says(words)) >= 1
    assert [(row.value, row.corrected_at is None) for row in await samir.ratings()] == [
        (1, True),
        (4, False),
        (2, True),
    ]


@pytest.mark.parametrize("words", ["imorgon", "tomorrow", "fyra", "no 2", "ja", "vecka"])
async def test_what_may_be_an_answer_in_another_language_is_neither_answer_nor_wish(
    shared_town: Town, words: str
) -> None:
    samir = await shared_town.a_person(language="ar", first_name="Samir")
    await samir.begins("next-step")
    for answer in ("1", "1", "3"):
        await samir.says(answer)
    given = await samir.answers()

    [again] = await samir.says(words)

    assert is_arabic(again)
    assert (await samir.answers(), await samir.outcomes(), await samir.alerts()) == (given, [None], [])
    # And the question is not put off until tomorrow.
    waits = select(tables.conversations.c.silent_at).where(tables.conversations.c.participant_id == samir.id)
    assert [row.silent_at < shared_town.now + timedelta(hours=12) for row in await shared_town.rows(waits)] == [True]


async def test_what_stands_in_the_list_is_its_answer_also_where_it_is_shown_in_another_language(
    shared_town: Town,
) -> None:
    """ "Talk to my coach" is a wish in Swedish, and here a choice that was read in Swedish."""
    saba = await shared_town.a_person(language="ti", first_name="Saba")
    await saba.begins("next-step")
    for words in ("Söka arbete", "prata med min coach"):
        await saba.says(words)
    assert await saba.answers() == [("next-area", "job"), ("what-helps", "talk")]


async def test_a_sentence_in_the_own_language_stays_a_question_for_the_coach(shared_town: Town) -> None:
    samir = await shared_town.a_person(language="sv", first_name="Samir")
    await samir.says("min week har varit bra")
    assert await samir.alerts() == ["question"]


@pytest.mark.parametrize("word", ["START", "ابدأ", "bilow", "почати", "เริ่ม"])
@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
async def test_a_start_in_any_language_brings_somebody_back(shared_town: Town, channel: ChannelName, word: str) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.says("STOPP")

    assert await amina.says(word) == ["Hej Amina! Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."]

    stopped = select(tables.participants.c.stopped_at).where(tables.participants.c.id == amina.id)
    assert [row.stopped_at for row in await shared_town.rows(stopped)] == [None]


@pytest.mark.parametrize("word", ["tack", "شكرا", "mahadsanid", "ja", "نعم", "börja jobba", "my week", "sjuk"])
async def test_nothing_but_a_start_brings_somebody_back(shared_town: Town, word: str) -> None:
    amina = await shared_town.a_person()
    await amina.says("STOPP")
    assert await amina.says(word) == []


async def test_another_languages_words_ask_the_database_no_more(town: Town) -> None:
    omar, samir = [await town.a_person(language="ar", first_name=name) for name in ("Omar", "Samir")]
    for one in (omar, samir):
        await one.says("أسبوعي")
    asked = []
    for one, words in ((omar, "أسبوعي"), (samir, "min vecka")):
        await one.writes(words)
        with counted() as statements:
            assert await town.app.reception.receive_some(now=town.now) == 1
        asked.append([" ".join(each.split()[:4]) for each in statements])
        await town.listen()
    assert asked[0] == asked[1]
