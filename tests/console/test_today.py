"""The day shows what needs somebody, the most urgent first, and each line can be dealt with where it stands."""

import re
from datetime import timedelta

import pytest

from bot.domain.alerts import WAITS, AlertKind
from bot.storage import tables
from bot.storage.alerts import NewAlert
from tests.console.day import TODAY, Morning
from tests.console.street import Browser, Street


@pytest.fixture
async def morning(street: Street) -> Morning:
    """Everybody has written lately: nothing waits for anybody."""
    made = Morning(street)
    await made.heard(*street.people)
    return made


@pytest.fixture
async def both_mornings(both_streets: Street) -> Morning:
    """The same on each kind of database."""
    made = Morning(both_streets)
    await made.heard(*both_streets.people)
    return made


async def page(street: Street, name: str, path: str = "/") -> str:
    answer = await (await street.browser(name)).get(path)
    assert answer.status_code == 200
    return answer.text


def section(html: str, slug: str) -> str:
    """What stands under a heading; empty if there is no such heading."""
    found = re.search(rf'<section aria-labelledby="t-{slug}">(.*?)</section>', html, re.DOTALL)
    return found[1] if found else ""


def names(html: str) -> list[str]:
    return re.findall(r'<a href="/people/\d+"><bdi>(\w+)</bdi>', html)


async def test_alerts_are_told_by_how_much_they_need_somebody(both_mornings: Morning) -> None:
    await both_mornings.alert("Bosse", "stopped", hours=9)
    await both_mornings.alert("Bosse", "made-by-a-flow", hours=8)
    await both_mornings.alert("Amina", "crisis", hours=1)
    await both_mornings.alert("Daniel", "messages-unwanted", hours=2)
    told = section(await page(both_mornings.street, "Lena"), "alerts")
    assert names(told) == ["Amina", "Daniel", "Bosse", "Bosse"]
    assert (
        told.index("sounds like danger") < told.index("an answer that you should see") < told.index("asked us to stop")
    )
    assert "made-by-a-flow" not in told
    assert "urgent" in told.split("</li>")[0]


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_every_kind_of_alert_has_words_of_its_own_on_the_page(morning: Morning, language: str) -> None:
    await morning.change(tables.coaches, morning.street.coaches["Lena"], language=language)
    await morning.blocked("Amina")
    for number, kind in enumerate(AlertKind, start=1):
        await morning.alert("Amina", kind, hours=number)
    shown = [await page(morning.street, "Lena", f"/?section={each}") for each in ("alerts", "questions", "uncertain")]
    told = [words for html in shown for words in re.findall(r'<span class="kind">(.*?)</span>', html)]
    assert len(set(told)) == len(told) == len(AlertKind)
    assert not {str(kind) for kind in AlertKind} & set(told)


async def test_whoever_waits_for_a_word_or_a_deed_or_is_in_danger_stands_in_the_inbox(morning: Morning) -> None:
    for kind in WAITS:
        number = await morning.alert("Amina", kind)
        waiting = await page(morning.street, "Lena", "/inbox?show=answer")
        assert "<bdi>Amina</bdi>" in waiting, kind
        await (await morning.street.browser("Lena")).post(f"/today/alerts/{number}/done")
    assert "<bdi>Amina</bdi>" not in await page(morning.street, "Lena", "/inbox?show=answer")


async def test_a_coach_sees_only_what_is_about_their_own_people(both_mornings: Morning) -> None:
    for name in ("Amina", "Daniel", "Olga", "Berit"):
        await both_mornings.alert(name, "crisis")
        await both_mornings.absent(name)
    for reader, seen in (("Karin", ["Amina"]), ("Johan", ["Daniel"]), ("Lisa", ["Olga"]), ("Lars", ["Berit"])):
        html = await page(both_mornings.street, reader)
        assert names(section(html, "alerts")) == names(section(html, "absent")) == seen, reader


async def test_a_question_is_told_in_the_words_in_which_it_came(both_mornings: Morning) -> None:
    await both_mornings.wrote("Bosse", "Var <b>är</b> vi?")
    await both_mornings.wrote("Amina", "لا", kind="edited", arrived_as="edit")
    told = section(await page(both_mornings.street, "Karin"), "questions")
    assert "Var &lt;b&gt;är&lt;/b&gt; vi?" in told and "لا" in told
    assert f'href="/inbox/{both_mornings.street.enrolments["Bosse"]}"' in told
    assert 'href="tel:+46701740605"' in told


