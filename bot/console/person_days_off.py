"""The forms about holidays: ask the person which they want free from messages, and note what they said."""

from bot.console.person_doing import Doing
from bot.domain.free_days import Keeping
from bot.services import keeping

FIELDS = tuple(f"keeps-{one.value}" for one in Keeping)
"""A tick for each calendar."""


async def ask_days_off(doing: Doing) -> str | None:
    """The person is asked by a message if we may write."""
    try:
        await keeping.ask_days_off(doing.database, doing.shelf, doing.asked, now=doing.now)
    except keeping.NotToBeAsked:
        return "not-asked"
    return "days-off-asked"


async def set_days_off(doing: Doing) -> str | None:
    """The person told the coach which."""
    chosen = [one for one in Keeping if doing.form[f"keeps-{one.value}"] == "yes"]
    await keeping.set_days_off(doing.database, doing.asked, calendars=chosen, now=doing.now)
    return "days-off"
