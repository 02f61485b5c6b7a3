"""What the tests of a person's page have in common: the forms as a browser sends them, and what was kept."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
from sqlalchemy import Table, insert, select

from bot.storage.tables import addresses, audit, coaches, enrolments, outbox, participants
from tests.console.street import Browser, Street

_STANDING = re.compile(r'name="standing" value="(\w+)"')


async def do(browser: Browser, street: Street, name: str, action: str, **fields: object) -> httpx.Response:
    """Open somebody's page and send one of its forms; a `standing` of its own stands for a page that is old."""
    path = f"/people/{street.enrolments[name]}"
    if "standing" not in fields:
        fields["standing"] = standing_on((await browser.get(path)).text)
    return await browser.post(f"{path}/{action}", **fields)


def standing_on(html: str) -> str:
    """What the page brings along in its forms."""
    found = _STANDING.search(html)
    assert found is not None
    return found[1]


async def rows(street: Street, table: Table, **wanted: object) -> list[Mapping[str, Any]]:
    """The rows of a table with these values, in the order they came."""
    asked = select(table).where(*(table.c[name] == value for name, value in wanted.items()))
    async with street.database.reading() as connection:
        found = await connection.execute(asked.order_by(next(iter(table.primary_key.columns))))
        return [row._mapping for row in found]  # type: ignore[misc]


async def keep(street: Street, table: Table, **values: object) -> int:
    """One row, as something that has happened. Gives its id."""
    async with street.database.transaction() as connection:
        return int(await connection.scalar(insert(table).values(**values).returning(table.c.id)) or 0)


async def person(street: Street, name: str) -> Mapping[str, Any]:
    """A participant's row."""
    return (await rows(street, participants, id=street.people[name]))[0]


async def place(street: Street, name: str) -> Mapping[str, Any]:
    """Somebody's enrolment."""
    return (await rows(street, enrolments, id=street.enrolments[name]))[0]


async def logged(street: Street, name: str) -> list[tuple[str, str, str | None]]:
    """What the log tells about somebody, but for reading: who, what and about what."""
    names = {row["id"]: row["first_name"] for row in await rows(street, coaches)}
    found = await rows(street, audit, participant_id=street.people[name])
    return [(names[row["coach_id"]], row["what"], row["about"]) for row in found if row["what"] != "person-read"]


async def queued(street: Street, name: str) -> list[Mapping[str, Any]]:
    """What was queued for somebody."""
    return await rows(street, outbox, participant_id=street.people[name])


async def a_message(street: Street, name: str, text: str, **values: object) -> int:
    """Words to somebody. Gives the number."""
    where = await place(street, name)
    known = await rows(street, addresses, participant_id=street.people[name])
    row = {
        "organisation_id": where["organisation_id"],
        "programme_id": where["programme_id"],
        "participant_id": street.people[name],
        "address_id": known[0]["id"],
        "channel": known[0]["channel"],
        "act": "send",
        "purpose": "reminder",
        "priority": 50,
        "text": text,
        "language": "sv",
        "once": f"test/{text}/{values.get('act', 'send')}",
        "available_at": street.hours.now,
        "queued_at": street.hours.now,
    }
    return await keep(street, outbox, **(row | values))