async def test_words_of_somebody_else_are_never_shown_with_an_alert(morning: Morning) -> None:
    # Of an alert that a flow raises, `about` is a conversation: it may be the number of anybody's message.
    await morning.wrote("Daniel", "Daniels words")
    theirs = await morning.put(
        tables.inbox,
        channel="sms",
        provider_id="2",
        account="x",
        sender_hash=b"x",
        raw=b"x",
        received_at=morning.street.hours.now,
        kind="words",
        words="Aminas words",
        participant_id=morning.street.people["Amina"],
    )
    await morning.alert("Bosse", "question", about=theirs)
    await morning.alert("Amina", "wants-call", about=theirs)
    told = section(await page(morning.street, "Karin"), "questions")
    assert names(told) == ["Amina", "Bosse"] and "words" not in told


async def test_what_was_seen_to_is_gone_and_who_did_it_is_kept(both_mornings: Morning) -> None:
    alert = await both_mornings.alert("Amina", "crisis")
    browser = await both_mornings.street.browser("Karin")
    answer = await browser.post(f"/today/alerts/{alert}/done", back="/")
    assert str(answer.url).endswith("/") and not section(answer.text, "alerts")
    row = await both_mornings.row(tables.alerts, alert)
    assert (row.acknowledged_at, row.acknowledged_by) == (
        both_mornings.street.hours.now,
        both_mornings.street.coaches["Karin"],
    )
    assert await both_mornings.log() == ["alert-seen-to"]


async def test_whoever_comes_second_is_told_who_was_faster(both_mornings: Morning) -> None:
    alert = await both_mornings.alert("Amina", "crisis")
    first, second = await both_mornings.street.browser("Karin"), await both_mornings.street.browser("Lena")
    await first.post(f"/today/alerts/{alert}/done")
    for what, more in (("done", {}), ("later", {"until": "tomorrow"}), ("hand", {"to": "3"})):
        answer = await second.post(f"/today/alerts/{alert}/{what}", **more)
        assert answer.status_code == 409 and "Karin has seen to it already, Wednesday 25 November 09:00" in answer.text
    row = await both_mornings.row(tables.alerts, alert)
    assert (row.acknowledged_by, row.later_until) == (both_mornings.street.coaches["Karin"], None)
    assert await both_mornings.log() == ["alert-seen-to"]


async def test_what_is_put_off_comes_back_at_its_moment(both_mornings: Morning) -> None:
    alert = await both_mornings.alert("Amina", "stopped")
    browser, hours = await both_mornings.street.browser("Karin"), both_mornings.street.hours
    for until, wait in (("afternoon", timedelta(hours=4)), ("tomorrow", timedelta(hours=18))):
        answer = await browser.post(f"/today/alerts/{alert}/later", until=until)
        assert not section(answer.text, "alerts"), until
        hours.now += wait - timedelta(minutes=1)
        assert not section((await browser.get("/")).text, "alerts"), until
        hours.now += timedelta(minutes=1)
        assert names(section((await browser.get("/")).text, "alerts")) == ["Amina"], until
    assert await both_mornings.log() == ["alert-put-off"] * 2


async def test_this_afternoon_cannot_be_chosen_when_it_has_come(morning: Morning) -> None:
    alert = await morning.alert("Amina", "stopped")
    morning.street.hours.now += timedelta(hours=5)
    browser = await morning.street.browser("Karin")
    assert "This afternoon" not in (await browser.get("/")).text
    answer = await browser.post(f"/today/alerts/{alert}/later", until="afternoon")
    assert answer.status_code == 409 and "That moment has passed" in answer.text
    assert (await browser.post(f"/today/alerts/{alert}/later", until="whenever")).status_code == 404


async def test_an_alert_is_handed_to_a_leader_and_both_see_who_has_it(both_mornings: Morning) -> None:
    alert = await both_mornings.alert("Amina", "crisis")
    street = both_mornings.street
    browser = await street.browser("Karin")
    offered = section((await browser.get("/")).text, "alerts")
    assert ">Lena<" in offered and ">Johan<" not in offered
    answer = await browser.post(f"/today/alerts/{alert}/hand", to=street.coaches["Lena"])
    assert "Lena has it" in section(answer.text, "alerts")
    assert "You have it" in section(await page(street, "Lena"), "alerts")
    assert await both_mornings.log() == ["alert-handed-over"]


