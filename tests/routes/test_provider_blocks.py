"""What a provider blocks stops a person once, as their own stop does, and they or their coach hear how it is lifted."""

from sqlalchemy import select

from bot.domain.access import By
from bot.domain.people import ChannelName
from bot.services.asked import Asked
from bot.services.contact import start_again
from bot.services.roster import invite
from bot.storage import tables
from tests.town import Person, Town

HOW = "Dina sms från oss är stoppade. Vill du ha sms igen? Skriv START med sms till numret vi skrev från."


async def blocked(person: Person) -> list[bool]:
    table = tables.addresses
    rows = await person.town.rows(
        select(table.c.blocked_at).where(table.c.participant_id == person.id).order_by(table.c.id)
    )
    return [row.blocked_at is not None for row in rows]


async def is_stopped(person: Person) -> bool:
    table = tables.participants
    [row] = await person.town.rows(select(table.c.stopped_at).where(table.c.id == person.id))
    return row.stopped_at is not None


async def with_telegram(person: Person) -> Person:
    """They opened their link too, and are still written to by SMS."""
    town = person.town
    code = await invite(town.app.database, person.enrolment, now=town.now)
    town.telegram.write(7001, f"/start {code}")
    await town.telegram.call()
    await town.listen()
    async with town.app.database.transaction() as connection:
        table = tables.participants
        await connection.execute(table.update().where(table.c.id == person.id).values(preferred_channel="sms"))
    chat = Person(town=town, enrolment=person.enrolment, id=person.id, chat=7001)
    chat.news()
    return chat


async def starts_by_hand(person: Person) -> None:
    town = person.town
    by = By(coach_id=town.coach, organisation_id=town.programme.organisation_id)
    await start_again(town.app.database, town.app.shelf, Asked(enrolment=person.enrolment, by=by), now=town.now)
    await town.listen()


async def test_a_stop_on_an_account_that_does_not_tell_us_is_one_stop(town: Town) -> None:
    person = await town.a_person()
    await person.begins("weekly-check-in")
    person.news()
    # Twilio has blocked the number already, and passes the word on without saying so.
    town.twilio.stopped.add(person.sms)

    assert await person.says("STOP") == []
    await town.later(hours=1)
    await town.later(days=2)

    assert (await is_stopped(person), await blocked(person)) == (True, [True])
    assert await person.alerts() == ["stopped"]
    tried = [row for row in await person.outbox() if row.error == "21610"]
    assert [(row.status, row.attempts) for row in tried] == [("failed", 1)]


async def test_a_block_that_is_learnt_by_sending_is_a_stop_and_is_told_once(town: Town) -> None:
    person = await town.a_person()
    town.twilio.stopped.add(person.sms)

    await person.begins("weekly-check-in")
    await town.later(days=2)

    assert (await is_stopped(person), await blocked(person)) == (True, [True])
    assert await person.alerts() == ["blocked"]
    assert await person.outcomes() == ["stopped"]


async def test_a_stop_that_twilio_told_of_blocks_and_a_start_lifts_it(town: Town) -> None:
    person = await town.a_person()
    await town.twilio.text(sender=person.sms, body="STOP", OptOutType="STOP")
    await town.listen()
    assert (await is_stopped(person), await blocked(person), person.news()) == (True, [True], [])

    await town.twilio.text(sender=person.sms, body="START", OptOutType="START")
    await town.listen()

    assert (await is_stopped(person), await blocked(person), person.news()) == (False, [False], [])


async def test_a_start_that_twilio_told_of_is_not_answered_twice(town: Town) -> None:
    person = await town.a_person()
    await town.twilio.text(sender=person.sms, body="START", OptOutType="START")
    await town.listen()

    assert person.news() == []


async def test_the_start_word_that_twilio_understands_lifts_the_block(town: Town) -> None:
    person = await town.a_person()
    town.twilio.stopped.add(person.sms)
    await person.says("STOP")
    town.twilio.stopped.clear()

    assert await person.says("START") == ["Hej Amina! Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."]

    assert await blocked(person) == [False]


async def test_a_start_word_of_ours_alone_is_no_way_around_the_block(town: Town) -> None:
    person = await town.a_person()
    town.twilio.stopped.add(person.sms)
    await person.says("STOP")

    assert await person.says("börja igen") == []
    await town.later(hours=1)

    assert (await is_stopped(person), await blocked(person)) == (False, [True])
    assert await person.alerts() == ["stopped", "provider-blocks"]


async def test_who_starts_again_elsewhere_hears_which_word_lifts_the_block(town: Town) -> None:
    person = await town.a_person()
    chat = await with_telegram(person)
    town.twilio.stopped.add(person.sms)
    await person.says("STOP")

    said = await chat.says("START")

    assert HOW in said and "provider-blocks" not in await person.alerts()


async def test_a_coach_who_starts_a_blocked_person_is_told_and_the_person_where_they_are_reached(town: Town) -> None:
    alone = await town.a_person()
    town.twilio.stopped.add(alone.sms)
    await alone.says("STOP")
    await starts_by_hand(alone)
    assert (await alone.alerts())[-1] == "provider-blocks"

    other = await town.a_person(first_name="Omar")
    chat = await with_telegram(other)
    town.twilio.stopped.add(other.sms)
    await other.says("STOP")
    await starts_by_hand(other)

    assert chat.news() == [HOW]
    assert "provider-blocks" not in await other.alerts()


async def test_whoever_blocks_us_in_telegram_has_stopped_and_unblocking_lifts_it(town: Town) -> None:
    person = await town.a_person(channel=ChannelName.TELEGRAM)
    town.telegram.block(person.chat)
    await town.telegram.call()
    await town.listen()
    assert (await is_stopped(person), await blocked(person)) == (True, [True])

    town.telegram.block(person.chat, again=True)
    await town.telegram.call()
    await town.listen()
    assert await blocked(person) == [False]

    assert await person.says("/start") == ["Hej Amina! Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."]
