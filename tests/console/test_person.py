"""One person's page tells how they stand and what happened, to whoever sees them and to nobody else."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event, update

from bot.domain.access import Appointment, Role
from bot.domain.people import ChannelName
from bot.storage.tables import (
    absences,
    alerts,
    attendances,
    audit,
    changes,
    check_ins,
    enrolments,
    given_ratings,
    inbox,
    milestones,
    notes,
    outbox,
    participants,
)
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import a_message, keep, place, rows
from tests.console.street import NOW, Street

HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def told(html: str) -> list[str]:
    """The lines of the story as plain words, in the order they are read."""
    found = re.findall(r'<li class="line of-[\w-]+">(.*?)</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


async def wrote(street: Street, name: str, words: str, **values: object) -> int:
    """Words from somebody."""
    row = {
        "channel": "sms",
        "provider_id": f"test/{words}",
        "account": "46700000000",
        "sender_hash": bytes(32),
        "raw": b"",
        "received_at": NOW,
        "state": "handled",
        "participant_id": street.people[name],
        "kind": "words",
        "words": words,
    }
    return await keep(street, inbox, **(row | values))


async def test_the_head_tells_how_somebody_stands(both_streets: Street) -> None:
    street = both_streets
    karin = await street.browser("Karin")
    html = (await karin.get(f"/people/{street.enrolments['Bosse']}")).text
    assert "<h1><bdi>Bosse</bdi></h1>" in html
    assert "Same coach since Tuesday 1 September" in html and "no answer yet" in html
    assert '<a href="tel:+46701740605" dir="ltr">+46 70 174 06 05</a>' in html
    assert "Next phase" in html
    await wrote(street, "Bosse", "hej", received_at=NOW - HOUR)
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people["Bosse"], held_at=NOW)
    html = (await karin.get(f"/people/{street.enrolments['Bosse']}")).text
    assert "first answer Wednesday 25 November" in html and "Paused until you resume it" in html


@pytest.mark.parametrize("path", ["", "/ratings", "/ratings/new", "/handed-over"])
async def test_another_coachs_person_is_not_found(street: Street, path: str) -> None:
    for reader, name in (("Johan", "Bosse"), ("Olof", "Bosse"), ("Bertil", "Bosse"), ("Karin", "Berit")):
        browser = await street.browser(reader)
        assert (await browser.get(f"/people/{street.enrolments[name]}{path}")).status_code == 404
    assert await rows(street, audit, what="person-read") == []


async def test_reading_is_logged_once_a_quarter_of_an_hour_for_each_reader(both_streets: Street) -> None:
    street = both_streets
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    path = f"/people/{street.enrolments['Bosse']}"
    for browser in (karin, karin, lena):
        await browser.get(path)
    await karin.get(path + "/ratings")
    street.hours.now += timedelta(minutes=14)
    await karin.get(path)
    read = await rows(street, audit, what="person-read")
    assert [row["coach_id"] for row in read] == [street.coaches["Karin"], street.coaches["Lena"]]
    assert {row["participant_id"] for row in read} == {street.people["Bosse"]}
    street.hours.now += timedelta(minutes=2)
    await karin.get(path)
    assert len(await rows(street, audit, what="person-read")) == 3


async def furnish(street: Street) -> None:
    """An hour of each kind of thing, the oldest first."""
    enrolment, person = street.enrolments["Bosse"], street.people["Bosse"]
    at = iter(NOW - 20 * HOUR + count * HOUR for count in range(20))
    mine = {"enrolment_id": enrolment}
    await keep(street, changes, **mine, what="phase", was="phase-1", became="phase-2", changed_at=next(at))
    await keep(
        street,
        changes,
        **mine,
        what="coach",
        was=str(street.coaches["Johan"]),
        became=str(street.coaches["Karin"]),
        changed_at=next(at),
    )
    await a_message(street, "Bosse", "Träning i morgon", sent_at=next(at), status="delivered")
    await wrote(street, "Bosse", "tack", received_at=next(at))
    await keep(
        street,
        absences,
        **mine,
        category="illness",
        begins_on=date(2026, 11, 24),
        reported_by="participant",
        reported_at=next(at),
    )
    missed = {"activity": "walk", "area": "health", "presence": "not-valid", "noted_by": "coach"}
    await keep(street, attendances, **mine, **missed, held_on=date(2026, 11, 20), noted_at=next(at))
    checked = {"participant_id": person, "flow": "weekly", "instrument": "progress", "instrument_version": 1}
    check_in = await keep(street, check_ins, **mine, **checked, rater="participant", began_at=next(at))
    rated = {"check_in_id": check_in, "participant_id": person, "instrument": "progress", "instrument_version": 1}
    await keep(
        street,
        given_ratings,
        **mine,
        **rated,
        indicator="work-belief",
        value=4,
        low=1,
        high=5,
        rater="participant",
        language="sv",
        rated_at=NOW,
    )
    where = await place(street, "Bosse")
    about = {"organisation_id": where["organisation_id"], "programme_id": where["programme_id"]}
    about["participant_id"] = person
    await keep(street, alerts, **about, kind="stopped", once="test", raised_at=next(at))
    log = {"came_from": "", "coach_id": street.coaches["Karin"], "what": "paused", "about": "2026-12-02"}
    await keep(street, audit, **about, **log, done_at=next(at))
    for who, seen in (("Karin", "me"), ("Karin", "team")):
        words = {"words": f"a note for {seen}", "written_at": next(at), "visibility": seen}
        await keep(street, notes, **mine, **words, coach_id=street.coaches[who])
    await keep(street, milestones, **mine, slug="cv-ready", reached_on=date(2026, 11, 1))


async def test_the_story_tells_everything_the_newest_first(both_streets: Street) -> None:
    street = both_streets
    await furnish(street)
    karin, lena = await street.browser("Karin"), await street.browser("Lena")
    path = f"/people/{street.enrolments['Bosse']}"
    story = told((await karin.get(path)).text)
    wanted = [
        "a note for team",
        "a note for me",
        "Karin paused the messages until Wednesday 2 December",
        "Has asked us to stop writing",
        "Check-in: 1 answer",
        "Not there, without valid reason",
        "Ill: since Tuesday 24 November",
        "tack",
        "Träning i morgon",
        "Handed over from Johan to Karin",
        "Phase: from",
        "Milestone reached",
    ]
    assert len(story) == len(wanted)
    assert [words for words, line in zip(wanted, story, strict=True) if words not in line] == []
    assert "Delivered" in story[8] and "1 part" in story[8] and "From Bosse" in story[7]
    # What somebody keeps for themselves, not even a leader reads.
    assert [line for line in told((await lena.get(path)).text) if "a note for me" in line] == []


async def test_the_story_is_narrowed_to_messages_or_notes(both_streets: Street) -> None:
    street = both_streets
    await furnish(street)
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}"
    assert len(told((await karin.get(f"{path}?only=messages")).text)) == 2
    assert len(told((await karin.get(f"{path}?only=notes")).text)) == 2
    assert len(told((await karin.get(f"{path}?only=nonsense")).text)) == 12


async def test_the_story_is_read_a_page_at_a_time_and_asks_as_much_of_a_long_one(street: Street) -> None:
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}"
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    await karin.get(path)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        await karin.get(path)
        short = len(asked)
        for count in range(65):
            await a_message(street, "Bosse", f"message {count:02}", sent_at=NOW + count * HOUR)
        asked.clear()
        first = await karin.get(path)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(asked) == short <= 21
    assert [line[-10:] for line in told(first.text)] == [f"message {count:02}" for count in range(64, 34, -1)]
    assert "page=2" in first.text
    third = await karin.get(f"{path}?page=3")
    assert [line[-10:] for line in told(third.text)] == [f"message {count:02}" for count in range(4, -1, -1)]
    assert "page=4" not in third.text


async def test_what_another_programme_wrote_is_for_those_who_see_it(street: Street) -> None:
    elsewhere = street.programmes["norrby/annan"]
    other = await street.enrol("Twin", "Olof", channel=ChannelName.SMS)
    async with street.database.transaction() as connection:
        await connection.execute(
            update(enrolments).where(enrolments.c.id == other).values(participant_id=street.people["Bosse"])
        )
    await a_message(street, "Bosse", "said in the other programme", programme_id=elsewhere)
    path = f"/people/{street.enrolments['Bosse']}"
    karin = await street.browser("Karin")
    html = (await karin.get(path)).text
    assert told(html) == [] and "Also in" not in html
    async with unit_of_work(street.database) as work:
        leads = Appointment(role=Role.LEADER, programme_id=elsewhere)
        await work.appointments.give(street.coaches["Karin"], leads, now=NOW)
    html = (await karin.get(path)).text
    assert f'<a href="/people/{other}">' in html and "Also in" in html
    assert "said in the other programme" in (await karin.get(f"/people/{other}")).text


async def test_a_tap_is_shown_as_the_button_said_it(street: Street) -> None:
    buttons = '[[["Vill inte svara", "tap:mood:skip"]]]'
    await a_message(street, "Bosse", "Hur går det?", buttons=buttons, sent_at=NOW - HOUR)
    await wrote(street, "Bosse", "tap:mood:skip", kind="tap")
    await wrote(street, "Bosse", "tap:gone:yes", kind="tap", received_at=NOW - 2 * HOUR)
    html = (await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}")).text
    story = told(html)
    assert story[0].endswith("Pressed a button Vill inte svara") and story[2].endswith("Pressed a button")
    assert "tap:" not in html


async def test_hostile_names_and_words_are_shown_as_they_are_written(street: Street) -> None:
    async with street.database.transaction() as connection:
        await connection.execute(
            update(participants).where(participants.c.id == street.people["Bosse"]).values(first_name=HOSTILE)
        )
    await wrote(street, "Bosse", HOSTILE)
    await keep(
        street,
        notes,
        enrolment_id=street.enrolments["Bosse"],
        coach_id=street.coaches["Karin"],
        visibility="team",
        words=HOSTILE,
        written_at=NOW,
    )
    karin = await street.browser("Karin")
    for path in ("", "?done=paused", "?done=stopped", "/ratings", "/ratings/new"):
        html = (await karin.get(f"/people/{street.enrolments['Bosse']}{path}")).text
        assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html


async def test_words_keep_their_own_language_and_direction(street: Street) -> None:
    await wrote(street, "Amina", "أنا مريضة")
    await a_message(street, "Amina", "صباح الخير", language="ar")
    html = (await (await street.browser("Karin")).get(f"/people/{street.enrolments['Amina']}")).text
    assert html.count('<p class="said" dir="auto" lang="ar">') == 2


async def test_a_failed_message_says_why(street: Street) -> None:
    await a_message(street, "Bosse", "hej", status="failed", error="21211")
    await a_message(street, "Bosse", "not words", act="settle-keyboard")
    story = told((await (await street.browser("Karin")).get(f"/people/{street.enrolments['Bosse']}")).text)
    assert len(story) == 1 and "Failed: the number is not in use" in story[0]
    assert len(await rows(street, outbox)) == 2
