"""People who wait for a check-in, the program in as many processes as are wanted, and the providers around it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select, text

from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.services.published import Shelf
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.tables import conversations, inbox, outbox
from bot.storage.unit_of_work import looking
from tests.databases import KEY
from tests.fakes.twilio_api import signature
from tests.process.burst import BEGINS, Burst, a_burst
from tests.torture.model import GONE, Difference, Model
from tests.torture.nursery import Child, Nursery
from tests.torture.phone import Phones
from tests.torture.speech import words_for
from tests.vocabulary import vocabulary

PUBLIC = "http://framsteg.test"
"""What Twilio signs: the same for every process, wherever it listens."""

MOST_WAITING = 300

PENDING = (OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.UNSETTLED)


@dataclass
class World:
    """Everything outside of the processes. `model` hears what was acknowledged; `url` is the database itself."""

    url: str
    burst: Burst
    model: Model
    phones: Phones = field(default_factory=Phones)
    dice: Random = field(default_factory=lambda: Random(11))
    answered: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    uncertain: int = 0
    _database: tuple[str, Database] | None = None

    def settings(self, *, database_url: str = "", twilio: str = "") -> dict[str, str]:
        """What a process is told: the database and Twilio may be reached by way of a proxy."""
        told = self.burst.settings(port=0)
        self.burst.twilio.product = PUBLIC
        return told | {
            "FRAMSTEG_DATABASE_URL": database_url or self.url,
            "FRAMSTEG_PUBLIC_URL": PUBLIC,
            "FRAMSTEG_TWILIO_API": twilio or self.burst.twilio.url,
        }

    def sms(self, number: str, words: str, *, name: str = "") -> dict[str, str]:
        """A text message to us, with an id of its own."""
        return self.burst.twilio.inbound(sender=number, body=words, **({"MessageSid": name} if name else {}))

    async def post(self, port: int, path: str, fields: dict[str, str]) -> int:
        """To one process; the status it answered, 0 for none."""
        headers = signature(PUBLIC + path, fields)
        begun = time.monotonic()
        status = await self.phones.post(port, path, urlencode(fields).encode(), headers)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.answered[status] += 1
        return status

    async def receipt(self, port: int, sid: str, status: str) -> int:
        """Twilio says how a message fared."""
        sent = next(one for one in self.burst.twilio.sent if one.sid == sid)
        fields = {"AccountSid": sent.fields.get("AccountSid") or self.burst.settings(port=0)["FRAMSTEG_TWILIO_ACCOUNT"]}
        self.burst.twilio.product = PUBLIC
        fields |= {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "To": sent.to}
        return await self.post(port, sent.status_callback.removeprefix(PUBLIC), fields)

    def words_for(self, number: str) -> str:
        """What this person may write now."""
        return words_for(self.model, number, self.dice)

    async def says(self, number: str, port: Callable[[], int], *, words: str = "", patience: float = 60) -> bool:
        """Write, and write again as Twilio would until it was acknowledged; whether it was."""
        words = words or self.words_for(number)
        fields = self.sms(number, words)
        deadline = time.monotonic() + patience
        while await self.post(port(), "/twilio/message", fields) != 200:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.05)
        self.model.hears(number, fields["MessageSid"], words, now=datetime.now(UTC))
        return True

    async def query(self, query: Any) -> list[Any]:
        """What stands in the database, whoever else is at it."""
        async with self._looker().reading() as connection:
            return list(await connection.execute(query))

    def _looker(self) -> Database:
        if self._database is None or self._database[0] != self.url:
            self._database = (self.url, Database(self.url, key=KEY, read_only=True))
        return self._database[1]

    async def close(self) -> None:
        """Let go of connections."""
        await self.phones.close()
        await self.let_go()

    async def let_go(self) -> None:
        """No longer look into the database, until it is asked for."""
        if self._database is not None:
            await self._database[1].close()
            self._database = None

    async def until_begun(self, *, seconds: float = 60) -> None:
        """Wait until everybody is in a conversation, and the model knows it."""
        wanted = len(self.model.people)
        await until(lambda: self._is(select(func.count()).select_from(conversations), wanted), seconds=seconds)
        for address in self.model.people:
            self.model.begin(address)

    async def until_quiet(self, *, seconds: float = 60) -> None:
        """Wait until nothing waits on either landing, nor to be fetched. Fails with what does."""
        waiting = select(inbox.c.id, inbox.c.state, inbox.c.tries, inbox.c.reason).where(inbox.c.state == "waiting")
        columns = (outbox.c.id, outbox.c.channel, outbox.c.status, outbox.c.attempts, outbox.c.error)
        pending = select(*columns).where(outbox.c.status.in_(PENDING))
        left: list[Any] = []

        async def quiet() -> bool:
            left[:] = [*self.burst.telegram.waiting, *await self.query(waiting), *await self.query(pending)]
            return not left

        try:
            await until(quiet, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{len(left)} still wait, such as {left[:3]}") from None

    async def waits(self) -> int:
        """How much waits on the landings."""
        waiting = select(func.count()).select_from(inbox).where(inbox.c.state == "waiting")
        pending = select(func.count()).select_from(outbox).where(outbox.c.status.in_(PENDING))
        return sum([(await self.query(one))[0][0] for one in (waiting, pending)])

    async def recovers(self, house: "Household", *, seconds: float = 5) -> float:
        """The first, who is of no crowd, writes until we answer; after how many seconds that was."""
        begun = time.monotonic()
        if not await self.says(self.burst.numbers[0], house.port, patience=seconds * 4):
            return seconds * 4
        return time.monotonic() - begun

    async def difference(self) -> Difference:
        """What the database, and what the telephones got, differ in from what must be."""
        found = await self.model.compare(self._looker())
        columns = (outbox.c.id, outbox.c.channel, outbox.c.status, outbox.c.act, outbox.c.address_id, outbox.c.text)
        rows = await self.query(select(*columns))
        self._telephones(rows, found)
        self._chats(rows, found)
        return found

    def _telephones(self, rows: list[Any], found: Difference) -> None:
        """The same words to one telephone are one heap: which of them has left, no list of Twilio's tells."""
        texts = {row.id: row for row in rows if row.channel == ChannelName.SMS}
        wanted = Counter((row.address_id, row.text) for row in texts.values())
        ids = [int(one.status_callback.rpartition("/")[2]) for one in self.burst.twilio.sent]
        taken = Counter((texts[one].address_id, texts[one].text) for one in ids if one in texts)
        missing, extra = wanted - taken, taken - wanted
        found.lost += missing.total()
        found.doubled += extra.total() + sum(one not in texts for one in ids)
        for heap, how in ((missing, "never"), (extra, "too often")):
            if heap:
                which = [row.id for row in texts.values() if (row.address_id, row.text) in heap]
                found.words.append(f"{heap.total()} x SMS was sent {how}, such as one of {which[:3]}")
        left = Counter(row.status for row in texts.values() if row.status not in GONE)
        found.words += [f"{count} x SMS is {status}" for status, count in left.items()]

    def _chats(self, rows: list[Any], found: Difference) -> None:
        mine = [row for row in rows if row.channel == ChannelName.TELEGRAM and row.act == "send"]
        sure = sum(row.status in GONE for row in mine)
        self.uncertain = sum(row.status == OutboxStatus.UNCERTAIN for row in mine)
        taken = len(self.burst.telegram.sent)
        if not sure <= taken <= sure + self.uncertain or sure + self.uncertain != len(mine):
            found.wrong(f"Telegram took {taken} of {len(mine)}: {sure} sent, {self.uncertain} uncertain")
            found.doubled += max(0, taken - sure - self.uncertain)

    async def _is(self, query: Any, wanted: int) -> bool:
        return bool((await self.query(query))[0][0] == wanted)

    async def deadlocks(self) -> int:
        """How many PostgreSQL has counted in this database."""
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        [(count,)] = await self.query(query)
        return int(count)


