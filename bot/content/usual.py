"""What is usually put into a text is known, so that its price is counted with it."""

from collections.abc import Iterable
from datetime import date, time

from bot.content.language_names import menu_of
from bot.content.texts import Texts, clock, day, hours
from bot.content.wordings import placeholders
from bot.domain.people import StaffedHours

_STAFFED = StaffedHours(weekdays=(1, 2, 3, 4, 5), begins=time(8), ends=time(16, 30))
# A long weekday and a long month.
_DAY = date(2026, 9, 23)
_AT = clock(time(14, 30))
_CODE = 24
"""How long the code of a link is that works once."""


def filled(words: str, *, language: str, languages: Iterable[str]) -> str:
    """The words as somebody may get them, where a programme is written in these `languages`.

    Names are of a usual length; what nobody knows (a list of days, a coach's own words) stays as it is written.
    """
    values = {name: f"{{{name}}}" for name in placeholders(words)} | _usual(language, languages)
    return Texts({language: {"": words}}, reference=language).say("", language=language, values=values)


def _usual(language: str, languages: Iterable[str]) -> dict[str, str]:
    return {
        **dict.fromkeys(("first_name", "first", "second"), "Mohammed"),
        **dict.fromkeys(("time", "until", "begins", "first_time"), _AT),
        **dict.fromkeys(("number", "low", "high", "count"), "5"),
        **dict.fromkeys(("title", "first_activity"), "Söka arbete"),
        **dict.fromkeys(("place", "first_place"), "Biblioteket"),
        "coach": "Elisabeth",
        "programme": "Steg till jobb",
        "day": day(_DAY, language),
        "hours": hours(_STAFFED, language),
        "link": f"https://t.me/framsteg_bot?start={'x' * _CODE}",
        "languages": ", ".join(menu_of(languages, reader=language, plain=True).values()),
    }
