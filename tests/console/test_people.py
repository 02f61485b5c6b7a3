"""The list of people shows whom somebody sees, finds names however they are written, and asks few questions."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from bot.domain.people import AddressState, ChannelName
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Street


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/people/\d+"><bdi>([^<]*)</bdi>', html)


async def listed(street: Street, reader: str, question: str = "") -> list[str]:
    answer = await (await street.browser(reader)).get(f"/people{question}")
    assert answer.status_code == 200
    return names(answer.text)


def asked_of(database: Database) -> list[str]:
    """Every statement from now on."""
    found: list[str] = []
    for engine in (database._reader, database._writer):
        event.listen(engine.sync_engine, "before_cursor_execute", lambda c, cursor, sql, *rest: found.append(sql))
    return found


async def test_everybody_sees_their_own_people_and_a_leader_all_of_the_programme(both_streets: Street) -> None:
    assert await listed(both_streets, "Karin") == ["Amina", "Bosse"]
    assert await listed(both_streets, "Lena") == ["Amina", "Bosse", "Daniel"]
    assert await listed(both_streets, "Bertil") == ["Berit"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("åsa", ["ÅSA-Lilly"]),
        ("ASA lilly", ["ÅSA-Lilly"]),
        ("Ömer", ["ömer"]),
        ("omer", ["ömer"]),
        ("ж", ["Женя"]),
        ("أم", ["أمينة"]),
        ("ni[", []),
        ("*", []),
        ("n?", []),
        ("%", []),
        ("os", ["Bosse"]),
        ("]^", []),
    ],
)
async def test_a_name_is_found_however_it_is_written(both_streets: Street, words: str, found: list[str]) -> None:
    for name in ("ÅSA-Lilly", "ömer", "Женя", "أمينة"):
        await both_streets.enrol(name, "Karin")
    browser = await both_streets.browser("Karin")
    answer = await browser.client.get("/people", params={"find": words})
    assert names(answer.text) == found


@pytest.mark.parametrize("number", ["0701740605", "+46 70 174 06 05", "070-174 06 05"])
async def test_a_whole_number_finds_whose_it_is(both_streets: Street, number: str) -> None:
    browser = await both_streets.browser("Karin")
    assert names((await browser.client.get("/people", params={"find": number})).text) == ["Bosse"]


async def test_a_number_of_somebody_elses_person_finds_nobody(street: Street) -> None:
    answer = await (await street.browser("Karin")).get("/people?find=0701740606")
    assert names(answer.text) == [] and "Write the whole number" in answer.text


async def test_the_list_is_narrowed_by_phase_language_coach_and_programme(both_streets: Street) -> None:
    assert await listed(both_streets, "Lena", "?phase=phase-2") == ["Amina", "Daniel"]
    assert await listed(both_streets, "Lena", "?language=sv") == ["Bosse"]
    assert await listed(both_streets, "Lena", f"?coach={both_streets.coaches['Johan']}") == ["Daniel"]
    programme = both_streets.programmes["norrby/stega"]
    assert await listed(both_streets, "Lena", f"?programme={programme}&phase=phase-1") == ["Bosse"]
    other = both_streets.programmes["soderby/stega"]
    assert await listed(both_streets, "Lena", f"?programme={other}") == ["Amina", "Bosse", "Daniel"]


async def test_whoever_has_left_is_shown_when_asked_for(both_streets: Street) -> None:
    today = both_streets.hours.now.date()
    async with unit_of_work(both_streets.database) as work:
        for name, last in (("Amina", today - timedelta(days=1)), ("Bosse", today)):
            await work.participants.change_enrolment(
                both_streets.enrolments[name], ended_on=last, now=both_streets.hours.now
            )
    assert await listed(both_streets, "Karin") == ["Bosse"]
    assert await listed(both_streets, "Karin", "?there=left") == ["Amina"]
    assert await listed(both_streets, "Karin", "?there=all") == ["Amina", "Bosse"]


async def test_silent_people_are_those_the_list_marks_so_and_no_others(both_streets: Street) -> None:
    now = both_streets.hours.now
    week = timedelta(days=7)
    states: dict[str, dict[str, object]] = {
        "long-ago": {"last_heard_at": now - week},
        "just-not": {"last_heard_at": now - week + timedelta(seconds=1)},
        "never": {},
        "protected": {"protected": True},
        "stopped": {"stopped_at": now},
        "held": {"held_at": now},
        "paused": {"paused_until": now + week},
        "was-paused": {"paused_until": now},
        "bad-number": {},
        "begins-soon": {},
        "began-a-week-ago": {},
        "began-lately": {},
    }
    begins = {"begins-soon": -1, "began-a-week-ago": 7, "began-lately": 6}
    for number, (name, values) in enumerate(states.items()):
        day = {"started_on": now.date() - timedelta(days=begins[name])} if name in begins else {}
        addresses = ((ChannelName.SMS, f"+467017407{number:02}"),)
        await both_streets.enrol(name, "Olof", addresses=addresses, **day)
        async with both_streets.database.transaction() as connection:
            if values:
                await connection.execute(
                    update(tables.participants)
                    .where(tables.participants.c.id == both_streets.people[name])
                    .values(**values)
                )
            if name == "bad-number":
                await connection.execute(
                    update(tables.addresses)
                    .where(tables.addresses.c.participant_id == both_streets.people[name])
                    .values(state=AddressState.BAD)
                )
    everybody = (await (await both_streets.browser("Olof")).get("/people?there=all")).text
    marked = [names(row)[0] for row in everybody.split("<tr ")[2:] if '<span class="chip">Silent</span>' in row]
    assert await listed(both_streets, "Olof", "?silent=yes") == marked
    assert marked == ["began-a-week-ago", "long-ago", "never", "Olga", "was-paused"]


async def test_a_list_asks_the_same_questions_however_long_it_is(street: Street) -> None:
    browser = await street.browser("Lena")
    await browser.get("/people")
    statements = asked_of(street.database)
    await browser.get("/people")
    few = len(statements)
    for number in range(30):
        await street.enrol(f"Person {number:02}", "Karin")
    statements.clear()
    first = await browser.get("/people")
    assert len(statements) == few <= 12
    assert len(names(first.text)) == 25 and "33 people" in first.text
    second = names((await browser.get("/people?page=2")).text)
    assert len(second) == 8 and not set(second) & set(names(first.text))
    assert names((await browser.get("/people?page=99")).text) == second


async def test_whoever_accompanies_nobody_is_told_what_to_do_first(street: Street) -> None:
    async with street.database.transaction() as connection:
        await connection.execute(
            update(tables.enrolments)
            .where(tables.enrolments.c.coach_id == street.coaches["Olof"])
            .values(coach_id=street.coaches["Lisa"])
        )
    answer = await (await street.browser("Olof")).get("/people")
    assert "You accompany nobody yet" in answer.text and 'href="/people/new"' in answer.text


async def test_the_list_opens_for_nobody_who_accompanies_nobody_by_their_role(street: Street) -> None:
    for reader in ("Tove", "Anders", "Adam"):
        assert (await (await street.browser(reader)).get("/people")).status_code == 403


@pytest.mark.parametrize(
    "find", ["<script>alert(1)</script>", "'; DROP TABLE participants; --", "a\x00b", "[" * 300, "\\"]
)
async def test_whatever_is_looked_for_breaks_nothing(both_streets: Street, find: str) -> None:
    browser = await both_streets.browser("Karin")
    answer = await browser.client.get("/people", params={"find": find})
    assert answer.status_code == 200 and names(answer.text) == [] and "<script>alert" not in answer.text
