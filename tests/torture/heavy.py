"""A process of its own takes in very much, with no more memory than it is given: to be watched from outside.

`python -m tests.torture.heavy DATABASE MEBIBYTES PEOPLE WORDS`; it prints as JSON what it did and the most it held.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from bot.app import App, build
from bot.domain.messages import Arrival
from bot.domain.people import Agreement, ChannelName
from bot.services.publishing import publish
from bot.services.roster import PeopleFile, import_people
from bot.settings import Settings
from bot.storage import tables
from bot.storage.unit_of_work import unit_of_work
from tests.databases import KEY
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN
from tests.vocabulary import ROOT, vocabulary

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ROWS_OF_A_FILE = 10_000
AT_ONCE = 1_000
MEBIBYTE = 2**20


async def main(database: str, people: int, words: int) -> None:
    """Import so many people, keep so many words of theirs, and read them all."""
    settings = Settings(
        database_url=database,
        key=KEY,
        public_url="https://framsteg.example.se",
        twilio_account=ACCOUNT,
        twilio_token=TOKEN,
        twilio_sender=NUMBER,
    )
    app = build(settings, now=lambda: NOW)
    try:
        app.shelf.learn(vocabulary())
        await _import(app, people)
        for batch in _arrivals(people, words):
            await app.landing.keep_many(batch)
        while await app.reception.receive_some(now=NOW):
            pass
        print(json.dumps(await _counted(app)), flush=True)
    finally:
        await app.close()


async def _import(app: App, people: int) -> None:
    await publish(app.database, ROOT / "flows/programmes/stega", content=ROOT, organisation="testby", now=NOW)
    async with unit_of_work(app.database) as work:
        [programme] = await work.programmes.all()
        owner = programme.organisation_id
        await work.coaches.add("Karin", organisation_id=owner, email="karin@example.se", language="sv", now=NOW)
    for first in range(0, people, ROWS_OF_A_FILE):
        rows = (f"Amina,{_phone(one)},sv,phase-1,karin@example.se" for one in range(first, min(people, first + 10_000)))
        table = "\n".join(("first_name,phone,language,phase,coach", *rows)).encode()
        file = PeopleFile(table=table, agreement=Agreement.AGREED)
        await import_people(app.database, app.shelf, programme, file=file, now=NOW)


def _arrivals(people: int, words: int) -> Iterator[list[Arrival]]:
    for first in range(0, words, AT_ONCE):
        yield [_arrival(one, people) for one in range(first, min(words, first + AT_ONCE))]


def _arrival(number: int, people: int) -> Arrival:
    sender, sid = _phone(number % people), f"SM{number:032x}"
    fields = {
        "AccountSid": ACCOUNT,
        "MessageSid": sid,
        "From": sender,
        "To": NUMBER,
        "Body": "Hej, jag kommer lite sent",
    }
    return Arrival(
        channel=ChannelName.SMS,
        provider_id=sid,
        sender=sender,
        account=NUMBER,
        raw=urlencode(fields).encode(),
        received_at=NOW,
    )


def _phone(number: int) -> str:
    return f"+4673{number:07}"


async def _counted(app: App) -> dict[str, int]:
    async with app.database.reading() as connection:
        people = await connection.scalar(select(func.count()).select_from(tables.participants))
        kept = await connection.scalar(select(func.count()).select_from(tables.inbox))
        handled = select(func.count()).select_from(tables.inbox).where(tables.inbox.c.handled_at.is_not(None))
        read = await connection.scalar(handled)
    return {"people": people or 0, "kept": kept or 0, "read": read or 0, "most": _most()}


def _most() -> int:
    """The most memory this program held, in bytes. What `getrusage` says includes whoever started it."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    _, where, most, how_many, said = sys.argv
    limit = int(most) * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    asyncio.run(main(where, int(how_many), int(said)))
