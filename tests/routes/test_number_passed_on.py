"""A number that somebody had before is free, and whoever is given it starts clean; a number in use is still taken."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from bot.domain.access import By
from bot.domain.people import Agreement, ChannelName, NewParticipant
from bot.services.asked import Asked
from bot.services.contact import add_number
from bot.services.roster import AddressTaken, Newcomer, PeopleFile, add_person, import_people
from bot.storage import tables
from tests.town import Person, Town

OLD, NEW = "+46701740690", "+46701740691"


def by(town: Town) -> By:
    return By(coach_id=town.coach, organisation_id=town.programme.organisation_id)


async def moved(town: Town) -> Person:
    """Omar was asked something at his old number, more waits to leave for it, and then his coach replaced it."""
    omar = await town.a_person(first_name="Omar", addresses=((ChannelName.SMS, OLD),))
    omar.sms = OLD
    await omar.begins("weekly-check-in")
    await omar.writes("4")
    await town.app.reception.receive(now=town.now)
    asked = Asked(enrolment=omar.enrolment, by=by(town))
    await add_number(town.app.database, town.app.shelf, asked, number=NEW, now=town.now)
    omar.news()
    return omar


async def by_hand(town: Town, phone: str) -> None:
    new = NewParticipant(
        first_name="Nora",
        language="sv",
        zone="Europe/Stockholm",
        channel=ChannelName.SMS,
        coach_id=town.coach,
        phase="phase-1",
        started_on=town.now.date(),
        addresses=((ChannelName.SMS, phone),),
        agreement=Agreement.UNASKED,
    )
    newcomer = Newcomer(programme_id=town.programme.id, new=new)
    await add_person(town.app.database, town.app.shelf, newcomer, by=by(town), now=town.now)


async def by_file(town: Town, phone: str) -> None:
    table = f"first_name,coach,phone\nNora,karin@example.se,{phone}\n".encode()
    file = PeopleFile(table=table, agreement=Agreement.UNASKED)
    await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now)


@pytest.mark.parametrize("added", [by_hand, by_file])
async def test_an_older_number_is_free_and_its_new_owner_starts_clean(
    town: Town, added: Callable[[Town, str], Awaitable[None]]
) -> None:
    omar = await moved(town)
    before = (await omar.outcomes(), await omar.alerts(), await omar.ratings(), await omar.answers())
    heard = (await town.rows(select(tables.participants.c.last_heard_at)))[0]

    await added(town, OLD)
    await town.listen()

    [asked] = omar.news()
    assert asked.startswith("Hej Nora!")
    # Nobody is asked who is writing, and no answer of hers is one of his.
    assert (await omar.says("ja"))[0].startswith("Tack, Nora!")
    assert (await omar.says("4"))[0].startswith("Vi har tagit emot ditt meddelande.")
    assert (await omar.outcomes(), await omar.alerts(), await omar.ratings(), await omar.answers()) == before
    assert (await town.rows(select(tables.participants.c.last_heard_at)))[0] == heard
    assert {row.status for row in await omar.outbox()} == {"sent", "cancelled"}


async def test_who_had_it_goes_on_at_the_new_number(town: Town) -> None:
    omar = await moved(town)
    await by_hand(town, OLD)
    await town.listen()
    omar.sms, omar.read = NEW, 0

    assert (await omar.says("STOPP"))[0].startswith("Nu slutar vi skriva till dig.")

    rows = await town.rows(select(tables.participants).order_by(tables.participants.c.id))
    assert [(row.first_name, row.stopped_at is None) for row in rows] == [("Omar", False), ("Nora", True)]


async def test_a_number_that_is_written_to_is_taken(town: Town) -> None:
    omar = await moved(town)

    with pytest.raises(AddressTaken) as taken:
        await by_hand(town, NEW)

    assert taken.value.enrolment == omar.enrolment


async def test_a_second_person_is_put_on_an_old_number_as_on_any_other(town: Town) -> None:
    omar, nora = await moved(town), await town.a_person(first_name="Nora")
    asked = Asked(enrolment=nora.enrolment, by=by(town))

    await add_number(town.app.database, town.app.shelf, asked, number=OLD, now=town.now)

    nora.sms = OLD
    nora.news()
    await nora.says("Kan jag byta dag?")
    assert (await nora.alerts(), await omar.alerts()) == (["question"], [])
