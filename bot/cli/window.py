"""The console of a running program looks out on all of it."""

from starlette.routing import BaseRoute

from bot.app import App, machine_clock
from bot.channels.telegram_feed import FeedFailed
from bot.console.desk import Desk
from bot.console.routes import console_routes
from bot.content.catalogs import console_words, reviewed_languages
from bot.domain.people import ChannelName
from bot.domain.prices import Price

SPEAKS = ("sv", "en")
"""The languages of the console, the usual one first."""


def console_of(app: App) -> BaseRoute:
    """Its pages."""
    return console_routes(desk_of(app))


def desk_of(app: App) -> Desk:
    """What the console's pages need of a running program."""

    async def send() -> None:
        app.nudge("send")

    async def nudge_imports() -> None:
        app.nudge("import")

    async def telegram_link(code: str) -> str | None:
        try:
            return f"https://t.me/{(await app.feed.me()).username}?start={code}" if app.feed else None
        except FeedFailed:
            return None

    return Desk(
        database=app.database,
        shelf=app.shelf,
        summaries=app.summaries,
        words={language: console_words(language, content=app.settings.content) for language in SPEAKS},
        now=app.now,
        machine_now=machine_clock,
        address=app.settings.public_url or "",
        send=send,
        telegram_link=telegram_link,
        nudge_imports=nudge_imports,
        mails=ChannelName.EMAIL in app.channels,
        reviewed=reviewed_languages(app.settings.content),
        sms_price=Price.read(app.settings.sms_price) if app.settings.sms_price else None,
    )
