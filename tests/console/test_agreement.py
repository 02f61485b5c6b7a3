"""Whether somebody agreed to be written to is seen, asked again and noted where the coach works."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from bot.domain.people import Agreement, ChannelName
from bot.services import imports
from bot.storage.tables import addresses, agreements, conversations, enrolments, outbox
from tests.console.persons import do, logged, person, place, queued, rows
from tests.console.post import Post
from tests.console.street import Street
from tests.console.test_adding import NORA, add
from tests.console.test_imports import give
from tests.console.test_people import listed

NUMBER = "+46701740677"


@pytest.fixture
async def post(both_streets: Street) -> Post:
    """A street with a post office, on each kind of database."""
    office = Post(both_streets)
    await office.open()
    return office


async def a_newcomer(street: Street, name: str = "Nils", **more: object) -> None:
    """Somebody of Karin's who is not asked yet."""
    values = {"agreement": Agreement.UNASKED, "addresses": ((ChannelName.SMS, NUMBER),)}
    await street.enrol(name, "Karin", **(values | more))


async def facts(street: Street, name: str, *, reader: str = "Karin") -> str:
    """What stands on somebody's page."""
    answer = await (await street.browser(reader)).get(f"/people/{street.enrolments[name]}")
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def test_whoever_was_never_asked_is_shown_so_and_can_be_asked(both_streets: Street) -> None:
    street = both_streets
    await a_newcomer(street)
    shown = await facts(street, "Nils")
    assert "Not asked yet if we may write" in shown and "Ask if we may write" in shown
    assert "They said yes to me" in shown

    page = await do(await street.browser("Karin"), street, "Nils", "ask-again")

    assert "Nils is asked if we may write" in page.text
    assert await logged(street, "Nils") == [("Karin", "asked-again", None)]
    [asked] = await queued(street, "Nils")
    assert asked["text"].startswith("Hej Nils!") and asked["text"].endswith("Svara ja eller nej.")
    shown = await facts(street, "Nils")
    assert "Asked, and not answered yet" in shown and "Wednesday 25 November" in shown
    # The question is open: it is not put twice.
    assert "Ask again if we may write" not in shown


@pytest.mark.parametrize(
    ("said", "state", "shown"),
    [("ja", "agreed", "Said yes"), ("nej", "refused", "Said no"), ("STOPP", "refused", "Said no")],
)
async def test_an_answer_is_shown_with_its_words_language_channel_and_day(
    post: Post, said: str, state: str, shown: str
) -> None:
    street = post.street
    await a_newcomer(street)
    await do(await street.browser("Karin"), street, "Nils", "ask-again")
    street.hours.now += timedelta(days=1)

    await post.sms(NUMBER, said)

    assert (await place(street, "Nils"))["agreement"] == state
    page = await facts(street, "Nils")
    assert f"{shown} Thursday 26 November · SMS · Swedish · version 1 of the question" in page
    assert ("Ask again if we may write" in page, "They said yes to me" in page) == (False, state == "refused")
    assert ("Does not want messages" in page) == (state == "refused")


async def test_a_question_that_nobody_answered_is_put_once_more_and_never_a_third_time(both_streets: Street) -> None:
    street = both_streets
    await a_newcomer(street)
    karin = await street.browser("Karin")
    await do(karin, street, "Nils", "ask-again")
    await ended(street)
    assert "Ask again if we may write" in await facts(street, "Nils")

    await do(karin, street, "Nils", "ask-again")
    await ended(street)
    page = await do(karin, street, "Nils", "ask-again")

    assert "Nothing was sent: Nils cannot be asked by a message now" in page.text
    assert "Ask again if we may write" not in await facts(street, "Nils")
    assert [what for _, what, _ in await logged(street, "Nils")] == ["asked-again", "asked-again"]
    assert len(await queued(street, "Nils")) == 2


async def ended(street: Street) -> None:
    """The question waited in vain."""
    async with street.database.transaction() as connection:
        await connection.execute(update(conversations).values(ended_at=street.hours.now, outcome="expired"))
    street.hours.now += timedelta(hours=1)


@pytest.mark.parametrize("before", ["unasked", "asked", "refused"])
async def test_a_yes_in_person_is_noted_with_who_heard_it(post: Post, before: str) -> None:
    street = post.street
    await a_newcomer(street)
    karin = await street.browser("Karin")
    if before != "unasked":
        await do(karin, street, "Nils", "ask-again")
    if before == "refused":
        await post.sms(NUMBER, "nej")
    refused = await do(karin, street, "Nils", "agreed")
    assert refused.status_code == 422 and (await place(street, "Nils"))["agreement"] == before

    page = await do(karin, street, "Nils", "agreed", heard="yes")

    assert "It is noted that Nils said yes to you" in page.text
    assert "Said yes to Karin Wednesday 25 November" in await facts(street, "Nils")
    assert (await logged(street, "Nils"))[-1] == ("Karin", "agreed-in-person", None)
    kept = (await rows(street, agreements))[-1]
    assert (kept["answer"], kept["channel"], kept["noted_by"]) == ("agreed", "in-person", street.coaches["Karin"])
    assert (await person(street, "Nils"))["stopped_at"] is None
    twice = await do(karin, street, "Nils", "agreed", heard="yes")
    assert twice.status_code == 200 and len(await rows(street, agreements, answer="agreed")) == 1


