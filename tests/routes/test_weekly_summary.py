"""Every coach gets the week once, in their own language, and no more of it than may leave the house."""

import asyncio
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.letters import TELEGRAM_MOST, utf16
from bot.domain.people import AddressState, ChannelName
from bot.services.publishing import publish
from bot.storage.addresses import Belongs
from bot.storage.database import Database
from bot.storage.tables import addresses, coaches, outbox, summaries
from bot.storage.unit_of_work import unit_of_work
from tests.weeks import (
    CONTENT,
    LAST_THURSDAY,
    MONDAY,
    NEXT_MONDAY,
    STEGA,
    THURSDAY,
    House,
    a_house,
    at,
)


@pytest.fixture
async def house(database: Database) -> House:
    return await a_house(database)


async def test_a_summary_comes_on_monday_morning_and_only_once(house: House) -> None:
    await house.a_person("Amina")
    # The moment was never set: it is set now, and nothing is sent because of that.
    assert await house.tick(at("2026-11-20")) == 0
    assert await house.tick(at("2026-11-23", "07:29")) == 0
    assert await house.tick(MONDAY) == 1
    assert await house.tick(MONDAY) == 0
    assert await house.tick(at("2026-11-24")) == 0

    (kept,) = await house.rows(summaries)
    assert (kept.coach_id, kept.iso_year, kept.iso_week, kept.language) == (house.coach, 2026, 47, "en")
    (mail,) = await house.rows(outbox)
    assert (mail.channel, mail.purpose, mail.coach_id) == ("email", "summary", house.coach)
    assert mail.once == f"summary/{house.coach}/2026-47/{mail.address_id}"
    assert mail.subject == "Framsteg: your weekly summary, week 47"
    assert mail.expires_at == MONDAY + timedelta(days=3)
    assert "Amina" in mail.text
    (coach,) = await house.rows(coaches)
    assert coach.summary_next_at == NEXT_MONDAY