async def test_a_deputy_can_be_handed_something_only_while_they_stand_in(both_mornings: Morning) -> None:
    alert = await both_mornings.alert("Amina", "crisis")
    street = both_mornings.street
    leader = await street.browser("Lena")
    refused = await leader.post(f"/today/alerts/{alert}/hand", to=street.coaches["Johan"])
    assert refused.status_code == 409 and "does not see this person" in refused.text
    await both_mornings.change(tables.coaches, street.coaches["Karin"], away_until=TODAY)
    assert "Johan has it" in (await leader.post(f"/today/alerts/{alert}/hand", to=street.coaches["Johan"])).text
    assert "You have it" in await page(street, "Johan")


@pytest.mark.parametrize("stranger", ["Olof", "Lisa", "Bertil", "Adam", "Tove"])
async def test_nothing_is_handed_to_whoever_does_not_see_the_person(morning: Morning, stranger: str) -> None:
    alert = await morning.alert("Amina", "crisis")
    browser = await morning.street.browser("Karin")
    answer = await browser.post(f"/today/alerts/{alert}/hand", to=morning.street.coaches[stranger])
    assert answer.status_code == 409
    assert (await morning.row(tables.alerts, alert)).coach_id == morning.street.coaches["Karin"]


async def test_somebody_who_is_held_or_paused_is_resumed(both_mornings: Morning) -> None:
    await both_mornings.alert("Amina", "crisis")
    street = both_mornings.street
    person, browser = street.people["Amina"], await street.browser("Karin")
    assert "Let messages go on" not in (await browser.get("/")).text
    await both_mornings.change(tables.participants, person, held_at=street.hours.now, stopped_at=street.hours.now)
    await both_mornings.change(tables.participants, person, paused_until=street.hours.now + timedelta(days=3))
    assert "Let messages go on" in (await browser.get("/")).text
    held = street.hours.now.isoformat()
    answer = await browser.post(f"/today/people/{street.enrolments['Amina']}/resume", held=held)
    assert "Let messages go on" not in answer.text
    row = await both_mornings.row(tables.participants, person)
    assert (row.held_at, row.paused_until) == (None, None)
    # Their own word stands.
    assert row.stopped_at is not None
    again = await browser.post(f"/today/people/{street.enrolments['Amina']}/resume")
    assert again.status_code == 409 and "go out already" in again.text
    assert await both_mornings.log() == ["person-resumed"]


async def test_something_about_nobody_we_know_leads_to_the_inbox(both_mornings: Morning) -> None:
    row = await both_mornings.row(tables.coaches, both_mornings.street.coaches["Karin"])
    await both_mornings.raised(NewAlert(organisation_id=row.organisation_id, kind="set-aside", once="1"))
    own = NewAlert(organisation_id=row.organisation_id, kind="set-aside", once="2", coach_id=row.id)
    await both_mornings.raised(own)
    told = section(await page(both_mornings.street, "Karin"), "alerts")
    assert told.count("Somebody unknown") == 2 and 'href="/inbox"' in told
    assert section(await page(both_mornings.street, "Johan"), "alerts").count("Somebody unknown") == 1
    assert not section(await page(both_mornings.street, "Bertil"), "alerts")


async def test_who_is_away_is_told_by_category_with_who_said_so(both_mornings: Morning) -> None:
    await both_mornings.absent("Bosse", "late", late_minutes=20)
    await both_mornings.absent("Amina", begins_on=TODAY - timedelta(days=2), ends_on=None, reported_by="coach")
    await both_mornings.absent("Daniel", begins_on=TODAY - timedelta(days=2), ends_on=TODAY - timedelta(days=1))
    told = section(await page(both_mornings.street, "Lena"), "absent")
    assert names(told) == ["Amina", "Bosse"]
    amina, bosse = told.split("</li>")[:2]
    assert "Ill" in amina and "since Monday 23 November" in amina and "Noted by a coach" in amina
    assert "Late 20 minutes" in bosse and "Told by the person" in bosse


async def test_of_several_reports_the_latest_counts(both_mornings: Morning) -> None:
    await both_mornings.absent("Amina", "care-of-child")
    await both_mornings.absent("Amina", "illness")
    told = section(await page(both_mornings.street, "Karin"), "absent")
    assert names(told) == ["Amina"] and "Ill" in told and "Care of child" not in told


