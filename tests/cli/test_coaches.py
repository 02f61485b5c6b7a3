"""The first administrator comes in by a command, and so does whoever lost everything."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage.database import Database
from bot.storage.sign_in_links import LinkPurpose
from bot.storage.tables import audit, coaches, outbox
from bot.storage.unit_of_work import unit_of_work
from tests.cli.test_first_day import STEGA, Operator
from tests.databases import KEY

LINK = re.compile(r"^(\S+)/invitation/([\w-]{43})$", re.MULTILINE)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, while no command has it."""
    database = Database(url, key=KEY)
    try:
        yield database
    finally:
        await database.close()


async def behind(url: str, words: str) -> int | None:
    """Whose invitation was printed."""
    found = LINK.search(words)
    assert found, words
    async with opened(url) as database, unit_of_work(database) as work:
        now = (await work.coaches._connection.execute(select(coaches.c.created_at))).scalars().first()
        assert now is not None
        return await work.links.behind(found[2], purpose=LinkPurpose.INVITATION, now=now)


async def test_the_first_account_administers_and_the_next_does_not(database_url: str) -> None:
    operator = Operator(database_url)
    await operator.does("programme", "publish", STEGA, "--organisation", "norrby")
    first = await operator.does("coach", "add", "Karin", "karin@example.se", "--organisation", "norrby")
    await operator.does("coach", "add", "Johan", "johan@example.se", "--organisation", "norrby", "--language", "en")
    await operator.does(
        *("coach", "add", "Lena", "lena@example.se", "--organisation", "norrby"),
        *("--role", "leader", "--role", "analyst", "--programme", "stega"),
    )
    await operator.does("coach", "add", "Axel", "axel@example.se", "--organisation", "soderby", "--role", "leader")
    assert (await operator.does("coach", "list")).splitlines() == [
        "karin@example.se  Karin  sv  administrator, coach of stega",
        "johan@example.se  Johan  en  coach of stega",
        "lena@example.se  Lena  sv  analyst of stega, leader of stega",
        # There is no programme yet in which Axel could lead.
        "axel@example.se  Axel  sv  administrator",
    ]
    assert first.splitlines()[0] == "Karin is a coach of norrby"
    assert "http://127.0.0.1:8000/invitation/" in first
    assert await behind(database_url, first) == 1


async def test_an_invitation_is_printed_again_at_the_worlds_address_and_the_old_one_ends(database_url: str) -> None:
    operator = Operator(database_url, FRAMSTEG_PUBLIC_URL="https://framsteg.example.se")
    first = await operator.does("coach", "add", "Karin", "karin@example.se")
    second = await operator.does("coach", "invite", "KARIN@example.se")
    assert "https://framsteg.example.se/invitation/" in second
    assert [await behind(database_url, first), await behind(database_url, second)] == [None, 1]
    async with opened(database_url) as database, database.reading() as connection:
        assert (await connection.execute(select(outbox))).all() == []
        rows = (await connection.execute(select(audit))).all()
    assert [(row.what, row.coach_id, row.came_from) for row in rows] == [("invited", None, "")] * 2


async def test_whoever_lost_phone_and_codes_is_let_in_anew_by_a_command(sqlite_url: str) -> None:
    operator = Operator(sqlite_url)
    await operator.does("coach", "add", "Karin", "karin@example.se")
    async with opened(sqlite_url) as database, unit_of_work(database) as work:
        await work.credentials.propose_secret(1, "A" * 32)
        account = await work.credentials.of(1)
        assert account is not None and account.new_secret is not None
    await operator.does("coach", "invite", "karin@example.se")
    async with opened(sqlite_url) as database, unit_of_work(database) as work:
        account = await work.credentials.of(1)
        assert account is not None and account.new_secret is not None
    await operator.does("coach", "invite", "karin@example.se", "--new-phone")
    async with opened(sqlite_url) as database, unit_of_work(database) as work:
        account = await work.credentials.of(1)
        assert account is not None and account.new_secret is None
    async with opened(sqlite_url) as database, database.reading() as connection:
        assert (await connection.execute(select(audit.c.what).order_by(audit.c.id))).scalars().all() == [
            "invited",
            "invited",
            "second-factor-reset",
            "invited",
        ]


async def test_an_address_in_two_organisations_is_told_apart(sqlite_url: str) -> None:
    operator = Operator(sqlite_url)
    for organisation in ("norrby", "soderby"):
        await operator.does("coach", "add", "Karin", "karin@example.se", "--organisation", organisation)
    said = await operator.tries("coach", "invite", "karin@example.se")
    assert (said.code, said.words.count("\n"), "--organisation" in said.words) == (2, 1, True)
    assert (
        await behind(
            sqlite_url, await operator.does("coach", "invite", "karin@example.se", "--organisation", "soderby")
        )
        == 2
    )


async def test_while_the_program_serves_the_page_is_named(sqlite_url: str) -> None:
    operator = Operator(sqlite_url)
    async with opened(sqlite_url):
        for words in (("add", "Karin", "karin@example.se"), ("invite", "karin@example.se")):
            said = await operator.tries("coach", *words)
            assert (said.code, said.words.count("\n")) == (2, 1)
            assert "the page /accounts of the console" in said.words


async def test_a_coach_is_added_with_the_number_that_is_told_what_is_urgent(database_url: str) -> None:
    operator = Operator(database_url)
    await operator.does("programme", "publish", STEGA, "--organisation", "norrby")
    await operator.does(
        *("coach", "add", "Karin", "karin@example.se", "--organisation", "norrby", "--phone", "070-174 09 01")
    )

    async with opened(database_url) as database, unit_of_work(database) as work:
        found = await work.addresses.at(ChannelName.SMS, "+46701740901")
    assert [one.coach_id for one in found] == [1]


async def test_what_is_no_number_is_refused_and_nobody_is_added(database_url: str) -> None:
    operator = Operator(database_url)
    await operator.does("programme", "publish", STEGA, "--organisation", "norrby")

    new = ("coach", "add", "Karin", "karin@example.se", "--organisation", "norrby")
    said = await operator.tries(*new, "--phone", "12")

    assert said.code == 2 and "--phone: not a phone number" in said.words
    assert await operator.does("coach", "list") == ""
