"""What arrives is kept once for ever, sealed, and durable before its door answers."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, text

from bot.domain.messages import Arrival
from bot.domain.people import ChannelName
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.landing import Landing, LandingFull
from bot.storage.tables import inbox
from tests.databases import KEY, Databases
from tests.torture.proxy import Proxy

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def _arrival(provider_id: str = "SM1", **other: Any) -> Arrival:
    given = {
        "channel": ChannelName.SMS,
        "provider_id": provider_id,
        "sender": "+46701740605",
        "account": "+46764798301",
        "raw": b"From=%2B46701740605&Body=Hej",
        "received_at": _AT,
    }
    return Arrival(**(given | other))


async def _kept(database: Database) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(select(inbox).order_by(inbox.c.id))).all())


async def test_an_arrival_is_kept_sealed_and_its_sender_hashed(database: Database) -> None:
    assert await Landing(database).keep(_arrival()) is True
    (row,) = await _kept(database)
    assert row.sender_hash == database.sealer.hash("sms", "+46701740605")
    assert b"46701740605" not in row.raw
    assert database.sealer.unseal(row.raw) == _arrival().raw
    assert (row.channel, row.provider_id, row.account) == ("sms", "SM1", "+46764798301")
    assert (row.received_at, row.state, row.tries) == (_AT, "waiting", 0)


async def test_sms_delivered_twice_is_kept_once(database: Database) -> None:
    landing = Landing(database)
    assert await landing.keep(_arrival()) is True
    assert await landing.keep(_arrival()) is False
    assert await landing.keep(_arrival(channel=ChannelName.TELEGRAM)) is True
    assert len(await _kept(database)) == 2


async def test_twins_in_one_commit_are_kept_once_and_one_of_them_is_new(database: Database) -> None:
    landing = Landing(database)
    told = await asyncio.gather(*(landing.keep(_arrival()) for _ in range(5)))
    assert sorted(told) == [False] * 4 + [True]
    assert len(await _kept(database)) == 1


async def test_a_burst_is_kept_whole(database: Database) -> None:
    landing = Landing(database)
    told = await asyncio.gather(*(landing.keep(_arrival(f"SM{number}")) for number in range(730)))
    assert all(told)
    assert {row.provider_id for row in await _kept(database)} == {f"SM{number}" for number in range(730)}


async def test_one_row_the_database_refuses_does_not_take_its_neighbours_with_it(database: Database) -> None:
    landing = Landing(database)
    poisoned = _arrival("a lone surrogate \ud800")
    told = await asyncio.gather(
        landing.keep(_arrival("SM1")), landing.keep(poisoned), landing.keep(_arrival("SM2")), return_exceptions=True
    )
    assert told[0] is True and told[2] is True
    assert isinstance(told[1], Exception) and not isinstance(told[1], DatabaseAway)
    assert [row.provider_id for row in await _kept(database)] == ["SM1", "SM2"]


async def test_all_who_share_a_commit_learn_that_the_database_is_away(
    databases: Databases, postgresql_url: str, postgresql_database: Database
) -> None:
    landing = Landing(postgresql_database)
    assert await landing.keep(_arrival())
    await databases.gone(postgresql_url)
    told = await asyncio.gather(*(landing.keep(_arrival(f"SM{n}")) for n in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [DatabaseAway] * 3


async def test_a_full_disk_refuses_and_passes(sqlite_database: Database) -> None:
    landing = Landing(sqlite_database)
    async with sqlite_database.driver() as driver:
        await driver.execute("PRAGMA max_page_count=1")
    with pytest.raises(DatabaseAway):
        await landing.keep(_arrival(raw=bytes(1_000_000)))
    async with sqlite_database.driver() as driver:
        await driver.execute("PRAGMA max_page_count=1000000")
    assert await landing.keep(_arrival())
    assert len(await _kept(sqlite_database)) == 1


async def test_nothing_is_refused_because_the_server_dropped_its_connections(postgresql_database: Database) -> None:
    landing = Landing(postgresql_database)
    await asyncio.gather(*(landing.keep(_arrival(f"SM{n}")) for n in range(3)))
    async with postgresql_database.reading() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
        )
    # At once, before the other end has noticed.
    assert await landing.keep(_arrival("SM9"))


async def test_a_full_landing_refuses_and_keeps_the_rest(database: Database) -> None:
    landing = Landing(database, room=3)
    told = await asyncio.gather(*(landing.keep(_arrival(f"SM{n}")) for n in range(5)), return_exceptions=True)
    assert [one is True for one in told] == [True, True, True, False, False]
    assert all(isinstance(one, LandingFull) for one in told[3:])
    assert issubclass(LandingFull, DatabaseAway)
    assert await landing.keep(_arrival("SM9"))


async def test_what_a_caller_who_went_away_brought_is_kept(database: Database) -> None:
    landing = Landing(database)
    gone = asyncio.create_task(landing.keep(_arrival()))
    await asyncio.sleep(0)
    gone.cancel()
    await landing.close()
    assert len(await _kept(database)) == 1


async def test_a_poll_keeps_what_came_and_how_far_it_came(database: Database) -> None:
    landing = Landing(database)
    assert await landing.cursor("telegram") is None
    fetched = [_arrival(str(number), channel=ChannelName.TELEGRAM) for number in range(230)]
    assert await landing.keep_many(fetched, cursor=("telegram", 230)) == 230
    assert await landing.keep_many(fetched[-2:], cursor=("telegram", 231)) == 0
    assert await landing.cursor("telegram") == 231
    assert len(await _kept(database)) == 230


async def test_a_poll_that_cannot_be_kept_does_not_move_the_cursor(database: Database) -> None:
    landing = Landing(database)
    with pytest.raises(Exception, match="surrogates"):
        await landing.keep_many([_arrival("1"), _arrival("\ud800")], cursor=("telegram", 7))
    assert await landing.cursor("telegram") is None
    async with database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(inbox))).scalar_one() == 0


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await Landing(database).keep(_arrival(received_at=datetime(2026, 3, 2, 9, 30)))


@pytest.mark.slow
async def test_a_server_that_says_nothing_is_given_up_before_a_provider_hangs_up(postgresql_url: str) -> None:
    async with Proxy(urlsplit(postgresql_url).port or 0) as proxy:
        database = Database(proxy.before(postgresql_url), key=KEY)
        landing = Landing(database)
        await landing.keep(_arrival("1"))
        proxy.stall()
        begun = time.monotonic()
        first = asyncio.create_task(landing.keep(_arrival("2")))
        await asyncio.sleep(0.1)
        with pytest.raises(DatabaseAway):
            await asyncio.gather(landing.keep(_arrival("3")), first)
        assert time.monotonic() - begun < 12
        proxy.flow()
        # What the wire held back may have arrived meanwhile.
        await landing.keep(_arrival("2"))
        assert {row.provider_id for row in await _kept(database)} >= {"1", "2"}
        await database.close()
