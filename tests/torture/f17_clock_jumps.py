"""The machine's clock jumps, drifts or differs between hosts: no reminder is doubled, and none is lost."""

import asyncio
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.app import build
from bot.domain.people import ChannelName
from tests.fakes.wire import Fault
from tests.torture.crowd import a_crowd, words_for
from tests.torture.fault import Place, Result
from tests.torture.ruled import a_programme, daily
from tests.town import Person, Town, a_town
from tests.vocabulary import vocabulary

FAULT = "F17"
TITLE = "the clock jumps by an hour or a day, forth or back, drifts, differs by 5 s between hosts; a host's leases"
FULL = 20

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BEGINS = datetime(2026, 11, 25, 7, 30, tzinfo=STOCKHOLM).astimezone(UTC)
DAYS = tuple(date(2026, 11, 25) + timedelta(days=ahead) for ahead in range(3))
ENDS = datetime(2026, 11, 27, 19, 0, tzinfo=STOCKHOLM).astimezone(UTC)
HOURS = ("08:00", "10:00", "12:00", "14:00", "16:00", "18:00")
LOOK = timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAKETIME = shutil.which("faketime")
"""Debian's, which gives one process another clock."""

Clock = Callable[[datetime], datetime]
"""What a host believes the time to be, at a moment."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """The clocks of one or two hosts."""

    name: str
    clocks: tuple[Clock, ...]
    too_late: tuple[tuple[str, str], ...] = ()
    """What is more than its hour late when a clock that was a day wrong is put right: that is expired, rightly."""


def jump(by: timedelta, *, at: timedelta, lasts: timedelta) -> Clock:
    """A clock that is wrong for a while, from so long after the beginning on."""

    def clock(moment: datetime) -> datetime:
        return moment + by if BEGINS + at <= moment < BEGINS + at + lasts else moment

    return clock


def drift(per_hour: timedelta) -> Clock:
    """A clock that goes wrong slowly for a day, and is then put right."""

    def clock(moment: datetime) -> datetime:
        return moment + per_hour * ((moment - BEGINS) / HOUR) if moment < BEGINS + DAY else moment

    return clock


def ahead(by: timedelta) -> Clock:
    """A clock that is always wrong by as much."""
    return lambda moment: moment + by


JUMPS_AT = (timedelta(hours=2, minutes=25), timedelta(hours=5))
_NEAR = tuple(timedelta(minutes=minutes) for minutes in (-1, 0, 1, 6))
_SHORT, _LONG = timedelta(minutes=10), timedelta(hours=3)
_TOO_LATE = {(by, at, _LONG): hour for by in (DAY, -DAY) for at, hour in zip(JUMPS_AT, ("10:00", "14:00"), strict=True)}
_JUMPS = tuple(
    Case(
        name=f"{by / HOUR:+.0f} h, {at} after the beginning, for {lasts}",
        clocks=(jump(by, at=at, lasts=lasts),),
        too_late=tuple(("25 november", hour) for hour in (_TOO_LATE.get((by, at, lasts)),) if hour),
    )
    for by in (HOUR, -HOUR, DAY, -DAY)
    for at in JUMPS_AT
    for lasts in (_SHORT, _LONG)
)
CASES = (
    *_JUMPS,
    Case(name="five minutes too fast each hour", clocks=(drift(timedelta(minutes=5)),)),
    Case(name="five minutes too slow each hour", clocks=(drift(timedelta(minutes=-5)),)),
    Case(name="two hosts, one 5 s ahead", clocks=(ahead(timedelta()), ahead(timedelta(seconds=5)))),
    Case(name="two hosts, one an hour ahead for ten minutes", clocks=(ahead(timedelta()), _JUMPS[0].clocks[0])),
)


async def torture(tries: int, place: Place) -> Result:
    """Each case over three days; and a host that believes it to be later, beside one that is sending."""
    wrong: list[str] = []
    lost = doubled = 0
    cases = CASES[:: max(1, len(CASES) // tries)]
    for case in cases:
        url = await (place.postgresql() if len(case.clocks) > 1 else place.sqlite())
        programme = a_programme(place.directory(), {f"at-{at[:2]}": daily(at, "1h", "only") for at in HOURS})
        async with a_town(url, start=BEGINS, programme=programme) as town:
            got = await _three_days(town, case)
        missing = [one for one in wanted() if got[one] == 0 and one not in case.too_late]
        twice = [one for one in wanted() if got[one] > 1]
        lost, doubled = lost + len(missing), doubled + len(twice)
        wrong += [f"{case.name}: never {missing}, twice {twice}"] if missing or twice else []
        place.say(case.name)
    beside = (timedelta(seconds=5), HOUR, DAY) if FAKETIME else ()
    for by in beside:
        doubled += await _stolen(await place.postgresql(), by=by)
    return Result(
        tries=len(cases),
        lost=lost,
        doubled=doubled,
        wrong=tuple(wrong),
        notes=(
            f"{len(HOURS)} reminders on {len(DAYS)} days each; and 20 sends in hand beside hosts 5 s to a day ahead",
        ),
    )


def wanted() -> list[tuple[str, str]]:
    """Each day, as it is written, with each hour."""
    days = [f"{one.day} november" for one in DAYS]
    return [(day, hour) for day in days for hour in HOURS]


async def _three_days(town: Town, case: Case) -> Counter[tuple[str, str]]:
    person = await town.a_person(phase="only")
    async with AsyncExitStack() as stack:
        apps = [town.app]
        for _ in case.clocks[1:]:
            other = build(town.app.settings, now=lambda: town.now)
            other.shelf.learn(vocabulary())
            stack.push_async_callback(other.close)
            apps.append(other)
        for moment in _looks():
            for app, clock in zip(apps, case.clocks, strict=True):
                town.clock.now = clock(moment)
                await app.plan(town.now)
            town.machine.ahead += timedelta(seconds=10)
            await town.app.delivery.send_queued(now=town.now)
    return _told(person)


def _looks() -> list[datetime]:
    """When somebody looks what falls due: every half-hour but at night, and all the time while a clock jumps."""
    half_hours = [BEGINS + LOOK * number for number in range(int((ENDS - BEGINS) / LOOK) + 1)]
    awake = [one for one in half_hours if time(7) <= one.astimezone(STOCKHOLM).time() <= time(21)]
    near = [BEGINS + at + lasts + more for at in JUMPS_AT for lasts in (timedelta(), _SHORT, _LONG) for more in _NEAR]
    return sorted({*awake, *near})


def _told(person: Person) -> Counter[tuple[str, str]]:
    found = [re.search(r"(\d+ november) (\d\d:\d\d)", words) for words in person.messages()]
    return Counter((one[1], one[2]) for one in found if one is not None)


async def _stolen(url: str, *, by: timedelta) -> int:
    """How many sends of a host are sent again by another whose clock is ahead, while the first is at work on them."""
    async with a_town(url) as town:
        people = await a_crowd(town, ChannelName.SMS, 20)
        words = await words_for(town, people)
        town.twilio.fail(*[Fault(kind="hang", taken=False)] * len(people))
        sending = asyncio.create_task(town.app.delivery.send_on(ChannelName.SMS, now=town.now))
        while len(town.twilio.asked) < len(people):
            await asyncio.sleep(0.01)
        await _look_beside(town, by=by)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return sum(one.arrived() for one in words)


async def _look_beside(town: Town, *, by: timedelta) -> None:
    """Let a process look what is in doubt whose machine believes it to be so much later."""
    assert FAKETIME is not None
    database = town.app.settings.database_url
    beside = (sys.executable, "-m", "tests.torture.beside", database, town.twilio.url, town.url, town.now.isoformat())
    running = await asyncio.create_subprocess_exec(
        FAKETIME, "-f", f"+{by.total_seconds():.0f}s", *beside, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await running.communicate()
    believed = datetime.fromisoformat(said.decode().strip())
    assert believed - datetime.now(UTC) > by - timedelta(seconds=5), "its clock is ahead"
