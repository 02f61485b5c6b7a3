"""What is edited in a shared chat changes nothing but what its own writer wrote."""

from bot.storage.unit_of_work import unit_of_work
from tests.fakes.bot_api import private
from tests.routes.sharing import CHAT, TELEGRAM, Phone, a_shared_phone
from tests.town import Town


async def writes(phone: Phone, words: str, *, message: int) -> list[str]:
    """One of them writes in the chat, in a message of this number."""
    sent = {"message_id": message, "date": 1_700_000_000, "chat": private(CHAT), "text": words}
    phone.town.telegram.push("message", sent)
    await phone.town.telegram.call()
    await phone.town.listen()
    return phone.news()


async def edits(phone: Phone, words: str, *, message: int) -> list[str]:
    """One of them edits that message."""
    phone.town.telegram.edit(CHAT, message, words)
    assert (await phone.town.telegram.call())[-1] == 200
    await phone.town.listen()
    return phone.news()


async def test_an_edit_is_theirs_who_wrote_the_message_though_another_was_asked_since(town: Town) -> None:
    phone = await a_shared_phone(town, TELEGRAM)
    await phone.omar.begins("weekly-check-in")
    await writes(phone, "3", message=71_001)
    async with unit_of_work(town.app.database) as work:
        await work.conversations.end([phone.omar.id], outcome="expired", now=town.now)
    await phone.amina.begins("weekly-check-in")
    phone.news()

    assert await edits(phone, "1 3", message=71_001) == ["Tack! Ditt svar är ändrat."]

    assert [row.value for row in await phone.omar.ratings()] == [1, 2]
    assert len(await phone.amina.ratings()) == 0


async def test_an_edit_of_what_nobody_signed_is_for_the_coaches_of_both(town: Town) -> None:
    phone = await a_shared_phone(town, TELEGRAM)
    await writes(phone, "Kan jag byta dag?", message=72_001)
    await town.later(minutes=30)
    await phone.amina.begins("weekly-check-in")
    phone.news()

    assert await edits(phone, "4", message=72_001) == []

    assert len(await phone.amina.ratings()) == 0
    assert await phone.amina.alerts() == await phone.omar.alerts() == ["unsigned"]
    assert (await phone.written_by())[-1] == ("4", "unsigned", None)


async def test_a_stop_that_is_edited_in_is_obeyed_for_both(town: Town) -> None:
    phone = await a_shared_phone(town, TELEGRAM)
    await writes(phone, "Kan jag byta dag?", message=73_001)

    await edits(phone, "stopp", message=73_001)

    assert await phone.amina.alerts() == await phone.omar.alerts() == ["stopped"]
