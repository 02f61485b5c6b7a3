"""One person is added with what was typed, told what is sent to them, and reached in Telegram by a link."""

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import httpx
from sqlalchemy import select, update

from bot.domain.access import Appointment, Role
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.console.street import Street

LINK = "https://t.me/framsteg_test_bot?start="
NORA = {
    "first_name": "Nora",
    "language": "en",
    "phase": "phase-1",
    "channel": "sms",
    "phone": "070-174 06 99",
    "started_on": "2026-11-25",
    "agreement": "ask",
}


async def add(street: Street, reader: str, **fields: Any) -> httpx.Response:
    form = {"coach": street.coaches["Karin"]} | NORA | fields
    if "programme" not in form:
        form["programme"] = street.programmes["norrby/stega"]
    return await (await street.browser(reader)).post("/people/new", **form)


async def rows(street: Street, table: Any) -> list[Any]:
    async with street.database.reading() as connection:
        return list(await connection.execute(select(table).order_by(table.c.id)))


async def newest(street: Street, table: Any) -> Any:
    return (await rows(street, table))[-1]


async def with_a_bot(street: Street) -> None:
    async def telegram_link(code: str) -> str | None:
        return LINK + code

    street.desk = replace(street.desk, telegram_link=telegram_link)


async def test_somebody_who_is_added_is_welcomed_and_the_page_says_so(both_streets: Street) -> None:
    answer = await add(both_streets, "Karin", gender="woman", birth_year="1985")
    place = await newest(both_streets, tables.enrolments)
    assert answer.url.path == f"/people/{place.id}/added"
    assert "Nora has a place" in answer.text and "Hi Nora!" in answer.text
    person = await newest(both_streets, tables.participants)
    assert (person.first_name, person.language, person.gender, person.birth_year) == ("Nora", "en", "woman", 1985)
    assert (place.coach_id, place.phase) == (both_streets.coaches["Karin"], "phase-1")
    queued = await newest(both_streets, tables.outbox)
    assert (queued.participant_id, queued.purpose, queued.status) == (person.id, "reminder", "queued")
    logged = await newest(both_streets, tables.audit)
    assert (logged.what, logged.participant_id, logged.coach_id) == (
        "person-added",
        person.id,
        both_streets.coaches["Karin"],
    )


async def test_somebody_may_be_added_whose_language_we_only_read(street: Street) -> None:
    form = await (await street.browser("Karin")).get("/people/new")
    assert '<optgroup label="Answers are read, messages come in Swedish">' in form.text
    await add(street, "Karin", language="uk")
    assert (await newest(street, tables.participants)).language == "uk"
    said = [row for row in await rows(street, tables.outbox) if row.participant_id][-2:]
    assert [row.language for row in said] == ["uk", "sv"]
    assert "Мова наших повідомлень: шведська." in said[0].text


async def test_who_agreed_already_is_told_which_language_we_write_and_nobody_else_is(street: Street) -> None:
    await add(street, "Karin", language="uk", agreement="agreed")
    await add(street, "Karin", language="sv", agreement="agreed", phone="070-174 06 98")
    person = (await rows(street, tables.participants))[-2]
    said = [(row.participant_id, row.language) for row in await rows(street, tables.outbox) if row.participant_id]
    assert said[-1] == (person.id, "uk")


async def test_nobody_is_asked_who_said_yes_in_person_or_has_a_protected_identity(street: Street) -> None:
    told = await add(street, "Karin", phone="0701740698", agreement="agreed")
    assert "It is noted that they said yes to you" in told.text
    place, kept = await newest(street, tables.enrolments), await newest(street, tables.agreements)
    assert (place.agreement, kept.enrolment_id) == ("agreed", place.id)
    assert (kept.answer, kept.channel, kept.noted_by) == ("agreed", "in-person", street.coaches["Karin"])
    protected = await add(street, "Karin", phone="0701740697", protected="yes")
    assert "nothing is ever sent by itself" in protected.text
    assert (await newest(street, tables.enrolments)).agreement == "unasked"
    assert await rows(street, tables.outbox) == []


async def test_a_form_that_does_not_say_if_they_agreed_adds_nobody(street: Street) -> None:
    answer = await add(street, "Karin", agreement="")
    assert answer.status_code == 422
    assert len(await rows(street, tables.enrolments)) == 5


async def test_somebody_whose_first_day_has_passed_is_asked_before_anything_is_sent(street: Street) -> None:
    past = await add(street, "Karin", started_on="2026-11-24")
    assert "Hi Nora!" in past.text
    assert (await newest(street, tables.enrolments)).agreement == "asked"


async def test_a_form_that_is_refused_keeps_what_was_typed_and_says_what_is_wrong(street: Street) -> None:
    answer = await add(
        street,
        "Karin",
        first_name="=Nora",
        phone="12",
        started_on="3026-01-01",
        birth_year="85",
        phase="phase-9",
        language="xx",
        gender="x",
        channel="post",
    )
    assert answer.status_code == 422
    for typed in ('value="=Nora"', 'value="12"', 'value="3026-01-01"', 'value="85"'):
        assert typed in answer.text
    for field in ("first_name", "phone", "started_on", "birth_year", "phase", "language", "gender"):
        assert f'id="c-{field}"' in answer.text, field
    assert "This day is too far away" in answer.text and "This is no phone number" in answer.text
    assert len(await rows(street, tables.enrolments)) == 5


