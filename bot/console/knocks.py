"""What is secret is taken as it was typed, and whoever tries too often is told so kindly."""

from collections.abc import Callable

from starlette.responses import Response

from bot.console.visit import Visit
from bot.content.passwords import MOST, complaint_about
from bot.services.knocking import Caller
from bot.storage.tries import WITHIN

Say = Callable[[str], str]


def caller_of(visit: Visit) -> Caller:
    """Who knocks."""
    return Caller(
        came_from=visit.came_from,
        browser=visit.request.headers.get("user-agent", ""),
        now=visit.now,
        machine_now=visit.desk.machine_now(),
    )


def secret(visit: Visit, name: str) -> str:
    """What was typed into a password's field: with its spaces, and never so long that it costs us."""
    return next(iter(visit.several(name)), "")[: MOST + 1]


def wait(visit: Visit) -> Response:
    """Too many tries."""
    response = visit.show("tried_too_often.html", code=429)
    response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
    return response


def words_of(visit: Visit) -> Say:
    """The page's words, for what is said in Python."""

    def _(words: str) -> str:
        return visit.pages.say(visit.language, words)

    return _


def password_complaint(visit: Visit, password: str, *, email: str) -> str | None:
    """What is wrong with a new password, in the reader's words."""
    _ = words_of(visit)
    said = {
        "short-password": _("Use at least 12 characters. A few words in a row are easy to remember."),
        "long-password": _("Use at most 200 characters."),
        "own-email": _("Your e-mail address is too easy to guess. Choose something else."),
        "common-password": _("Many people use this password, so it is tried first. Choose something else."),
    }
    wrong = complaint_about(password, email=email)
    return None if wrong is None else said[wrong]


def address_of(visit: Visit) -> str:
    """Where the console is found, for a link that is handed over."""
    return visit.desk.address or str(visit.request.base_url).rstrip("/")
