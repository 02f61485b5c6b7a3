"""Whoever comes for the first time is told so twice, and nobody is promised a place where none is kept."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot.storage import tables
from tests.databases import Databases
from tests.town import ROOT, STEGA, Town, a_town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 30)

SOON = (
    "Hej Amina! Snart börjar något nytt för dig: måndag 30 november 09:00 Promenad, Stadsparken. "
    "Vi har en plats till dig. Lycka till! Karin"
)
TOMORROW = SOON.replace("Snart", "I morgon")
EVENING = (
    "Hej Amina! I morgon, måndag 30 november:\n09:00 Promenad, Stadsparken\n10:30 Om arbete, Sal Eken\n"
    "Vi har en plats till dig. Välkommen! Karin"
)
DOOR = (
    "activities:\n  breakfast: {title: Frukost, area: social, weekdays: [mon], from: '09:00', to: '10:00', "
    "place: Huset Linden, drop-in: true}\n"
)


async def heard(town: Town, day: int, clock: str) -> None:
    """The ticks come at this moment of November, and came at none since the last."""
    hour, minute = map(int, clock.split(":"))
    moment = datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM)
    await town.at(moment.astimezone(UTC), step=timedelta(days=400))


async def test_a_first_day_is_told_of_three_days_and_one_day_before_instead_of_the_evening_before(town: Town) -> None:
    amina, berit = await town.a_person(started_on=MONDAY), await town.a_person(first_name="Berit")

    await heard(town, 27, "09:59")
    berit.news()
    assert amina.news() == []
    await heard(town, 27, "10:00")
    assert (amina.news(), berit.news()) == ([SOON], [])
    await heard(town, 29, "16:00")
    assert (amina.news(), berit.news()) == ([TOMORROW], [])
    await heard(town, 29, "18:00")
    assert (amina.news(), berit.news()) == ([], [EVENING.replace("Amina", "Berit")])
    await heard(town, 30, "07:15")
    assert amina.news() == ["God morgon Amina! I dag 09:00 Promenad, Stadsparken. Lycka till! Karin"]


async def test_a_meeting_is_told_of_three_days_and_one_day_before(town: Town) -> None:
    amina = await town.a_person()
    meeting = {
        "enrolment_id": amina.enrolment,
        "coach_id": town.coach,
        "meets_on": MONDAY,
        "begins": time(14, 30),
        "minutes": 45,
        "place": "Rådhuset",
        "state": "agreed",
        "made_at": town.now,
    }
    async with town.app.database.transaction() as connection:
        await connection.execute(insert(tables.meetings).values(meeting))
    told = []
    for day, clock in ((27, "10:00"), (29, "16:00")):
        await heard(town, day - 1, "21:00")
        amina.news()
        await heard(town, day, clock)
        told.append(amina.news())
    when, wishes = "måndag 30 november", "Jag har en tid till dig. Lycka till! Hälsningar Karin"
    assert told == [
        [f"Hej Amina! Snart ses vi, {when} klockan 14:30, Rådhuset. {wishes}"],
        [f"Hej Amina! I morgon, {when}, ses vi klockan 14:30, Rådhuset. {wishes}"],
    ]


async def test_a_programme_without_usual_reminders_tells_of_a_first_day_as_of_any(
    databases: Databases, tmp_path: Path
) -> None:
    async with a_town(
        await databases.sqlite(tmp_path), programme=changed(tmp_path, "usual-reminders: false\n")
    ) as town:
        amina = await town.a_person(started_on=MONDAY)
        await heard(town, 27, "10:00")
        await heard(town, 29, "16:00")
        assert amina.news() == []
        await heard(town, 29, "18:00")
        assert amina.news() == [EVENING]


async def test_a_day_of_open_doors_promises_nobody_a_place(databases: Databases, tmp_path: Path) -> None:
    # The same programme, with nothing but an open breakfast.
    async with a_town(await databases.sqlite(tmp_path), programme=changed(tmp_path, "", activities=DOOR)) as town:
        amina, berit = await town.a_person(started_on=MONDAY), await town.a_person(first_name="Berit")
        for day, clock in ((27, "10:00"), (29, "16:00"), (29, "18:00"), (30, "07:15")):
            await heard(town, day, clock)
        told = (
            "Hej {}! Det här finns måndag 30 november:\nOm du vill: 09:00 Frukost, Huset Linden\n"
            "Du är alltid välkommen. Hälsningar Karin"
        )
        assert amina.news() == [told.format("Amina")] * 3
        assert berit.news() == [told.format("Berit")] * 2


def changed(root: Path, top: str, *, activities: str | None = None) -> Path:
    """STEGA in Swedish alone, with more at its top, and perhaps with other activities."""
    shutil.copytree(ROOT / "flows", root / "flows", ignore=shutil.ignore_patterns("open-door"))
    shutil.copytree(ROOT / "locales", root / "locales", ignore=shutil.ignore_patterns("participants.po"))
    file = root / "flows/programmes/stega/programme.yaml"
    source = top + file.read_text("utf-8").replace("languages: [sv, en, ar, so]", "languages: [sv]")
    if activities is not None:
        head, _, rest = source.partition("activities:\n")
        source = (
            head.replace("health-every-day: true", "") + activities + "reminders:\n" + rest.partition("reminders:\n")[2]
        )
    file.write_text(source, "utf-8")
    return root / STEGA.relative_to(ROOT)