async def test_a_number_that_somebody_in_the_programme_has_leads_to_them(both_streets: Street) -> None:
    answer = await add(both_streets, "Karin", phone="+46701740605")
    assert answer.status_code == 422
    assert "Somebody in the programme has this number already" in answer.text
    assert f'href="/people/{both_streets.enrolments["Bosse"]}"' in answer.text
    assert len(await rows(both_streets, tables.enrolments)) == 5


async def test_whose_number_it_is_stays_unsaid_to_whoever_does_not_see_them(street: Street) -> None:
    answer = await add(street, "Karin", phone="+46701740606")
    assert answer.status_code == 422 and "Ask your leader" in answer.text
    assert "Daniel" not in answer.text and f"/people/{street.enrolments['Daniel']}" not in answer.text


async def test_a_number_of_another_programme_or_of_somebody_who_left_is_free(street: Street) -> None:
    assert (await add(street, "Karin", phone="+46701740607")).url.path.endswith("/added")
    async with unit_of_work(street.database) as work:
        await work.participants.change_enrolment(
            street.enrolments["Bosse"], ended_on=date(2026, 11, 24), now=street.hours.now
        )
    assert (await add(street, "Karin", phone="+46701740605")).url.path.endswith("/added")


async def test_a_form_that_is_sent_twice_adds_one_person(both_streets: Street) -> None:
    first, second = await add(both_streets, "Karin"), await add(both_streets, "Karin")
    assert (first.status_code, second.status_code) == (200, 422)
    assert len(await rows(both_streets, tables.enrolments)) == 6


async def test_a_coach_adds_for_themselves_and_a_leader_for_every_coach(street: Street) -> None:
    johan = street.coaches["Johan"]
    refused = await add(street, "Karin", coach=johan)
    assert refused.status_code == 422 and len(await rows(street, tables.enrolments)) == 5
    assert (await add(street, "Lena", coach=johan)).status_code == 200
    assert (await newest(street, tables.enrolments)).coach_id == johan
    for stranger in ("Olof", "Bertil", "Lena"):
        again = await add(street, "Lena", coach=street.coaches[stranger], phone="0701740600")
        assert again.status_code == 422 and 'id="c-coach"' in again.text, stranger


async def test_nobody_adds_to_a_programme_that_is_not_theirs(street: Street) -> None:
    for reader, programme in (("Karin", "norrby/annan"), ("Karin", "soderby/stega"), ("Lena", "norrby/annan")):
        answer = await add(street, reader, programme=street.programmes[programme])
        assert answer.status_code == 404
    assert (await add(street, "Karin", programme="all")).status_code == 404
    assert len(await rows(street, tables.enrolments)) == 5


async def test_whoever_has_two_programmes_chooses_one_first(street: Street) -> None:
    async with unit_of_work(street.database) as work:
        other = Appointment(role=Role.COACH, programme_id=street.programmes["norrby/annan"])
        await work.appointments.give(street.coaches["Karin"], other, now=street.hours.now)
    browser = await street.browser("Karin")
    assert "Which programme does the person join?" in (await browser.get("/people/new")).text
    chosen = await browser.get(f"/people/new?programme={street.programmes['norrby/annan']}")
    assert 'name="first_name"' in chosen.text
    assert (await browser.post("/people/new", **NORA)).status_code == 422


async def test_a_telegram_link_is_made_once_asked_for_and_drawn_as_a_picture(both_streets: Street) -> None:
    await with_a_bot(both_streets)
    page = await add(both_streets, "Karin", channel="telegram", phone="")
    person = await newest(both_streets, tables.participants)
    assert page.url.path.endswith("/telegram") and LINK not in page.text
    assert await rows(both_streets, tables.deep_links) == []
    made = await (await both_streets.browser("Karin")).post(page.url.path)
    code = re.search(re.escape(LINK) + r"([\w-]+)", made.text)
    assert code is not None and "<svg" in made.text and " style=" not in made.text
    kept = await newest(both_streets, tables.deep_links)
    assert kept.code_hash == sha256(code[1].encode()).digest() and kept.participant_id == person.id
    assert (kept.expires_at - both_streets.hours.now).days == 14
    assert (await newest(both_streets, tables.audit)).what == "link-made"
    assert LINK not in (await (await both_streets.browser("Karin")).get(page.url.path)).text


async def test_without_a_bot_no_link_is_made_and_the_page_says_what_to_set(street: Street) -> None:
    answer = await (await street.browser("Karin")).post(f"/people/{street.enrolments['Amina']}/telegram")
    assert answer.status_code == 409 and "FRAMSTEG_TELEGRAM_TOKEN" in answer.text
    assert await rows(street, tables.deep_links) == []


async def test_nobody_makes_a_link_for_a_person_they_do_not_see(street: Street) -> None:
    await with_a_bot(street)
    for reader in ("Johan", "Olof", "Bertil", "Lars"):
        path = f"/people/{street.enrolments['Amina']}/telegram"
        assert (await (await street.browser(reader)).post(path)).status_code == 404
        assert (await (await street.browser(reader)).get(path)).status_code == 404
        assert (await (await street.browser(reader)).get(path.replace("telegram", "added"))).status_code == 404
    assert await rows(street, tables.deep_links) == []


async def test_a_deputy_has_no_programme_to_add_anybody_to(street: Street) -> None:
    async with street.database.transaction() as connection:
        await connection.execute(
            update(tables.coaches)
            .where(tables.coaches.c.id == street.coaches["Karin"])
            .values(deputy_id=street.coaches["Anders"], away_until=date(2026, 11, 26))
        )
    answer = await (await street.browser("Anders")).get("/people/new")
    assert answer.status_code == 200 and "coach or leader of no programme" in answer.text
    assert (await add(street, "Anders")).status_code == 404
