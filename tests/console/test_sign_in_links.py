"""A link lets one person choose one password, once and not for long."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.storage.sign_in_links import LinkPurpose
from bot.storage.tables import audit, outbox, sessions, sign_in_links
from bot.storage.unit_of_work import unit_of_work
from tests.console.door import OTHER, PASSWORD, Door, heading
from tests.console.street import Street

LINK = re.compile(r"https://console\.example\.se(/(?:invitation|new-password)/[\w-]+)")


async def link(street: Street, name: str, purpose: LinkPurpose = LinkPurpose.INVITATION) -> str:
    """A new link of this colleague."""
    async with unit_of_work(street.database) as work:
        code = await work.links.make(street.coaches[name], purpose=purpose, now=street.hours.machine_now)
    return f"/{purpose}/{code}"


async def mailed(street: Street) -> list[tuple[str, str]]:
    """To whom links were queued, and where they lead."""
    async with street.database.reading() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    return [(row.coach_id, LINK.findall(row.text)[-1]) for row in rows]


async def test_a_link_leads_to_a_password_and_works_once(both_streets: Street) -> None:
    door, browser = Door(both_streets), Door(both_streets).browser()
    page = await link(both_streets, "Karin")
    # A mail scanner looks as often as it likes.
    for _ in range(3):
        shown = await browser.get(page)
        assert heading(shown) == "Choose a password" and "karin@norrby.example" in shown.text
    done = await browser.post(page, new=PASSWORD, again=PASSWORD)
    assert heading(done) == "Sign in" and "Your password is saved" in done.text
    over = await browser.get(page)
    assert (over.status_code, heading(over)) == (404, "This link no longer works")
    assert (await browser.post(page, new=OTHER, again=OTHER)).status_code == 404
    assert heading(await door.knows_password("Karin", door.browser())) == "Set up your phone"


@pytest.mark.parametrize(
    ("purpose", "lasts"),
    [(LinkPurpose.INVITATION, timedelta(days=7)), (LinkPurpose.FORGOTTEN, timedelta(hours=1))],
)
async def test_an_expired_link_is_refused(street: Street, purpose: LinkPurpose, lasts: timedelta) -> None:
    browser, page = Door(street).browser(), await link(street, "Karin", purpose)
    street.hours.machine_now += lasts - timedelta(seconds=1)
    assert (await browser.get(page)).status_code == 200
    street.hours.machine_now += timedelta(seconds=1)
    assert (await browser.get(page)).status_code == 404
    assert (await browser.post(page, new=PASSWORD, again=PASSWORD)).status_code == 404


async def test_a_link_of_one_kind_is_none_of_the_other(street: Street) -> None:
    browser, page = Door(street).browser(), await link(street, "Karin", LinkPurpose.INVITATION)
    assert (await browser.get(page.replace("invitation", "new-password"))).status_code == 404


async def test_a_new_password_ends_every_session_and_uses_up_every_link(both_streets: Street) -> None:
    door = Door(both_streets)
    await door.has_password("Karin")
    signed_in = await door.signed_in("Karin")
    half = door.browser()
    await door.knows_password("Karin", half)
    first, second = [await link(both_streets, "Karin", LinkPurpose.FORGOTTEN) for _ in range(2)]
    johans = await link(both_streets, "Johan")
    await door.browser().get(first)
    answer = await _choose(door, first, OTHER)
    assert answer.url.path == "/sign-in"
    assert heading(await signed_in.get("/account")) == "Sign in"
    assert heading(await half.post("/sign-in/code", code=door.code("Karin"))) == "Sign in"
    assert (await door.browser().get(second)).status_code == 404
    assert (await door.browser().get(johans)).status_code == 200
    assert (await door.knows_password("Karin", door.browser(), PASSWORD)).status_code == 422
    # The second factor stays: a mailbox alone opens nothing.
    assert heading(await door.knows_password("Karin", door.browser(), OTHER)) == "Code from your app"


@pytest.mark.parametrize(
    ("new", "again", "complaint"),
    [
        ("elva tecken", "elva tecken", "at least 12 characters"),
        ("å" * 201, "å" * 201, "at most 200 characters"),
        ("karin@norrby.example", "karin@norrby.example", "e-mail address is too easy"),
        ("passwordpassword", "passwordpassword", "Many people use this password"),
        ("Sommar2026!!!", "Sommar2026!!!", "Many people use this password"),
        ("L0senord!2026", "L0senord!2026", "Many people use this password"),
        ("qwertyuiopas", "qwertyuiopas", "Many people use this password"),
        ("123456789012", "123456789012", "Many people use this password"),
        (PASSWORD, OTHER, "not the same password"),
        (PASSWORD, PASSWORD.upper(), "not the same password"),
    ],
)
async def test_a_poor_password_is_refused_with_the_remedy(street: Street, new: str, again: str, complaint: str) -> None:
    browser, page = Door(street).browser(), await link(street, "Karin")
    await browser.get(page)
    answer = await browser.post(page, new=new, again=again)
    assert answer.status_code == 422 and complaint in answer.text
    assert new not in answer.text.replace("karin@norrby.example", "") or new == "karin@norrby.example"
    assert (await browser.get(page)).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["sju myror här", "åäö, xyz" * 25, "  med blanksteg  ", "密码是很长的一句话没有数字", "🐘🚲🙂 på väg hem"],
)
async def test_any_letters_make_a_password(street: Street, password: str) -> None:
    door = Door(street)
    answer = await _choose(door, await link(street, "Karin"), password)
    assert "Your password is saved" in answer.text
    assert heading(await door.knows_password("Karin", door.browser(), password)) == "Set up your phone"


async def test_a_forgotten_password_is_answered_alike_for_everybody_and_mailed_to_one(both_streets: Street) -> None:
    door, said = Door(both_streets), set()
    await door.has_password("Karin")
    for email in ("Karin@Norrby.example", "nobody@norrby.example"):
        browser = door.browser()
        await browser.get("/forgotten")
        answer = await browser.post("/forgotten", email=email)
        said.add((answer.status_code, answer.text))
    assert len(said) == 1 and "If there is an account" in answer.text
    ((coach, page),) = await mailed(both_streets)
    assert coach == both_streets.coaches["Karin"]
    assert (await _choose(door, page, OTHER)).url.path == "/sign-in"
    assert heading(await door.knows_password("Karin", door.browser(), OTHER)) == "Code from your app"


async def test_the_mail_waits_for_nothing_and_expires_with_its_link(street: Street) -> None:
    browser = Door(street).browser()
    await browser.get("/forgotten")
    await browser.post("/forgotten", email="karin@norrby.example")
    async with street.database.reading() as connection:
        row = (await connection.execute(select(outbox))).one()
    assert (row.channel, row.purpose, row.available_at) == ("email", "account", street.hours.now)
    assert row.expires_at == street.hours.now + timedelta(hours=1)
    assert "within an hour" in row.text and "within an hour" in row.html


async def test_whoever_was_removed_gets_no_link(street: Street) -> None:
    browser, page = Door(street).browser(), await link(street, "Karin")
    async with unit_of_work(street.database) as work:
        await work.coaches.change(street.coaches["Karin"], removed_at=street.hours.now)
    assert (await browser.get(page)).status_code == 404
    await browser.get("/forgotten")
    await browser.post("/forgotten", email="karin@norrby.example")
    assert await mailed(street) == []


async def test_where_no_mail_is_sent_the_page_says_whom_to_ask(street: Street) -> None:
    browser = Door(street, mails=False).browser()
    page = await browser.get("/forgotten")
    assert "Ask your administrator" in page.text and "<form method" not in page.text
    await browser.post("/forgotten", email="karin@norrby.example")
    async with street.database.reading() as connection:
        assert (await connection.execute(select(sign_in_links))).all() == []


async def test_whoever_asks_for_many_links_waits(street: Street) -> None:
    door, statuses = Door(street), []
    for number in range(11):
        browser = door.browser(f"198.51.100.{number}")
        await browser.get("/forgotten")
        statuses.append((await browser.post("/forgotten", email="karin@norrby.example")).status_code)
    assert statuses == [200] * 10 + [429]
    assert len(await mailed(street)) == 10


async def test_whoever_tries_many_links_waits(street: Street) -> None:
    browser, page = Door(street).browser("198.51.100.5"), await link(street, "Karin")
    statuses = [(await browser.get(f"/invitation/{number}")).status_code for number in range(11)]
    assert statuses == [404] * 10 + [429]
    assert (await browser.get(page)).status_code == 429
    assert (await Door(street).browser("198.51.100.6").get(page)).status_code == 200


async def test_no_code_and_no_password_is_kept_as_it_is(street: Street) -> None:
    door, page = Door(street), await link(street, "Karin")
    await _choose(door, page, PASSWORD)
    await door.has_password("Karin")
    await door.signed_in("Karin")
    found = await _everything(street)
    for secret in (page.rpartition("/")[2], PASSWORD, door.phones["Karin"]):
        assert secret not in found


async def _everything(street: Street) -> str:
    async with street.database.reading() as connection:
        rows = [
            str((await connection.execute(select(table))).all()) for table in (sign_in_links, sessions, audit, outbox)
        ]
        return "".join(rows) + str((await connection.exec_driver_sql("SELECT * FROM credentials")).all())


async def _choose(door: Door, page: str, password: str):  # type: ignore[no-untyped-def]
    browser = door.browser()
    await browser.get(page)
    return await browser.post(page, new=password, again=password)
