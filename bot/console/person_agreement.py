"""The forms about the agreement: ask once more, and note a yes that was said in person."""

from bot.console.person_doing import Doing
from bot.services import roster


async def ask_again(doing: Doing) -> str | None:
    """The person is asked by a message if we may write."""
    try:
        await roster.ask_again(doing.database, doing.shelf, doing.asked, now=doing.now)
    except roster.NotToBeAsked:
        return "not-asked"
    return "asked"


async def heard_yes(doing: Doing) -> str | None:
    """The person said yes to the coach."""
    if doing.form["heard"] != "yes":
        doing.form.complain("heard", "consent")
        return None
    await roster.heard_yes(doing.database, doing.shelf, doing.asked, now=doing.now)
    return "agreed"
