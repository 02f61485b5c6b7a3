"""What nobody can handle is set aside after three tries, costs little, and keeps nobody else waiting."""

import time
from random import Random

from sqlalchemy import select, update

from bot.storage import tables
from tests.torture.fault import Place, Result
from tests.town import Person, Town, a_town

FAULT = "F21"
TITLE = "messages that raise in their handler, and texts made to be slow to read"
FULL = 50
MOST_CPU = 2.0
"""Seconds of the processor that one of them may cost."""

_STATES = ("not a state", "{}", '{"at":7}', "[" * 2000, '{"at":"ratings","sheet":"x"}', '{"at":1e999}')
"""What stands where a conversation's state should: whoever reads it raises."""

_LONG = 1500
_SLOW = (
    "1" * _LONG,
    "1 " * (_LONG // 2),
    "1,2;3/4-" * (_LONG // 8),
    "a" * _LONG + "!",
    "(" * _LONG,
    "\u0301" * _LONG,
    "\u202e1" * (_LONG // 2),
    "👨‍👩‍👧" * (_LONG // 8),
    "måndag " * (_LONG // 7),
    "kl 9 " * (_LONG // 5),
    "1=" * (_LONG // 2),
    "inte " * (_LONG // 5),
    " " * _LONG + "x",
    "½" * _LONG,
    "٤" * _LONG,
)
"""Each could make a careless pattern look for ever. Twilio brings at most 1,600 characters."""


async def torture(tries: int, place: Place) -> Result:
    """Half of each, on a fresh pair of people: whoever writes after it is answered as ever."""
    dice, wrong, slowest = Random(21), [], 0.0
    async with a_town(await place.sqlite()) as town:
        for turn in range(tries):
            place.say(f"F21: {turn} of {tries}")
            one, other = await town.a_person(first_name="Bo"), await town.a_person()
            for person in (one, other):
                await person.begins("weekly-check-in")
            raises = turn % 2 == 0
            if raises:
                await _spoil(town, one, dice.choice(_STATES))
            begun = time.process_time()
            await one.writes("1 3" if raises else _SLOW[turn // 2 % len(_SLOW)])
            await other.writes("1 3")
            for _ in range(3 if raises else 1):
                await town.listen()
            cost = time.process_time() - begun
            slowest = max(slowest, cost)
            wrong += [f"try {turn} cost {cost:.1f} s"] if cost > MOST_CPU else []
            if [row.value for row in await other.ratings()] != [2]:
                wrong.append(f"try {turn}: somebody else waits")
            wrong += await _ended(town, one, raises=raises, turn=turn)
    notes = f"the costliest took {slowest:.2f} s of the processor, another person's answer with it"
    return Result(tries=tries, wrong=tuple(wrong[:9]), notes=(notes, "an endless loop in a flow is not tried"))


async def _spoil(town: Town, person: Person, state: str) -> None:
    async with town.app.database.transaction() as connection:
        mine = tables.conversations.c.participant_id == person.id
        await connection.execute(update(tables.conversations).where(mine).values(state=state))


async def _ended(town: Town, person: Person, *, raises: bool, turn: int) -> list[str]:
    row = (await town.rows(select(tables.inbox).order_by(tables.inbox.c.id.desc()).offset(1).limit(1)))[0]
    if not raises:
        return [] if row.state == "handled" else [f"try {turn}: {row.state}"]
    told = await town.rows(select(tables.alerts.c.id).where(tables.alerts.c.once == f"aside/{row.id}"))
    well = (row.state, row.tries, len(told)) == ("aside", 3, 1)
    return [] if well else [f"try {turn}: {row.state} after {row.tries} tries, {len(told)} alerts"]