async def test_two_that_write_at_the_same_time_write_one_summary(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    assert sum(await asyncio.gather(house.tick(MONDAY), house.tick(MONDAY), house.tick(MONDAY))) == 1
    assert len(await house.rows(summaries)) == 1
    assert len(await house.rows(outbox)) == 1


async def test_a_coach_reads_it_in_their_own_language(database: Database) -> None:
    house = await a_house(database, language="sv")
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    said = await house.in_house()
    assert "Hej Karin! Det här är veckan från måndag 16 november till söndag 22 november." in said
    assert re.findall("Fas 1", said)
    # Not a word of English is left.
    assert "you" not in said


async def test_the_clock_of_the_coach_counts_when_summer_time_ends_and_begins(house: House) -> None:
    await house.a_person("Amina")
    async with unit_of_work(house.database) as work:
        await work.coaches.set_next_summary([(house.coach, at("2026-10-19"))])
    assert await house.tick(at("2026-10-19")) == 1
    # 07:30 in summer is 05:30 UTC, in winter 06:30: a week and an hour between the two.
    (coach,) = await house.rows(coaches)
    assert coach.summary_next_at - at("2026-10-19") == timedelta(days=7, hours=1)
    assert await house.tick(coach.summary_next_at - timedelta(minutes=1)) == 0
    assert await house.tick(coach.summary_next_at) == 1
    assert await house.tick(at("2027-03-22")) == 1
    (coach,) = await house.rows(coaches)
    assert coach.summary_next_at - at("2027-03-22") == timedelta(days=7, hours=-1)


async def test_a_coach_elsewhere_gets_it_on_their_own_monday(house: House) -> None:
    await house.a_person("Amina")
    async with unit_of_work(house.database) as work:
        await work.coaches.change(house.coach, zone="Europe/Helsinki")
    await house.tick(at("2026-11-20"))
    (coach,) = await house.rows(coaches)
    assert coach.summary_next_at == MONDAY - timedelta(hours=1)


async def test_after_a_standstill_only_the_last_week_is_told(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-10-30"))
    assert await house.tick(at("2026-11-25", "12:00")) == 1
    (kept,) = await house.rows(summaries)
    assert (kept.iso_year, kept.iso_week) == (2026, 47)
    (mail,) = await house.rows(outbox)
    assert mail.expires_at == at("2026-11-28", "12:00")


async def test_a_coach_with_nobody_gets_no_letter_and_holds_up_nobody(house: House) -> None:
    assert await house.tick(at("2026-11-20")) == 0
    assert await house.tick(MONDAY) == 0
    assert await house.rows(summaries) == []
    assert await house.rows(outbox) == []
    (coach,) = await house.rows(coaches)
    assert coach.summary_next_at == NEXT_MONDAY


async def test_what_is_sensitive_stays_in_the_house(house: House) -> None:
    amina = await house.a_person("Amina")
    hidden = await house.a_person("Hemlig", protected=True)
    await house.rates(amina, {"health": 2, "work-belief": 2}, now=LAST_THURSDAY)
    await house.rates(amina, {"health": 1, "work-belief": 3}, now=THURSDAY)
    await house.alert("question", hidden, now=THURSDAY)
    async with unit_of_work(house.database) as work:
        await work.calendar.note_presence(
            [(amina, "walk", "health", date(2026, 11, 16), "illness")], noted_by="coach", now=THURSDAY
        )
        await work.addresses.add(
            ChannelName.TELEGRAM,
            "4711",
            of=Belongs(organisation_id=house.programme.organisation_id, coach_id=house.coach),
            now=THURSDAY,
        )
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)

    inside = await house.in_house()
    assert "↓ Amina: Health and work, from 2 to 1" in inside or re.search("↓ Amina: [^\n]*, from 2 to 1", inside)
    assert "ill: 1" in inside
    assert "Hemlig wrote something" in inside
    mail, chat = sorted(await house.rows(outbox), key=lambda one: one.channel)
    assert (mail.channel, chat.channel) == ("email", "telegram")
    for words in (mail.text, re.sub("</?bdi>", "", mail.html), chat.text):
        assert "from 2 to 3" in words
        assert "from 2 to 1" not in words
        assert "↓" not in words
        assert "1 change is shown only in Framsteg." in words
        assert "1 person is shown only in Framsteg." in words
        assert "Hemlig" not in words
        assert "ill:" not in words
        assert "away:" in words


async def test_the_trouble_of_one_coach_is_not_anothers(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    async with unit_of_work(house.database) as work:
        other = await work.coaches.add(
            "Lars",
            organisation_id=house.programme.organisation_id,
            email="lars@landskrona.example",
            language="sv",
            now=at("2026-09-01"),
        )
        await work.coaches.change(other, zone="Nowhere/At-All", summary_next_at=MONDAY)
    await house.a_person("Bo", coach_id=other)
    assert await house.tick(MONDAY) == 1
    assert await house.tick(MONDAY) == 0
    # Once the fault is mended, the week is told after all.
    async with unit_of_work(house.database) as work:
        await work.coaches.change(other, zone="Europe/Stockholm")
    assert await house.tick(MONDAY + timedelta(hours=1)) == 1
    assert {(one.coach_id, one.iso_week) for one in await house.rows(summaries)} == {(house.coach, 47), (other, 47)}


async def test_one_programme_that_wants_a_notice_decides_for_all(database: Database, tmp_path: Path) -> None:
    house = await a_house(database)
    careful = a_careful_programme(tmp_path)
    published = await publish(database, careful, content=CONTENT, organisation="landskrona", now=at("2026-09-01"))
    await house.a_person("Amina")
    async with unit_of_work(database) as work:
        (second,) = [one for one in await work.programmes.all() if one.id == published.programme_id]
    stega, house.programme = house.programme, second
    await house.a_person("Bodil")
    assert stega.id != second.id
    await house.tick(at("2026-11-20"))
    assert await house.tick(MONDAY) == 1

    inside = await house.in_house()
    assert "Amina · STEGA" in inside
    assert "Bodil · Lugnet" in inside
    (mail,) = await house.rows(outbox)
    assert "ready" in mail.text
    for words in (mail.text, mail.html, mail.subject):
        assert "Amina" not in words
        assert "Bodil" not in words


async def test_a_chat_holds_what_it_can_and_says_how_many_are_left_out(house: House) -> None:
    for number in range(80):
        await house.a_person(f"Deltagare {number:02} \N{GRINNING FACE}")
    async with unit_of_work(house.database) as work:
        await work.addresses.add(
            ChannelName.TELEGRAM,
            "4711",
            of=Belongs(organisation_id=house.programme.organisation_id, coach_id=house.coach),
            now=THURSDAY,
        )
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    mail, chat = sorted(await house.rows(outbox), key=lambda one: one.channel)
    assert utf16(chat.text) <= TELEGRAM_MOST < utf16(mail.text)
    left_out = int(re.search(r"… and (\d+) more in Framsteg\.$", chat.text).group(1))
    items = [line for line in mail.text.split("\n") if line.startswith("- ")]
    shown = [line for line in chat.text.split("\n") if line.startswith("- ")]
    assert shown == items[: len(items) - left_out]
    assert (chat.subject, chat.html) == (None, None)


async def test_a_coach_who_cannot_be_mailed_is_not_mailed(house: House) -> None:
    await house.a_person("Amina")
    await house.tick(at("2026-11-20"))
    await house.tick(MONDAY)
    (first,) = await house.rows(outbox)
    async with unit_of_work(house.database) as work:
        await work.addresses.set_state([(first.address_id, AddressState.BAD)], now=MONDAY)
    assert await house.tick(NEXT_MONDAY) == 1
    # The next one stands on its page, and no second address is made of the dead one.
    assert len(await house.rows(outbox)) == 1
    assert len([one for one in await house.rows(addresses) if one.coach_id == house.coach]) == 1


def a_careful_programme(place: Path) -> Path:
    """STEGA under another name, of which only a notice leaves the house."""
    directory = place / "lugnet"
    directory.mkdir()
    written = (STEGA / "programme.yaml").read_text("utf-8")
    for was, becomes in (
        ("programme: stega", "programme: lugnet"),
        ("title: STEGA", "title: Lugnet"),
        ("leaves: content", "leaves: notice"),
        ("languages: [sv, en, ar, so]", "languages: [sv]"),
    ):
        assert was in written
        written = written.replace(was, becomes)
    (directory / "programme.yaml").write_text(written, "utf-8")
    return directory
