"""Who came is noted with one tap, assumed from what was reported, and put right with another tap."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.access import By
from bot.domain.day import NewAbsence
from bot.domain.people import Presence
from bot.services import attendance
from bot.storage import tables
from tests.console.day import TODAY, Morning
from tests.console.street import Street


@pytest.fixture
def morning(street: Street) -> Morning:
    return Morning(street)


@pytest.fixture
def both_mornings(both_streets: Street) -> Morning:
    return Morning(both_streets)


def walk(street: Street, on: date = TODAY, *, activity: str = "walk", at: str = "norrby/stega") -> str:
    return f"/attendance/{street.programmes[at]}/{activity}/{on}"


async def noted(morning: Morning) -> dict[str, tuple[str, str]]:
    """Presence and who noted it, by first name."""
    async with morning.street.database.reading() as connection:
        rows = (await connection.execute(select(tables.attendances))).all()
    owners = {number: name for name, number in morning.street.enrolments.items()}
    return {owners[row.enrolment_id]: (row.presence, row.noted_by) for row in rows}


def rows_of(html: str) -> dict[str, str]:
    """The row of each person, by first name."""
    found = re.findall(r'<li class="card attendee.*?</li>', html, re.DOTALL)
    return {(re.search(r"<bdi>(\w+)</bdi>", row) or [""])[1]: row for row in found}


async def test_everybody_who_is_expected_stands_there_in_name_order(both_mornings: Morning) -> None:
    street = both_mornings.street
    await street.enrol("adam", "Karin")
    await street.enrol("Elsewhere", "Karin", phase="phase-3")
    await street.enrol("Later", "Karin", started_on=TODAY + timedelta(days=1))
    gone = await street.enrol("Gone", "Karin")
    await both_mornings.change(tables.enrolments, gone, ended_on=TODAY - timedelta(days=1))
    assert list(rows_of((await (await street.browser("Karin")).get(walk(street))).text)) == ["adam", "Amina", "Bosse"]
    seen = rows_of((await (await street.browser("Lena")).get(walk(street))).text)
    assert list(seen) == ["adam", "Amina", "Bosse", "Daniel"] and "Coach: Johan" in seen["Daniel"]
    assert list(rows_of((await (await street.browser("Johan")).get(walk(street))).text)) == ["Daniel"]


@pytest.mark.parametrize("presence", list(Presence))
async def test_one_tap_notes_how_it_went(morning: Morning, presence: Presence) -> None:
    street = morning.street
    browser = await street.browser("Karin")
    answer = await browser.post(f"{walk(street)}/{street.enrolments['Bosse']}", presence=presence.value)
    assert str(answer.url).endswith(f"{walk(street)}#row-{street.enrolments['Bosse']}")
    assert await noted(morning) == {"Bosse": (presence.value, "coach")}
    pressed = re.search(r'value="([\w-]+)"[^>]*aria-pressed="true"', rows_of(answer.text)["Bosse"])
    assert pressed is not None and pressed[1] == presence
    assert await morning.log() == ["attendance-noted"]


async def test_a_tap_changes_only_the_row_and_the_count(both_mornings: Morning) -> None:
    street = both_mornings.street
    browser = await street.browser("Karin")
    browser.client.headers["HX-Request"] = "true"
    answer = await browser.post(f"{walk(street)}/{street.enrolments['Bosse']}", presence="late")
    assert answer.status_code == 200 and answer.text.strip().startswith('<li class="card attendee"')
    assert list(rows_of(answer.text)) == ["Bosse"] and "<html" not in answer.text
    assert 'hx-swap-oob="true">1 of 2 noted' in answer.text


async def test_the_latest_tap_counts(both_mornings: Morning) -> None:
    street = both_mornings.street
    browser = await street.browser("Karin")
    for presence in ("present", "not-valid"):
        await browser.post(f"{walk(street)}/{street.enrolments['Bosse']}", presence=presence)
    assert await noted(both_mornings) == {"Bosse": ("not-valid", "coach")}


async def test_all_the_others_were_here(both_mornings: Morning) -> None:
    street = both_mornings.street
    await street.enrol("Cecilia", "Karin")
    await both_mornings.absent("Amina", "care-of-child")
    browser = await street.browser("Karin")
    await browser.post(f"{walk(street)}/{street.enrolments['Bosse']}", presence="not-valid")
    shown = re.findall(r'name="person" value="(\d+)"', (await browser.get(walk(street))).text)
    answer = await browser.post(f"{walk(street)}/others", person=shown)
    assert await noted(both_mornings) == {
        "Bosse": ("not-valid", "coach"),
        "Cecilia": ("present", "coach"),
        # They said so themselves: the coach may still put it right.
        "Amina": ("care-of-child", "participant"),
    }
    assert "3 of 3 noted" in answer.text and "All the others" not in answer.text
    assert await both_mornings.log() == ["attendance-noted"] * 2


async def test_what_a_colleague_noted_meanwhile_stays(both_mornings: Morning) -> None:
    street = both_mornings.street
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    shown = re.findall(r'name="person" value="(\d+)"', (await karin.get(walk(street))).text)
    await lena.post(f"{walk(street)}/{street.enrolments['Amina']}", presence="late")
    await karin.post(f"{walk(street)}/others", person=shown)
    assert (await noted(both_mornings))["Amina"] == ("late", "coach")


async def test_only_those_the_page_showed_are_the_others(morning: Morning) -> None:
    street = morning.street
    browser = await street.browser("Karin")
    strangers = [street.enrolments[name] for name in ("Daniel", "Olga", "Berit")]
    await browser.post(f"{walk(street)}/others", person=[street.enrolments["Bosse"], *strangers, "x"])
    assert list(await noted(morning)) == ["Bosse"]


async def test_what_was_reported_is_assumed_and_put_right_with_a_tap(both_mornings: Morning) -> None:
    street = both_mornings.street
    await both_mornings.absent("Amina")
    browser = await street.browser("Karin")
    row = rows_of((await browser.get(walk(street))).text)["Amina"]
    assert "Assumed: Ill" in row and 'aria-pressed="true"' not in row
    await browser.post(f"{walk(street)}/{street.enrolments['Amina']}", presence="present")
    assert "Assumed" not in rows_of((await browser.get(walk(street))).text)["Amina"]
    assert await noted(both_mornings) == {"Amina": ("present", "coach")}


async def test_an_absence_that_is_over_is_assumed_of_its_own_days_only(both_mornings: Morning) -> None:
    street = both_mornings.street
    monday = TODAY - timedelta(days=2)
    absence = await both_mornings.absent("Amina", begins_on=monday, ends_on=None)
    browser = await street.browser("Karin")
    await browser.post(f"/today/absences/{absence}/over")
    assert "Assumed: Ill" in (await browser.get(walk(street, monday))).text
    assert "Assumed" not in (await browser.get(walk(street))).text
    shown = [street.enrolments["Amina"]]
    await browser.post(f"{walk(street, monday)}/others", person=shown)
    assert await noted(both_mornings) == {"Amina": ("illness", "participant")}


async def test_whoever_came_late_was_late_although_they_have_come(both_mornings: Morning) -> None:
    street = both_mornings.street
    absence = await both_mornings.absent("Amina", "late", late_minutes=10)
    browser = await street.browser("Karin")
    assert "Amina" not in (await browser.post(f"/today/absences/{absence}/over")).text.partition("t-absent")[2]
    assert "Assumed: Late" in (await browser.get(walk(street))).text


async def test_a_day_that_has_not_come_cannot_be_noted(morning: Morning) -> None:
    street = morning.street
    browser, monday = await street.browser("Karin"), TODAY + timedelta(days=5)
    html = (await browser.get(walk(street, monday))).text
    assert "has not come yet" in html and "<button name=" not in html and list(rows_of(html)) == ["Amina", "Bosse"]
    for path in (f"{street.enrolments['Bosse']}", "others"):
        answer = await browser.post(
            f"{walk(street, monday)}/{path}", presence="present", person=street.enrolments["Bosse"]
        )
        assert answer.status_code == 409
    assert await noted(morning) == {}


async def test_the_days_around_are_a_link_away(morning: Morning) -> None:
    html = (await (await morning.street.browser("Karin")).get(walk(morning.street))).text
    assert f'href="{walk(morning.street, date(2026, 11, 23))}" rel="prev"' in html
    assert f'href="{walk(morning.street, date(2026, 11, 30))}" rel="next"' in html


@pytest.mark.parametrize("day", ["2026-11-24", "20261125", "2026-W48-3", "today", "2026-11-31", "2026-11-25 "])
async def test_a_day_on_which_it_is_not_held_is_not_found(morning: Morning, day: str) -> None:
    path = walk(morning.street).replace(str(TODAY), day)
    assert (await (await morning.street.browser("Karin")).get(path)).status_code == 404


@pytest.mark.parametrize(
    ("reader", "where", "code"),
    [
        ("Olof", "norrby/stega", 404),
        ("Bertil", "norrby/stega", 404),
        ("Karin", "norrby/annan", 404),
        ("Tove", "norrby/stega", 403),
        ("Adam", "norrby/stega", 403),
        ("Lisa", "norrby/annan", 200),
    ],
)
async def test_only_who_has_people_there_sees_who_came(morning: Morning, reader: str, where: str, code: int) -> None:
    browser = await morning.street.browser(reader)
    assert (await browser.get(walk(morning.street, at=where))).status_code == code
    assert (await browser.get(walk(morning.street, activity="none"))).status_code in (403, 404)


async def test_nobody_notes_somebody_elses_person(morning: Morning) -> None:
    street = morning.street
    for reader, person in (("Johan", "Bosse"), ("Olof", "Bosse"), ("Karin", "Daniel"), ("Karin", "Olga")):
        answer = await (await street.browser(reader)).post(
            f"{walk(street)}/{street.enrolments[person]}", presence="present"
        )
        assert answer.status_code == 404, (reader, person)
    own = await (await street.browser("Karin")).post(f"{walk(street)}/{street.enrolments['Bosse']}", presence="x")
    assert own.status_code == 404
    assert await noted(morning) == {} and await morning.log() == []


async def test_an_activity_without_anybody_says_why(morning: Morning) -> None:
    html = (await (await morning.street.browser("Karin")).get(walk(morning.street, activity="morning-walk"))).text
    assert "Nobody you accompany is expected here" in html


async def test_whoever_moved_on_still_stands_where_they_were_noted(both_mornings: Morning) -> None:
    street = both_mornings.street
    browser = await street.browser("Karin")
    await browser.post(f"{walk(street)}/{street.enrolments['Bosse']}", presence="present")
    await both_mornings.change(tables.enrolments, street.enrolments["Bosse"], phase="phase-3")
    assert list(rows_of((await browser.get(walk(street))).text)) == ["Amina", "Bosse"]


def _by(street: Street, organisation: int) -> By:
    return By(coach_id=street.coaches["Karin"], organisation_id=organisation, came_from="test")


async def _absences(morning: Morning) -> list[Any]:
    async with morning.street.database.reading() as connection:
        return list((await connection.execute(select(tables.absences).order_by(tables.absences.c.id))).all())


async def test_the_same_report_twice_is_one_absence(both_mornings: Morning) -> None:
    street = both_mornings.street
    amina = street.enrolments["Amina"]
    row = await both_mornings.row(tables.enrolments, amina)
    by = _by(street, row.organisation_id)
    ill = NewAbsence(category=Presence.ILLNESS, begins_on=TODAY)
    first = await attendance.report_absence(street.database, amina, ill, by=by, now=street.hours.now)
    again = await attendance.report_absence(street.database, amina, ill, by=by, now=street.hours.now)
    assert first == again and len(await _absences(both_mornings)) == 1
    late = NewAbsence(category=Presence.LATE, begins_on=TODAY, late_minutes=15)
    await attendance.report_absence(street.database, amina, late, by=by, now=street.hours.now)
    found = await _absences(both_mornings)
    # The latest word counts, and coming late is true of one day.
    assert [(one.category, one.ended_at is None, one.ends_on) for one in found] == [
        ("illness", False, None),
        ("late", True, TODAY),
    ]
    assert await both_mornings.log() == ["absence-reported"] * 2


async def test_what_is_reported_ahead_ends_nothing_that_is_true_today(morning: Morning) -> None:
    street = morning.street
    amina = street.enrolments["Amina"]
    by = _by(street, (await morning.row(tables.enrolments, amina)).organisation_id)
    await morning.absent("Amina", ends_on=None)
    ahead = NewAbsence(category=Presence.AUTHORITY_VISIT, begins_on=TODAY + timedelta(days=7))
    await attendance.report_absence(street.database, amina, ahead, by=by, now=street.hours.now)
    assert [one.ended_at for one in await _absences(morning)] == [None, None]


async def test_an_absence_in_another_organisation_is_not_there(morning: Morning) -> None:
    street = morning.street
    absence = await morning.absent("Berit")
    by = _by(street, (await morning.row(tables.enrolments, street.enrolments["Amina"])).organisation_id)
    ill = NewAbsence(category=Presence.ILLNESS, begins_on=TODAY)
    with pytest.raises(attendance.NotInTheProgramme):
        await attendance.report_absence(street.database, street.enrolments["Berit"], ill, by=by, now=street.hours.now)
    with pytest.raises(attendance.NotInTheProgramme):
        await attendance.end_absence(street.database, absence, by=by, now=street.hours.now)
    assert [one.ended_at for one in await _absences(morning)] == [None]
