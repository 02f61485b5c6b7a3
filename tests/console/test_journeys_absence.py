"""Whoever writes that they are not coming stands on the coach's day at once, by category, until they are back."""

from sqlalchemy import select

from bot.storage import tables
from tests.console.office import Office
from tests.console.test_journeys_day import whom_today_shows


async def test_who_is_ill_stands_on_the_day_of_their_coach_and_nobody_elses_until_they_are_back(
    both_offices: Office,
) -> None:
    office, sunday = both_offices, both_offices.now.date().replace(day=22)
    amina = await office.takes_part("Amina", language="sv", started_on=sunday)
    daniel = await office.takes_part("Daniel", language="sv", coach="Johan", started_on=sunday)
    karin, johan = [await office.at_work(name) for name in ("Karin", "Johan")]
    for person in (amina, daniel):
        person.news()

    await amina.says("jag är sjuk")
    await daniel.says("kommer 20 min sent")
    shown = [await whom_today_shows(one) for one in (karin, johan)]
    [ill] = (await karin.open("/")).lines("live-absent")
    [late] = (await johan.open("/")).lines("live-absent")
    await amina.says("frisk")

    assert shown == [{"absent": ["Amina"]}, {"absent": ["Daniel"]}]
    assert ill.startswith("Amina Ill since") and "Told by the person" in ill and "sjuk" not in ill.lower()
    assert late.startswith("Daniel Late 20 minutes")
    assert await whom_today_shows(karin) == {}


async def test_the_story_tells_the_category_and_the_words_stand_in_no_absence(both_offices: Office) -> None:
    office, sunday = both_offices, both_offices.now.date().replace(day=22)
    amina = await office.takes_part("Amina", language="sv", started_on=sunday)
    karin = await office.at_work("Karin")

    await amina.says("vab till fredag")

    story = (await karin.open(f"/people/{amina.enrolment}")).lines("story")
    assert any("Care of child" in line or "care of child" in line for line in story), story
    [row] = await office.town.rows(select(tables.absences).where(tables.absences.c.enrolment_id == amina.enrolment))
    assert "vab" not in {str(value) for value in row}


async def test_attendance_and_the_week_follow_from_what_the_person_reported(office: Office) -> None:
    sunday = office.now.date().replace(day=22)
    amina = await office.takes_part("Amina", language="sv", started_on=sunday)
    await office.takes_part("Bosse", language="sv", started_on=sunday)
    karin = await office.at_work("Karin")
    await amina.says("vab idag")

    page = await (await karin.open("/")).follow("09:00 Walk")
    assumed = page.lines("register")[0]
    page = await page.press("All the others were here")
    noted = {line.split()[0]: " ".join(line.split()[1:]).split(" Here")[0] for line in page.lines("register")}
    await office.town.later(hours=23)
    page = await (await karin.open("/summary")).follow("The last seven days")
    week = {line.split()[0]: line for line in page.lines("main") if " · Phase 1 · " in line}

    assert assumed.startswith("Amina Assumed: Care of child")
    assert noted["Amina"] == "Assumed: Care of child" and noted["Bosse"].startswith("Here")
    assert "caring for a child: 1" in week["Amina"] and "caring for" not in week["Bosse"]
