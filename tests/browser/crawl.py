"""Every page that somebody can come to by links is found, one or two of a kind."""

import re
from collections import deque
from collections.abc import Iterable

import httpx

from bot.cli.demo import DemoSet
from bot.console.routes import every_page
from bot.console.visit import csrf_of
from tests.console.markup import Markup

_PARTS = re.compile(r"\{\w+(?::(\w+))?\}")
NOT_BY_LINK = {
    # Only a letter leads there.
    "/invitation/{code:str}", "/new-password/{code:str}",
    # A demo lets everybody in, and asks nobody for a code.
    "/sign-in", "/sign-in/code", "/sign-in/second-factor", "/forgotten", "/account/second-factor",
    # What was done a moment ago leads there: the journeys come by.
    "/people/import/{file:int}", "/people/import/{file:int}/progress", "/people/{person:int}/added",
    "/people/{enrolment:int}/handed-over",
    # The demo's programme has no blocks.
    "/blocks/{programme:int}/{block}",
    # There is one programme in the demo, and a choice of programmes only where there are several.
    "/figures/{programme:int}",
}  # fmt: skip


def rows(demo: DemoSet) -> dict[str, re.Pattern[str]]:
    """The paths of all pages that are shown, and what an address of each looks like."""
    found = {}
    for page in every_page(demo.desk):
        if page.method == "GET":
            shape = _PARTS.sub(lambda part: r"\d+" if part[1] == "int" else "[^/]+", page.path)
            found[page.path] = re.compile(shape.replace(".", r"\."))
    return found


async def crawl(demo: DemoSet, home: str, *, most: int = 2) -> dict[str, dict[str, list[str]]]:
    """By colleague and row of pages: the addresses that links lead to, at most `most` of each row."""
    found: dict[str, dict[str, list[str]]] = {}
    assert demo.desk.demo is not None
    for number, play in demo.desk.demo.plays.items():
        async with httpx.AsyncClient(base_url=home, follow_redirects=True) as client:
            await client.get("/")
            form = {"csrf": csrf_of(client.cookies["framsteg-demo"]), "coach": str(number)}
            await client.post("/be", data=form, headers={"Origin": home, "Sec-Fetch-Site": "same-origin"})
            found[play.first_name] = await _linked(client, rows(demo), most)
    return found


async def _linked(client: httpx.AsyncClient, rows: dict[str, re.Pattern[str]], most: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    waiting, known = deque(["/"]), {"/"}
    while waiting:
        address = waiting.popleft()
        row = next((one for one, shape in rows.items() if shape.fullmatch(address.partition("?")[0])), None)
        if row is None or len(found.setdefault(row, [])) >= most:
            continue
        answer = await client.get(address)
        if not answer.headers.get("content-type", "").startswith("text/html") or answer.status_code != 200:
            found[row] += [address] if answer.status_code == 200 else []
            continue
        found[row].append(address)
        waiting.extend(one for one in _links(answer.text) if not (one in known or known.add(one)))  # type: ignore[func-returns-value]
    return found


def _links(html: str) -> Iterable[str]:
    for element in Markup(html).elements:
        address = element.attributes.get("href", "").partition("#")[0]
        if element.tag == "a" and address.startswith("/"):
            yield address
