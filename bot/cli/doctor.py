"""The doctor tries everything the program depends on, and says of each what to do."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from bot.app import opened
from bot.channels.email import EmailChannel
from bot.channels.quiet import quiet_logs
from bot.channels.telegram_feed import FeedFailed, TelegramFeed
from bot.channels.twilio import TwilioChannel
from bot.content.checks import check
from bot.content.complaints import ContentRefused
from bot.content.reply_words import load_readings
from bot.doors.providers import telegram_trouble
from bot.settings import Settings, SettingsRefused
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.key import key_fits
from bot.storage.schema import HEAD, version
from bot.storage.unit_of_work import looking

HOOK = "/twilio/message"

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was tried. `remedy` is empty when it is well."""

    what: str
    remedy: str = ""


async def examine(settings: Settings, *, say: Say) -> bool:
    """Try everything; say each finding in a line. True when nothing has to be done."""
    quiet_logs()
    well = True
    async for finding in _findings(settings):
        say(f"well   {finding.what}" if not finding.remedy else f"to do  {finding.what}: {finding.remedy}")
        well = well and not finding.remedy
    return well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding(what="settings are readable")
    yield _content(settings)
    async for finding in _database(settings):
        yield finding
    yield await _sms(settings)
    async for finding in _telegram(settings):
        yield finding
    yield await _mail(settings)


def _content(settings: Settings) -> Finding:
    what = "flows and translations"
    try:
        load_readings(settings.content)
        complaints = check(settings.content)
    except ContentRefused as refused:
        complaints = refused.complaints
    remedy = f"{len(complaints)} complaints: run `framsteg check`" if complaints else ""
    return Finding(what=what, remedy=remedy)


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    if settings.key is None:
        yield Finding(what="FRAMSTEG_KEY", remedy="make one with `openssl rand -base64 32` and keep a copy")
        return
    try:
        database = opened(settings, read_only=True)
    except SettingsRefused as refused:
        yield Finding(what="database", remedy=str(refused))
        return
    try:
        found = await version(database)
        yield Finding(what="database answers")
        remedy = "" if found == HEAD else f"it is at {found or 'nothing'}: run `framsteg migrate`"
        yield Finding(what="database is up to date", remedy=remedy)
        if found == HEAD:
            remedy = "" if await key_fits(database) else "the database was made with another key: use that one"
            yield Finding(what="FRAMSTEG_KEY fits the database", remedy=remedy)
            async for finding in _programmes(database):
                yield finding
    except DatabaseAway:
        yield Finding(
            what="database", remedy="FRAMSTEG_DATABASE_URL: it does not answer; is it running, is the address right?"
        )
    finally:
        await database.close()


async def _programmes(database: Database) -> AsyncIterator[Finding]:
    async with looking(database) as work:
        rows = await work.programmes.all()
    if not rows:
        yield Finding(what="programmes", remedy="none is published: `framsteg programme publish DIR`")
    for row in rows:
        remedy = "it is stopped: `framsteg resume` lets it send again" if row.stopped_at else ""
        yield Finding(what=f"programme {row.slug}", remedy=remedy)


async def _sms(settings: Settings) -> Finding:
    if not (settings.twilio_account and settings.twilio_token and settings.public_url):
        return Finding(what="SMS is not set up (FRAMSTEG_TWILIO_ACCOUNT is empty)")
    channel = TwilioChannel(
        account=settings.twilio_account,
        token=settings.twilio_token,
        api=settings.twilio_api,
        public_url=settings.public_url,
        sender_of=lambda _: settings.twilio_sender or "",
    )
    try:
        trouble = await channel.trouble()
    finally:
        await channel.close()
    if trouble:
        return Finding(what="Twilio", remedy=f"it {trouble}")
    return Finding(what=f"Twilio takes the account (there, the numbers' webhook has to be {settings.public_url}{HOOK})")


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.telegram_token:
        yield Finding(what="Telegram is not set up (FRAMSTEG_TELEGRAM_TOKEN is empty)")
        return
    feed = TelegramFeed(token=settings.telegram_token, api=settings.telegram_api)
    try:
        trouble = await telegram_trouble(feed)
        if trouble:
            yield Finding(what="Telegram", remedy=f"it {trouble}")
            return
        yield Finding(what=f"Telegram knows the bot @{(await feed.me()).username}")
        yield await _webhook(settings, feed)
    except FeedFailed:
        yield Finding(what="Telegram", remedy="it stopped answering: try again")
    finally:
        await feed.close()


async def _webhook(settings: Settings, feed: TelegramFeed) -> Finding:
    hook = await feed.webhook_info()
    if settings.telegram_mode == "poll":
        remedy = "one is set, so fetching gets nothing: `framsteg webhook delete`" if hook.url else ""
        return Finding(what="no webhook stands in the way of fetching", remedy=remedy)
    wanted = f"{settings.public_url}/telegram"
    remedy = "" if hook.url == wanted else "`framsteg webhook set` registers it"
    return Finding(what=f"webhook {wanted}", remedy=remedy)


async def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        return Finding(what="mail is not set up (FRAMSTEG_SMTP_URL is empty): summaries go by Telegram, or stay here")
    trouble = await EmailChannel(smtp_url=settings.smtp_url, sender=settings.mail_from).trouble()
    return (
        Finding(what="the mail server", remedy=f"it {trouble}") if trouble else Finding(what="the mail server answers")
    )
