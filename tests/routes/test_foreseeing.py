"""What a preview says is what the phone gets, word for word and minute for minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from bot.domain.day import NewAbsence
from bot.domain.people import ChannelName, Presence
from bot.services.foreseeing import FARTHEST, Foreseen, foresee
from bot.services.roster import MilestoneDates, set_milestone
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town, a_town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BEFORE_THE_CHANGE = datetime(2026, 10, 19, 5, 0, tzinfo=UTC)
"""Monday at seven: the clocks go back on the Sunday after."""

QUARTER = timedelta(minutes=15)


async def previews(town: Town, *people: Person, days: int) -> list[Foreseen]:
    app = town.app
    between = (town.now, town.now + timedelta(days=days))
    return [await foresee(app.database, app.shelf, one.enrolment, now=town.now, between=between) for one in people]


async def lived(town: Town, *people: Person, days: int) -> list[list[tuple[datetime, str]]]:
    """What each phone really gets, and when, while nobody answers."""
    until, got = town.now + timedelta(days=days), [[] for _ in people]
    while town.now < until:
        await town.at(town.now + QUARTER, step=QUARTER)
        for mine, one in zip(got, people, strict=True):
            mine += [(town.now, words) for words in one.news()]
    return got


def told(foreseen: Foreseen) -> list[tuple[datetime, str]]:
    return [(one.at, one.words) for one in foreseen.coming]


async def furnished(town: Town) -> list[Person]:
    """Two people of whom much is known: one by SMS in Swedish, one in Telegram in Arabic, in another zone."""
    amina = await town.a_person(phase="phase-2")
    samir = await town.a_person(
        language="ar", first_name="سمير", channel=ChannelName.TELEGRAM, zone="Europe/Helsinki", phase="phase-1"
    )
    dates = MilestoneDates(slug="cv-ready", due_on=date(2026, 10, 27))
    await set_milestone(town.app.database, town.app.shelf, amina.enrolment, dates, now=town.now)
    async with town.app.database.transaction() as connection:
        await connection.execute(
            insert(tables.meetings).values(
                enrolment_id=samir.enrolment,
                coach_id=town.coach,
                meets_on=date(2026, 10, 26),
                begins=time(13, 30),
                minutes=30,
                place="Storgatan 1",
                state="agreed",
                made_at=town.now,
            )
        )
    async with unit_of_work(town.app.database) as work:
        away = NewAbsence(category=Presence.CARE_OF_CHILD, begins_on=date(2026, 10, 22), ends_on=date(2026, 10, 23))
        await work.absences.add(amina.enrolment, away, now=town.now)
    return [amina, samir]


@pytest.mark.slow
async def test_two_days_across_a_change_of_clocks_come_as_they_were_foreseen(sqlite_url: str) -> None:
    async with a_town(sqlite_url, start=BEFORE_THE_CHANGE + timedelta(days=6)) as town:
        people = await furnished(town)
        foreseen = await previews(town, *people, days=2)
        assert [told(one) for one in foreseen] == await lived(town, *people, days=2)
        assert all(len(one.coming) > 1 for one in foreseen)


@pytest.mark.slow
async def test_twenty_eight_days_across_a_change_of_clocks_come_as_they_were_foreseen(database_url: str) -> None:
    async with a_town(database_url, start=BEFORE_THE_CHANGE - timedelta(days=7)) as town:
        people = await furnished(town)
        foreseen = await previews(town, *people, days=28)
        assert [told(one) for one in foreseen] == await lived(town, *people, days=28)


async def test_a_day_comes_as_it_was_foreseen(town: Town) -> None:
    people = [
        await town.a_person(),
        await town.a_person(language="ar", first_name="سمير", channel=ChannelName.TELEGRAM),
    ]
    foreseen = await previews(town, *people, days=1)
    assert [told(one) for one in foreseen] == await lived(town, *people, days=1)
    assert all(len(one.coming) > 1 for one in foreseen)


async def test_a_preview_says_the_language_the_parts_and_what_is_left_out_and_why(town: Town) -> None:
    amina = await town.a_person(language="en", first_name="Grace")
    async with unit_of_work(town.app.database) as work:
        day = date(2026, 11, 26)
        away = NewAbsence(category=Presence.ILLNESS, begins_on=day, ends_on=day)
        await work.absences.add(amina.enrolment, away, now=town.now)

    [foreseen] = await previews(town, amina, days=2)

    assert {one.language for one in foreseen.coming} == {"en"}
    assert all(one.parts >= 1 and one.channel is ChannelName.SMS for one in foreseen.coming)
    assert ("same-morning", "absent") in {(one.rule, one.reason) for one in foreseen.left_out}


async def test_a_preview_changes_nothing(town: Town) -> None:
    amina = await town.a_person()
    await previews(town, amina, days=7)
    assert await amina.outbox() == []
    assert await town.rows(tables.occurrences.select()) == []


async def test_a_preview_of_nobody_or_of_the_past_is_refused(town: Town) -> None:
    amina = await town.a_person()
    app, soon = town.app, town.now + timedelta(days=1)
    with pytest.raises(LookupError):
        await foresee(app.database, app.shelf, 999, now=town.now, between=(town.now, soon))
    for between in ((town.now - QUARTER, soon), (soon, soon), (town.now, town.now + FARTHEST + QUARTER)):
        with pytest.raises(ValueError, match="62 days"):
            await foresee(app.database, app.shelf, amina.enrolment, now=town.now, between=between)


async def test_a_preview_of_somebody_who_stopped_is_empty(town: Town) -> None:
    amina = await town.a_person()
    async with town.app.database.transaction() as connection:
        await connection.execute(update(tables.participants).values(stopped_at=town.now))
    [foreseen] = await previews(town, amina, days=7)
    assert foreseen.coming == ()
