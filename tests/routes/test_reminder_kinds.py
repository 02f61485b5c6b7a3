"""Every kind of rule reaches whom it is for at its own moment, and gives way to nights and free days one by one."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.domain.timetable import ChangeKind
from bot.services.roster import MilestoneDates, set_milestone
from bot.storage import tables
from tests.town import ROOT, Person, Town, a_town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A Monday at seven in a programme with a rule of every kind."""
    content = tmp_path / "content"
    for shared in ("common", "instruments"):
        shutil.copytree(ROOT / "flows" / shared, content / "flows" / shared)
    (content / "locales").symlink_to(ROOT / "locales")
    kinds = content / "flows" / "programmes" / "kinds"
    shutil.copytree(ROOT / "tests" / "programmes" / "kinds", kinds)
    async with a_town(database_url, start=MONDAY, programme=kinds) as made:
        yield made


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=STOCKHOLM)


async def until(town: Town, moment: datetime) -> None:
    # Far away days are passed over in one go: what fell due there is not what is looked at.
    if moment - town.now > timedelta(days=3):
        await town.at(moment.astimezone(UTC) - 2 * HALF_AN_HOUR, step=timedelta(days=100))
    await town.at(moment.astimezone(UTC), step=HALF_AN_HOUR)


async def a_person(town: Town, **more: Any) -> Person:
    return await town.a_person(phase=more.pop("phase", "one"), started_on=more.pop("began", date(2026, 9, 1)), **more)


async def put(town: Town, table: Any, **values: Any) -> None:
    async with town.app.database.transaction() as connection:
        await connection.execute(insert(table).values(**values))


async def change(town: Town, person: Person, **values: Any) -> None:
    table = tables.enrolments
    async with town.app.database.transaction() as connection:
        await connection.execute(update(table).where(table.c.id == person.enrolment).values(**values))


async def reasons(person: Person) -> list[tuple[str, date, str | None, str, str | None]]:
    table = tables.occurrences
    rows = await person.town.rows(select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id))
    return [(row.rule, row.on_day, row.shift, row.state, row.reason) for row in rows]


async def test_an_activity_is_told_the_evening_before_and_an_hour_before(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(11, 23, 18))
    assert amina.news()[-1] == "I morgon tisdag 24 november: 10:00 Promenad, Parken"
    await until(town, at(11, 24, 8, 30))
    amina.news()
    await until(town, at(11, 24, 9))
    assert amina.news() == ["Snart 10:00 Promenad, Parken"]


async def test_a_block_is_told_to_its_members_alone_and_a_new_member_at_once(town: Town) -> None:
    amina, bo = await a_person(town), await a_person(town, first_name="Bo")
    await put(town, tables.memberships, enrolment_id=amina.enrolment, block="strength", since=date(2026, 9, 1))
    await until(town, at(11, 24, 11, 30))
    amina.news(), bo.news()
    await put(town, tables.memberships, enrolment_id=bo.enrolment, block="strength", since=date(2026, 11, 24))
    await until(town, at(11, 24, 12))
    assert amina.news() == bo.news() == ["Snart 13:00 Samtal, Sal A"]


async def test_whoever_is_no_member_hears_nothing_of_a_block(town: Town) -> None:
    amina, bo = await a_person(town), await a_person(town, first_name="Bo")
    await put(town, tables.memberships, enrolment_id=amina.enrolment, block="strength", since=date(2026, 9, 1))
    await until(town, at(11, 30, 9))
    assert "Sista måndagen, för blocket" in amina.messages()
    assert not any("blocket" in words or "Samtal" in words for words in bo.messages())


async def test_a_first_day_is_told_as_such_and_not_a_second_time_as_a_day(town: Town) -> None:
    new = await a_person(town, began=date(2026, 11, 23))
    await until(town, at(11, 23, 19))
    assert new.news() == ["Varannan måndag", "Din första dag tisdag 24 november: 10:00 Promenad, Parken"]
    await until(town, at(11, 25, 19))
    assert new.news()[-1] == "I morgon torsdag 26 november: 10:00 Promenad, Parken"


async def test_the_first_day_in_a_block_is_a_first_day_too(town: Town) -> None:
    amina = await a_person(town)
    await put(town, tables.memberships, enrolment_id=amina.enrolment, block="strength", since=date(2026, 11, 20))
    await until(town, at(11, 23, 19))
    first = "Din första dag tisdag 24 november: 10:00 Promenad, Parken\n13:00 Samtal, Sal A"
    assert amina.news() == ["Varannan måndag", first]


async def test_what_is_open_to_whoever_likes_is_told_gently(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(11, 24, 17, 30))
    amina.news()
    await until(town, at(11, 24, 18))
    [said] = amina.news()
    assert said.startswith("Om du vill i morgon onsdag 25 november: ") and "Fika" in said
    await until(town, at(11, 25, 13))
    assert amina.news() == ["Snart om du vill 14:00 Fika, Huset"]


async def test_a_meeting_is_told_with_its_own_hour_place_and_coach_unless_it_is_called_off(town: Town) -> None:
    amina, bo = await a_person(town), await a_person(town, first_name="Bo")
    for person, state in ((amina, "agreed"), (bo, "called-off")):
        await put(
            town,
            tables.meetings,
            enrolment_id=person.enrolment,
            coach_id=town.coach,
            meets_on=date(2026, 11, 24),
            begins=time(13, 30),
            minutes=30,
            place="Storgatan 1",
            state=state,
            made_at=town.now,
        )
    await until(town, at(11, 23, 16))
    assert amina.messages()[-1] == "Möte med Karin tisdag 24 november 13:30, Storgatan 1"
    assert not any("Möte" in words for words in bo.messages())


