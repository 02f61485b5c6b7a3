"""Two messages of one person that reach two processes at the same instant are handled one after the other."""

import asyncio
import itertools
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select

from bot.storage.tables import inbox
from tests.torture.fault import Place, Result
from tests.torture.nursery import nursery
from tests.torture.world import Household, World, a_world

FAULT = "F4"
TITLE = "two messages of one person at the same instant to two processes on PostgreSQL"
FULL = 5_000
AT_ONCE = 5
"""How many people write in the same moment: as many as wait for nobody but themselves."""

MOST_EXTRA = 0.100
"""Seconds, in the median, that the second of two waits beyond the first."""

Pair = tuple[str, str]


async def torture(tries: int, place: Place) -> Result:
    """`tries` pairs, of as many people at a time as wait for nobody but themselves."""
    url = await place.postgresql()
    people = max(AT_ONCE, min(200, tries))
    async with a_world(url, place.directory(), people=people) as world, nursery(place.directory()) as born:
        house = Household(born, world.settings(), lease=30)
        ports = (await house.grow()).port, (await house.grow()).port
        await world.until_begun()
        await world.until_quiet()
        left, pairs = iter(range(tries)), []
        parts = [world.burst.numbers[begin::AT_ONCE] for begin in range(AT_ONCE)]
        await asyncio.gather(*(_write(world, left, part, ports, pairs, place) for part in parts))
        await world.until_quiet(seconds=120)
        waits = await _waits(world, pairs)
        deadlocks, codes = await world.deadlocks(), await house.stop()
        found = await world.difference()
    middle, most = statistics.median(waits), statistics.quantiles([*waits, *waits], n=20)[-1]
    wrong = [f"{deadlocks} deadlocks"] if deadlocks else []
    wrong += [f"the second of two was handled {middle * 1000:.0f} ms after the first"] if middle > MOST_EXTRA else []
    wrong += [f"exit codes {codes}"] if any(codes) else []
    notes = (
        f"{deadlocks} deadlocks; second after first: {middle * 1000:.0f} ms in the median, {most * 1000:.0f} ms in 95 %"
    )
    return Result(
        tries=len(pairs), lost=found.lost, doubled=found.doubled, wrong=(*found.words, *wrong), notes=(notes,)
    )


async def _write(
    world: World, left: Iterator[int], numbers: list[str], ports: tuple[int, int], pairs: list[Pair], place: Place
) -> None:
    for turn, number in zip(left, itertools.cycle(numbers), strict=False):
        two = [world.sms(number, world.words_for(number)) for _ in ports]
        answered = await asyncio.gather(
            *(world.post(port, "/twilio/message", fields) for port, fields in zip(ports, two, strict=True))
        )
        assert answered == [200, 200], answered
        names = [fields["MessageSid"] for fields in two]
        # Which of them came first, the landing says: the model reads them in that order.
        rows = await world.query(select(inbox.c.provider_id).where(inbox.c.provider_id.in_(names)).order_by(inbox.c.id))
        said = {fields["MessageSid"]: fields["Body"] for fields in two}
        for row in rows:
            world.model.hears(number, row.provider_id, said[row.provider_id], now=datetime.now(UTC))
        pairs.append((rows[0].provider_id, rows[-1].provider_id))
        place.say(f"F4: {turn} pairs")


async def _waits(world: World, pairs: list[Pair]) -> list[float]:
    """How much later the second of each pair was handled, in seconds."""
    rows = await world.query(select(inbox.c.provider_id, inbox.c.handled_at))
    handled = {row.provider_id: row.handled_at for row in rows}
    return [(handled[second] - handled[first]).total_seconds() for first, second in pairs]
