"""Somebody travels, or a country moves its clocks, on the very day on which a rule speaks at ten on the wall."""

import struct
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.calendar import zone_of
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

THURSDAY = datetime(2026, 11, 26, tzinfo=UTC)
STEP = timedelta(hours=1)
TALLINN = "Europe/Tallinn"

Move = tuple[str, str, float]
"""From one zone to another, so many hours (UTC) into the Thursday."""

MOVES: tuple[Move, ...] = (
    # Asked at home, and then west, where it is not ten yet.
    ("Europe/Stockholm", "America/New_York", 12),
    ("Europe/Stockholm", "Europe/London", 9.25),
    # Gone before it was ten.
    ("Europe/Stockholm", "America/New_York", 8),
    ("Europe/Stockholm", "Asia/Tehran", 5),
    # East before it was ten, to where it is past ten: late, but within its window.
    ("Europe/Stockholm", "Europe/Helsinki", 8.5),
    ("Europe/London", "Europe/Stockholm", 9.5),
)

Release = tuple[int, int, float]
"""Tallinn is so many hours ahead of UTC by one release of the zone data, so many by the next, installed then."""

RELEASES: tuple[Release, ...] = (
    # Ten is an hour later by the new data: passed by the old data only, by both, not reached.
    (3, 2, 7.5),
    (3, 2, 9),
    (3, 2, 6),
    # Ten is an hour earlier: not reached, and passed by both.
    (2, 3, 6),
    (2, 3, 9),
    # Ten is an hour earlier by the new data, and passed by it only: late, but within its window.
    (2, 3, 7.5),
)


async def asked_after(town: Town, moves: Sequence[Move]) -> dict[Move, int]:
    """How often each who moved was asked the questions of the week, which come on Thursdays at ten."""
    people = {move: await town.a_person(zone=move[0]) for move in moves}
    for move in sorted(moves, key=lambda one: one[2]):
        await _planned_until(town, THURSDAY + timedelta(hours=move[2]))
        async with unit_of_work(town.app.database) as work:
            await work.participants.change(people[move].id, zone=move[1])
    await _planned_until(town, THURSDAY + timedelta(hours=24))
    return {move: _asked(person) for move, person in people.items()}


async def asked_after_release(town: Town, release: Release, *, home: Path) -> int:
    """How often somebody in Tallinn was asked, when a release of the zone data is installed."""
    first, then, hour = release
    with _installed(first, home):
        amina = await town.a_person(zone=TALLINN)
        await _planned_until(town, THURSDAY + timedelta(hours=hour))
    with _installed(then, home):
        await _planned_until(town, THURSDAY + timedelta(hours=20))
    return _asked(amina)


def _asked(person: Person) -> int:
    return sum("veckans frågor" in words for words in person.messages())


async def _planned_until(town: Town, moment: datetime) -> None:
    """Somebody looks each hour at what falls due, and sends it."""
    while town.clock.now < moment:
        town.clock.now = min(town.clock.now + STEP, moment)
        await town.app.plan(town.now)
        await town.app.delivery.send_queued(now=town.now)


@contextmanager
def _installed(hours: int, home: Path) -> Iterator[None]:
    was = zoneinfo.TZPATH
    place = home / f"release-{hours}"
    (place / TALLINN).parent.mkdir(parents=True, exist_ok=True)
    (place / TALLINN).write_bytes(_fixed(hours))
    zoneinfo.reset_tzpath(to=[str(place), *was])
    _forget()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=list(was))
        _forget()


def _forget() -> None:
    """As in a new process."""
    zoneinfo.ZoneInfo.clear_cache()
    zone_of.cache_clear()


def _fixed(hours: int) -> bytes:
    """A zone that never changes, as RFC 8536 writes it."""
    counts = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    return (counts + struct.pack(">lbb4s", hours * 3600, 0, 0, b"EET")) * 2 + f"\n<+{hours:02}>-{hours}\n".encode()