@asynccontextmanager
async def a_world(
    url: str, place: Path, *, people: int, chats: int = 0, rule: str = BEGINS, pause: float = 0.01
) -> AsyncIterator[World]:
    """Nobody serves yet; the first process that does will begin a check-in with everybody."""
    async with a_burst(url, place / "content", people=people, chats=chats, rule=rule) as burst:
        burst.twilio.pause = pause
        world = World(url=url, burst=burst, model=await model_of(url))
        try:
            yield world
        finally:
            await world.close()


async def model_of(url: str) -> Model:
    """Nobody has begun anything yet."""
    database = Database(url, key=KEY, read_only=True)
    shelf = Shelf({})
    shelf.learn(vocabulary())
    try:
        async with looking(database) as work:
            [row] = await work.programmes.all()
            plan = (await shelf.plans(work, [row.id]))[row.id]
            return Model(plan, "weekly-check-in", await work.participants.of_programme(row.id))
    finally:
        await database.close()


async def until(true: Callable[[], Awaitable[bool]], *, seconds: float, pause: float = 0.1) -> None:
    """Wait until something is so, looking every `pause`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(pause)


@dataclass
class Household:
    """Processes that take turns at being killed: whoever is called finds one that lives."""

    nursery: Nursery
    settings: dict[str, str]
    lease: float = 3.0
    living: list[Child] = field(default_factory=list)
    dice: Random = field(default_factory=lambda: Random(5))

    async def grow(self, **more: str) -> Child:
        """One more that serves."""
        child = await (await self.nursery.start(self.settings, LEASE=str(self.lease), **more)).ready()
        self.living.append(child)
        return child

    async def grow_unready(self, **more: str) -> Child:
        """One more, which may be dead before it serves; found as soon as it does."""
        child = await self.nursery.start(self.settings, LEASE=str(self.lease), **more)
        self.living.append(child)
        return child

    def port(self) -> int:
        """Where one of them listens; 0 when none lives."""
        self.living = [one for one in self.living if one.code is None]
        return self.dice.choice(self.living).port if self.living else 0

    async def stop(self) -> list[int]:
        """All of them stop; their exit codes."""
        codes = [await one.stop() for one in self.living if one.code is None]
        self.living.clear()
        return codes


@dataclass
class Crowd:
    """People who write all the time, one message after the other, about `rate` a second in all, and get receipts.

    They rest while more waits on the landings than a slow machine has done in a few seconds.
    """

    world: World
    house: Household
    rate: float = 200.0
    said: int = 0
    unheard: int = 0
    began: float = field(default_factory=time.monotonic)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _over: bool = False
    _rested: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Everybody begins to write."""
        self.began = time.monotonic()
        self._tasks = [asyncio.create_task(self._writes(number)) for number in self.world.burst.numbers[1:]]
        self._tasks += [asyncio.create_task(self._chats(chat)) for chat in self.world.burst.chats]
        self._tasks += [asyncio.create_task(self._receipts()), asyncio.create_task(self._watch())]

    async def end(self) -> float:
        """They finish what they began to say; how many messages a second were acknowledged."""
        self._over = True
        self._rested.set()
        pace = self.said / (time.monotonic() - self.began)
        await asyncio.gather(*self._tasks)
        return pace

    async def _pause(self) -> None:
        people = len(self.world.burst.numbers) + len(self.world.burst.chats)
        await asyncio.sleep(self.world.dice.uniform(0, 2 * people / self.rate))
        await self._rested.wait()

    async def _watch(self) -> None:
        while not self._over:
            try:
                waits = await self.world.waits()
            except DatabaseAway:
                # It is being tortured.
                waits = 0
            if waits > MOST_WAITING:
                self._rested.clear()
            else:
                self._rested.set()
            await asyncio.sleep(0.3)

    async def _writes(self, number: str) -> None:
        await self._pause()
        while not self._over:
            if await self.world.says(number, self.house.port):
                self.said += 1
            else:
                self.unheard += 1
            await self._pause()

    async def _chats(self, chat: int) -> None:
        await self._pause()
        while not self._over:
            words = self.world.words_for(str(chat))
            update_id = self.world.burst.telegram.write(chat, words)
            # Telegram hands it out until it is confirmed: whatever was written is acknowledged in the end.
            self.world.model.hears(str(chat), str(update_id), words, now=datetime.now(UTC))
            self.said += 1
            # A chat is written to once a second.
            await asyncio.sleep(2)
            await self._pause()

    async def _receipts(self) -> None:
        told = 0
        while not self._over:
            sent = self.world.burst.twilio.sent
            for one in sent[told : told + 20]:
                if self.world.dice.random() < 0.5:
                    await self.world.receipt(self.house.port(), one.sid, "delivered")
            told = min(len(sent), told + 20)
            await asyncio.sleep(0.05)
