"""Whoever wrote and is nobody's is claimed by a coach, or put away; another organisation's strangers do not exist."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.domain.people import AddressState, ChannelName
from bot.storage import tables
from bot.storage.unit_of_work import looking
from tests.console.post import SODERBY, Post
from tests.console.street import PEOPLE, Street

UNKNOWN = "+46701740655"


@pytest.fixture
async def post(both_streets: Street) -> Post:
    """A street with a post office, on each kind of database."""
    office = Post(both_streets)
    await office.open()
    return office


async def stranger_at(street: Street, number: str) -> int:
    """The id of a stranger's address."""
    async with looking(street.database) as work:
        owners = await work.addresses.at(ChannelName.SMS, number)
    return next(one.address.id for one in owners if one.participant_id is None and one.coach_id is None)


async def written_to_at(street: Street, name: str) -> tuple[str, str]:
    """Channel and address at which somebody is written to."""
    async with looking(street.database) as work:
        [person] = (await work.participants.people([street.people[name]]))[street.people[name]]
    assert person.address is not None
    return str(person.address.channel), person.address.value


async def claim(street: Street, who: str, address: int, name: str, **fields: str) -> tuple[int, str]:
    browser = await street.browser(who)
    path = f"/inbox/unclaimed/{address}/claim"
    answer = await browser.post(path, enrolment=street.enrolments[name], **fields)
    return answer.status_code, answer.text


