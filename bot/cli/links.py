"""A link opens the right bot or the right page, and says who opened it."""

from datetime import datetime

from bot.channels.quiet import quiet_logs
from bot.channels.telegram_feed import FeedFailed, TelegramFeed
from bot.services.account_mail import Post, Times
from bot.settings import Settings
from bot.storage.sign_in_links import LinkPurpose
from bot.storage.unit_of_work import Work


async def telegram_link(settings: Settings, code: str) -> str:
    """`https://t.me/<bot>?start=<code>`; with a place to fill in when Telegram cannot be asked who the bot is."""
    return f"https://t.me/{await _bot_name(settings) or 'NAME_OF_THE_BOT'}?start={code}"


async def console_link(work: Work, coach_id: int, *, settings: Settings, now: datetime) -> str:
    """An invitation to the console, for whoever runs this command to hand over: nothing is mailed."""
    account = await work.credentials.of(coach_id)
    if account is None:
        raise LookupError("an account that was just found is gone")
    post = Post(words={}, address=settings.public_url or f"http://127.0.0.1:{settings.web_port}", mails=False)
    await work.audit.note_stranger("invited", organisation_id=account.organisation_id, came_from="", now=now)
    return await post.make_link(work, account, LinkPurpose.INVITATION, at=Times(now=now, machine_now=now))


async def _bot_name(settings: Settings) -> str:
    if not settings.telegram_token:
        return ""
    quiet_logs()
    feed = TelegramFeed(token=settings.telegram_token, api=settings.telegram_api)
    try:
        return (await feed.me()).username
    except FeedFailed:
        return ""
    finally:
        await feed.close()
