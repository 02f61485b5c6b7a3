"""A copy that is a day old is put back and resumed: nobody hears anything twice, and tomorrow's reminder comes."""

from datetime import timedelta

from bot.services.restoring import resume
from bot.storage.copies import copied
from tests.routes.test_restoring import (
    A_DAY_LATER,
    MONDAY,
    PUT_BACK,
    copy_of,
    heard,
    leave_things_open,
    some_people,
    the_copy,
)
from tests.torture.fault import Place, Result
from tests.town import a_town

FAULT = "F25"
TITLE = "a copy of the day before is put back, at five hours of the day"
FULL = 5

HOUR = timedelta(hours=1)
HOURS = (4, 2, 6, 9, 11)
"""After Monday at nine: in the morning, during the day, and after the evening's reminder."""


async def torture(tries: int, place: Place) -> Result:
    """On either database in turn."""
    lost = doubled = 0
    wrong: list[str] = []
    for number, hours in enumerate(HOURS[:tries]):
        url = await (place.postgresql() if number % 2 else place.sqlite())
        async with a_town(url, start=MONDAY) as town:
            asked, _, _, late = await some_people(town)
            await town.at(MONDAY + (hours - 1) * HOUR, step=HOUR)
            town.clock.now = MONDAY + hours * HOUR
            await leave_things_open(asked, late)
            copy = await copy_of(town, place.databases, place.directory())
            await town.at(PUT_BACK, step=HOUR)
            before = heard(town)
            async with the_copy(town, copy) as again:
                known = await copied(again.app.database) is not None
                await resume(again.app.database, since=town.now, now=town.now)
                await again.at(A_DAY_LATER, step=HOUR)
            after = heard(town)
        doubled += len((after - before).keys() & before.keys())
        reminded = {phone for phone, words in after - before if "torsdag 26 november" in words}
        lost += len({asked.sms, late.sms, str(town.people[2].chat)} - reminded)
        wrong += [] if known else [f"{hours} hours: the copy is not known as one"]
        if not copy.startswith("sqlite"):
            await place.databases.gone(copy)
        place.say(f"{hours} hours")
    return Result(tries=len(HOURS[:tries]), lost=lost, doubled=doubled, wrong=tuple(wrong))
