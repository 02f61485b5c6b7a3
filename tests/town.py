"""A whole town for a test: the program as it runs, the providers at the other end of the wire, and the hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, Table, select

from bot.app import App, build
from bot.domain.people import ChannelName, NewParticipant
from bot.services import conversation
from bot.services.conversation import Start
from bot.services.delivery import Delivery
from bot.services.pace import Terms
from bot.services.publishing import publish
from bot.services.roster import enrol
from bot.serving import routes
from bot.settings import Settings
from bot.storage import tables
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import unit_of_work
from tests.almanac import almanac
from tests.clocks import Hour, Machine
from tests.databases import KEY
from tests.fakes.bot_api import TOKEN as BOT_TOKEN
from tests.fakes.bot_api import BotApi, private
from tests.fakes.mail import MailServer
from tests.fakes.served import served
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TwilioApi
from tests.fakes.twilio_api import TOKEN as TWILIO_TOKEN
from tests.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parent.parent
STEGA = ROOT / "flows" / "programmes" / "stega"
SECRET = "a-secret-of-the-tests-alone"
COACH = "karin@example.se"

WEDNESDAY = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""A Wednesday at nine in Stockholm, the day before the weekly check-in."""


@dataclass
class Person:
    """Somebody with a phone. `sms` is a number, `chat` a Telegram chat."""

    town: "Town"
    enrolment: int
    id: int
    sms: str = ""
    chat: int = 0
    read: int = 0

    async def writes(self, words: str) -> int:
        """Write to us, by text message or in Telegram; the status our door answered."""
        if self.sms:
            return await self.town.twilio.text(sender=self.sms, body=words)
        self.town.telegram.write(self.chat, words)
        return (await self.town.telegram.call())[-1]

    async def says(self, words: str) -> list[str]:
        """Write, let us listen and answer; what came back."""
        assert await self.writes(words) == 200
        await self.town.listen()
        return self.news()

    async def sends_picture(self) -> int:
        """Send a picture without words."""
        if self.sms:
            link = "https://api.twilio.example/picture"
            return await self.town.twilio.text(sender=self.sms, body="", NumMedia="1", MediaUrl0=link)
        size = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}
        message = {"message_id": 90_000, "date": 1_700_000_000, "chat": private(self.chat), "photo": [size]}
        self.town.telegram.push("message", message)
        return (await self.town.telegram.call())[-1]

    async def taps(self, label: str, *, above: bool = False) -> int:
        """Tap the newest button that says `label`; `above`: in a message before the last one that has buttons."""
        with_buttons = [one for one in self.chat_messages() if one["reply_markup"]]
        for message in reversed(with_buttons[:-1] if above else with_buttons):
            for row in message["reply_markup"]["inline_keyboard"]:
                for button in row:
                    if button["text"] == label:
                        self.town.telegram.tap(self.chat, message["message_id"], button["callback_data"])
                        return (await self.town.telegram.call())[-1]
        raise AssertionError(f"no button says {label}")

    async def begins(self, flow: str) -> None:
        """A flow begins with this person, though no rule says so."""
        await self.begins_without_sending(flow)
        await self.town.app.delivery.send_queued(now=self.town.now)

    async def begins_without_sending(self, flow: str) -> None:
        """The same, and its words wait."""
        app = self.town.app
        async with unit_of_work(app.database) as work:
            participant = (await work.participants.enrolled([self.enrolment]))[self.enrolment]
            plan = (await app.shelf.plans(work, [participant.programme_id]))[participant.programme_id]
            assert participant.address is not None
            start = Start(
                participant=participant,
                address=participant.address,
                plan=plan,
                flow=flow,
                once=f"by-hand/{self.enrolment}/{flow}",
                expires_at=self.town.now + timedelta(hours=2),
            )
            await conversation.begin(work, [start], now=self.town.now)

    async def ratings(self) -> list[Row[Any]]:
        """Every rating of this person, in the order it was given."""
        return await self._mine(tables.given_ratings)

    async def answers(self) -> list[tuple[str, str | None]]:
        """Every other answer: what it is about and what it was."""
        return [(row.slug, row.value) for row in await self._mine(tables.answers)]

    async def answers_that_count(self) -> list[tuple[str, str | None]]:
        """The other answers that nobody has corrected since."""
        return [(row.slug, row.value) for row in await self._mine(tables.answers) if row.corrected_at is None]

    async def alerts(self) -> list[str]:
        """What the coach was told about this person, by kind."""
        return [row.kind for row in await self._mine(tables.alerts)]

    async def outcomes(self) -> list[str | None]:
        """How each conversation with this person ended, `None` for one that goes on."""
        return [row.outcome for row in await self._mine(tables.conversations)]

    async def outbox(self) -> list[Row[Any]]:
        """Everything that was ever queued for this person."""
        return await self._mine(tables.outbox)

    async def _mine(self, table: Table) -> list[Row[Any]]:
        return await self.town.rows(select(table).where(table.c.participant_id == self.id).order_by(table.c.id))

    def chat_messages(self) -> list[dict[str, Any]]:
        """Everything the chat was sent, as the Bot API took it."""
        return [one for one in self.town.telegram.sent if one["chat"]["id"] == self.chat]

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
    """The program and the world. `now` is programme time; `at` lets it pass."""

    app: App
    twilio: TwilioApi
    telegram: BotApi
    mail: MailServer
    url: str
    clock: Hour
    machine: Machine
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

    async def listen(self) -> None:
        """What the ticks do when somebody wrote: read it, and send what is queued."""
        await self.app.reception.receive(now=self.now)
        await self.app.delivery.send_queued(now=self.now)

    async def later(self, **span: float) -> None:
        """Let programme time pass in one go, with one tick at its end: `later(hours=3)`."""
        self.clock.now += timedelta(**span)
        await self.step()

    async def settle(self, **span: float) -> None:
        """Let the machine's time pass, look up what is in doubt, and send what may then leave: `settle(seconds=21)`."""
        self.machine.ahead += timedelta(**span)
        await self.app.delivery.settle(now=self.now)
        await self.app.delivery.send_queued(now=self.now)

    async def rows(self, query: Select[Any]) -> list[Row[Any]]:
        """What stands in the database."""
        async with self.app.database.reading() as connection:
            return list(await connection.execute(query))

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
        zone: str = "Europe/Stockholm",
        **more: Any,
    ) -> Person:
        """Enrol somebody with a phone."""
        number = len(self.people) + 1
        sms, chat = (f"+4670174{number:04}", 0) if channel is ChannelName.SMS else ("", 9000 + number)
        new = NewParticipant(
            first_name=first_name,
            language=language,
            zone=zone,
            channel=channel,
            coach_id=self.coach,
            phase=phase,
            started_on=more.pop("started_on", self.now.date() - timedelta(days=14)),
            addresses=more.pop("addresses", ((channel, sms or str(chat)),)),
            **more,
        )
        enrolment = await enrol(self.app.database, self.programme, new, now=self.now)
        table = tables.enrolments
        row = (await self.rows(select(table.c.participant_id).where(table.c.id == enrolment)))[0]
        person = Person(town=self, enrolment=enrolment, id=row.participant_id, sms=sms, chat=chat)
        self.people.append(person)
        return person


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
            built[0].shelf.learn(vocabulary())
            built[0].shelf.mark_days(almanac())
            return routes(built[0])

        async with served(doors) as url:
            twilio.product = url
            app = built[0]
            try:
                assert app.feed is not None
                await app.feed.set_webhook(f"{url}/telegram", secret=SECRET)
                await app.refresh()
                yield await _settled(app, twilio, telegram, mail, url=url, clock=clock, programme=programme)
            finally:
                await app.close()


