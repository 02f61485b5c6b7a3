"""Of two with one telephone, each is understood in the language of either, and a start brings both back."""

import pytest
from sqlalchemy import select

from bot.domain.people import Agreement, ChannelName
from bot.services.asked import Asked
from bot.services.roster import ask_again
from bot.storage import tables
from tests.routes.asking import agreement_of
from tests.routes.sharing import SMS, TELEGRAM, WHO, a_shared_phone
from tests.town import Person, Town


async def speaks(person: Person, language: str) -> None:
    table = tables.participants
    async with person.town.app.database.transaction() as connection:
        await connection.execute(table.update().where(table.c.id == person.id).values(language=language))


@pytest.mark.parametrize("choice", ["أنا عمر", "2", "٢", "اثنان", "I am Omar", "two"])
async def test_a_name_is_given_in_the_language_of_either(town: Town, choice: str) -> None:
    phone = await a_shared_phone(town)
    await speaks(phone.omar, "ar")
    table = tables.participants
    async with town.app.database.transaction() as connection:
        named = (
            table.update().where(table.c.id == phone.omar.id).values(first_name="عمر" if "عمر" in choice else "Omar")
        )
        await connection.execute(named)
    await phone.says("Kan jag byta dag?")

    await phone.says(choice)

    assert (await phone.amina.alerts(), await phone.omar.alerts()) == ([], ["question"])


@pytest.mark.parametrize("words", ["Omar är sjuk", "Omar can not come", "två barn", "dy"])
async def test_what_says_more_than_a_name_is_no_signature(town: Town, words: str) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")

    assert await phone.says(words) == [WHO]


@pytest.mark.parametrize(("language", "word"), [("ar", "الرقم خطأ"), ("ar", "fel nummer"), ("pl", "zły numer")])
async def test_a_wrong_number_is_heard_in_the_language_of_either(town: Town, language: str, word: str) -> None:
    phone = await a_shared_phone(town)
    await speaks(phone.omar, language)

    await phone.says(word)

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["wrong-number"]


@pytest.mark.parametrize("words", ["أسبوعي", "min vecka", "my week"])
async def test_a_wish_is_heard_in_the_language_of_either(town: Town, words: str) -> None:
    phone = await a_shared_phone(town)
    await speaks(phone.omar, "ar")
    await phone.amina.begins("weekly-check-in")
    phone.news()

    told = await phone.says(words)

    # It is answered in the language of whoever was asked something, and is no answer to it.
    assert told and "Vem skriver" not in told[0]
    assert [row.words for row in await town.rows(select(tables.inbox))] == [words]
    assert (await phone.amina.alerts(), len(await phone.amina.ratings())) == ([], 0)


@pytest.mark.parametrize("word", ["START", "ابدأ", "börja", "bilow"])
@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
async def test_a_start_brings_both_back_in_any_language(town: Town, channel: ChannelName, word: str) -> None:
    phone = await a_shared_phone(town, channel)
    await phone.says("STOPP")

    again = "Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."
    assert await phone.says(word) == [f"Hej Amina! {again}\nHej Omar! {again}"]

    silent = select(tables.participants.c.stopped_at)
    assert [row.stopped_at for row in await town.rows(silent)] == [None, None]


async def test_what_is_said_to_both_is_said_in_the_language_of_each(town: Town) -> None:
    phone = await a_shared_phone(town)
    await speaks(phone.omar, "ar")

    [told] = await phone.says("توقف")

    assert [line.endswith(("START.", "ابدأ")) for line in told.split("\n")] == [True, True]


async def test_where_help_is_is_said_in_the_language_of_each(town: Town) -> None:
    phone = await a_shared_phone(town)
    await speaks(phone.omar, "ar")

    [told] = await phone.says("I want to die")

    assert told.count("112") == 2
    assert await phone.amina.alerts() == await phone.omar.alerts() == ["crisis"]


async def test_a_start_of_two_who_have_not_agreed_waits_for_a_name(town: Town) -> None:
    phone = await a_shared_phone(town, agreement=Agreement.UNASKED)
    for one in (phone.amina, phone.omar):
        await ask_again(town.app.database, town.app.shelf, Asked(enrolment=one.enrolment), now=town.now)
    await town.listen()
    phone.news()

    assert await phone.says("START") == [WHO]
    assert [await agreement_of(one) for one in (phone.amina, phone.omar)] == ["asked", "asked"]
