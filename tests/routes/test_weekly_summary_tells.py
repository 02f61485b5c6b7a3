"""What a weekly summary tells is true of the week, comes in the order it is read, and is nobody else's."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.domain.check_ins import RaterKind
from bot.domain.messages import Draft, OutboxAct, Priority, Purpose
from bot.domain.people import AddressState, ChannelName
from bot.services import roster
from bot.storage.database import Database
from bot.storage.tables import alerts, outbox, summaries
from bot.storage.unit_of_work import unit_of_work
from tests.weeks import HOSTILE, LAST_THURSDAY, MONDAY, THURSDAY, House, a_house, at, line_of, section


@pytest.fixture
async def house(database: Database) -> House:
    return await a_house(database)


async def test_the_sections_come_in_the_order_in_which_they_are_read(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    said = await house.in_house()
    titles = ["Needs you today", "Your people", "Changed ratings", "Silent people", "The coming week"]
    places = [said.index(title) for title in [*titles, "What Framsteg did"]]
    assert places == sorted(places)
    (kept,) = await house.rows(summaries)
    assert re.findall("<h2>(.*?)</h2>", kept.html) == [*titles, "What Framsteg did"]


async def test_a_changed_rating_is_told_with_its_newest_value(house: House) -> None:
    amina, bo = await house.a_person("Amina"), await house.a_person("Bo")
    await house.rates(amina, {"work-belief": 2, "job-search": 3}, now=LAST_THURSDAY)
    check_in = await house.rates(amina, {"work-belief": 5, "job-search": 3}, now=THURSDAY)
    await house.corrects(amina, check_in, {"work-belief": 3}, now=THURSDAY + timedelta(minutes=5))
    await house.rates(bo, {"work-belief": 4}, now=LAST_THURSDAY)
    await house.rates(bo, {"work-belief": 3}, now=THURSDAY)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)

    said = section(await house.in_house(), "Changed ratings")
    # What went up comes first; what stayed, and what was corrected away, is not told.
    assert said == ["↑ Amina: Belief in managing a job, from 2 to 3", "↓ Bo: Belief in managing a job, from 4 to 3"]
    amina_line, bo_line = section(await house.in_house(), "Your people")
    assert "check-in answered · ↑" in amina_line
    assert "↑" not in bo_line
    assert "↓" in bo_line


async def test_a_value_that_was_taken_back_counts_no_more(house: House) -> None:
    amina, bo = await house.a_person("Amina"), await house.a_person("Bo")
    long_ago = LAST_THURSDAY - timedelta(days=7)
    await house.rates(amina, {"work-belief": 2}, now=LAST_THURSDAY)
    check_in = await house.rates(amina, {"work-belief": 5}, now=THURSDAY)
    await house.corrects(amina, check_in, {"work-belief": None}, now=THURSDAY)
    await house.rates(bo, {"work-belief": 1}, now=long_ago)
    check_in = await house.rates(bo, {"work-belief": 2}, now=THURSDAY)
    await house.corrects(bo, check_in, {"work-belief": 4}, now=THURSDAY + timedelta(hours=20))
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    said = section(await house.in_house(), "Changed ratings")
    assert said == ["↑ Bo: Belief in managing a job, from 1 to 4"]


async def test_what_a_coach_rated_is_not_the_persons_own_change(house: House) -> None:
    amina = await house.a_person("Amina")
    await house.rates(amina, {"work-belief": 2}, now=LAST_THURSDAY)
    check_in = await house.rates(amina, {}, now=THURSDAY)
    await house.corrects(amina, check_in, {"work-belief": 5}, now=THURSDAY, rater=RaterKind.COACH)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "Changed ratings") == ["No rating has changed."]


async def test_only_a_check_in_of_the_week_can_be_unanswered(house: House) -> None:
    amina, bo = await house.a_person("Amina"), await house.a_person("Bo")
    await house.rates(amina, {}, now=LAST_THURSDAY)
    await house.rates(bo, {}, now=THURSDAY)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert "check-in" not in line_of(await house.in_house(), "Amina")
    assert "check-in not answered" in line_of(await house.in_house(), "Bo")


async def test_two_versions_of_an_instrument_are_not_compared(house: House) -> None:
    amina = await house.a_person("Amina")
    await house.rates(amina, {"work-belief": 2}, now=LAST_THURSDAY)
    await house.rates(amina, {"work-belief": 5}, now=THURSDAY, version=2)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "Changed ratings") == ["No rating has changed."]


async def test_whoever_is_silent_is_told_with_the_reason(house: House) -> None:
    quiet = await house.a_person("Dina")
    heard, stopped = await house.a_person("Elsa"), await house.a_person("Farid")
    dead, paused = await house.a_person("Gun"), await house.a_person("Hugo")
    held = await house.a_person("Iris")
    await house.rates(heard, {"work-belief": 2}, now=THURSDAY)
    await house.rates(quiet, {"work-belief": 2}, now=LAST_THURSDAY)
    async with unit_of_work(house.database) as work:
        everybody = await work.participants.enrolled([stopped, dead, paused, held])
        await work.participants.change(everybody[stopped].id, stopped_at=THURSDAY)
        await work.participants.change(everybody[paused].id, paused_until=at("2026-11-27"))
        await work.participants.change(everybody[held].id, held_at=THURSDAY)
        await work.addresses.set_state([(everybody[dead].address.id, AddressState.BAD)], now=THURSDAY)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "Silent people") == [
        "Gun cannot be reached: ask for a new number · not heard from yet",
        "Farid does not want messages: meet or call instead · not heard from yet",
        "Dina has not written for a while: perhaps a call · last heard from Thursday 12 November",
    ]
    assert "pause until Friday 27 November" in line_of(await house.in_house(), "Hugo")
    assert "pause until you resume it" in line_of(await house.in_house(), "Iris")


async def test_what_needs_the_coach_stands_until_somebody_has_seen_it(house: House) -> None:
    amina, bo = await house.a_person("Amina"), await house.a_person("Bo")
    await house.alert("uncertain", bo, now=LAST_THURSDAY)
    await house.alert("question", amina, now=THURSDAY)
    await house.alert("question", amina, now=THURSDAY, once="again")
    await house.alert("wants-call", bo, now=THURSDAY)
    await house.alert("set-aside", None, now=THURSDAY)
    await house.alert("likes-music", amina, now=THURSDAY)
    await house.alert("bouncing", bo, now=THURSDAY)
    async with unit_of_work(house.database) as work:
        seen = [one.id for one in await house.rows(alerts) if one.kind == "bouncing"]
        assert await work.alerts.acknowledge(seen[0], coach=house.coach, now=THURSDAY)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "Needs you today") == [
        "Bo wants you to call · since Thursday 19 November",
        "Amina gave an answer that you should see · since Thursday 19 November",
        "Amina wrote something that only you can answer · 2 times · since Thursday 19 November",
        "It is not certain that a message reached Bo · since Thursday 12 November",
        "A message that came in could not be read · since Thursday 19 November",
    ]


async def test_nobody_reads_of_another_coachs_people(house: House) -> None:
    async with unit_of_work(house.database) as work:
        other = await work.coaches.add(
            "Lars",
            organisation_id=house.programme.organisation_id,
            email="lars@landskrona.example",
            language="sv",
            now=at("2026-09-01"),
        )
    await house.a_person("Amina")
    theirs = await house.a_person("Zlatan", coach_id=other)
    await house.alert("question", theirs, now=THURSDAY)
    await house.rates(theirs, {"work-belief": 2}, now=LAST_THURSDAY)
    await house.rates(theirs, {"work-belief": 3}, now=THURSDAY)
    await house.tick(at("2026-11-20"))
    assert await house.tick(MONDAY) == 2
    texts = {one.coach_id: one.text for one in await house.rows(summaries)}
    assert "Zlatan" not in texts[house.coach]
    assert "Amina" not in texts[other]
    assert "Hej Lars!" in texts[other]


async def test_the_coming_week_has_beginnings_milestones_and_last_days(house: House) -> None:
    amina = await house.a_person("Amina")
    await house.a_person("Ny", started_on=date(2026, 11, 24))
    gone = await house.a_person("Olle")
    await roster.leave(
        house.database,
        house.shelf,
        gone,
        roster.Leaving(on=date(2026, 11, 27), reason="work"),
        now=at("2026-11-19", "12:00"),
    )
    for slug, due_on in (("own-plan", date(2026, 11, 24)), ("four-weeks", date(2026, 12, 3))):
        dates = roster.MilestoneDates(slug=slug, due_on=due_on)
        await roster.set_milestone(house.database, house.shelf, amina, dates, now=at("2026-11-19"))
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "The coming week") == [
        "Tuesday 24 November: Ny begins",
        "Tuesday 24 November: milestone for Amina: Your plan is ready",
        "Friday 27 November: last day for Olle",
    ]
    assert "Ny" not in " ".join(section(await house.in_house(), "Your people"))


async def test_attendance_is_told_as_far_as_it_is_known(house: House) -> None:
    amina = await house.a_person("Amina")
    await house.a_person("Bo")
    async with unit_of_work(house.database) as work:
        await work.calendar.note_presence(
            [
                (amina, "walk", "health", date(2026, 11, 16), "present"),
                (amina, "about-work", "job", date(2026, 11, 16), "late"),
                (amina, "walk", "health", date(2026, 11, 18), "care-of-child"),
                (amina, "walk", "health", date(2026, 11, 23), "present"),
            ],
            noted_by="coach",
            now=MONDAY,
        )
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    said = await house.in_house()
    assert "took part in 2 of 9 · not noted: 6 · caring for a child: 1" in line_of(said, "Amina")
    # Nobody noted anything: that is not the person's absence.
    assert "9 activities planned · attendance not noted" in line_of(said, "Bo")


async def test_what_was_sent_and_what_was_not_is_counted(house: House) -> None:
    amina = await house.person(await house.a_person("Amina"))
    assert amina.address is not None
    statuses = ["sent", "delivered", "failed", "uncertain", "expired", "queued", "cancelled", "tapped"]
    async with unit_of_work(house.database) as work:
        await work.outbox.queue(
            [
                Draft(
                    organisation_id=amina.organisation_id,
                    programme_id=amina.programme_id,
                    participant_id=amina.id,
                    address_id=amina.address.id,
                    channel=ChannelName.SMS,
                    purpose=Purpose.REMINDER if number % 2 else Purpose.REPLY,
                    priority=Priority.REMINDER,
                    text="Hej",
                    act=OutboxAct.ANSWER_TAP if statuses[number] == "tapped" else OutboxAct.SEND,
                    available_at=THURSDAY,
                    expires_at=None,
                    language="sv",
                    once=f"test/{number}",
                )
                for number in range(len(statuses))
            ],
            now=THURSDAY,
        )
    async with house.database.transaction() as connection:
        for number, status in enumerate(statuses):
            await connection.execute(
                update(outbox).where(outbox.c.once == f"test/{number}").values(status=status.replace("tapped", "sent"))
            )
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert section(await house.in_house(), "What Framsteg did") == [
        "Reminders and check-ins sent: 1",
        "Answers and other messages sent: 1",
        "Did not arrive: 1",
        "Not certain whether they arrived: 1",
        "Not sent because it was too late: 1",
        "Waiting to be sent: 1",
    ]


async def test_a_summary_can_be_read_before_it_is_written(house: House) -> None:
    await house.a_person("Amina")
    said = await house.preview(MONDAY)
    assert await house.rows(summaries) == []
    assert await house.rows(outbox) == []
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    assert await house.in_house() == said


async def test_names_are_words_and_nothing_else(house: House) -> None:
    hostile = await house.a_person(HOSTILE)
    await house.a_person("أمينة")
    await house.alert("wants-call", hostile, now=THURSDAY)
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    (kept,) = await house.rows(summaries)
    (mail,) = await house.rows(outbox)
    for html in (kept.html, mail.html):
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;moc.live</bdi>" in html
        assert ">أمينة</bdi>" in html
    for words in (kept.text, kept.html, mail.text, mail.html):
        assert "\u202e" not in words
    # A name from right to left does not turn the line around.
    assert "- \u2068أمينة\u2069 · " in kept.text


async def test_the_page_needs_nothing_from_elsewhere(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    (kept,) = await house.rows(summaries)
    (mail,) = await house.rows(outbox)
    assert "style=" not in kept.html
    assert "style=" in mail.html
    for html in (kept.html, mail.html):
        assert not re.search(r"src=|url\(|<link|<script|@import", html)
