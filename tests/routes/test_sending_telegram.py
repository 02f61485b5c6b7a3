"""Telegram's answers are obeyed, and what its people do with the chat is understood."""

from typing import Any

from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.services.roster import invite
from bot.services.wording import TICK
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.fakes.bot_api import refusal
from tests.fakes.wire import Fault
from tests.town import Person, Town

WEEKLY = "weekly-check-in"
TELEGRAM = ChannelName.TELEGRAM


async def statuses(person: Person) -> list[str]:
    return [row.status for row in await person.outbox() if row.act == "send"]


async def address_state(person: Person) -> str:
    table = tables.addresses
    rows = await person.town.rows(select(table.c.state).where(table.c.participant_id == person.id))
    return str(rows[0].state)


async def asked(town: Town) -> Person:
    """Somebody in Telegram whom the first question of the week waits for, with one answer left out."""
    person = await town.a_person(channel=TELEGRAM)
    await person.begins(WEEKLY)
    await person.says("1 3")
    return person


async def test_a_lost_answer_is_uncertain_told_to_the_coach_and_never_repeated(shared_town: Town) -> None:
    amina = await asked(shared_town)
    shared_town.telegram.fail(Fault(kind="reset", taken=True, only="sendMessage"))

    await amina.says("4")
    for _ in range(3):
        await shared_town.settle(minutes=10)

    assert len(amina.messages()) == 4
    assert (await statuses(amina))[-1] == "uncertain"
    assert await amina.alerts() == ["uncertain"]


async def test_when_telegram_asks_to_wait_the_whole_channel_waits_and_then_everything_leaves_once(
    shared_town: Town,
) -> None:
    amina, bo = await asked(shared_town), await asked(shared_town)
    amina.news(), bo.news()
    shared_town.telegram.fail(refusal(429, "Too Many Requests: retry after 30", retry_after=30))

    before = await amina.says("4") + await bo.says("4")
    await shared_town.settle(seconds=25)
    early = amina.news() + bo.news()
    await shared_town.settle(seconds=6)
    await shared_town.settle(minutes=5)

    assert before == early == []
    assert [len(amina.news()), len(bo.news())] == [1, 1]


async def test_who_blocks_us_is_left_in_peace_and_start_brings_messages_back(shared_town: Town) -> None:
    amina = await asked(shared_town)
    amina.news()

    shared_town.telegram.block(amina.chat)
    await shared_town.telegram.call()
    await shared_town.listen()
    blocked = await amina.outcomes(), await address_state(amina), await amina.alerts(), amina.news()
    shared_town.telegram.block(amina.chat, again=True)
    await shared_town.telegram.call()
    await shared_town.listen()
    unblocked = amina.news()
    back = await amina.says("/start")

    assert blocked == (["stopped"], "stopped", ["stopped"], [])
    assert unblocked == []
    assert back == ["Hej Amina! Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."]
    assert await address_state(amina) == "active"


async def test_a_block_that_we_learn_of_by_sending_is_told_to_the_coach(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=TELEGRAM)
    shared_town.telegram.blocked.add(str(amina.chat))

    await amina.begins(WEEKLY)

    assert await address_state(amina) == "stopped"
    assert await amina.alerts() == ["blocked"]


async def test_a_link_connects_a_chat_once(shared_town: Town) -> None:
    town = shared_town
    amina = await town.a_person()
    code = await invite(town.app.database, amina.enrolment, now=town.now)
    own, other = Person(town, amina.enrolment, amina.id, chat=5001), Person(town, 0, 0, chat=5002)

    welcome = await own.says(f"/start {code}")
    again = await other.says(f"/start {code}")
    await amina.begins(WEEKLY)

    assert [words[:33] for words in welcome] == ["Hej Amina! Nu är du ansluten. Vi "]
    assert again == ["Den länken fungerar inte längre. Be din coach om en ny länk."]
    assert amina.messages() == []
    assert own.news()[0] == "Hej Amina! Nu kommer veckans frågor."


async def test_a_link_opened_again_brings_somebody_back_from_sms(shared_town: Town) -> None:
    town = shared_town
    amina = await asked(town)
    async with unit_of_work(town.app.database) as work:
        await work.participants.change(amina.id, preferred_channel=ChannelName.SMS)
    code = await invite(town.app.database, amina.enrolment, now=town.now)

    welcome = (await amina.says(f"/start {code}"))[-1]

    assert welcome.startswith("Hej Amina! Nu är du ansluten.")
    preferred = select(tables.participants.c.preferred_channel).where(tables.participants.c.id == amina.id)
    assert [row.preferred_channel for row in await town.rows(preferred)] == ["telegram"]