async def test_another_organisations_strangers_do_not_exist(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej Norrby")
    address = await stranger_at(street, UNKNOWN)
    bertil = await street.browser("Bertil")
    assert "Hej Norrby" not in (await bertil.get("/inbox/unclaimed")).text
    assert (await bertil.get(f"/inbox/unclaimed/{address}")).status_code == 404
    assert (await bertil.post(f"/inbox/unclaimed/{address}/put-away")).status_code == 404
    assert (await claim(street, "Bertil", address, "Berit"))[0] == 404
    assert "Hej Norrby" in (await (await street.browser("Karin")).get("/inbox/unclaimed")).text


async def test_the_day_says_that_a_stranger_has_written(post: Post) -> None:
    karin, bertil = await post.street.browser("Karin"), await post.street.browser("Bertil")
    link = 'href="/inbox/unclaimed"'
    assert link not in (await karin.get("/")).text
    await post.sms(UNKNOWN, "Hej Norrby")
    assert link in (await karin.get("/")).text
    assert link not in (await bertil.get("/")).text
    await karin.post(f"/inbox/unclaimed/{await stranger_at(post.street, UNKNOWN)}/put-away")
    assert link not in (await karin.get("/")).text


async def test_one_number_may_be_a_stranger_to_two_organisations(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej Norrby")
    await post.sms(UNKNOWN, "Hej Soderby", to=SODERBY)
    karin, bertil = await street.browser("Karin"), await street.browser("Bertil")
    for browser, mine, theirs in ((karin, "Hej Norrby", "Hej Soderby"), (bertil, "Hej Soderby", "Hej Norrby")):
        page = (await browser.get("/inbox/unclaimed")).text
        assert mine in page and theirs not in page


async def test_nobody_is_given_to_somebody_elses_person(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej")
    address = await stranger_at(street, UNKNOWN)
    for name in ("Daniel", "Olga", "Berit"):
        assert (await claim(street, "Karin", address, name))[0] == 404
    assert await stranger_at(street, UNKNOWN) == address


async def test_nobody_chosen_is_complained_of(post: Post) -> None:
    await post.sms(UNKNOWN, "Hej")
    address = await stranger_at(post.street, UNKNOWN)
    answer = await (await post.street.browser("Karin")).post(f"/inbox/unclaimed/{address}/claim")
    assert answer.status_code == 422 and "Choose who it is." in answer.text


async def test_an_address_of_somebody_is_no_stranger(post: Post) -> None:
    street = post.street
    async with street.database.reading() as connection:
        number = await connection.scalar(
            select(tables.addresses.c.id).where(tables.addresses.c.participant_id == street.people["Daniel"])
        )
    karin = await street.browser("Karin")
    assert (await karin.get(f"/inbox/unclaimed/{number}")).status_code == 404
    assert (await claim(street, "Karin", number, "Bosse"))[0] == 404
    assert (await karin.post(f"/inbox/unclaimed/{number}/put-away")).status_code == 404
    assert await written_to_at(street, "Daniel") == ("sms", PEOPLE["Daniel"][3])


async def test_a_claimed_number_brings_its_words_and_wants_an_answer(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Det är Bosse, ny mobil")
    address = await stranger_at(street, UNKNOWN)
    code, page = await claim(street, "Karin", address, "Bosse")
    assert code == 200 and "Det är Bosse, ny mobil" in page
    karin = await street.browser("Karin")
    assert "Det är Bosse, ny mobil" in (await karin.get("/inbox?show=answer")).text
    assert "Det är Bosse" not in (await karin.get("/inbox/unclaimed")).text
    # We go on writing where we did, although the claimed number is newer.
    assert await written_to_at(street, "Bosse") == ("sms", PEOPLE["Bosse"][3])
    async with street.database.reading() as connection:
        row = (await connection.execute(select(tables.audit).where(tables.audit.c.what == "claimed"))).one()
        heard = await connection.scalar(
            select(tables.participants.c.last_heard_at).where(tables.participants.c.id == street.people["Bosse"])
        )
    assert (row.participant_id, row.about) == (street.people["Bosse"], str(address))
    assert heard == street.hours.now
    # From now on they are known there.
    street.hours.now += timedelta(minutes=1)
    await post.sms(UNKNOWN, "Hör ni mig?")
    assert "Hör ni mig?" in (await karin.get(f"/inbox/{street.enrolments['Bosse']}")).text


async def test_a_claimed_number_is_written_to_when_that_was_chosen(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Ny mobil")
    await claim(street, "Karin", await stranger_at(street, UNKNOWN), "Bosse", writes_here="yes")
    assert await written_to_at(street, "Bosse") == ("sms", UNKNOWN)
    await post.sms("+46701740656", "Jag har mobil nu")
    await claim(street, "Karin", await stranger_at(street, "+46701740656"), "Amina", writes_here="yes")
    assert await written_to_at(street, "Amina") == ("sms", "+46701740656")


async def test_an_older_number_can_be_written_to_again(post: Post) -> None:
    street = post.street
    for number, words in ((UNKNOWN, "Ett"), ("+46701740656", "Två")):
        await post.sms(number, words)
    first, second = await stranger_at(street, UNKNOWN), await stranger_at(street, "+46701740656")
    await claim(street, "Karin", second, "Bosse", writes_here="yes")
    await claim(street, "Karin", first, "Bosse", writes_here="yes")
    assert await written_to_at(street, "Bosse") == ("sms", UNKNOWN)


async def test_a_number_that_the_person_has_already_becomes_one(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej")
    address = await stranger_at(street, UNKNOWN)
    async with street.database.transaction() as connection:
        row = (await connection.execute(select(tables.addresses).where(tables.addresses.c.id == address))).one()
        again = {name: value for name, value in row._mapping.items() if name != "id"}
        await connection.execute(
            tables.addresses.insert().values(again | {"participant_id": street.people["Bosse"], "state": "bad"})
        )
    assert (await claim(street, "Karin", address, "Bosse"))[0] == 200
    async with street.database.reading() as connection:
        rows = list(await connection.execute(select(tables.addresses).where(tables.addresses.c.hash == row.hash)))
        greeted = await connection.scalar(
            select(func.count())
            .select_from(tables.outbox)
            .where(tables.outbox.c.participant_id == street.people["Bosse"])
        )
    assert [(one.participant_id, one.state) for one in rows] == [(street.people["Bosse"], AddressState.ACTIVE)]
    assert greeted == 1


async def test_of_two_coaches_who_claim_one_number_the_second_is_told(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej")
    address = await stranger_at(street, UNKNOWN)
    both = await asyncio.gather(claim(street, "Karin", address, "Bosse"), claim(street, "Johan", address, "Daniel"))
    assert sorted(code for code, _ in both) == [200, 409]
    assert next(page for code, page in both if code == 409).count("A colleague has settled this number") == 1


async def test_who_is_nobody_of_ours_is_put_away_until_they_write_again(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Köp billigt")
    address = await stranger_at(street, UNKNOWN)
    karin = await street.browser("Karin")
    answer = await karin.post(f"/inbox/unclaimed/{address}/put-away")
    assert answer.status_code == 200 and "Köp billigt" not in answer.text
    assert (await karin.post(f"/inbox/unclaimed/{address}/put-away")).status_code in (200, 409)
    async with street.database.reading() as connection:
        greetings = select(func.count()).select_from(tables.outbox).where(tables.outbox.c.address_id == address)
        assert await connection.scalar(greetings) == 1
        about = await connection.scalar(select(tables.audit.c.about).where(tables.audit.c.what == "put-away"))
    assert about == str(address)
    await post.sms(UNKNOWN, "Jag menar allvar")
    assert "Jag menar allvar" in (await karin.get("/inbox/unclaimed")).text
    async with street.database.reading() as connection:
        # One greeting for ever: two machines that answer each other would never stop.
        assert await connection.scalar(greetings) == 1


async def test_a_number_waits_to_be_found_by_name(post: Post) -> None:
    street = post.street
    await post.sms(UNKNOWN, "Hej")
    path = f"/inbox/unclaimed/{await stranger_at(street, UNKNOWN)}"
    karin = await street.browser("Karin")
    found = (await karin.get(f"{path}?name=boss")).text
    assert "Bosse" in found and "Amina" not in found
    assert "Nobody of yours is called so." in (await karin.get(f"{path}?name=daniel")).text
    async with street.database.transaction() as connection:
        await connection.execute(update(tables.participants).values(first_name="Åsa"))
    assert "Åsa" in (await karin.get(f"{path}?name=asa")).text


async def test_a_strange_chat_is_seen_where_a_bot_serves_several_programmes_of_one_organisation(street: Street) -> None:
    async with street.database.transaction() as connection:
        # Only Norrby is left, with its two programmes.
        elsewhere = tables.programmes.c.id == street.programmes["soderby/stega"]
        home = select(tables.programmes.c.organisation_id).where(
            tables.programmes.c.id == street.programmes["norrby/stega"]
        )
        moved = {"organisation_id": home.scalar_subquery(), "slug": "tredje"}
        await connection.execute(update(tables.programmes).where(elsewhere).values(**moved))
    await Post(street).chat(4711, "Är det här rätt?")
    page = (await (await street.browser("Karin")).get("/inbox/unclaimed")).text
    assert "Är det här rätt?" in page and "4711" in page
