"""Nothing is begun with anybody before their yes, and every yes and no is kept with the words it answers."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.access import By
from bot.domain.people import Agreement, ChannelName
from bot.services.asked import Asked
from bot.services.roster import NotToBeAsked, PeopleFile, ask_again, heard_yes, import_people, invite
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.cases import a_few_of
from tests.routes.asking import agreement_of, answers_of, somebody_asked
from tests.town import Person, Town

CHANNELS = (ChannelName.SMS, ChannelName.TELEGRAM)
ACTIVITY = "I morgon"
"""What a reminder of tomorrow begins with."""


def reminders(person: Person) -> list[str]:
    return [words for words in person.messages() if ACTIVITY in words]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_nothing_is_sent_before_the_yes_and_reminders_come_after_it(town: Town, channel: ChannelName) -> None:
    person = await somebody_asked(town, channel=channel)
    assert await agreement_of(person) == "asked"
    await town.later(hours=4, minutes=50)
    assert person.news() == []

    [thanks] = await person.says("ja")

    assert thanks.startswith("Tack, Amina!")
    assert (await agreement_of(person), await answers_of(person)) == ("agreed", [("agreed", "sv", channel)])
    await town.at(town.now + timedelta(hours=8))
    assert len(reminders(person)) == 1


async def test_the_yes_is_kept_with_the_edition_that_asked(town: Town) -> None:
    person = await somebody_asked(town)
    await person.says("ja")

    kept, flow = tables.agreements, tables.definitions
    [row] = await town.rows(select(flow.c.slug, flow.c.version).join(kept, kept.c.definition_id == flow.c.id))
    assert (row.slug, row.version) == ("welcome", 1)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_no_is_kept_and_answered_kindly_and_then_there_is_silence(town: Town, channel: ChannelName) -> None:
    person = await somebody_asked(town, channel=channel)

    [kind] = await person.says("nej")

    assert kind.startswith("Tack för ditt svar. Då skriver vi inte till dig.")
    assert (await agreement_of(person), await answers_of(person)) == ("refused", [("refused", "sv", channel)])
    assert await person.alerts() == ["messages-unwanted"]
    await town.at(town.now + timedelta(days=3), step=timedelta(hours=3))
    assert person.news() == []


async def test_silence_is_nudged_once_and_then_left_alone(town: Town) -> None:
    person = await somebody_asked(town)

    await town.at(town.now + timedelta(days=7), step=timedelta(hours=3))

    [nudge] = person.news()
    assert nudge.startswith("Hej Amina! Du kan fortfarande svara på frågan.")
    assert (await agreement_of(person), await answers_of(person)) == ("asked", [])
    assert await person.outcomes() == ["expired"]


@pytest.mark.parametrize("word", a_few_of(["Ja tack!", "ja", "START", "börja"]))
async def test_a_late_yes_counts(town: Town, word: str) -> None:
    person = await somebody_asked(town)
    await town.at(town.now + timedelta(days=6), step=timedelta(hours=6))
    person.news()

    assert await person.says(word) == ["Tack Amina! Då skriver vi till dig. Vill du sluta? Skriv STOPP."]

    assert (await agreement_of(person), await answers_of(person)) == ("agreed", [("agreed", "sv", "sms")])


async def test_a_start_while_the_question_waits_is_the_yes(town: Town) -> None:
    person = await somebody_asked(town)

    assert await person.says("START") == ["Tack Amina! Då skriver vi till dig. Vill du sluta? Skriv STOPP."]

    assert (await agreement_of(person), await person.outcomes()) == ("agreed", ["finished"])


@pytest.mark.parametrize("word", ["ja", "START"])
async def test_whoever_said_no_may_say_yes_later(town: Town, word: str) -> None:
    person = await somebody_asked(town)
    await person.says("nej")
    await town.later(days=1)

    [told] = await person.says(word)

    assert told.startswith("Tack Amina!")
    assert (await agreement_of(person), [one[0] for one in await answers_of(person)]) == (
        "agreed",
        ["refused", "agreed"],
    )
    await town.at(town.now + timedelta(days=7), step=timedelta(hours=3))
    assert reminders(person) != []


async def test_thanks_after_a_no_brings_nobody_back(town: Town) -> None:
    person = await somebody_asked(town)
    await person.says("nej")

    assert await person.says("tack") == []

    assert await agreement_of(person) == "refused"


async def test_a_late_no_is_a_no(town: Town) -> None:
    person = await somebody_asked(town)
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=6))
    person.news()

    [kind] = await person.says("nej")

    assert kind.startswith("Tack för ditt svar. Då skriver vi inte till dig.")
    assert (await agreement_of(person), await person.alerts()) == ("refused", ["messages-unwanted"])


async def test_a_stop_of_somebody_who_was_asked_is_a_no(town: Town) -> None:
    person = await somebody_asked(town)

    await person.says("STOPP")

    assert (await agreement_of(person), await person.alerts()) == ("refused", ["stopped"])


async def test_a_button_under_a_question_that_is_over_is_still_the_yes(town: Town) -> None:
    person = await somebody_asked(town, channel=ChannelName.TELEGRAM)
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=6))
    person.news()

    await person.taps("Ja")
    await town.listen()

    assert await agreement_of(person) == "agreed"
    assert person.news() == ["Tack Amina! Då skriver vi till dig. Vill du sluta? Skriv STOPP."]


async def test_a_reminder_that_waits_is_not_sent_after_a_refusal(town: Town) -> None:
    person = await town.a_person()
    await person.begins_without_sending("weekly-check-in")
    table = tables.enrolments
    async with town.app.database.transaction() as connection:
        await connection.execute(
            update(table).where(table.c.id == person.enrolment).values(agreement=Agreement.REFUSED)
        )

    await town.app.delivery.send_queued(now=town.now)

    assert person.messages() == []
    assert [(row.status, row.error) for row in await person.outbox()] == [("cancelled", "not-agreed")]


async def test_a_coach_asks_once_more_and_not_a_third_time(town: Town) -> None:
    person = await somebody_asked(town)
    asked = Asked(enrolment=person.enrolment)
    with pytest.raises(NotToBeAsked):
        await ask_again(town.app.database, town.app.shelf, asked, now=town.now)
    await town.at(town.now + timedelta(days=4, hours=2), step=timedelta(hours=6))
    person.news()

    await ask_again(town.app.database, town.app.shelf, asked, now=town.now)
    await town.app.delivery.send_queued(now=town.now)
    assert len(person.news()) == 1
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=6))

    with pytest.raises(NotToBeAsked):
        await ask_again(town.app.database, town.app.shelf, asked, now=town.now)


@pytest.mark.parametrize("before", [None, "nej"], ids=["silent", "refused"])
async def test_a_yes_that_a_coach_heard_is_noted_with_who_heard_it(town: Town, before: str | None) -> None:
    person = await somebody_asked(town)
    if before is not None:
        await person.says(before)
    by = By(coach_id=town.coach, organisation_id=town.programme.organisation_id)

    await heard_yes(town.app.database, town.app.shelf, Asked(enrolment=person.enrolment, by=by), now=town.now)

    assert await agreement_of(person) == "agreed"
    kept = tables.agreements
    row = (await town.rows(select(kept).order_by(kept.c.id.desc())))[0]
    assert (row.channel, row.noted_by, row.definition_id) == ("in-person", town.coach, None)
    person.news()
    await town.at(town.now + timedelta(days=2), step=timedelta(hours=3))
    assert reminders(person) != []


async def test_an_imported_person_is_asked_and_a_protected_one_never(town: Town) -> None:
    table = (
        b"first_name,coach,phone,protected\n"
        b"Amina,karin@example.se,0701740001,no\n"
        b"Hidden,karin@example.se,0701740003,yes\n"
    )
    file = PeopleFile(table=table, agreement=Agreement.UNASKED)

    assert await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now) == 2
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=3))

    assert {one.to for one in town.twilio.sent} == {"+46701740001"}
    assert len(town.twilio.sent) == 2
    assert [
        row.agreement for row in await town.rows(select(tables.enrolments.c.agreement).order_by(tables.enrolments.c.id))
    ] == [
        "asked",
        "unasked",
    ]


async def test_a_protected_person_is_not_asked_by_hand_nor_nudged(town: Town) -> None:
    hidden = await town.a_person(protected=True, agreement=Agreement.UNASKED)
    with pytest.raises(NotToBeAsked):
        await ask_again(town.app.database, town.app.shelf, Asked(enrolment=hidden.enrolment), now=town.now)
    shown = await somebody_asked(town, first_name="Omar")
    async with unit_of_work(town.app.database) as work:
        await work.participants.change(shown.id, protected=True)

    await town.at(town.now + timedelta(days=3), step=timedelta(hours=3))

    assert (hidden.messages(), shown.news()) == ([], [])


async def test_whoever_is_added_at_night_is_asked_in_the_morning(town: Town) -> None:
    await town.later(hours=14)
    person = await town.a_person(agreement=Agreement.UNASKED)
    await ask_again(town.app.database, town.app.shelf, Asked(enrolment=person.enrolment), now=town.now)
    await town.later(minutes=5)
    assert person.messages() == []

    await town.later(hours=10)

    assert person.messages()[0].startswith("Hej Amina! Det här är STEGA.")


async def test_a_link_asks_in_telegram_and_goes_on_with_the_same_person(town: Town) -> None:
    person = await somebody_asked(town)
    code = await invite(town.app.database, person.enrolment, now=town.now)
    chat = await _opens(town, 7001, code)
    assert "Nu är du ansluten" in chat[0] and chat[-1].endswith("Svara ja eller nej.")
    assert await person.outcomes() == ["interrupted", None]

    town.telegram.write(7001, "ja")
    await town.telegram.call()
    await town.listen()

    assert (await agreement_of(person), await answers_of(person)) == ("agreed", [("agreed", "sv", "telegram")])
    channels = [row.channel for row in await person.outbox()]
    assert (channels[0], channels[-1]) == ("sms", "telegram")


async def test_a_link_works_once_and_says_so(town: Town) -> None:
    person = await town.a_person()
    code = await invite(town.app.database, person.enrolment, now=town.now)
    assert len(await _opens(town, 7001, code)) == 1

    assert await _opens(town, 7002, code) == ["Den länken fungerar inte längre. Be din coach om en ny länk."]
    # Whose link it was is connected already.
    [again] = (await _opens(town, 7001, code))[1:]
    assert "fungerar inte längre" not in again


async def test_a_link_that_is_too_old_links_nobody(town: Town) -> None:
    person = await town.a_person()
    code = await invite(town.app.database, person.enrolment, now=town.now)
    await town.later(days=15)

    assert await _opens(town, 7001, code) == ["Den länken fungerar inte längre. Be din coach om en ny länk."]


async def _opens(town: Town, chat: int, code: str) -> list[str]:
    town.telegram.write(chat, f"/start {code}")
    await town.telegram.call()
    await town.listen()
    return [str(one["text"]) for one in town.telegram.sent if one["chat"]["id"] == chat]