async def _settled(
    app: App, twilio: TwilioApi, telegram: BotApi, mail: MailServer, *, url: str, clock: Hour, programme: Path
) -> Town:
    row, coach = await _founded(app, programme, now=clock.now)
    machine = Machine()
    twilio.now = machine
    app.delivery = delivery_of(app, machine)
    return Town(
        app=app,
        twilio=twilio,
        telegram=telegram,
        mail=mail,
        url=url,
        clock=clock,
        machine=machine,
        programme=row,
        coach=coach,
    )


async def _founded(app: App, programme: Path, *, now: datetime) -> tuple[ProgrammeRow, int]:
    """The programme and the coach: published and hired, unless the database is a copy of one where they are."""
    async with unit_of_work(app.database) as work:
        if found := await work.programmes.all():
            coaches = await work.coaches.by_email(found[0].organisation_id)
            return found[0], coaches[COACH].id
    await publish(app.database, programme, content=programme.parents[2], organisation="testby", now=now)
    async with unit_of_work(app.database) as work:
        [row] = await work.programmes.all()
        owner = row.organisation_id
        return row, await work.coaches.add("Karin", organisation_id=owner, email=COACH, language="sv", now=now)


def delivery_of(app: App, machine: Machine) -> Delivery:
    """The sending half of a process, by a machine's clock that a test can let run ahead."""
    return Delivery(app.database, app.shelf, app.channels, terms=Terms(ahead=lambda: machine.ahead))
