"""Several people have one telephone: whoever writes is asked for, and what was written is handled once, as theirs."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.people import Agreement, ChannelName
from bot.services.asked import Asked
from bot.services.reception import Reception
from bot.services.roster import ask_again
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.routes.asking import agreement_of
from tests.routes.sharing import NUMBER, SMS, TELEGRAM, WHO, a_shared_phone
from tests.town import Town


@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
@pytest.mark.parametrize("choice", ["2", "två", "Omar", "omar!", "Jag är Omar"])
async def test_whoever_writes_is_asked_for_and_then_it_is_theirs(town: Town, channel: ChannelName, choice: str) -> None:
    phone = await a_shared_phone(town, channel)
    assert await phone.says("Kan jag byta dag?") == [WHO]
    assert await phone.amina.alerts() == await phone.omar.alerts() == []

    [answer] = await phone.says(choice)

    assert answer.startswith("Vi har tagit emot ditt meddelande.")
    assert (await phone.amina.alerts(), await phone.omar.alerts()) == ([], ["question"])
    assert await phone.written_by() == [("Kan jag byta dag?", "handled", "Omar"), (choice, "handled", "Omar")]


async def test_in_a_shared_chat_there_are_buttons_with_names(town: Town) -> None:
    phone = await a_shared_phone(town, TELEGRAM)
    await phone.says("Kan jag byta dag?")

    await phone.amina.taps("Amina")
    await town.listen()

    assert (await phone.amina.alerts(), await phone.omar.alerts()) == (["question"], [])
    assert not phone.amina.chat_messages()[-2]["reply_markup"] or phone.amina.chat_messages()[-2]["text"] != WHO


async def test_the_only_one_who_was_asked_something_is_taken_for_the_writer(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.omar.begins("weekly-check-in")
    phone.news()

    await phone.says("4")

    assert (len(await phone.omar.ratings()), len(await phone.amina.ratings())) == (1, 0)
    assert WHO not in phone.news()


async def test_when_both_were_asked_an_answer_waits_for_a_name(town: Town) -> None:
    phone = await a_shared_phone(town, agreement=Agreement.UNASKED)
    for one in (phone.amina, phone.omar):
        await ask_again(town.app.database, town.app.shelf, Asked(enrolment=one.enrolment), now=town.now)
    await town.listen()
    phone.news()

    assert await phone.says("ja") == [WHO]
    assert [await agreement_of(one) for one in (phone.amina, phone.omar)] == ["asked", "asked"]
    [thanks] = await phone.says("2")

    assert thanks.startswith("Tack, Omar!")
    assert [await agreement_of(one) for one in (phone.amina, phone.omar)] == ["asked", "agreed"]


async def test_a_text_instead_of_a_name_is_kept_too_and_asked_for_once_more(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")

    assert await phone.says("Det är viktigt") == [WHO]
    await phone.says("1")

    assert await phone.written_by() == [
        ("Kan jag byta dag?", "handled", "Amina"),
        ("Det är viktigt", "handled", "Amina"),
        ("1", "handled", "Amina"),
    ]
    assert await phone.amina.alerts() == ["question", "question"]
    assert await phone.omar.alerts() == []


async def test_what_nobody_signs_goes_to_the_coaches_of_both(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")
    await phone.says("Det är viktigt")

    assert await phone.says("Jag väntar") == ["Vi vet inte vem som skriver. Era coacher läser det. De hör av sig."]

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["unsigned"] * 3
    assert {state for _, state, _ in await phone.written_by()} == {"unsigned"}
    # The next message is a new beginning.
    assert await phone.says("Hej igen") == [WHO]


async def test_after_a_day_the_coaches_have_it_without_a_word(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")
    await town.later(hours=23)
    assert await phone.amina.alerts() == []

    await town.later(hours=2)

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["unsigned"]
    assert await phone.written_by() == [("Kan jag byta dag?", "unsigned", None)]


async def test_a_stop_does_not_wait_for_a_name(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")

    assert await phone.says("STOPP") == ["Nu slutar vi skriva till dig. Vill du börja igen? Skriv START."]

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["stopped"]


async def test_a_stopped_phone_is_not_asked_who_writes(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("STOPP")

    assert await phone.says("Kan jag byta dag?") == []

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["stopped", "unsigned"]


async def test_a_question_that_came_after_ours_is_answered_first(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")
    await town.later(minutes=30)
    await phone.omar.begins("weekly-check-in")

    await phone.says("2")

    assert len(await phone.omar.ratings()) == 1


async def test_two_messages_of_a_shared_phone_at_once_are_asked_about_once_each_and_lost_never(town: Town) -> None:
    phone = await a_shared_phone(town)
    await asyncio.gather(phone.amina.writes("Kan jag byta dag?"), phone.amina.writes("Det är viktigt"))
    app = town.app
    one, other = (Reception(app.database, app.shelf, app.reception._readers) for _ in range(2))

    await asyncio.gather(one.receive(now=town.now), other.receive(now=town.now))
    await town.listen()
    assert phone.news() == [WHO, WHO]
    await asyncio.gather(phone.amina.writes("1"), one.receive(now=town.now))
    await asyncio.gather(one.receive(now=town.now), other.receive(now=town.now))
    await town.listen()

    assert [(state, name) for _, state, name in await phone.written_by()] == [("handled", "Amina")] * 3
    assert await phone.amina.alerts() == ["question", "question"]
    assert len(phone.news()) == 2


async def test_a_process_that_dies_over_the_choice_handles_nothing_twice(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")
    await phone.amina.writes("1")
    # It took the choice, and died before it came to what was kept.
    assert await town.app.reception.receive_some(now=town.now) == 1
    assert [state for _, state, _ in await phone.written_by()] == ["waiting", "handled"]

    await town.later(hours=1)
    await town.later(hours=1)

    assert await phone.amina.alerts() == ["question"]
    assert len(phone.news()) == 1


async def test_two_with_one_name_are_told_apart_by_their_coaches(town: Town) -> None:
    phone = await a_shared_phone(town)
    twin = await town.a_person(first_name="Amina", addresses=((SMS, NUMBER),))
    async with unit_of_work(town.app.database) as work:
        owner = town.programme.organisation_id
        eva = await work.coaches.add("Eva", organisation_id=owner, email="eva@example.se", language="sv", now=town.now)
        await work.participants.change_enrolment(twin.enrolment, coach_id=eva, now=town.now)

    [asked] = await phone.says("Kan jag byta dag?")

    assert asked == "Vem skriver? Svara med siffran: 1 Amina (Karin), 2 Omar, 3 Amina (Eva)."


async def test_the_question_is_asked_in_the_language_of_each(town: Town) -> None:
    phone = await a_shared_phone(town)
    async with town.app.database.transaction() as connection:
        table = tables.participants
        await connection.execute(table.update().where(table.c.id == phone.omar.id).values(language="ar"))

    [asked] = await phone.says("Kan jag byta dag?")

    assert asked.startswith(WHO)


async def test_somebody_who_waits_for_a_name_is_expired_only_once(town: Town) -> None:
    phone = await a_shared_phone(town)
    await phone.says("Kan jag byta dag?")

    await town.at(town.now + timedelta(days=3), step=timedelta(hours=12))

    assert await phone.omar.alerts() == ["unsigned"]
