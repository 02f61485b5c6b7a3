"""A Telegram link opens the right bot, and says who opened it."""

from bot.channels.quiet import quiet_logs
from bot.channels.telegram_feed import FeedFailed, TelegramFeed
from bot.settings import Settings


async def telegram_link(settings: Settings, code: str) -> str:
    """`https://t.me/<bot>?start=<code>`; with a place to fill in when Telegram cannot be asked who the bot is."""
    return f"https://t.me/{await _bot_name(settings) or 'NAME_OF_THE_BOT'}?start={code}"


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
