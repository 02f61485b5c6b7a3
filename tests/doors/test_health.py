"""Whoever watches over us learns whether we can work, even when the answer does not come."""

import asyncio
from datetime import timedelta

import httpx

from bot.doors.health import PATIENCE, Ready, health_routes
from tests.fakes.served import served


async def ready() -> list[str]:
    return []


async def lacking() -> list[str]:
    return ["migrations", "database"]


async def breaking() -> list[str]:
    raise RuntimeError("password=secret")


async def get(asked: Ready, path: str, *, patience: timedelta = PATIENCE) -> httpx.Response:
    routes = health_routes(asked, patience=patience)
    async with served(lambda url: routes) as url, httpx.AsyncClient() as client:
        return await client.get(url + path)


async def test_a_process_that_runs_is_alive_whatever_is_lacking() -> None:
    got = await get(breaking, "/healthz")
    assert (got.status_code, got.text, got.headers["cache-control"]) == (200, "ok", "no-store")


async def test_a_process_that_lacks_nothing_is_ready() -> None:
    got = await get(ready, "/readyz")
    assert (got.status_code, got.json()) == (200, {"not_ready": []})


async def test_what_is_lacking_is_named() -> None:
    got = await get(lacking, "/readyz")
    assert (got.status_code, got.json()) == (503, {"not_ready": ["migrations", "database"]})


async def test_what_cannot_be_asked_is_not_ready_and_says_no_secret() -> None:
    got = await get(breaking, "/readyz")
    assert got.status_code == 503
    assert "secret" not in got.text


async def test_an_answer_that_does_not_come_is_not_ready() -> None:
    async def never() -> list[str]:
        await asyncio.sleep(60)
        return []

    got = await get(never, "/readyz", patience=timedelta(seconds=0.05))
    assert (got.status_code, got.json()) == (503, {"not_ready": ["too slow to say"]})
