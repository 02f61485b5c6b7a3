"""Whoever opens the demo finds a day in which something has happened, done by the services behind its pages."""

from sqlalchemy import func, select

from bot.cli.demo import DemoSet
from bot.cli.demo_cast import read_cast
from bot.cli.demo_deeds import at_of
from bot.storage.tables import absences, addresses, audit, inbox, notes
from tests.console.conftest import TUESDAY, browser


async def test_karins_day_shows_who_is_late_ill_and_who_asks(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        page = (await visitor.get("/", lang="en")).text.split("<main")[1]
    assert "Late 20 minutes" in page and "Care of child" in page and "Ill" in page
    assert "Får jag ta med min syster" in page
    # What Bosse asked a week ago has its answer.
    assert "När börjar kursen" not in page


async def test_a_number_that_nobody_knows_waits_in_the_inbox(lived: DemoSet) -> None:
    async with browser(lived) as visitor:
        assert "Det här är mitt nya nummer" in (await visitor.get("/inbox/unclaimed")).text
    async with lived.app.database.reading() as connection:
        strangers = await connection.scalar(select(func.count()).where(inbox.c.state == "stranger"))
        unowned = select(func.count()).where(addresses.c.participant_id.is_(None), addresses.c.coach_id.is_(None))
        assert strangers == 1 and await connection.scalar(unowned) == 1


async def test_what_coaches_did_stands_in_the_log(lived: DemoSet) -> None:
    lena = list(lived.desk.demo.plays)[2] if lived.desk.demo else 0
    async with browser(lived) as visitor:
        await visitor.be(lena)
        page = (await visitor.get("/log", lang="en")).text.split("<main")[1]
    assert "Wrote a message" in page and "Reported an absence" in page and "Wrote a note" in page
    async with lived.app.database.reading() as connection:
        told = {row.what for row in await connection.execute(select(audit.c.what))}
        assert await connection.scalar(select(func.count()).select_from(notes)) > 0
        assert await connection.scalar(select(func.count()).where(absences.c.reported_by == "participant")) == 3
    assert {"message-written", "note-written", "absence-reported", "person-read"} <= told


def test_every_deed_is_by_and_about_somebody_of_the_demo_and_within_its_weeks() -> None:
    cast = read_cast()
    colleagues, people = {one.first_name for one in cast.colleagues}, {one.first_name for one in cast.people}
    wrong = [
        deed
        for deed in cast.deeds
        if (deed.who and deed.who not in people)
        or any(one and one not in colleagues for one in (deed.by, deed.to))
        or not 0 <= (deed.day or 0) <= 20
        or (deed.hours is not None and deed.hours < 1.1)
    ]
    assert wrong == [] and {deed.do for deed in cast.deeds} >= {"write", "note", "absence", "hand-over", "knock"}


def test_what_happened_hours_ago_is_counted_from_the_end() -> None:
    deed = next(one for one in read_cast().deeds if one.hours is not None)
    at = at_of(deed, begins=TUESDAY, until=TUESDAY, zone="Europe/Stockholm")
    assert (TUESDAY - at).total_seconds() == (deed.hours or 0) * 3600


def test_numbers_that_knock_are_from_the_range_kept_free_for_stories() -> None:
    numbers = [deed.phone for deed in read_cast().deeds if deed.phone]
    assert numbers and all("+46701740605" <= number <= "+46701740699" for number in numbers)
