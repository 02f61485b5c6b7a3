"""What cannot leave by Telegram goes by SMS to whoever chose that: never twice, and nothing that may have left."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.access import By
from bot.domain.people import ChannelName
from bot.services import contact
from bot.services.asked import Asked
from bot.services.falling_back import fall_back
from bot.storage import tables
from tests.fakes.bot_api import refusal
from tests.meetings import a_meeting
from tests.town import Person, Town, delivery_of

NUMBER = "+46701749999"
BOTH = ((ChannelName.TELEGRAM, "9001"), (ChannelName.SMS, NUMBER))
BUSY = refusal(429, "Too Many Requests: retry after 30", retry_after=30)


async def somebody(town: Town, *, hours: int | None = 6, **more: object) -> Person:
    """A person with Telegram and a telephone, who wants SMS after so many hours."""
    amina = await town.a_person(channel=ChannelName.TELEGRAM, addresses=BOTH, **more)
    asked = Asked(enrolment=amina.enrolment, by=By(coach_id=town.coach, organisation_id=town.programme.organisation_id))
    await contact.choose_fallback(town.app.database, asked, hours=hours, now=town.now)
    return amina


def texts(town: Town) -> list[str]:
    """Every SMS to her telephone."""
    return [one.body for one in town.twilio.sent if one.to == NUMBER]


def down(town: Town) -> None:
    """Telegram takes nothing from now on, and says so."""
    town.telegram.fail(*[refusal(429, "Too Many Requests", retry_after=30)] * 500)


async def wait(town: Town, hours: float) -> None:
    """Let hours pass, with a tick at the end of each; the machine's clock goes along."""
    for _ in range(int(hours * 2)):
        town.clock.now += timedelta(minutes=30)
        town.machine.ahead += timedelta(minutes=30)
        await town.app.fall_back(town.now)
        await town.app.delivery.send_queued(now=town.now)


async def test_after_six_hours_without_telegram_the_question_comes_by_sms_with_its_numbers(town: Town) -> None:
    amina = await somebody(town)
    down(town)
    met = await a_meeting(amina)
    await wait(town, 5.5)
    assert texts(town) == [] and amina.messages() == []
    await wait(town, 0.5)
    asked = "Hej Amina! Möte med Karin tisdag 1 december klockan 14:00, Biblioteket.\nPassar tiden?"
    assert texts(town) == [f"{asked}\n1. Ja\n2. Nej\n3. En annan tid"]
    rows = [(row.channel, row.status, row.error) for row in await amina.outbox()]
    assert rows == [("telegram", "cancelled", "fallback"), ("sms", "sent", None)]

    town.telegram.faults.clear()
    await wait(town, 2)
    assert amina.messages() == [] and len(texts(town)) == 1

    await town.twilio.text(sender=NUMBER, body="1")
    await town.listen()
    assert await met.state() == "agreed"
    assert texts(town)[1:] == ["Tack, Amina! Karin får veta att du kommer."]


async def test_several_messages_that_wait_at_once_all_go_by_sms(town: Town) -> None:
    amina = await somebody(town, hours=1)
    # A greeting and a question.
    await amina.begins_without_sending("weekly-check-in")
    town.clock.now += timedelta(hours=1, minutes=30)

    await town.app.fall_back(town.now)
    await town.app.delivery.send_queued(now=town.now)

    left = [(row.channel, row.status) for row in await amina.outbox() if row.channel == "telegram"]
    assert left == [("telegram", "cancelled")] * 2
    assert texts(town) != [] and amina.messages() == []


async def test_who_did_not_choose_it_gets_nothing_by_sms(town: Town) -> None:
    amina = await somebody(town, hours=None)
    down(town)
    await a_meeting(amina)
    await wait(town, 12)
    assert texts(town) == []


async def test_a_sensitive_question_is_worded_for_a_telephone(town: Town) -> None:
    amina = await somebody(town)
    down(town)
    await amina.begins("milestone-reached")
    async with town.app.database.transaction() as connection:
        # Else it would have lost its meaning before.
        await connection.execute(update(tables.outbox).values(expires_at=town.now + timedelta(hours=9)))
    await wait(town, 6)
    assert texts(town) == ["Hej Amina! Har du nått ditt delmål? Svara ja eller nej."]


async def test_what_has_lost_its_meaning_goes_no_way_at_all(town: Town) -> None:
    amina = await somebody(town)
    down(town)
    await amina.begins("milestone-reached")
    await wait(town, 12)
    assert texts(town) == []


async def test_an_answer_that_was_lost_is_not_repeated_by_sms(town: Town) -> None:
    amina = await somebody(town)
    town.telegram.fail(*[refusal(502, "Bad Gateway")] * 500)
    await a_meeting(amina)
    await wait(town, 12)
    assert texts(town) == []
    assert [row.status for row in await amina.outbox()] == ["uncertain"]


async def test_a_chat_that_is_gone_is_made_up_for_by_sms(town: Town) -> None:
    amina = await somebody(town)
    town.telegram.fail(refusal(400, "Bad Request: chat not found"))
    await a_meeting(amina)
    assert [row.status for row in await amina.outbox()] == ["failed"]
    await wait(town, 6)
    assert len(texts(town)) == 1


async def test_who_blocks_the_bot_has_stopped_us_on_the_telephone_too(town: Town) -> None:
    amina = await somebody(town)
    down(town)
    await a_meeting(amina)
    town.telegram.faults.clear()
    town.telegram.block(amina.chat)
    await town.telegram.call()
    await town.app.reception.receive(now=town.now)
    await wait(town, 12)
    assert texts(town) == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_stop_by_sms_ends_what_waits_in_telegram_and_what_went_over(town: Town, when: str) -> None:
    amina = await somebody(town)
    down(town)
    await a_meeting(amina)
    if when == "after":
        town.twilio.faults.clear()
        town.clock.now += timedelta(hours=6)
        # It has gone over, and is still here.
        assert await fall_back(town.app.database, town.app.shelf, now=town.now) == 1
    await town.twilio.text(sender=NUMBER, body="stopp")
    await town.app.reception.receive(now=town.now)
    town.telegram.faults.clear()
    await wait(town, 12)
    assert [one for one in [*texts(town), *amina.messages()] if "Möte" in one] == []


async def test_at_night_nothing_goes_over_that_we_begin(town: Town) -> None:
    amina = await somebody(town, hours=1)
    town.clock.now += timedelta(hours=10, minutes=30)
    down(town)
    await a_meeting(amina)
    await wait(town, 8)
    assert texts(town) == []
    await wait(town, 6)
    assert len(texts(town)) == 1


async def test_processes_that_send_and_fall_back_at_once_say_it_once(town: Town) -> None:
    amina = await somebody(town)
    town.telegram.fail(BUSY)
    await a_meeting(amina)
    town.clock.now += timedelta(hours=6)
    town.machine.ahead += timedelta(hours=6)
    app = town.app
    await asyncio.gather(
        delivery_of(app, town.machine).send_queued(now=town.now),
        fall_back(app.database, app.shelf, now=town.now),
        fall_back(app.database, app.shelf, now=town.now),
        app.delivery.send_queued(now=town.now),
    )
    await wait(town, 2)
    assert len([one for one in [*texts(town), *amina.messages()] if "Möte" in one]) == 1
