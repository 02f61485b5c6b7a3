"""The days on which a programme is closed are written one by one, or as the first and the last of many."""

from datetime import date, timedelta

from bot.content.almanac import known_country
from bot.content.nodes import Node
from bot.content.pages import Fields, Page, day_of
from bot.content.recurrences import words_of
from bot.domain.staffed import LONGEST_CLOSED

_BETWEEN = ".."


def read_closed(top: Fields) -> tuple[date, ...]:
    """Every day below `closed:`, in order."""
    found: set[date] = set()
    for item in top.page.listed(top.get("closed"), where="'closed'"):
        found.update(_days(top.page, item))
    return tuple(sorted(found))


def read_red_days(top: Fields) -> str | None:
    """The country whose red days and eves are free."""
    node = top.get("red-days")
    country = top.page.text(node, where="'red-days'")
    if country is None or known_country(country):
        return country
    what = "'red-days' names a country whose red days are not known"
    top.page.complain(node, what, "write its two capitals, for instance SE")
    return None


def _days(page: Page, item: Node) -> list[date]:
    words = words_of(item)
    if _BETWEEN not in words:
        day = page.day(item, where="a day of 'closed'")
        return [] if day is None else [day]
    remedy = 'write it as "YYYY-MM-DD..YYYY-MM-DD", for instance "2027-06-28..2027-08-06"'
    first, last = (day_of(part) for part in words.split(_BETWEEN, 1))
    if first is None or last is None:
        page.complain(item, "days of 'closed' must be a first and a last day", remedy)
        return []
    if not timedelta(0) < last - first < timedelta(days=LONGEST_CLOSED):
        what = f"days of 'closed' must end after they begin and be fewer than {LONGEST_CLOSED}"
        page.complain(item, what, remedy)
        return []
    return [first + timedelta(days=more) for more in range((last - first).days + 1)]
