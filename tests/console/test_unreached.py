"""Whoever is not reached though they did not stop us is told of with the reason, and with what helps."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update

from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.addresses import Belongs
from bot.storage.unit_of_work import unit_of_work
from tests.console.persons import do, person, queued, rows
from tests.console.post import Post
from tests.console.street import Browser, Street

WRONG = "Somebody else has this number: ask for the right one"
BLOCKED = "Wants messages, but the provider holds them back: they must send START to our number"
IN_TELEGRAM = "The person has blocked us in Telegram. Only they can take the block away, in Telegram itself."
CORRECT = "Correct the number"


@pytest.fixture
async def post(both_streets: Street) -> Post:
    """A street with a post office, on each kind of database."""
    office = Post(both_streets)
    await office.open()
    return office


async def words(browser: Browser, path: str) -> str:
    """All that a page says."""
    answer = await browser.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def blocks(street: Street, name: str) -> None:
    """The provider sends nothing there, though a coach has begun messages again."""
    async with unit_of_work(street.database) as work:
        known = await work.addresses.of(street.people[name])
        await work.addresses.block([one.id for one in known], now=street.hours.now)


async def open_alerts(street: Street) -> int:
    kept = tables.alerts
    async with street.database.reading() as connection:
        counted = select(func.count()).select_from(kept).where(kept.c.acknowledged_at.is_(None))
        return int(await connection.scalar(counted) or 0)


async def test_a_wrong_number_is_told_everywhere_and_corrected_from_there(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Fel nummer")
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}"

    day = (await karin.get("/")).text
    assert day.count(WRONG) == 1 and f'href="{path}?do=number#do-number"' in day and "Number not in use" not in day
    page = (await karin.get(path)).text
    assert WRONG in page and CORRECT in page and "tel:+46701740605" not in page
    sheet = await words(karin, f"{path}/write")
    assert WRONG in sheet and "asked us to stop" not in sheet
    opened = (await karin.get(f"{path}?do=number")).text
    assert '<details class="do" id="do-number" open>' in opened

    told = await do(karin, street, "Bosse", "number", number="070-174 06 10")

    assert CORRECT not in told.text and WRONG not in (await karin.get("/")).text


async def test_a_blocked_person_is_told_of_with_the_word_that_lifts_it(both_streets: Street) -> None:
    street = both_streets
    await blocks(street, "Bosse")
    karin = await street.browser("Karin")
    path = f"/people/{street.enrolments['Bosse']}"

    assert BLOCKED in await words(karin, "/") and CORRECT not in await words(karin, "/")
    page = await words(karin, path)
    assert BLOCKED in page and "send the word START by SMS to our number" in page
    sheet = await words(karin, f"{path}/write")
    assert BLOCKED in sheet and "asked us to stop" not in sheet
    refused = await karin.post(f"{path}/write", words="Hej", once="a" * 20, do="send")
    assert refused.status_code == 422 and await queued(street, "Bosse") == []


async def test_whoever_blocked_us_in_telegram_is_told_of_too(both_streets: Street) -> None:
    street = both_streets
    await blocks(street, "Amina")
    karin = await street.browser("Karin")
    for path in ("/", f"/people/{street.enrolments['Amina']}", f"/people/{street.enrolments['Amina']}/write"):
        assert IN_TELEGRAM in await words(karin, path) and BLOCKED not in await words(karin, path)


async def test_somebody_who_stopped_is_no_riddle_though_the_provider_blocks_them(both_streets: Street) -> None:
    street = both_streets
    await blocks(street, "Bosse")
    async with unit_of_work(street.database) as work:
        await work.participants.change(street.people["Bosse"], stopped_at=street.hours.now)
    karin = await street.browser("Karin")
    assert BLOCKED not in await words(karin, "/")
    assert BLOCKED not in await words(karin, f"/people/{street.enrolments['Bosse']}")
    assert "asked us to stop" in await words(karin, f"/people/{street.enrolments['Bosse']}/write")


async def test_what_was_seen_to_takes_the_alert_that_says_the_same_along(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Fel nummer")
    assert await open_alerts(street) == 1
    karin = await street.browser("Karin")

    await karin.post(f"/today/people/{street.enrolments['Bosse']}/aside", line="unreachable")

    assert await open_alerts(street) == 0 and WRONG not in await words(karin, "/")


async def test_a_wrong_number_beside_a_chat_that_works_is_an_alert(post: Post) -> None:
    street = post.street
    async with unit_of_work(street.database) as work:
        kept = (await rows(street, tables.participants, id=street.people["Bosse"]))[0]
        belongs = Belongs(organisation_id=kept["organisation_id"], participant_id=kept["id"])
        await work.addresses.add(ChannelName.TELEGRAM, "1605", of=belongs, now=street.hours.now)
        await work.participants.change(kept["id"], preferred_channel=ChannelName.TELEGRAM)
    await post.person("Bosse", "Fel nummer")
    karin = await street.browser("Karin")

    day = await words(karin, "/")

    assert day.count(WRONG) == 1 and "Cannot be reached" not in day
    assert WRONG not in await words(karin, f"/people/{street.enrolments['Bosse']}/write")


async def test_a_receipt_that_comes_late_makes_no_wrong_number_ours_again(post: Post) -> None:
    street = post.street
    await post.person("Bosse", "Fel nummer")
    async with unit_of_work(street.database) as work:
        known = [one.id for one in await work.addresses.of(street.people["Bosse"])]
        for later in ("bad", "stopped", "active"):
            await work.addresses.set_state([(known[0], later)], now=street.hours.now)
        await work.addresses.block(known, now=street.hours.now)

    assert [one["state"] for one in await rows(street, tables.addresses, id=known[0])] == ["wrong"]
    number = await post.person("Bosse", "hej")
    assert (await rows(street, tables.inbox, id=number))[0]["participant_id"] is None


async def test_a_coach_goes_back_to_a_number_that_stood_before(post: Post) -> None:
    street = post.street
    karin = await street.browser("Karin")
    await do(karin, street, "Bosse", "number", number="070-174 06 10")
    street.hours.now += timedelta(minutes=1)
    await post.sms("+46701740610", "Fel nummer")

    page = await do(karin, street, "Bosse", "number", number="070-174 06 05")

    assert page.status_code == 200 and CORRECT not in page.text
    async with unit_of_work(street.database) as work:
        place = street.enrolments["Bosse"]
        there = (await work.participants.enrolled([place]))[place].address
    assert there is not None and (there.value, there.state) == ("+46701740605", "active")


async def test_a_number_that_the_provider_lets_through_again_is_no_line_any_more(both_streets: Street) -> None:
    street = both_streets
    await blocks(street, "Bosse")
    async with street.database.transaction() as connection:
        theirs = tables.addresses.c.participant_id == street.people["Bosse"]
        await connection.execute(update(tables.addresses).where(theirs).values(state="active", blocked_at=None))
    assert BLOCKED not in await words(await street.browser("Karin"), "/")
    assert (await person(street, "Bosse"))["stopped_at"] is None
