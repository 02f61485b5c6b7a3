"""In which language and on which channel somebody is written to is theirs to say, at any moment."""

import re

import pytest
from sqlalchemy import select

from bot.domain.people import AddressState, ChannelName
from bot.domain.sms_parts import gsm7, sms_parts
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.fakes.bot_api import private
from tests.town import Person, Town

WEEKLY = "weekly-check-in"
BOTH = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


async def stands(person: Person, column: str) -> object:
    """What stands with the person now."""
    table = tables.participants
    return (await person.town.rows(select(table.c[column]).where(table.c.id == person.id)))[0][0]


@BOTH
@pytest.mark.parametrize(
    ("words", "language"),
    [
        *(("English", "en"), ("på engelska tack", "en"), ("byt språk till arabiska", "ar"), ("العربية", "ar")),
        *(("الإنجليزية", "en"), ("Svenska!", "sv"), ("ENGELSKA", "en"), ("Arabic", "ar")),
    ],
)
async def test_a_language_is_changed_by_its_name_in_any_language(
    shared_town: Town, channel: ChannelName, words: str, language: str
) -> None:
    amina = await shared_town.a_person(channel=channel)

    answered = await amina.says(words)

    assert len(answered) == 1
    assert await stands(amina, "language") == language
    assert await amina.alerts() == []


