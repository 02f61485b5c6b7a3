"""Members of a block are expected at its activities, and reminded, from the day they join to the day they leave."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.access import By
from bot.domain.people import Agreement
from bot.domain.timetable import Change, ChangeKind
from bot.services import changing, joining
from bot.services.asked import Asked, NotOnTheRoster
from bot.services.changing import Wanted
from bot.services.joining import Group, Joining, NextPhase
from bot.services.roster import Leaving, PeopleFile, import_people, leave
from bot.storage import tables
from tests.blocks import with_blocks
from tests.databases import Databases
from tests.town import COACH, Person, Town, a_town

LONG_AGO, TODAY, THURSDAY, NEXT = date(2026, 11, 1), date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 3)
EVENING = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
DRAWING = "14:00 Teckna, Ateljén"


@pytest.fixture(params=["sqlite", "postgresql"])
async def town(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose programme has blocks, on each database."""
    is_sqlite = request.param == "sqlite"
    url = await (databases.sqlite(tmp_path) if is_sqlite else databases.postgresql())
    async with a_town(url, programme=with_blocks(tmp_path)) as made:
        yield made
    if not is_sqlite:
        await databases.gone(url)


def by(town: Town) -> By:
    return By(coach_id=town.coach, organisation_id=town.programme.organisation_id)


async def join(town: Town, *people: Person, since: date = TODAY, until: date | None = None, block: str = "calm") -> int:
    wanted = Joining(programme_id=town.programme.id, block=block, since=since, until=until)
    group = Group(people=frozenset(one.enrolment for one in people), by=by(town))
    return await joining.join(town.app.database, town.app.shelf, wanted, group, now=town.now)


async def cancel_drawing(town: Town) -> None:
    change = Change(activity="drawing", held_on=THURSDAY, what=ChangeKind.CANCELLED)
    app, wanted = town.app, Wanted(programme_id=town.programme.id, change=change)
    number = await changing.change(app.database, app.shelf, wanted, by=by(town), now=town.now)
    assert number is not None
    await changing.tell(app.database, app.shelf, number, now=town.now)
    await app.delivery.send_queued(now=town.now)


@pytest.mark.slow
async def test_only_members_are_reminded_of_what_a_block_holds(town: Town) -> None:
    amina, bosse, later = [await town.a_person(first_name=name) for name in ("Amina", "Bosse", "Cecilia")]
    assert await join(town, amina, since=LONG_AGO) == 1 and await join(town, later, since=NEXT) == 1
    await town.at(EVENING)
    told = [one.news() for one in (amina, bosse, later)]
    assert [DRAWING in one[-1] for one in told] == [True, False, False], told
    asked = Asked(enrolment=amina.enrolment, by=by(town))
    await joining.leave_block(town.app.database, asked, "calm", last=THURSDAY, now=town.now)
    await town.at(datetime(2026, 12, 2, 17, 30, tzinfo=UTC))
    told = [one.news()[-1] for one in (amina, bosse, later)]
    assert [DRAWING in one for one in told] == [False, False, False]
    # On the first day in the block other words are said.
    assert "något nytt" in told[2] and "något nytt" not in told[0] + told[1]


async def test_whoever_joins_after_a_change_hears_nothing_of_it_and_is_reminded_of_what_holds(town: Town) -> None:
    amina, bosse = await town.a_person(), await town.a_person(first_name="Bosse")
    await join(town, amina)
    await cancel_drawing(town)
    await join(town, bosse)
    await town.at(EVENING)
    assert "Teckna torsdag 26 november klockan 14:00 blir inte av" in amina.news()[0]
    [reminder] = bosse.news()
    assert "Teckna" not in reminder and "10:30 Om arbete" in reminder


async def test_who_left_the_block_before_that_day_is_not_told(town: Town) -> None:
    amina, bosse = await town.a_person(), await town.a_person(first_name="Bosse")
    await join(town, amina, bosse)
    asked = Asked(enrolment=bosse.enrolment, by=by(town))
    await joining.leave_block(town.app.database, asked, "calm", last=TODAY, now=town.now)
    await cancel_drawing(town)
    assert len(amina.news()) == 1 and bosse.news() == []


async def test_leaving_the_programme_ends_what_was_joined(town: Town) -> None:
    amina = await town.a_person()
    await join(town, amina)
    await join(town, amina, since=NEXT, block="work")
    app, leaving = town.app, Leaving(on=THURSDAY, reason="work")
    await leave(app.database, app.shelf, amina.enrolment, leaving, now=town.now)
    rows = await town.rows(select(tables.memberships))
    assert [(row.block, row.until) for row in rows] == [("calm", THURSDAY)]


async def test_a_file_of_people_says_in_which_block_they_are(town: Town) -> None:
    table = f"first_name,coach,phone,block\nAmina,{COACH},0701740901,calm\nBosse,{COACH},0701740902,\n".encode()
    file = PeopleFile(table=table, agreement=Agreement.AGREED)
    await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now)
    rows = await town.rows(select(tables.memberships))
    assert [(row.block, row.since, row.until) for row in rows] == [("calm", TODAY, None)]


async def test_a_phase_has_a_planned_last_day_until_the_next_one(town: Town) -> None:
    amina, app = await town.a_person(), town.app
    for phase, until in (("phase-2", NEXT), ("phase-2", None), ("phase-3", NEXT)):
        moved = NextPhase(slug=phase, until=until)
        await joining.move_to_phase(app.database, app.shelf, amina.enrolment, phase=moved, now=town.now)
        [row] = await town.rows(select(tables.enrolments))
        assert (row.phase, row.phase_until, row.phase_since) == (phase, until, TODAY)


async def test_nobody_joins_what_is_not_there(town: Town) -> None:
    amina = await town.a_person()
    with pytest.raises(NotOnTheRoster):
        await join(town, amina, block="nothing")
    with pytest.raises(NotOnTheRoster):
        await join(town, amina, since=NEXT, until=TODAY)
    foreign = By(coach_id=town.coach, organisation_id=town.programme.organisation_id + 1)
    wanted = Joining(programme_id=town.programme.id, block="calm", since=TODAY)
    with pytest.raises(NotOnTheRoster):
        group = Group(people=frozenset({amina.enrolment}), by=foreign)
        await joining.join(town.app.database, town.app.shelf, wanted, group, now=town.now)
    assert await town.rows(select(tables.memberships)) == []