async def test_two_people_may_share_a_chat(shared_town: Town) -> None:
    town = shared_town
    amina, bo = await asked(town), await town.a_person(first_name="Bo")
    amina.news()
    code = await invite(town.app.database, bo.enrolment, now=town.now)

    welcome = await amina.says(f"/start {code}")
    await bo.begins(WEEKLY)

    assert [words[:32] for words in welcome] == ["Hej Bo! Nu är du ansluten. Vi sk"]
    assert amina.news()[0] == "Hej Bo! Nu kommer veckans frågor."


async def test_a_link_that_is_two_weeks_old_connects_nobody(town: Town) -> None:
    amina = await town.a_person()
    code = await invite(town.app.database, amina.enrolment, now=town.now)
    town.clock.now = town.now.replace(month=12, day=24)

    said = await Person(town, 0, 0, chat=5001).says(f"/start {code}")

    assert said == ["Den länken fungerar inte längre. Be din coach om en ny länk."]


async def test_a_chat_with_a_new_id_gets_what_was_on_its_way_and_is_known_by_it(shared_town: Town) -> None:
    amina = await asked(shared_town)
    shared_town.telegram.fail(refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100500))

    await amina.says("4")
    await shared_town.settle(seconds=60)
    moved = Person(shared_town, amina.enrolment, amina.id, chat=-100500)
    await moved.says("3")

    assert len(moved.messages()) == 2
    assert [row.value for row in await amina.ratings()] == [2, 4, 3]


async def test_a_corrected_message_changes_nothing_and_is_shown_to_the_coach(shared_town: Town) -> None:
    amina = await asked(shared_town)
    amina.news()

    shared_town.telegram.edit(amina.chat, 1, "1")
    await shared_town.telegram.call()
    await shared_town.listen()

    assert amina.news() == []
    assert [row.value for row in await amina.ratings()] == [2]
    assert await amina.alerts() == ["edited"]


def ticked(message: dict[str, Any]) -> list[str]:
    """The buttons under a message that bear a tick."""
    rows = message["reply_markup"].get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row if button["text"].startswith(TICK)]


async def test_a_tap_is_answered_and_its_button_is_ticked(shared_town: Town) -> None:
    amina = await asked(shared_town)

    await amina.taps("4")
    await shared_town.listen()

    question = amina.chat_messages()[-2]
    assert question["text"].startswith("Hur tror du att det skulle gå att klara ett arbete?")
    # The buttons stay for a day: another tap corrects the answer.
    assert ticked(question) == [f"{TICK}4"]
    assert ticked(amina.chat_messages()[-1]) == []
    assert [row.value for row in await amina.ratings()] == [2, 4]


async def test_every_tap_is_answered_also_one_that_corrects(shared_town: Town) -> None:
    amina = await asked(shared_town)
    await amina.says("4")
    before = len(shared_town.telegram.answered_taps)

    await amina.taps("2", above=True)
    await shared_town.listen()
    await amina.taps("3")
    await shared_town.listen()

    assert len(shared_town.telegram.answered_taps) == before + 2
    old, *_ = [one for one in amina.chat_messages() if one["text"].startswith("Hur tror du")]
    assert ticked(old) == [f"{TICK}2"]
    assert [row.value for row in await amina.ratings() if row.corrected_at is None] == [2, 2, 3]


async def test_a_tap_that_answers_says_so_for_a_moment_and_never_what_was_answered(shared_town: Town) -> None:
    amina = await asked(shared_town)
    before = len(shared_town.telegram.answered_taps)

    await amina.says("4")
    await amina.taps("4", above=True)
    await shared_town.listen()
    await amina.taps("4")
    await shared_town.listen()

    notes = [tap.get("text", "") for tap in shared_town.telegram.answered_taps[before:]]
    # The same answer once more is no news, and no mistake either.
    assert notes == ["Tack! Ditt svar är sparat.", "Tack! Ditt svar är sparat."]


async def test_of_two_quick_taps_on_the_same_question_the_second_counts(shared_town: Town) -> None:
    amina = await asked(shared_town)

    await amina.taps("4")
    await amina.taps("2")
    await shared_town.listen()

    assert [row.value for row in await amina.ratings() if row.corrected_at is None] == [2, 2]
    assert await amina.outcomes() == [None]