async def test_nobody_asks_or_notes_for_a_person_they_do_not_see(both_streets: Street) -> None:
    street = both_streets
    await a_newcomer(street)
    for reader in ("Johan", "Olof", "Bertil"):
        browser = await street.browser(reader)
        for action in ("ask-again", "agreed"):
            path = f"/people/{street.enrolments['Nils']}/{action}"
            assert (await browser.post(path, standing="x", heard="yes")).status_code == 404
    assert ((await place(street, "Nils"))["agreement"], await queued(street, "Nils")) == ("unasked", [])


async def test_a_protected_person_can_be_asked_by_no_message(both_streets: Street) -> None:
    street = both_streets
    await a_newcomer(street, protected=True)
    shown = await facts(street, "Nils")
    assert "Not asked yet if we may write" in shown and "Ask if we may write" not in shown

    page = await do(await street.browser("Karin"), street, "Nils", "ask-again")

    assert "Nothing was sent" in page.text and await queued(street, "Nils") == []
    await do(await street.browser("Karin"), street, "Nils", "agreed", heard="yes")
    assert "Said yes to Karin" in await facts(street, "Nils") and await queued(street, "Nils") == []


@pytest.mark.parametrize("choice", ["ask", "agreed"])
async def test_a_protected_person_hears_nothing_however_they_come(both_streets: Street, choice: str) -> None:
    street = both_streets
    await add(street, "Karin", protected="yes", agreement=choice, language="uk")
    table = "first_name,phone,language,protected\nHidden,0701740671,uk,yes\nShown,0701740672,sv,no\n"
    seen = await give(street, "Karin", table)
    number = int(seen.url.path.rpartition("/")[2])
    await (await street.browser("Karin")).post(f"/people/import/{number}/begin", agreement=choice)
    while await imports.go_on(street.database, street.desk.shelf, now=street.hours.now):
        pass

    places = (await rows(street, enrolments))[-3:]
    expected = {"ask": ["unasked", "unasked", "asked"], "agreed": ["agreed"] * 3}[choice]
    assert [one["agreement"] for one in places] == expected
    hidden = {one["participant_id"] for one in places[:2]}
    assert [one for one in await rows(street, outbox) if one["participant_id"] in hidden] == []
    assert len([one for one in await rows(street, outbox) if one["participant_id"] not in hidden]) == (choice == "ask")


async def test_both_entrances_offer_the_choice_and_take_in_nobody_without_it(both_streets: Street) -> None:
    street = both_streets
    before = len(await rows(street, enrolments))
    form = await (await street.browser("Karin")).get("/people/new")
    seen = await give(street, "Karin", "first_name,phone\nNora,0701740699\n")
    for shown in (form.text, seen.text):
        assert 'name="agreement" value="ask"' in shown and 'name="agreement" value="agreed"' in shown

    await add(street, "Karin", **(NORA | {"agreement": "perhaps"}))
    unchosen = await (await street.browser("Karin")).post(f"{seen.url.path}/begin")

    assert unchosen.url.path == seen.url.path and len(await rows(street, enrolments)) == before


async def test_the_list_is_narrowed_by_how_they_answered(both_streets: Street) -> None:
    street = both_streets
    for name, agreement in (("Una", "unasked"), ("Aron", "asked"), ("Rut", "refused")):
        await a_newcomer(street, name, agreement=Agreement(agreement), addresses=())
    assert await listed(street, "Karin", "?agreement=unasked") == ["Una"]
    assert await listed(street, "Karin", "?agreement=asked") == ["Aron"]
    assert await listed(street, "Karin", "?agreement=refused") == ["Rut"]
    assert await listed(street, "Karin", "?agreement=agreed") == ["Amina", "Bosse"]
    assert await listed(street, "Karin", "?agreement=perhaps") == ["Amina", "Aron", "Bosse", "Rut", "Una"]
    assert await listed(street, "Olof", "?agreement=asked") == []


async def test_an_answer_given_before_it_was_kept_here_is_shown_so(street: Street) -> None:
    assert "Agreed before it was kept here" in await facts(street, "Bosse")


@pytest.mark.parametrize("reader", ["Karin", "Johan"])
async def test_a_shared_phone_names_the_other_only_to_whoever_may_see_them(both_streets: Street, reader: str) -> None:
    street = both_streets
    await street.enrol("Dora", "Johan", addresses=((ChannelName.SMS, "+46701740605"),))
    mine, other = {"Karin": ("Bosse", "Dora"), "Johan": ("Dora", "Bosse")}[reader]

    shown = await facts(street, mine, reader=reader)

    assert "Somebody whom a colleague accompanies" in shown and other not in shown
    assert f"Same phone {other}" in await facts(street, mine, reader="Lena")
    async with street.database.transaction() as connection:
        theirs = addresses.c.participant_id == street.people[other]
        await connection.execute(update(addresses).where(theirs).values(state="wrong"))
    assert "Same phone" not in await facts(street, mine, reader="Lena")
