"""Whoever says that we have the wrong person is left alone, and whoever has the number later starts clean."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.access import By
from bot.domain.people import Agreement, ChannelName
from bot.services.asked import Asked
from bot.services.contact import add_number
from bot.services.roster import Leaving, PeopleFile, import_people, invite, leave
from bot.storage import tables
from tests.cases import a_few_of
from tests.routes.asking import agreement_of, somebody_asked
from tests.town import Person, Town

SORRY = "Förlåt! Vi hade fel nummer. Nu skriver vi inte mer hit."


async def states(person: Person) -> list[str]:
    table = tables.addresses
    rows = await person.town.rows(select(table.c.state).where(table.c.participant_id == person.id).order_by(table.c.id))
    return [row.state for row in rows]


@pytest.mark.parametrize("words", a_few_of(["Fel nummer", "fel person!", "Du har fel nummer, tack"]))
async def test_wrong_number_ends_everything_and_tells_the_coach(town: Town, words: str) -> None:
    person = await somebody_asked(town)

    assert await person.says(words) == [SORRY]

    assert (await states(person), await person.alerts()) == (["wrong"], ["wrong-number"])
    assert await person.outcomes() == ["wrong-number"]
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=3))
    assert person.news() == []


async def test_wrong_number_cancels_what_waits(town: Town) -> None:
    person = await town.a_person()
    await person.begins_without_sending("weekly-check-in")

    assert await person.says("fel nummer") == [SORRY]

    assert [(row.status, row.error) for row in await person.outbox()] == [("cancelled", "wrong-number")]


async def test_who_says_wrong_number_is_not_the_person_heard_from(town: Town) -> None:
    person = await somebody_asked(town)

    await person.says("fel nummer")

    [row] = await town.rows(select(tables.participants))
    assert row.last_heard_at is None


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_number_of_somebody_who_left_starts_clean_with_whoever_has_it_now(town: Town, stopped: bool) -> None:
    omar = await town.a_person(first_name="Omar")
    await omar.begins("weekly-check-in")
    if stopped:
        await omar.says("STOPP")
    yesterday = town.now.date() - timedelta(days=1)
    by = Asked(enrolment=omar.enrolment, by=By(coach_id=town.coach, organisation_id=town.programme.organisation_id))
    await leave(town.app.database, town.app.shelf, by, Leaving(on=yesterday, reason="moved"), now=town.now)
    await town.listen()
    omar.news()
    before = (await omar.outcomes(), len(await omar.alerts()))
    table = f"first_name,coach,phone\nNora,karin@example.se,{omar.sms}\n".encode()
    file = PeopleFile(table=table, agreement=Agreement.UNASKED)

    await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now)
    await town.listen()

    [asked] = omar.news()
    assert asked.startswith("Hej Nora!")
    assert (await omar.says("ja"))[0].startswith("Tack, Nora!")
    [told] = await omar.says("Kan jag byta dag?")
    assert told.startswith("Vi har tagit emot ditt meddelande.")
    assert (await omar.outcomes(), len(await omar.alerts())) == before
    assert await omar.ratings() == []


async def test_wrong_number_is_no_correction_and_no_answer(town: Town) -> None:
    person = await town.a_person()
    await person.begins("weekly-check-in")
    await person.says("4")

    await person.says("fel nummer")

    assert [row.corrected_at for row in await person.ratings()] == [None]
    assert (await person.alerts())[-1] == "wrong-number"


async def test_wrong_alone_is_not_the_wrong_number(town: Town) -> None:
    person = await town.a_person()

    await person.says("fel")

    assert await states(person) == ["active"]


async def test_wrong_number_counts_for_everybody_on_the_phone(town: Town) -> None:
    both = [
        await town.a_person(first_name=name, addresses=((ChannelName.SMS, "+46701740690"),))
        for name in ("Amina", "Omar")
    ]
    for one in both:
        one.sms = "+46701740690"

    assert await both[0].says("Fel nummer") == [SORRY]

    assert [await states(one) for one in both] == [["wrong"], ["wrong"]]
    assert [await one.alerts() for one in both] == [["wrong-number"], ["wrong-number"]]


async def test_who_writes_from_it_afterwards_is_a_stranger_and_hears_nothing_more(town: Town) -> None:
    person = await somebody_asked(town)
    await person.says("Fel nummer")

    assert await person.says("ok") == []
    assert await person.says("ja") == []

    assert [row.state for row in await town.rows(select(tables.inbox).order_by(tables.inbox.c.id))] == [
        "handled",
        "stranger",
        "stranger",
    ]
    assert await agreement_of(person) == "asked"


async def test_a_number_that_is_given_to_somebody_new_starts_clean(town: Town) -> None:
    person = await town.a_person(first_name="Omar")
    await person.begins("weekly-check-in")
    await person.says("STOPP")
    await person.says("Fel nummer")
    person.news()
    table = f"first_name,coach,phone\nNora,karin@example.se,{person.sms}\n".encode()
    file = PeopleFile(table=table, agreement=Agreement.UNASKED)

    assert await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now) == 1
    await town.listen()
    [asked] = person.news()
    assert asked.startswith("Hej Nora!")
    [thanks] = await person.says("ja")

    assert thanks.startswith("Tack, Nora!")
    assert "question" not in await person.alerts()
    assert await person.outcomes() == ["stopped"]


async def test_a_coach_may_give_the_same_person_the_number_again(town: Town) -> None:
    person = await town.a_person()
    await person.says("Fel nummer")
    person.news()
    by = By(coach_id=town.coach, organisation_id=town.programme.organisation_id)

    asked = Asked(enrolment=person.enrolment, by=by)
    await add_number(town.app.database, town.app.shelf, asked, number=person.sms, now=town.now)
    await person.begins("weekly-check-in")

    assert await states(person) == ["active"]
    assert len(person.news()) == 1


async def test_wrong_number_in_one_place_leaves_the_other(town: Town) -> None:
    person = await town.a_person()
    code = await invite(town.app.database, person.enrolment, now=town.now)
    town.telegram.write(7001, f"/start {code}")
    await town.telegram.call()
    await town.listen()

    assert await person.says("Fel nummer") == [SORRY]

    assert await states(person) == ["wrong", "active"]


async def test_two_machines_that_answer_each_other_come_to_an_end(town: Town) -> None:
    stranger = Person(town=town, enrolment=0, id=0, sms="+46701740695")

    for _ in range(4):
        said = stranger.news() or ["Hello, this is a machine"]
        await stranger.says(said[-1])

    assert len(stranger.messages()) == 1
    assert {row.state for row in await town.rows(select(tables.inbox))} == {"stranger"}
