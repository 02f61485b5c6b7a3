"""The one place that chooses what is real: database, channels and clock are put together here."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import ArgumentError

from bot.channels.channel import Channel
from bot.channels.email import EmailChannel
from bot.channels.quiet import quiet_logs
from bot.channels.rehearsal import Rehearsal
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_feed import FeedFailed, TelegramFeed, bot_id
from bot.channels.telegram_updates import read_update
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_forms import read_message
from bot.content.urgent_letters import UrgentLetters
from bot.domain.people import ChannelName
from bot.doors.clock import Clock
from bot.doors.providers import Trouble, telegram_trouble
from bot.services.almanac import look_up
from bot.services.changing import IN_A_TICK, tell_all
from bot.services.delivery import Delivery
from bot.services.escalation import Escalation
from bot.services.falling_back import fall_back
from bot.services.inviting import invite_waiting
from bot.services.pace import LEASE, Terms, unhurried
from bot.services.published import Shelf
from bot.services.reception import MOST_AT_ONCE, Reader, Reception
from bot.services.reminders import Reminders
from bot.services.returning import ask_back
from bot.services.senders import Senders, lanes_of
from bot.services.signing import give_up_old
from bot.services.summaries import Summaries
from bot.services.unanswered import fall_silent
from bot.services.vocabulary import learn
from bot.settings import Settings, SettingsRefused
from bot.storage.database import Database
from bot.storage.landing import Landing
from bot.storage.schema import pending
from bot.storage.unit_of_work import unit_of_work

GATHERED = timedelta(milliseconds=20)
"""What arrives within it is handled together: nobody notices the wait, and a transaction costs the same for fifty."""

Now = Callable[[], datetime]

ALONE = "alone"
"""The name in leases of the one process an SQLite file has: what it held is its own again after a restart."""


def machine_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


@dataclass
class App:
    """Everything that runs in one process. Programme time is `now`; machine time is nobody's to move.

    `lease` is how long this process may be silent before another takes over what it had in hand.
    """

    settings: Settings
    now: Now
    database: Database
    landing: Landing
    shelf: Shelf
    senders: Senders
    channels: dict[ChannelName, Channel]
    providers: dict[str, Trouble]
    reception: Reception
    reminders: Reminders
    delivery: Delivery
    summaries: Summaries
    escalation: Escalation
    lease: timedelta
    feed: TelegramFeed | None = None
    clock: Clock | None = None
    stopping: bool = False
    crowded: bool = False

    async def learn(self) -> None:
        """Read in which words people are understood, and what days are free. Raises `ContentRefused`."""
        self.shelf.learn(await learn(self.database, self.settings.content, now=self.now()))
        self.shelf.mark_days(await look_up(self.database, self.shelf.almanac, now=self.now()))

    async def step(self, now: datetime) -> None:
        """All ticks once, in the order of a route: what falls due, what is silent, what came, what leaves."""
        await self.plan(now)
        await self.invite(now)
        await self.silence(now)
        await self.ask_back(now)
        await self.summaries.queue_weekly(now=now)
        await self.reception.receive(now=now)
        await self.escalate(now)
        await self.fall_back(now)
        await self.delivery.send_queued(now=now)

    async def plan(self, now: datetime) -> None:
        """Tell of what was changed, and queue what falls due; the first people need not wait until all of it is."""
        await self._queue(tell_all(self.database, self.shelf, now=now, most=IN_A_TICK))
        more = True
        while more and not self.stopping:
            done = await self.reminders.queue_some(now=now)
            if done.queued:
                self.nudge("send")
            more = done.more

    async def invite(self, now: datetime) -> None:
        """Ask whoever has a meeting, and may be asked now, whether the hour suits."""
        await self._queue(invite_waiting(self.database, self.shelf, now=now))

    async def fall_back(self, now: datetime) -> None:
        """Send by SMS what could not leave by Telegram for as long as its person chose."""
        await self._queue(fall_back(self.database, self.shelf, now=now))

    async def refresh(self) -> None:
        """See who sends from a number of their own, whether the years still reach, and what our bot is called."""
        await self.senders.refresh()
        self.shelf.mark_days(await look_up(self.database, self.shelf.almanac, now=self.now()))
        if self.feed is not None and self.shelf.bot_name is None:
            # Whoever cannot be asked now is asked again with the next tick.
            with contextlib.suppress(FeedFailed):
                self.shelf.bot_name = (await self.feed.me()).username or None

    async def silence(self, now: datetime) -> None:
        """Nudge or end conversations that have gone silent."""
        async with unit_of_work(self.database) as work:
            silent = await fall_silent(work, self.shelf, now=now)
        await give_up_old(self.database, now=now)
        if silent:
            self.nudge("send")

    async def ask_back(self, now: datetime) -> None:
        """Ask who was ill whether they are back."""
        async with unit_of_work(self.database) as work:
            asked = await ask_back(work, self.shelf, now=now)
        if asked:
            self.nudge("send")

    async def escalate(self, now: datetime) -> None:
        """Tell the next one of what is urgent."""
        await self._queue(self.escalation.tell_due(now=now))

    async def _queue(self, queuing: Awaitable[int]) -> None:
        if await queuing:
            self.nudge("send")

    async def listen(self, now: datetime) -> None:
        """Handle what arrived, as much as `GATHERED` brought together, and come back while there is more."""
        if not self.crowded:
            await asyncio.sleep(GATHERED.total_seconds())
        self.crowded = False
        if settled := await self.reception.receive_some(now=now):
            # After a whole batch the next one has gathered already.
            self.crowded = settled == MOST_AT_ONCE
            self.nudge("send")
            self.nudge("listen")

    def nudge(self, name: str) -> None:
        """Have a tick now, if the clock runs; "send" means on every channel."""
        if self.clock is None:
            return
        for one in [f"send-{channel}" for channel in self.channels] if name == "send" else [name]:
            self.clock.nudge(one)

    async def not_ready(self) -> list[str]:
        """What keeps the program from working, by name."""
        if self.stopping:
            return ["stopping"]
        if await pending(self.database):
            return ["migrations"]
        return [] if self.clock is None else [f"tick {name}" for name in self.clock.failing()]

    async def close(self) -> None:
        """Let go of everything that was opened, after what arrived has been kept."""
        await self.landing.close()
        for channel in self.channels.values():
            await channel.close()
        if self.feed is not None:
            await self.feed.close()
        await self.database.close()


def build(
    settings: Settings,
    *,
    now: Now = machine_clock,
    channels: Callable[[Settings, Senders], dict[ChannelName, Channel]] | None = None,
    lease: timedelta = LEASE,
) -> App:
    """Put everything together. Nothing is connected yet, so whoever is down now may come later.

    Nobody is understood before `App.learn`. Raises `SettingsRefused` when a key is missing and `DatabaseBusy` when
    another process has the SQLite file.
    """
    quiet_logs()
    database = opened(settings)
    urgent = UrgentLetters(settings.content, address=settings.public_url or "")
    shelf = Shelf({}, urgent=urgent)
    own = Senders(database=database, default=settings.twilio_sender or "")
    real = (channels or real_channels)(settings, own)
    feed = TelegramFeed(token=settings.telegram_token, api=settings.telegram_api) if settings.telegram_token else None
    used = rehearsed(real, settings.rehearsal)
    # Invented phones keep up with anything.
    lanes = functools.partial(lanes_of, settings, own) if channels is None else unhurried
    return App(
        settings=settings,
        now=now,
        database=database,
        landing=Landing(database),
        shelf=shelf,
        senders=own,
        channels=used,
        providers=providers(real, feed),
        reception=Reception(database, shelf, readers(settings)),
        reminders=Reminders(database, shelf),
        delivery=Delivery(database, shelf, used, terms=Terms(lanes=lanes, lease=lease)),
        summaries=Summaries(database, shelf, content=settings.content, address=settings.public_url or ""),
        escalation=Escalation(database=database, shelf=shelf),
        lease=lease,
        feed=feed,
    )


def opened(settings: Settings, *, read_only: bool = False) -> Database:
    """The database of the settings, unconnected. Raises `SettingsRefused`, and `DatabaseBusy` on SQLite."""
    if settings.key is None:
        raise SettingsRefused("FRAMSTEG_KEY is missing: make one with `openssl rand -base64 32` and keep a copy")
    url = settings.database_url
    try:
        return Database(
            url,
            key=settings.key,
            synchronous=settings.sqlite_synchronous,
            process=ALONE if url.startswith("sqlite") else "",
            read_only=read_only,
        )
    except OSError as trouble:
        raise SettingsRefused(f"FRAMSTEG_DATABASE_URL: the file cannot be opened ({trouble.strerror})") from None
    except (ValueError, ArgumentError) as wrong:
        # Only what we say ourselves is repeated: a library's words may hold the password.
        why = str(wrong) if "framsteg" in str(wrong) else "it cannot be read"
        raise SettingsRefused(f"FRAMSTEG_DATABASE_URL: {why}") from None


def rehearsed(real: dict[ChannelName, Channel], allowed: tuple[str, ...]) -> dict[ChannelName, Channel]:
    """The same channels, held to the allowed addresses when there are any."""
    if not allowed:
        return real
    return {name: Rehearsal(channel=channel, allowed=frozenset(allowed)) for name, channel in real.items()}


def providers(real: Mapping[ChannelName, Channel], feed: TelegramFeed | None) -> dict[str, Trouble]:
    """Whom to ask whether they answer, by a name for people."""
    found: dict[str, Trouble] = {}
    sms, mail = real.get(ChannelName.SMS), real.get(ChannelName.EMAIL)
    if isinstance(sms, TwilioChannel):
        found["Twilio"] = sms.trouble
    if feed is not None:
        found["Telegram"] = functools.partial(telegram_trouble, feed)
    if isinstance(mail, EmailChannel):
        found["The mail server"] = mail.trouble
    return found


def real_channels(settings: Settings, own: Senders) -> dict[ChannelName, Channel]:
    """The channels the settings ask for."""
    found: dict[ChannelName, Channel] = {}
    if settings.twilio_account and settings.twilio_token and settings.public_url:
        found[ChannelName.SMS] = TwilioChannel(
            account=settings.twilio_account,
            token=settings.twilio_token,
            api=settings.twilio_api,
            public_url=settings.public_url,
            sender_of=own.of,
        )
    if settings.telegram_token:
        found[ChannelName.TELEGRAM] = TelegramChannel(token=settings.telegram_token, api=settings.telegram_api)
    if settings.smtp_url:
        found[ChannelName.EMAIL] = EmailChannel(smtp_url=settings.smtp_url, sender=settings.mail_from)
    return found


def readers(settings: Settings) -> dict[ChannelName, Reader]:
    """Who reads what arrives, by channel."""
    account = bot_id(settings.telegram_token) if settings.telegram_token else ""
    return {
        ChannelName.SMS: read_message,
        ChannelName.TELEGRAM: functools.partial(read_update, account=account),
    }
