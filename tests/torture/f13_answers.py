"""Providers answer in every way there is: each class of answer has one end, and no other words suffer from it."""

import asyncio
import itertools
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

from sqlalchemy import select

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.domain.messages import OutboxStatus
from bot.domain.people import AddressState, ChannelName
from bot.storage import tables
from tests.torture.answers import NEW_CHAT, Class, End, Where, classes
from tests.torture.crowd import Words, a_crowd, followed, rows_of, words_for
from tests.torture.fault import Place, Result
from tests.torture.fetching import fetched_through
from tests.town import Person, Town, a_town

FAULT = "F13"
TITLE = "every class of answer of Twilio and Telegram, sending and fetching"
FULL = 25 * 40

WITHIN = timedelta(minutes=12)
PATIENCE = timedelta(seconds=0.3)
MOST_MEMORY = 64 * 2**20
"""Bytes by which the process may grow, stand-ins and their 10 MB included."""

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
SENT = (OutboxStatus.SENT, OutboxStatus.DELIVERED)
COUNT = itertools.count(1)


async def torture(tries: int, place: Place) -> Result:
    """All classes in turn, again and again; then a fetch through each of Telegram's."""
    wrong: list[str] = []
    lost = doubled = tried = 0
    everything = [one for one in classes() if one.where is not Where.NO_NAME or _may_ask_for_names()]
    before = _memory()
    async with a_town(await place.sqlite()) as lite, a_town(await place.postgresql()) as full:
        for one in itertools.islice(itertools.cycle(_spread(everything, tries)), tries):
            town = (lite, full)[tried // len(everything) % 2]
            arrived, found = await _try(town, one)
            tried += 1
            lost += arrived == 0 and one.end in (End.WAITS, End.BACKS_OFF, End.SETTLED, End.MOVED)
            doubled += arrived > 1
            wrong += [f"{one.channel}, {one.name}: {words}" for words in found]
            place.say(f"{tried} {one.channel} {one.name}")
    fetched = await fetched_through([one for one in everything if one.channel is TELEGRAM], place)
    grown = _memory() - before
    if grown > MOST_MEMORY:
        wrong.append(f"the process grew by {grown / 2**20:.0f} MiB")
    return Result(
        tries=tried + fetched.tries,
        lost=lost + fetched.lost,
        doubled=doubled + fetched.doubled,
        wrong=(*wrong[:20], *fetched.wrong),
        notes=(
            f"{len(everything)} classes of sending and {fetched.tries} of fetching; "
            f"the process and the stand-ins in it grew by {grown / 2**20:.0f} MiB",
        ),
    )


def _may_ask_for_names() -> bool:
    """The test suite lets nobody ask for the name of another machine."""
    try:
        socket.getaddrinfo("provider.invalid", 443)
    except OSError:
        return True
    except Exception:  # noqa: BLE001 - whatever forbids it has an error of its own
        return False
    return True


def _spread(everything: list[Class], tries: int) -> list[Class]:
    """All, or some of all kinds."""
    return everything if tries >= len(everything) else everything[:: -(-len(everything) // tries)]


async def _try(town: Town, one: Class) -> tuple[int, list[str]]:
    """How often the words arrived, and what was not as it must be."""
    [person] = await a_crowd(town, one.channel, 1)
    [other] = await a_crowd(town, TELEGRAM if one.channel is SMS else SMS, 1)
    about = f"try {next(COUNT)}"
    [words] = await words_for(town, [person], about=about)
    [others] = await words_for(town, [other], about=about)
    wrong: list[str] = []
    async with _met(town, one):
        # Past every pause that an earlier try left behind.
        town.machine.ahead += timedelta(minutes=2)
        async with asyncio.timeout(10):
            await town.app.delivery.send_queued(now=town.now)
    if others.arrived() != 1:
        wrong.append("the other channel did not go on")
    if one.end is End.WAITS:
        wrong += await _waited(town, words, seconds=one.waits)
    await followed(town, [words], within=WITHIN)
    await town.settle(hours=1)
    arrived = _arrived(town, words, one)
    wrong += await _otherwise_ended(town, words, one, arrived=arrived)
    return arrived, wrong


@asynccontextmanager
async def _met(town: Town, one: Class) -> AsyncIterator[None]:
    """The next request of the channel meets this answer."""
    wire = town.twilio if one.channel is SMS else town.telegram
    channel = cast(TwilioChannel | TelegramChannel, town.app.channels[one.channel])
    api, channel.timeout = channel.api, PATIENCE
    await channel.close()
    match one.where:
        case Where.ANSWER:
            wire.fail(replace(one.fault, only="essage"))
        case Where.SLAMMED:
            wire.slammed = 1
        case Where.NO_TLS:
            channel.api = api.replace("http:", "https:")
        case Where.NO_NAME:
            channel.api = "http://provider.invalid"
    try:
        yield
    finally:
        channel.api = api
        await channel.close()
        assert not wire.faults and not wire.slammed, "it came about"


async def _waited(town: Town, words: Words, *, seconds: int) -> list[str]:
    """What left although the channel was to wait for so long, or counted as a try."""
    town.machine.ahead += timedelta(seconds=max(seconds - 1, 0.5 * seconds))
    await town.app.delivery.send_queued(now=town.now)
    early = words.arrived()
    row = (await rows_of(town, [words]))[words.text]
    wrong = ["it did not wait"] if early else []
    return wrong if row.attempts == 0 else [*wrong, "waiting counted as a try"]


def _arrived(town: Town, words: Words, one: Class) -> int:
    if one.end is End.MOVED:
        return sum(sent["chat"]["id"] == NEW_CHAT and sent["text"] == words.text for sent in town.telegram.sent)
    return words.arrived()


async def _otherwise_ended(town: Town, words: Words, one: Class, *, arrived: int) -> list[str]:
    """Where it stands, beside where it must."""
    person = words.person
    status = (await rows_of(town, [words]))[words.text].status
    place = await _place(town, person)
    told = await person.alerts()
    ends = {
        End.WAITS: (*SENT, AddressState.ACTIVE, []),
        End.BACKS_OFF: (*SENT, AddressState.ACTIVE, []),
        End.SETTLED: (*SENT, AddressState.ACTIVE, []),
        End.MOVED: (*SENT, AddressState.ACTIVE, []),
        End.UNCERTAIN: (OutboxStatus.UNCERTAIN, None, AddressState.ACTIVE, ["uncertain"]),
        End.SET_ASIDE: (OutboxStatus.FAILED, None, AddressState.ACTIVE, ["uncertain"]),
        End.BAD: (OutboxStatus.FAILED, None, AddressState.BAD, ["bouncing"]),
        End.STOPPED: (OutboxStatus.FAILED, None, AddressState.STOPPED, ["blocked"]),
    }
    first, second, wanted_place, wanted_told = ends[one.end]
    wrong = [] if status in (first, second) else [f"{status} and not {first}"]
    wrong += [] if place == wanted_place else [f"the address is {place}"]
    wrong += [] if told == wanted_told else [f"a coach was told {told}"]
    left = one.fault.taken if one.end is End.UNCERTAIN else one.end in (End.SET_ASIDE, End.BAD, End.STOPPED)
    most = int(one.fault.taken) if one.end is End.UNCERTAIN else 0 if left else 1
    return wrong if arrived == most else [*wrong, f"arrived {arrived} times"]


async def _place(town: Town, person: Person) -> str:
    table = tables.addresses
    rows = await town.rows(select(table.c.state).where(table.c.participant_id == person.id))
    return str(rows[0].state)


def _memory() -> int:
    """The most this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
