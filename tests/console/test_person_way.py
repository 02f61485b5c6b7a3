"""Somebody's way through the programme is noted on their page: phase, milestones, absence, another coach, last day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.storage.alerts import NewAlert
from bot.storage.tables import absences, alerts, changes, milestones
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import do, logged, place, queued, rows
from tests.console.street import NOW, Street

TODAY = date(2026, 11, 25)
NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


async def test_the_next_phase_is_one_tap_away(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    html = (await karin.get(f"/people/{street.enrolments['Bosse']}")).text
    assert html.count('<input type="hidden" name="phase" value="phase-2">') == 1
    page = await do(karin, street, "Bosse", "phase", phase="phase-2")
    assert (await place(street, "Bosse"))["phase"] == "phase-2"
    assert (await place(street, "Bosse"))["phase_since"] == TODAY
    assert "Bosse is in this phase now" in page.text and "No message is sent about it" in page.text
    assert await logged(street, "Bosse") == [("Karin", "phase-changed", "phase-2")]
    assert (await do(karin, street, "Bosse", "phase", phase="phase-9")).status_code == 422
    page = await do(karin, street, "Bosse", "phase", phase="phase-3")
    assert "Next phase" not in page.text


async def test_a_milestone_has_its_day_and_is_reached(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    await do(karin, street, "Bosse", "milestone", milestone="cv-ready", dated="due", milestone_day="2026-12-04")
    page = await do(
        karin, street, "Bosse", "milestone", milestone="cv-ready", dated="reached", milestone_day="2026-11-24"
    )
    (row,) = await rows(street, milestones, enrolment_id=street.enrolments["Bosse"])
    assert (row["due_on"], row["reached_on"]) == (date(2026, 12, 4), date(2026, 11, 24))
    assert "reached Tuesday 24 November" in page.text and "Milestone reached" in page.text
    assert [what for _, what, _ in await logged(street, "Bosse")] == ["milestone-set", "milestone-set"]


async def test_a_day_that_is_none_or_far_away_is_refused_and_stays_typed(street: Street) -> None:
    karin = await street.browser("Karin")
    for typed, complaint in (("soon", "This is no day"), ("2099-01-01", "too far away"), ("", "Write something")):
        page = await do(karin, street, "Bosse", "milestone", milestone="cv-ready", dated="due", milestone_day=typed)
        assert page.status_code == 422 and complaint in page.text
    assert 'id="refused"' in page.text and await rows(street, milestones) == []


async def test_an_absence_is_reported_by_category(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    page = await do(karin, street, "Bosse", "absence", category="illness", begins_on="2026-11-25", ends_on="2026-11-27")
    (row,) = await rows(street, absences, enrolment_id=street.enrolments["Bosse"])
    assert (row["category"], row["begins_on"], row["ends_on"]) == ("illness", TODAY, date(2026, 11, 27))
    assert "The absence is noted" in page.text and "Ill" in page.text
    for fields, complaint in (
        ({"category": "secret", "begins_on": "2026-11-25"}, "Choose one of these"),
        ({"category": "illness", "begins_on": "2026-11-25", "ends_on": "2026-11-20"}, "before the first one"),
        ({"category": "late", "begins_on": "2026-11-25", "late_minutes": "many"}, "whole number"),
    ):
        page = await do(karin, street, "Bosse", "absence", **fields)
        assert page.status_code == 422 and complaint in page.text


async def test_coming_late_counts_for_one_day(street: Street) -> None:
    karin = await street.browser("Karin")
    fields = {"category": "late", "begins_on": "2026-11-25", "ends_on": "2026-11-27", "late_minutes": "20"}
    await do(karin, street, "Bosse", "absence", **fields)
    (row,) = await rows(street, absences)
    assert (row["late_minutes"], row["ends_on"]) == (20, TODAY)


async def test_the_last_day_is_noted_with_a_reason_from_the_list(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    assert (await do(karin, street, "Bosse", "leave", last_day="2026-11-30", reason="lazy")).status_code == 422
    page = await do(karin, street, "Bosse", "leave", last_day="2026-11-30", reason="studies")
    row = await place(street, "Bosse")
    assert (row["ended_on"], row["ended_reason"]) == (date(2026, 11, 30), "studies")
    assert "Last day Monday 30 November" in page.text and "Studies" in page.text
    assert "Last day: Monday 30 November" in page.text
    assert await logged(street, "Bosse") == [("Karin", "left", "studies")]


async def test_who_leaves_today_hears_the_farewell_now(street: Street) -> None:
    await do(await street.browser("Karin"), street, "Bosse", "leave", last_day="2026-11-25", reason="work")
    (farewell,) = await queued(street, "Bosse")
    assert farewell["purpose"] == "confirmation" and "Bosse" in farewell["text"]


async def an_alert(street: Street, name: str) -> int:
    where = await place(street, name)
    new = NewAlert(
        organisation_id=where["organisation_id"],
        kind="question",
        once=f"test/{name}",
        programme_id=where["programme_id"],
        participant_id=street.people[name],
        coach_id=where["coach_id"],
    )
    async with unit_of_work(street.database) as work:
        await work.alerts.raise_these([new], now=NOW)
    return int((await rows(street, alerts, once=new.once))[0]["id"])


async def test_somebody_is_handed_over_and_told_who_the_new_coach_is(both_streets: Street) -> None:
    street = both_streets
    karin, johan = await street.browser("Karin"), await street.browser("Johan")
    raised, seen_to = await an_alert(street, "Bosse"), await an_alert(street, "Amina")
    page = await do(karin, street, "Bosse", "hand-over", coach=street.coaches["Johan"])
    row = await place(street, "Bosse")
    assert (row["coach_id"], row["coach_since"]) == (street.coaches["Johan"], TODAY)
    (words,) = await queued(street, "Bosse")
    assert "Jag heter Johan" in words["text"] and words["available_at"] == NOW and words["purpose"] == "coach"
    (changed,) = await rows(street, changes, enrolment_id=street.enrolments["Bosse"])
    assert (changed["what"], changed["was"]) == ("coach", str(street.coaches["Karin"]))
    assert (await rows(street, alerts, id=raised))[0]["coach_id"] == street.coaches["Johan"]
    assert (await rows(street, alerts, id=seen_to))[0]["coach_id"] == street.coaches["Karin"]
    assert await logged(street, "Bosse") == [("Karin", "handed-over", str(street.coaches["Johan"]))]
    # Both coaches see the marker: one on what remains, one on the page.
    marker = "Handed over from Karin to Johan on Wednesday 25 November"
    assert page.status_code == 200 and marker in page.text and "A message tells Bosse so" in page.text
    assert (await karin.get(f"/people/{street.enrolments['Bosse']}")).status_code == 404
    html = (await johan.get(f"/people/{street.enrolments['Bosse']}")).text
    assert marker in html and "1 change of coach" in html and "Same coach since" not in html


async def test_the_marker_of_a_handing_over_is_gone_after_a_month(street: Street) -> None:
    karin, johan = await street.browser("Karin"), await street.browser("Johan")
    await do(karin, street, "Bosse", "hand-over", coach=street.coaches["Johan"])
    left = f"/people/{street.enrolments['Bosse']}/handed-over"
    street.hours.now += timedelta(days=30)
    assert (await karin.get(left)).status_code == 200
    street.hours.now += timedelta(minutes=1)
    assert (await karin.get(left)).status_code == 404
    assert '<p class="handed">' not in (await johan.get(f"/people/{street.enrolments['Bosse']}")).text


async def test_at_night_the_new_coach_waits_till_morning(street: Street) -> None:
    street.hours.now = NIGHT
    await do(await street.browser("Karin"), street, "Bosse", "hand-over", coach=street.coaches["Johan"])
    (words,) = await queued(street, "Bosse")
    assert words["available_at"] == MORNING


@pytest.mark.parametrize("how", ["stopped_at", "held_at"])
async def test_who_is_not_written_to_is_handed_over_in_silence(street: Street, how: str) -> None:
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people["Bosse"], **{how: NOW})
    lena = await street.browser("Lena")
    page = await do(lena, street, "Bosse", "hand-over", coach=street.coaches["Johan"])
    assert "because Bosse is not written to" in page.text
    assert await queued(street, "Bosse") == []
    assert (await place(street, "Bosse"))["coach_id"] == street.coaches["Johan"]


async def test_nobody_is_handed_to_whoever_is_no_coach_of_the_programme(street: Street) -> None:
    karin = await street.browser("Karin")
    for name in ("Karin", "Lena", "Olof", "Bertil", "Adam"):
        page = await do(karin, street, "Bosse", "hand-over", coach=street.coaches[name])
        assert page.status_code == 422
    assert (await place(street, "Bosse"))["coach_id"] == street.coaches["Karin"]
    assert await logged(street, "Bosse") == []
