"""The free days are the same for all tests, and worked out once: for the years of the tests and of the machine."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from bot.content.almanac import Almanac, compiled_almanac, load_almanac, mark_of_days, read_almanac

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def days() -> str:
    """As a database keeps them."""
    here = load_almanac(["SE"], now=FIRST)
    today = datetime.now(UTC)
    if here.reaches(today):
        return compiled_almanac(here)
    later = load_almanac(["SE"], now=today)
    red = {"SE": {**here.red["SE"], **later.red["SE"]}}
    kept = {name: {**here.kept[name], **later.kept[name]} for name in here.kept}
    return compiled_almanac(replace(later, first=here.first, red=red, kept=kept))


@cache
def almanac() -> Almanac:
    """Ready to be looked up."""
    return replace(read_almanac(days()), mark=mark_of_days())