async def test_phases_starts_and_what_comes_after_a_milestone_are_counted_from_each_persons_own_day(town: Town) -> None:
    amina = await a_person(town, began=date(2026, 11, 10), phase="two")
    await change(town, amina, phase_since=date(2026, 11, 23), phase_until=date(2026, 11, 26))
    dates = MilestoneDates(slug="plan", due_on=date(2026, 11, 23))
    await set_milestone(town.app.database, town.app.shelf, amina.enrolment, dates, now=town.now)
    await until(town, at(11, 25, 9))
    said = amina.messages()
    assert {"Välkommen till Fas två", "Snart är Fas två slut, torsdag 26 november"} <= set(said)
    assert "Du har varit med i två veckor, Amina" in said and "Hur gick det med Planen är klar?" in said


async def test_whoever_changes_phase_hears_at_once_what_is_said_there(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(11, 24, 11, 30))
    await change(town, amina, phase="two", phase_since=date(2026, 11, 23))
    await until(town, at(11, 24, 12))
    assert amina.messages()[-1] == "Välkommen till Fas två"


@pytest.mark.slow
async def test_every_other_monday_is_every_other_monday_across_the_year(town: Town) -> None:
    amina = await a_person(town)
    heard = []
    for day in (at(11, 23, 15), at(11, 30, 15), at(12, 7, 15)):
        await until(town, day)
        heard.append("Varannan måndag" in amina.news())
    assert heard == [True, False, True]


async def test_a_free_day_moves_one_firing_with_its_reason_and_never_the_next(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(12, 23, 9, 30))
    assert "Den 24 varje månad" in amina.news()
    amina.news()
    await until(town, at(1, 24, 9, 30).replace(year=2027))
    assert amina.news() == ["Den 24 varje månad"]
    shifts = [(day, why) for rule, day, why, *_ in await reasons(amina) if rule == "month" and day.day == 24]
    assert shifts == [(date(2026, 11, 24), None), (date(2026, 12, 24), "eve"), (date(2027, 1, 24), None)]


async def test_nothing_is_held_on_a_closed_day_and_nobody_is_reminded_of_it(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(12, 2, 12))
    amina.news()
    await until(town, at(12, 3, 12))
    assert not any("Promenad" in words for words in amina.news())


async def test_what_would_come_at_night_waits_for_the_morning_and_says_why(town: Town) -> None:
    amina = await a_person(town)
    await until(town, at(11, 27, 6, 30))
    amina.news()
    await until(town, at(11, 27, 7))
    assert amina.news() == ["Snart 07:30 Gympa, Hallen"]
    assert ("soon", date(2026, 11, 27), "night", "queued", None) in await reasons(amina)


@pytest.mark.slow
async def test_a_holiday_that_somebody_keeps_moves_their_rule_alone(town: Town) -> None:
    amina, bo = await a_person(town), await a_person(town, first_name="Bo")
    people = tables.participants
    async with town.app.database.transaction() as connection:
        await connection.execute(update(people).where(people.c.id == bo.id).values(calendars="ethiopian"))
    free = town.app.shelf.almanac.kept["ethiopian"]
    assert free, "the almanac of the tests knows the calendar"
    day = min(one for one in free if one.year == 2027 and one.month == 1)
    dates = MilestoneDates(slug="plan", due_on=day - timedelta(days=2))
    for person in (amina, bo):
        await set_milestone(town.app.database, town.app.shelf, person.enrolment, dates, now=town.now)
    morning = datetime.combine(day, time(8), STOCKHOLM)
    await until(town, morning + timedelta(hours=1))
    asked = "Hur gick det med Planen är klar?"
    assert asked in amina.messages() and asked not in bo.messages()
    assert ("after-plan", day, None, "skipped", "kept") in await reasons(bo)


async def test_a_cancelled_activity_takes_its_reminders_along_and_a_moved_one_brings_them(town: Town) -> None:
    amina = await a_person(town)
    common = {"programme_id": town.programme.id, "activity": "walk", "changed_at": town.now, "changed_by": town.coach}
    await put(town, tables.activity_changes, held_on=date(2026, 11, 24), what=ChangeKind.CANCELLED, **common)
    moved = {"new_on": date(2026, 11, 26), "begins": time(15), "ends": time(16), "place": "Torget"}
    await put(town, tables.activity_changes, held_on=date(2026, 11, 26), what=ChangeKind.MOVED, **moved, **common)
    await until(town, at(11, 24, 12))
    assert not any(words.startswith(("Snart", "I morgon tisdag")) for words in amina.news())
    await until(town, at(11, 26, 13, 30))
    amina.news()
    await until(town, at(11, 26, 14))
    assert amina.news() == ["Snart 15:00 Promenad, Torget"]


async def test_whoever_moves_to_another_zone_during_the_day_hears_of_it_once(town: Town) -> None:
    amina = await a_person(town, zone="Europe/Helsinki")
    await until(town, at(11, 23, 14))
    assert "Varannan måndag" in amina.news()
    people = tables.participants
    async with town.app.database.transaction() as connection:
        await connection.execute(update(people).where(people.c.id == amina.id).values(zone="Europe/Stockholm"))
    await until(town, at(11, 23, 16))
    assert amina.news() == []
