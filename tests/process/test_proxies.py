"""Where somebody comes from is what a proxy of ours says, and never what anybody else says."""

import httpx
import pytest
from sqlalchemy import select

from bot.app import machine_clock
from bot.console.visit import csrf_of
from bot.storage.database import Database
from bot.storage.tables import audit
from bot.storage.unit_of_work import unit_of_work
from tests.cases import a_few_of
from tests.databases import KEY
from tests.process.running import running

SAID = "198.51.100.7, 203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "came_from"),
    a_few_of(
        [
            ({"FRAMSTEG_PROXIES": "127.0.0.0/8"}, "203.0.113.9"),
            ({}, "127.0.0.1"),
            ({"FRAMSTEG_PROXIES": "192.0.2.1"}, "127.0.0.1"),
        ]
    ),
)
async def test_only_a_proxy_of_ours_says_where_somebody_comes_from(
    sqlite_url: str, proxies: dict[str, str], came_from: str
) -> None:
    database = Database(sqlite_url, key=KEY)
    async with unit_of_work(database) as work:
        owner = await work.programmes.organisation("norrby", name="Norrby", now=machine_clock())
        await work.coaches.add(
            "Karin", organisation_id=owner, email="karin@norrby.example", language="sv", now=machine_clock()
        )
    await database.close()
    async with running({"FRAMSTEG_DATABASE_URL": sqlite_url, **proxies}) as one, httpx.AsyncClient() as client:
        await one.until_says("ready at")
        answer = await client.post(
            f"{one.url}/sign-in",
            data={"csrf": csrf_of("a-token"), "email": "karin@norrby.example", "password": "en kopp te i regnet"},
            headers={
                "Cookie": "__Host-framsteg=a-token",
                "Origin": one.url,
                "Sec-Fetch-Site": "same-origin",
                "X-Forwarded-For": SAID,
            },
        )
        assert answer.status_code == 422
        assert await one.stop() == 0
    database = Database(sqlite_url, key=KEY)
    async with database.reading() as connection:
        assert (await connection.execute(select(audit.c.came_from))).scalars().all() == [came_from]
    await database.close()
