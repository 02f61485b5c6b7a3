"""A programme whose one reminder fell due a minute ago, people who wait for it, and providers that take their time."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.domain.people import ChannelName
from bot.services.publishing import publish
from bot.storage.database import Database
from bot.storage.people import NewParticipant
from bot.storage.unit_of_work import unit_of_work
from tests.databases import KEY
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.bot_api import BotApi
from tests.fakes.mail import MailServer
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TwilioApi
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.fakes.wire import Answer, Asked
from tests.process.running import ROOT

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVERY_DAY = "[mon, tue, wed, thu, fri, sat, sun]"
SAYS = "say: Hej {first_name}! Vi ses. {coach}"
BEGINS = "begin: weekly-check-in"


class SlowTwilio(TwilioApi):
    """Takes a message at once and answers a little later (`pause`, seconds), so that a kill finds sends under way."""

    pause = 0.05

    async def _handle(self, asked: Asked) -> Answer:
        reply = await super()._handle(asked)
        await asyncio.sleep(self.pause)
        return reply


class SlowBotApi(BotApi):
    """The same for Telegram."""

    async def _handle(self, asked: Asked) -> Answer:
        reply = await super()._handle(asked)
        await asyncio.sleep(0.05)
        return reply


@dataclass
class Burst:
    """The world around a process. `numbers` and `chats` are whom it writes to."""

    database_url: str
    twilio: SlowTwilio
    telegram: SlowBotApi
    mail: MailServer
    numbers: list[str] = field(default_factory=list)
    chats: list[int] = field(default_factory=list)

    def settings(self, *, port: int) -> dict[str, str]:
        """What the process is told. Twilio signs the address, so the port is the same after each restart."""
        self.twilio.product = f"http://127.0.0.1:{port}"
        return {
            "FRAMSTEG_DATABASE_URL": self.database_url,
            "FRAMSTEG_PORT": str(port),
            "FRAMSTEG_PUBLIC_URL": self.twilio.product,
            "FRAMSTEG_TWILIO_ACCOUNT": ACCOUNT,
            "FRAMSTEG_TWILIO_TOKEN": TWILIO_TOKEN,
            "FRAMSTEG_TWILIO_SENDER": NUMBER,
            "FRAMSTEG_TWILIO_API": self.twilio.url,
            "FRAMSTEG_SMS_RATE": "1000",
            "FRAMSTEG_TELEGRAM_TOKEN": BOT_TOKEN,
            "FRAMSTEG_TELEGRAM_API": self.telegram.url,
            "FRAMSTEG_SMTP_URL": self.mail.url,
            "FRAMSTEG_MAIL_FROM": "framsteg@example.se",
        }

    async def rows(self, table: Table, *columns: str) -> list[Any]:
        """What a table holds, in the order it was written; also while the process runs."""
        database = Database(self.database_url, key=KEY, read_only=True)
        try:
            async with database.reading() as connection:
                named = [table.c[name] for name in columns]
                return list(await connection.execute(select(*named).order_by(table.c.id)))
        finally:
            await database.close()


@asynccontextmanager
async def a_burst(
    database_url: str, place: Path, *, people: int, rule: str, chats: int | None = None
) -> AsyncIterator[Burst]:
    """`people` on each channel wait for what `rule` does, or `chats` on Telegram. The content goes into `place`."""
    async with SlowTwilio() as twilio, SlowBotApi() as telegram, MailServer() as mail:
        burst = Burst(database_url=database_url, twilio=twilio, telegram=telegram, mail=mail)
        burst.numbers = [f"+4670174{number:04}" for number in range(people)]
        burst.chats = [7_788_990_000 + number for number in range(people if chats is None else chats)]
        await _prepare(burst, _content(place, rule), now=datetime.now(UTC))
        yield burst


def _content(place: Path, rule: str) -> Path:
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, place / part)
    directory = place / "flows" / "programmes" / "stega"
    source = directory / "programme.yaml"
    words = source.read_text("utf-8").partition("\nreminders:")[0]
    here = datetime.now(STOCKHOLM)
    # At whatever hour the test runs, it is never at night.
    begins, ends = here + timedelta(hours=11), here + timedelta(hours=11, minutes=1)
    words = words.replace('{from: "20:00", to: "07:00"}', f'{{from: "{begins:%H:%M}", to: "{ends:%H:%M}"}}')
    words = words.replace("languages: [sv, en, ar, so]", "languages: [sv]")
    at = here - timedelta(minutes=1)
    words += f'\nreminders:\n  now:\n    every: week\n    weekdays: {EVERY_DAY}\n    at: "{at:%H:%M}"\n    {rule}\n'
    source.write_text(words + "    expires-after: 6h\n", "utf-8")
    return place


async def _prepare(burst: Burst, content: Path, *, now: datetime) -> None:
    database = Database(burst.database_url, key=KEY, synchronous="NORMAL")
    try:
        directory = content / "flows" / "programmes" / "stega"
        done = await publish(database, directory, content=content, organisation="testby", now=now)
        async with unit_of_work(database) as work:
            row = next(one for one in await work.programmes.all() if one.id == done.programme_id)
            coach = await work.coaches.add(
                "Karin", organisation_id=row.organisation_id, email="karin@example.se", language="sv", now=now
            )
            await work.programmes.change(row.id, planned_until=now - timedelta(minutes=10))
            by_sms = [(f"Person{place}sms", ChannelName.SMS, number) for place, number in enumerate(burst.numbers)]
            by_chat = [(f"Person{place}telegram", ChannelName.TELEGRAM, str(c)) for place, c in enumerate(burst.chats)]
            for name, channel, value in (*by_sms, *by_chat):
                new = _somebody(name, channel, value, coach=coach, now=now)
                await work.participants.enrol(new, programme=row, now=now)
    finally:
        await database.close()


def _somebody(name: str, channel: ChannelName, value: str, *, coach: int, now: datetime) -> NewParticipant:
    return NewParticipant(
        first_name=name,
        language="sv",
        zone="Europe/Stockholm",
        channel=channel,
        coach_id=coach,
        phase="phase-1",
        started_on=now.date() - timedelta(days=14),
        addresses=((channel, value),),
    )
