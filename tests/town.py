"""A whole town for a test: the program as it runs, the providers at the other end of the wire, and the hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App, build
from bot.domain.people import ChannelName, NewParticipant
from bot.services.publishing import publish
from bot.services.roster import enrol
from bot.serving import routes
from bot.settings import Settings
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import unit_of_work
from tests.databases import KEY
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.bot_api import BotApi
from tests.fakes.mail import MailServer
from tests.fakes.served import served
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TwilioApi
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN

ROOT = Path(__file__).resolve().parent.parent
STEGA = ROOT / "flows" / "programmes" / "stega"
SECRET = "a-secret-of-the-tests-alone"

WEDNESDAY = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""A Wednesday at nine in Stockholm, the day before the weekly check-in."""


@dataclass
class Person:
    """Somebody with a phone. `sms` is a number, `chat` a Telegram chat."""

    town: "Town"
    enrolment: int
    sms: str = ""
    chat: int = 0
    read: int = 0

    async def writes(self, words: str) -> int:
        """Write to us, by text message or in Telegram; the status our door answered."""
        if self.sms:
            return await self.town.twilio.text(sender=self.sms, body=words)
        self.town.telegram.write(self.chat, words)
        return (await self.town.telegram.call())[-1]

    async def taps(self, label: str) -> int:
        """Tap the newest button that says `label`."""
        for message in reversed(self.chat_messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label:
                        self.town.telegram.tap(self.chat, message["message_id"], button["callback_data"])
                        return (await self.town.telegram.call())[-1]
        raise AssertionError(f"no button says {label}")

    def chat_messages(self) -> list[dict[str, object]]:
        """Everything the chat was sent, as the Bot API took it."""
        return [one for one in self.town.telegram.sent if str(one["chat_id"]) == str(self.chat)]

    def messages(self) -> list[str]:
        """Everything this phone ever got."""
        if self.sms:
            return [one.body for one in self.town.twilio.sent if one.to == self.sms]
        return [str(one["text"]) for one in self.chat_messages()]

    def news(self) -> list[str]:
        """What came since this was last asked."""
        everything = self.messages()
        new, self.read = everything[self.read :], len(everything)
        return new


@dataclass
class Town:
    """The program and the world. `now` is programme time; `move` lets it pass."""

    app: App
    twilio: TwilioApi
    telegram: BotApi
    mail: MailServer
    url: str
    clock: "Hour"
    programme: ProgrammeRow
    coach: int
    people: list[Person] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """Programme time."""
        return self.clock.now

    async def step(self) -> None:
        """Everything the ticks do, once."""
        await self.app.step(self.now)

    async def at(self, moment: datetime, *, step: timedelta = timedelta(minutes=15)) -> None:
        """Let time pass until then, a tick every `step`."""
        while self.clock.now < moment:
            self.clock.now = min(self.clock.now + step, moment)
            await self.step()

    async def a_person(
        self,
        *,
        language: str = "sv",
        channel: ChannelName = ChannelName.SMS,
        first_name: str = "Amina",
        phase: str = "phase-1",
        **more: object,
    ) -> Person:
        """Enrol somebody with a phone."""
        number = len(self.people) + 1
        sms, chat = (f"+4670174{number:04}", 0) if channel is ChannelName.SMS else ("", 9000 + number)
        new = NewParticipant(
            first_name=first_name,
            language=language,
            zone="Europe/Stockholm",
            channel=channel,
            coach_id=self.coach,
            phase=phase,
            started_on=self.now.date() - timedelta(days=14),
            addresses=((channel, sms or str(chat)),),
            **more,  # type: ignore[arg-type]
        )
        enrolment = await enrol(self.app.database, self.programme, new, now=self.now)
        person = Person(town=self, enrolment=enrolment, sms=sms, chat=chat)
        self.people.append(person)
        return person


@dataclass
class Hour:
    """A clock that a test moves."""

    now: datetime


@asynccontextmanager
async def a_town(database_url: str, *, start: datetime = WEDNESDAY, programme: Path = STEGA) -> AsyncIterator[Town]:
    """A town in which a programme is published and one coach works."""
    clock = Hour(start)
    built: list[App] = []
    async with TwilioApi() as twilio, BotApi() as telegram, MailServer() as mail:

        def doors(url: str) -> list:  # type: ignore[type-arg]
            settings = Settings(
                database_url=database_url,
                key=KEY,
                public_url=url,
                twilio_account=ACCOUNT,
                twilio_token=TWILIO_TOKEN,
                twilio_sender=NUMBER,
                twilio_api=twilio.url,
                telegram_token=BOT_TOKEN,
                telegram_api=telegram.url,
                telegram_mode="webhook",
                telegram_secret=SECRET,
                smtp_url=mail.url,
                sqlite_synchronous="NORMAL",
            )
            built.append(build(settings, now=lambda: clock.now))
            return routes(built[0])

        async with served(doors) as url:
            twilio.product = url
            app = built[0]
            try:
                assert app.feed is not None
                await app.feed.set_webhook(f"{url}/telegram", secret=SECRET)
                yield await _settled(app, twilio, telegram, mail, url=url, clock=clock, programme=programme)
            finally:
                await app.close()


async def _settled(
    app: App, twilio: TwilioApi, telegram: BotApi, mail: MailServer, *, url: str, clock: Hour, programme: Path
) -> Town:
    now = clock.now
    done = await publish(app.database, programme, content=ROOT, organisation="testby", now=now)
    async with unit_of_work(app.database) as work:
        rows = {row.id: row for row in await work.programmes.all()}
        row = rows[done.programme_id]
        coach = await work.coaches.add(
            "Karin", organisation_id=row.organisation_id, email="karin@example.se", language="sv", now=now
        )
    return Town(app=app, twilio=twilio, telegram=telegram, mail=mail, url=url, clock=clock, programme=row, coach=coach)
