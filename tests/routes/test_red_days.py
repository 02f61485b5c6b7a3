"""On a red day nobody is promised to be read, and what gives way to it moves, for each by what they keep."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.services.published import Plan
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.town import ROOT, Town, a_town

CHRISTMAS_EVE = datetime(2026, 12, 24, 9, tzinfo=UTC)
"""A Thursday, at ten in the morning."""

PROGRAMME = """\
programme: small
title: Liten
zone: Europe/Stockholm
languages: [sv]
instrument: progress
flows: [welcome, full-check-in, days-off]
quiet-hours: {from: "20:00", to: "07:00"}
staffed-hours: {weekdays: [mon, tue, wed, thu, fri], from: "08:00", to: "16:00"}
summary: {weekday: mon, at: "07:30"}
red-days: COUNTRY
phases:
  one: {title: Ett}
reminders:
  weekly:
    every: week
    weekdays: [tue, thu]
    at: "10:00"
    say: Hej {first_name}!
    on-free-day: after
    expires-after: 2h
"""


def small(home: Path, *, country: str = "SE") -> Path:
    """A content root with one programme, which names a country."""
    content = home / "content"
    for part in ("flows/common", "flows/instruments", "locales"):
        shutil.copytree(ROOT / part, content / part)
    where = content / "flows/programmes/small"
    where.mkdir(parents=True)
    (where / "programme.yaml").write_text(PROGRAMME.replace("COUNTRY", country), encoding="utf-8")
    return where


@pytest.fixture
async def red_town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    start = datetime(2026, 12, 23, 12, tzinfo=UTC)
    async with a_town(database_url, start=start, programme=small(tmp_path)) as town:
        yield town


async def heard(town: Town, moment: datetime) -> None:
    """The ticks come at this moment, and came at none since the last."""
    await town.at(moment, step=timedelta(days=400))


async def plan_of(town: Town) -> Plan:
    async with unit_of_work(town.app.database) as work:
        return (await town.app.shelf.plans(work, [town.programme.id]))[town.programme.id]


async def test_on_christmas_eve_help_in_danger_promises_nobody_before_the_next_working_day(red_town: Town) -> None:
    amina = await red_town.a_person(phase="one")
    red_town.clock.now = CHRISTMAS_EVE
    said = "\n".join(await amina.says("jag vill inte leva"))
    assert "Vi arbetar igen måndag 28 december 08:00" in said
    assert "till 16:00" not in said


async def test_on_christmas_eve_words_are_not_said_to_be_read_in_the_usual_hours(red_town: Town) -> None:
    amina = await red_town.a_person(phase="one")
    assert "Vi läser meddelanden måndag-fredag 08:00-16:00" in (await amina.says("Hur gör jag med blanketten?"))[0]
    red_town.clock.now = CHRISTMAS_EVE
    said = (await amina.says("Hur gör jag med den andra blanketten?"))[0]
    assert said == "Karin får ditt meddelande. Vi läser igen måndag 28 december klockan 08:00."


async def test_what_falls_on_christmas_eve_comes_on_the_next_day_that_is_not_free_and_the_reason_is_kept(
    red_town: Town,
) -> None:
    amina = await red_town.a_person(phase="one")
    for day in (24, 25, 26):
        await heard(red_town, datetime(2026, 12, day, 9, 1, tzinfo=UTC))
    assert amina.news() == []
    await heard(red_town, datetime(2026, 12, 27, 9, 1, tzinfo=UTC))
    assert amina.news() == ["Hej Amina!"]
    rows = await red_town.rows(select(tables.occurrences).where(tables.occurrences.c.rule == "weekly"))
    (found,) = rows
    assert (found.on_day, found.shift, found.state) == (date(2026, 12, 24), "eve", "queued")
    assert found.due_at == datetime(2026, 12, 27, 9, tzinfo=UTC)


async def test_who_keeps_eid_hears_a_day_later_than_the_others(database_url: str, tmp_path: Path) -> None:
    # Eid al-fitr is expected on 9 March 2027, a Tuesday, and its second day is kept as well.
    start = datetime(2027, 3, 8, 12, tzinfo=UTC)
    async with a_town(database_url, start=start, programme=small(tmp_path)) as town:
        amina, bo = await town.a_person(phase="one"), await town.a_person(phase="one", first_name="Bo")
        async with unit_of_work(town.app.database) as work:
            await work.participants.change(amina.id, calendars="islamic")
        await heard(town, datetime(2027, 3, 9, 9, 1, tzinfo=UTC))
        assert (amina.news(), bo.news()) == ([], ["Hej Bo!"])
        await heard(town, datetime(2027, 3, 10, 9, 1, tzinfo=UTC))
        assert amina.news() == []
        # Thursday's own comes then, and nothing twice.
        await heard(town, datetime(2027, 3, 11, 9, 1, tzinfo=UTC))
        assert amina.news() == ["Hej Amina!"]
        rows = await town.rows(select(tables.occurrences))
        assert "kept" in {row.shift or row.reason for row in rows}
        assert not any("slam" in str(row) for row in rows)


async def test_a_country_that_comes_while_the_program_runs_has_its_red_days_at_once_and_they_are_kept(
    database_url: str, tmp_path: Path
) -> None:
    async with a_town(database_url, programme=small(tmp_path, country="FI")) as town:
        plan = await plan_of(town)
        independence = plan.free.on(date(2026, 12, 6))
        assert independence is not None and independence.reason == "red-day"
        assert date(2026, 12, 6) in plan.programme.staffed.closed
        await town.app.refresh()
        kept = await town.rows(select(tables.almanacs.c.compiled))
        assert '"FI"' in kept[0].compiled
        assert (await plan_of(town)).free.programme == plan.free.programme


async def test_a_new_year_is_noticed_without_a_restart(red_town: Town) -> None:
    red_town.clock.now = datetime(2028, 1, 1, 0, 1, tzinfo=UTC)
    assert max((await plan_of(red_town)).free.programme).year < 2031
    await red_town.app.refresh()
    assert max((await plan_of(red_town)).free.programme).year == 2031