async def test_whoever_is_back_is_away_no_longer(both_mornings: Morning) -> None:
    absence = await both_mornings.absent("Amina")
    browser = await both_mornings.street.browser("Karin")
    assert not section((await browser.post(f"/today/absences/{absence}/over")).text, "absent")
    again = await browser.post(f"/today/absences/{absence}/over")
    assert again.status_code == 409 and "noted already that this is over" in again.text
    assert await both_mornings.log() == ["absence-ended"]


async def test_the_days_activities_lead_to_their_attendance(both_mornings: Morning) -> None:
    street = both_mornings.street
    told = section(await page(street, "Karin"), "activities")
    assert re.findall(r'class="hours">([\d:]+)<', told) == ["09:00", "10:30", "13:00"]
    assert f'href="/attendance/{street.programmes["norrby/stega"]}/walk/2026-11-25"' in told
    assert re.findall(r"\d of \d noted", told) == ["0 of 2 noted", "0 of 2 noted", "0 of 1 noted"]


async def test_whoever_has_not_written_for_long_is_told_until_somebody_saw_to_it(both_mornings: Morning) -> None:
    street = both_mornings.street
    await both_mornings.heard("Amina", at=street.hours.now - timedelta(days=7))
    browser, path = await street.browser("Karin"), f"/today/people/{street.enrolments['Amina']}/aside"
    told = section((await browser.get("/")).text, "silent")
    assert names(told) == ["Amina"] and "Last heard from Wednesday 18 November" in told
    assert not section((await browser.post(path, line="silent")).text, "silent")
    street.hours.now += timedelta(days=7)
    street.hours.machine_now = street.hours.now
    await both_mornings.heard("Bosse")
    assert names(section(await page(street, "Karin"), "silent")) == ["Amina"]
    await (await street.browser("Karin")).post(path, line="silent", until="tomorrow")
    assert not section(await page(street, "Karin"), "silent")
    assert await both_mornings.log() == ["line-put-aside"] * 2


async def test_a_number_nobody_answers_is_told_until_somebody_saw_to_it(both_mornings: Morning) -> None:
    street = both_mornings.street
    async with street.database.transaction() as connection:
        await connection.execute(
            tables.addresses.update()
            .where(tables.addresses.c.participant_id == street.people["Bosse"])
            .values(state="bad")
        )
    alert = await both_mornings.alert("Bosse", "bouncing")
    browser = await street.browser("Karin")
    html = (await browser.get("/")).text
    told = section(html, "unreachable")
    assert names(told) == ["Bosse"] and "ask for a new number" in told and "tel:" not in told
    # It is told once, and not as an alert besides.
    assert not section(html, "alerts")
    path = f"/today/people/{street.enrolments['Bosse']}/aside"
    assert not section((await browser.post(path, line="unreachable")).text, "unreachable")
    assert (await both_mornings.row(tables.alerts, alert)).acknowledged_at == street.hours.now


async def test_a_send_in_doubt_is_told_until_it_arrived_or_somebody_saw_to_it(both_mornings: Morning) -> None:
    await both_mornings.doubted("Bosse", status="uncertain")
    await both_mornings.doubted("Amina", status="delivered")
    await both_mornings.doubted("Daniel", status="failed")
    told = section(await page(both_mornings.street, "Lena"), "uncertain")
    assert names(told) == ["Bosse", "Daniel"]
    assert "It was not sent" not in told.split("</li>")[0] and "It was not sent" in told.split("</li>")[1]


async def test_the_weeks_dates_are_told_in_their_order(both_mornings: Morning) -> None:
    street = both_mornings.street
    for slug, days in (("cv-ready", 1), ("hours-25", -2), ("full-time", 5)):
        due = TODAY + timedelta(days=days)
        await both_mornings.put(tables.milestones, enrolment_id=street.enrolments["Amina"], slug=slug, due_on=due)
    reached = {"slug": "own-plan", "due_on": TODAY, "reached_on": TODAY}
    await both_mornings.put(tables.milestones, enrolment_id=street.enrolments["Bosse"], **reached)
    await both_mornings.change(tables.enrolments, street.enrolments["Bosse"], ended_on=TODAY + timedelta(days=2))
    await street.enrol("Nadia", "Karin", started_on=TODAY)
    told = section(await page(street, "Karin"), "dates")
    assert names(told) == ["Amina", "Nadia", "Amina", "Bosse"]
    assert "should reach: Your CV is ready" in told and "begins" in told and "has the last day" in told
    browser = await street.browser("Karin")
    path = f"/today/people/{street.enrolments['Amina']}/aside"
    answer = await browser.post(path, line="milestone", about="cv-ready")
    assert names(section(answer.text, "dates")) == ["Amina", "Nadia", "Bosse"]