@pytest.mark.parametrize("words", ["jag kan engelska", "lära mig svenska", "engelska eller arabiska", "svensk"])
async def test_what_only_mentions_a_language_changes_nothing(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()

    await amina.says(words)

    assert await stands(amina, "language") == "sv"


@BOTH
async def test_the_open_question_is_repeated_in_the_new_language(shared_town: Town, channel: ChannelName) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins(WEEKLY)
    amina.news()

    answered = await amina.says("english")
    await amina.says("1 3")

    assert "What have you done" in answered[-1]
    assert [row.value for row in await amina.ratings()] == [2]
    assert len(answered) == (1 if channel is ChannelName.SMS else 2)


async def test_by_sms_the_menu_says_which_words_to_write(shared_town: Town) -> None:
    amina = await shared_town.a_person()

    for words in ("språk", "language"):
        answered = await amina.says(words)

        assert len(answered) == 1
        assert all(name in answered[0] for name in ("svenska", "English", "arabiska", "Soomaali"))
        assert (sms_parts(answered[0]), gsm7(answered[0])) == (1, True)


@pytest.mark.parametrize("words", ["لغة", "ቋንቋ", "мова"])
async def test_whoever_writes_other_letters_gets_each_languages_own_name(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()

    answered = await amina.says(words)

    assert len(answered) == 1
    assert "العربية" in answered[0]
    assert sms_parts(answered[0]) <= 2


async def test_every_name_in_a_menu_is_understood(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    for words in ("språk", "لغة"):
        for name, language in zip(names_in_menu(await amina.says(words)), ("sv", "en", "ar", "so"), strict=True):
            await amina.says(name)
            assert await stands(amina, "language") == language
            await amina.says("svenska")


def names_in_menu(answered: list[str]) -> list[str]:
    return answered[-1].partition(": ")[2].split(", ")


async def test_in_telegram_the_menu_has_a_button_for_each_language_and_works_again_later(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.says("byt språk")

    assert await amina.taps("English") == 200
    await shared_town.listen()
    assert await stands(amina, "language") == "en"
    assert await amina.taps("svenska") == 200
    await shared_town.listen()

    assert await stands(amina, "language") == "sv"
    assert amina.news()[-1] == "Nu skriver vi på svenska till dig."


async def test_a_button_for_what_is_no_wish_any_more_is_met_kindly(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.says("byt språk")
    message = amina.chat_messages()[-1]["message_id"]

    for data in ("wish:horoscope", "wish:later:yesterday", "wish:", "wish:language:xx"):
        shared_town.telegram.tap(amina.chat, message, data)
        assert (await shared_town.telegram.call())[-1] == 200
        await shared_town.listen()

        assert len(amina.news()) == 1, data
    assert await stands(amina, "language") == "sv"
    assert await amina.alerts() == []


async def test_a_language_that_is_only_read_is_said_to_be_so_in_it(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    only_read = sorted(shared_town.app.shelf.readings.keys() - {"sv", "en", "ar", "so"})
    assert only_read, "there is no language that is only read"
    language = only_read[0]

    async with unit_of_work(shared_town.app.database) as work:
        plan = (await shared_town.app.shelf.plans(work))[shared_town.programme.id]
    name = next(words for words, code in shared_town.app.shelf.readings[language].languages.items() if code == language)
    answered = await amina.says(name)

    assert await stands(amina, "language") == language
    assert answered[0].startswith(plan.not_yet[language].split("{")[0])


async def test_by_sms_telegram_gives_a_link_that_works_once_and_keeps_the_history(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    await amina.says("1 3")

    answered = await amina.says("telegram")
    found = re.search(r"https://t\.me/(\w+)\?start=([\w-]+)", answered[0])
    assert found, answered
    assert found[1] == (await town.app.feed.me()).username if town.app.feed else False
    assert await stands(amina, "preferred_channel") == "sms"
    chat = 70_000 + amina.id
    town.telegram.write(chat, f"/start {found[2]}")
    await town.telegram.call()
    await town.listen()
    amina.chat, amina.sms = chat, ""
    amina.news()
    # The question that was asked by text message can be answered here.
    await amina.says("4")
    town.telegram.write(chat + 1, f"/start {found[2]}")
    await town.telegram.call()
    await town.listen()

    assert await stands(amina, "preferred_channel") == "telegram"
    assert [row.value for row in await amina.ratings()] == [2, 4]
    addresses = tables.addresses
    mine = await town.rows(select(addresses.c.channel).where(addresses.c.participant_id == amina.id))
    assert sorted(row.channel for row in mine) == ["sms", "telegram"]
    assert private(chat)["id"] == chat


async def test_who_goes_to_telegram_and_back_amid_a_check_in_keeps_it_and_all_that_was_said(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    await amina.says("1 3")
    code = (await amina.says("telegram"))[0].split("start=")[1].split()[0]
    there = Person(town, amina.enrolment, amina.id, chat=74_000 + amina.id)

    await there.says(f"/start {code}")
    [third] = await there.says("4")
    [back] = await there.says("sms")
    amina.news()
    [fourth] = await amina.says("3")

    assert third.startswith("Hur mycket vet du om ")
    assert back == "Nu skriver vi till dig med sms."
    assert "Vill du " in fourth
    assert await stands(amina, "preferred_channel") == "sms"
    assert [row.value for row in await amina.ratings()] == [2, 4, 3]
    assert await amina.outcomes() == [None]
    inbox = tables.inbox
    wrote = await town.rows(select(inbox.c.channel).where(inbox.c.participant_id == amina.id).order_by(inbox.c.id))
    assert [row.channel for row in wrote] == ["sms", "sms", "telegram", "telegram", "telegram", "sms"]


@pytest.mark.slow
async def test_a_link_that_is_too_old_does_not_work(town: Town) -> None:
    amina = await town.a_person()
    answered = await amina.says("byt till telegram")
    code = answered[0].split("start=")[1]

    await town.later(days=15)
    town.telegram.write(71_000, f"/start {code}")
    await town.telegram.call()
    await town.listen()

    assert await stands(amina, "preferred_channel") == "sms"


async def test_in_telegram_sms_goes_back_where_a_number_is_known(shared_town: Town) -> None:
    both = ((ChannelName.TELEGRAM, "72001"), (ChannelName.SMS, "+46701749991"))
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM, addresses=both)
    amina.chat = 72_001

    assert await amina.says("sms") == ["Nu skriver vi till dig med sms."]
    assert await stands(amina, "preferred_channel") == "sms"
    assert await amina.says("telegram") == ["Nu skriver vi till dig i Telegram."]
    assert await stands(amina, "preferred_channel") == "telegram"


@pytest.mark.parametrize("state", [None, AddressState.BAD, AddressState.STOPPED])
async def test_in_telegram_sms_without_a_number_that_works_asks_the_coach(
    shared_town: Town, state: AddressState | None
) -> None:
    number = len(shared_town.people)
    both = ((ChannelName.TELEGRAM, f"73{number:03}"), (ChannelName.SMS, f"+46701748{number:03}"))
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM, addresses=both if state else both[:1])
    amina.chat = int(both[0][1])
    async with unit_of_work(shared_town.app.database) as work:
        known = [one.id for one in await work.addresses.of(amina.id) if one.channel is ChannelName.SMS]
        await work.addresses.set_state([(one, state or AddressState.BAD) for one in known], now=shared_town.now)

    assert await amina.says("sms") == ["Vi har inget nummer som fungerar till dig. Karin får veta att du vill ha sms."]
    assert await stands(amina, "preferred_channel") == "telegram"
    assert await amina.alerts() == ["wants-channel"]
