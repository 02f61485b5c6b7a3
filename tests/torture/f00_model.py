"""Whatever comes in whatever order, and whoever dies of it, in the database stands what the plain model says."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from bot.domain.people import ChannelName
from bot.services.published import Plan
from bot.storage.unit_of_work import looking
from tests.fakes.wire import Fault
from tests.torture.fault import Place, Result
from tests.torture.model import GONE, Model
from tests.torture.speech import words_for
from tests.town import Town, a_town

FAULT = "F0"
TITLE = "a hypothesis machine of 50 steps: deliver, repeat, swap, die, send, lose the answer, receipts in any order"
FULL = 2_000
STEPS = 50
APART = 6
"""Seconds of the machine between sends: the same words twice within five cannot be told apart at Twilio (see F1)."""

MORNING, AFTERNOON = 9, 13
"""Hours (UTC) between which a run begins: none of them passes more than two and a half."""

_STATUSES = ("queued", "sending", "sent", "delivered")


@dataclass
class _Here:
    town: Town
    plan: Plan
    loop: asyncio.AbstractEventLoop
    runs: int = 0

    def do(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """From the thread of hypothesis, in the loop of the town."""
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(120)


async def torture(tries: int, place: Place) -> Result:
    """`tries` machines, each with two people of its own in one town."""
    async with a_town(await place.sqlite()) as town:
        async with looking(town.app.database) as work:
            plan = (await town.app.shelf.plans(work, [town.programme.id]))[town.programme.id]
        here = _Here(town=town, plan=plan, loop=asyncio.get_running_loop())

        class Machine(_Machine):
            world = here

        chosen = settings(
            max_examples=tries,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=tries < FULL,
            suppress_health_check=list(HealthCheck),
        )
        wrong: tuple[str, ...] = ()
        try:
            await asyncio.to_thread(run_state_machine_as_test, Machine, settings=chosen)
        except AssertionError as found:
            wrong = (f"{found}; {' '.join(getattr(found, '__notes__', []))}"[:1500],)
    return Result(tries=here.runs, wrong=wrong, notes=(f"{here.runs} runs of at most {STEPS} steps, on SQLite",))


class _Machine(RuleBasedStateMachine):
    """Two people, one by SMS and one in a chat, and a program that may die at any await."""

    world: _Here

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, str]] = []
        self.updates: list[dict[str, Any]] = []
        self.world.runs += 1
        self.world.do(self._arrive())

    async def _arrive(self) -> None:
        town = self.world.town
        if town.now.hour >= AFTERNOON:
            # At night nothing leaves: who comes later comes on the next morning.
            town.clock.now += timedelta(hours=24 + MORNING - town.now.hour)
        number = self.world.runs
        sms, chat = f"+4673{number:07}", 500_000 + number
        self.sms = await town.a_person(first_name="Sms", addresses=((ChannelName.SMS, sms),))
        self.chat = await town.a_person(
            first_name="Chat", channel=ChannelName.TELEGRAM, addresses=((ChannelName.TELEGRAM, str(chat)),)
        )
        self.sms.sms, self.chat.chat = sms, chat
        async with looking(town.app.database) as work:
            found = await work.participants.enrolled([self.sms.enrolment, self.chat.enrolment])
        self.model = Model(self.world.plan, "weekly-check-in", found.values())
        for person in (self.sms, self.chat):
            await person.begins("weekly-check-in")
            self.model.begin(person.sms or str(person.chat))

    @rule(seed=some.integers(0, 99))
    def writes(self, seed: int) -> None:
        self.world.do(self._writes(seed))

    async def _writes(self, seed: int) -> None:
        town = self.world.town
        fields = town.twilio.inbound(sender=self.sms.sms, body=words_for(self.model, self.sms.sms, Random(seed)))
        assert await town.twilio.post("/twilio/message", fields) == 200
        self.said.append(fields)
        self.model.hears(self.sms.sms, fields["MessageSid"], fields["Body"], now=town.now)

    @rule(seed=some.integers(0, 99), both=some.booleans())
    def writes_in_the_chat(self, seed: int, both: bool) -> None:
        self.world.do(self._chats(seed, 2 if both else 1))

    async def _chats(self, seed: int, times: int) -> None:
        town, chat = self.world.town, str(self.chat.chat)
        for _ in range(times):
            words = words_for(self.model, chat, Random(seed))
            update_id = town.telegram.write(self.chat.chat, words)
            self.model.hears(chat, str(update_id), words, now=town.now)
        # Two of them change places on the way.
        town.telegram.waiting.reverse()
        self.updates += town.telegram.waiting
        assert set(await town.telegram.call()) == {200}

    @precondition(lambda self: self.said)
    @rule(which=some.integers(0, 99), times=some.integers(1, 3))
    def is_delivered_again(self, which: int, times: int) -> None:
        self.world.do(self._again(which, times))

    async def _again(self, which: int, times: int) -> None:
        town, fields = self.world.town, self.said[which % len(self.said)]
        told = await asyncio.gather(*(town.twilio.post("/twilio/message", fields) for _ in range(times)))
        assert set(told) == {200}
        if self.updates:
            town.telegram.waiting = [self.updates[which % len(self.updates)]]
            assert await town.telegram.call() == [200]

    @rule()
    def listens(self) -> None:
        town = self.world.town
        self.world.do(town.app.reception.receive_some(now=town.now))

    @rule(steps=some.integers(1, 60))
    def dies_listening(self, steps: int) -> None:
        town = self.world.town
        self.world.do(_abandoned(town.app.reception.receive_some(now=town.now), steps))

    @rule()
    def sends(self) -> None:
        self.world.do(self._sends())

    async def _sends(self) -> None:
        town = self.world.town
        await town.settle(seconds=APART)

    @rule(steps=some.integers(1, 80))
    def dies_sending(self, steps: int) -> None:
        town = self.world.town
        self.world.do(_abandoned(self._sends(), steps))
        self.world.do(town.settle(seconds=31))

    @rule(taken=some.booleans())
    def loses_an_answer(self, taken: bool) -> None:
        self.world.town.twilio.fail(Fault(kind="reset", taken=taken, only="Messages.json"))
        self.world.do(self._sends())
        self.world.town.twilio.faults.clear()

    @rule(which=some.integers(0, 99), status=some.sampled_from(_STATUSES))
    def gets_a_receipt(self, which: int, status: str) -> None:
        mine = [one.sid for one in self.world.town.twilio.sent if one.to == self.sms.sms]
        if mine:
            assert self.world.do(self.world.town.twilio.call_back(mine[which % len(mine)], status)) == 200

    @rule(minutes=some.integers(1, 3))
    def lets_time_pass(self, minutes: int) -> None:
        self.world.town.clock.now += timedelta(minutes=minutes)

    def teardown(self) -> None:
        self.world.do(self._ends())

    async def _ends(self) -> None:
        town = self.world.town
        await town.app.reception.receive(now=town.now)
        for _ in range(6):
            await town.settle(seconds=31)
        found = await self.model.compare(town.app.database, only=(self.sms.id, self.chat.id))
        assert (found.lost, found.doubled, found.words) == (0, 0, []), found.words
        rows = await self.sms.outbox()
        taken = Counter(int(one.status_callback.rpartition("/")[2]) for one in town.twilio.sent)
        odd = [(row.id, row.status, taken[row.id]) for row in rows if row.status not in GONE or taken[row.id] != 1]
        assert odd == [], odd
        town.twilio.sent.clear()
        town.telegram.sent.clear()
        town.twilio.asked.clear()
        town.telegram.asked.clear()
        town.people.clear()


async def _abandoned(doing: Coroutine[Any, Any, Any], steps: int) -> None:
    """A worker that dies after so many turns of the loop."""
    task = asyncio.ensure_future(doing)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