async def test_a_section_shows_its_first_lines_and_leads_to_the_rest(both_mornings: Morning) -> None:
    for number in range(9):
        await both_mornings.alert("Amina", "stopped", hours=number + 1)
    browser = await both_mornings.street.browser("Karin")
    told = section((await browser.get("/")).text, "alerts")
    assert len(names(told)) == 6 and "and 3 more" in told
    whole = (await browser.get("/?section=alerts")).text
    assert len(names(section(whole, "alerts"))) == 9 and not section(whole, "activities")
    assert section((await browser.get("/?section=alerts&page=2")).text, "alerts").count("<li") == 0


async def test_a_day_with_nothing_in_it_says_so_calmly(morning: Morning) -> None:
    assert "Nothing needs you just now." in await page(morning.street, "Karin")
    morning.street.hours.now += timedelta(days=3)
    morning.street.hours.machine_now = morning.street.hours.now
    assert "nothing is held today" in await page(morning.street, "Karin")


async def test_a_coach_without_people_is_told_what_to_do_first(morning: Morning) -> None:
    for name in ("Amina", "Bosse"):
        enrolment = morning.street.enrolments[name]
        await morning.change(tables.enrolments, enrolment, ended_on=TODAY - timedelta(days=30))
    told = await page(morning.street, "Karin")
    assert "You accompany nobody yet" in told and 'href="/people/new"' in told


async def test_while_a_coach_is_away_the_deputy_sees_it_all(both_mornings: Morning) -> None:
    await both_mornings.alert("Amina", "crisis")
    street = both_mornings.street
    karin, johan = await street.browser("Karin"), await street.browser("Johan")
    assert not section((await johan.get("/")).text, "alerts")
    away = (await karin.post("/today/away")).text
    assert "You are away through Wednesday 25 November. Johan sees your people." in away
    seen = (await johan.get("/")).text
    assert "You stand in for Karin" in seen
    assert names(section(seen, "alerts")) == ["Amina"] and "Coach: Karin" in section(seen, "alerts")
    assert "I am away today" in (await karin.post("/today/back")).text
    assert not section((await johan.get("/")).text, "alerts")
    assert await both_mornings.log() == ["away", "back"]


async def test_whoever_has_people_in_two_programmes_reads_which_one_an_activity_is_of(morning: Morning) -> None:
    street = morning.street
    assert "<bdi>STEGA</bdi>" not in section(await page(street, "Johan"), "activities")
    await morning.change(tables.coaches, street.coaches["Olof"], deputy_id=street.coaches["Johan"], away_until=TODAY)
    told = section(await page(street, "Johan"), "activities")
    assert {f"/attendance/{number}/walk/{TODAY}" in told for name, number in street.programmes.items()} == {True, False}
    assert told.count("<bdi>STEGA</bdi>") == told.count("<li") == 5


async def test_a_coach_without_a_deputy_is_told_how_to_get_one(morning: Morning) -> None:
    browser = await morning.street.browser("Olof")
    told = (await browser.post("/today/away")).text
    assert "nobody stands in for you" in told and 'href="/account">Choose a deputy' in told


async def test_whoever_has_no_people_cannot_do_anything_here(morning: Morning) -> None:
    alert = await morning.alert("Amina", "crisis")
    absence = await morning.absent("Amina")
    enrolment = morning.street.enrolments["Amina"]
    others: list[Browser] = [await morning.street.browser(one) for one in ("Johan", "Olof", "Bertil", "Lars")]
    for browser in others:
        for path in (
            f"/today/alerts/{alert}/done",
            f"/today/alerts/{alert}/later",
            f"/today/alerts/{alert}/hand",
            f"/today/people/{enrolment}/resume",
            f"/today/people/{enrolment}/aside",
            f"/today/absences/{absence}/over",
        ):
            answer = await browser.post(path, line="silent", until="tomorrow", to="3")
            assert answer.status_code == 404, path
    assert await morning.log() == []
