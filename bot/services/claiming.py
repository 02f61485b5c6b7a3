"""Words are claimed only if they may leave now: nobody stopped them, and there is a token for them and the money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.channels.in_time import elapsed
from bot.domain.messages import OutboxAct, OutboxMessage, Priority
from bot.domain.people import ChannelName
from bot.services.budget import Bill, pay
from bot.services.last_look import sort_out
from bot.services.pace import Lane, Terms, refilled, until_next
from bot.services.published import Plan, Shelf
from bot.storage.database import Database
from bot.storage.outbox_rows import Candidate
from bot.storage.pauses import AWAY, TAKEN_FOR_AWAY, Standing
from bot.storage.sending import ANY_URGENCY, Wanted
from bot.storage.unit_of_work import Work, unit_of_work


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Words in our hands. `ends` is when the lease does, in seconds of `in_time.elapsed`.

    `cost`: for which programme's day they were counted, and as how many parts. `probe`: they try a channel that was
    away.
    """

    message: OutboxMessage
    ends: float
    cost: tuple[int, date, int] | None = None
    probe: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What could be claimed. `again_in` is after how many seconds there may be more; `None`: nobody knows of any."""

    claims: tuple[Claim, ...] = ()
    again_in: float | None = None


NOTHING = Taken()


@dataclass(frozen=True)
class _Asked:
    """One try to claim: on which lane, how many at most, in which times, and how the channel stands."""

    channel: ChannelName
    lane: Lane
    most: int
    now: datetime
    machine_now: datetime
    standing: Standing
    tokens: float

    @property
    def room(self) -> int:
        """How many may be claimed."""
        free = min(self.most, int(self.tokens))
        return min(free, 1) if self.is_shut or self.is_probe else free

    @property
    def is_shut(self) -> bool:
        """Whether the provider was away and is to be left alone; only help in a crisis is tried."""
        return self._was_away and self._waits

    @property
    def is_probe(self) -> bool:
        """Whether the provider was away, and one message is to find out whether it is back."""
        return self._was_away and not self._waits

    @property
    def must_wait(self) -> bool:
        """Whether the provider asked for it."""
        return not self._was_away and self._waits

    @property
    def _was_away(self) -> bool:
        return self.standing.reason == AWAY and self.standing.failures >= TAKEN_FOR_AWAY

    @property
    def _waits(self) -> bool:
        return self.standing.until is not None and self.standing.until > self.machine_now


class Claims:
    """Takes in hand for one process."""

    def __init__(self, database: Database, shelf: Shelf, terms: Terms) -> None:
        self._database = database
        self._shelf = shelf
        self._terms = terms

    async def take(self, channel: ChannelName, *, most: int, now: datetime) -> Taken:
        """As many as may leave now, on every lane of the channel: a sender without tokens holds up no other."""
        claims: list[Claim] = []
        again: list[float] = []
        for lane in self._terms.lanes(channel):
            if len(claims) == most:
                again.append(0)
                break
            taken = await self._on(lane, channel, most=most - len(claims), now=now)
            claims += taken.claims
            if taken.again_in is not None:
                again.append(taken.again_in)
        return Taken(claims=tuple(claims), again_in=min(again, default=None))

    async def _on(self, lane: Lane, channel: ChannelName, *, most: int, now: datetime) -> Taken:
        # Before anything is asked: what we believe to be left of the lease is rather too little than too much.
        ends = elapsed() + self._terms.lease.total_seconds()
        async with unit_of_work(self._database) as work:
            standing = await work.pauses.standing(channel)
            machine_now = standing.now + self._terms.ahead()
            tokens = await _tokens(work, lane, machine_now=machine_now)
            asked = _Asked(
                channel=channel,
                lane=lane,
                most=most,
                now=now,
                machine_now=machine_now,
                standing=standing,
                tokens=tokens,
            )
            if asked.must_wait:
                return NOTHING
            if asked.room < 1:
                return Taken(again_in=until_next(tokens, lane.pace))
            found = await work.sending.heads(_wanted(asked), now=now, machine_now=machine_now)
            if not found:
                return NOTHING
            probed = machine_now + self._terms.patience
            if asked.is_probe and not await work.pauses.probe(channel, machine_now=machine_now, until=probed):
                return NOTHING
            chosen = _one_a_chat(found, lane)
            claims = await self._claim(work, asked, chosen, ends=ends)
        if len(claims) < len(chosen):
            # What was given up, or waits from now on, may have stood ahead of something to the same address.
            return Taken(claims=claims, again_in=0)
        if asked.is_probe or asked.is_shut or len(found) < asked.room:
            return Taken(claims=claims)
        return Taken(claims=claims, again_in=until_next(tokens - len(claims), lane.pace))

    async def _claim(self, work: Work, asked: _Asked, found: Sequence[Candidate], *, ends: float) -> tuple[Claim, ...]:
        plans = await self._shelf.plans(work, {one.message.programme_id for one in found if one.message.programme_id})
        bill = await _decided(work, found, plans, now=asked.now)
        machine_now, pace = asked.machine_now, asked.lane.pace
        await work.sending.claim(
            [one.id for one in bill.go],
            holder=self._database.process,
            until=machine_now + self._terms.lease,
            machine_now=machine_now,
        )
        if bill.go and pace.per_second is not None:
            await work.rates.keep(asked.lane.name, left=asked.tokens - len(bill.go), machine_now=machine_now)
        if pace.chats is not None:
            chats = [one.address_id for one in bill.go if one.act is OutboxAct.SEND]
            await work.sending.spoken_to(chats, machine_now=machine_now, every=pace.chats.every)
        return tuple(
            Claim(message=replace(one, claimed_at=machine_now), ends=ends, cost=bill.cost_of(one), probe=asked.is_probe)
            for one in bill.go
        )


async def _tokens(work: Work, lane: Lane, *, machine_now: datetime) -> float:
    if lane.pace.per_second is None:
        return float(lane.pace.in_hand)
    tokens, counted_at = await work.rates.hold(lane.name, most=lane.pace.burst, machine_now=machine_now)
    return refilled(tokens, counted_at=counted_at, now=machine_now, pace=lane.pace)


def _wanted(asked: _Asked) -> Wanted:
    return Wanted(
        channel=asked.channel,
        most=asked.room,
        # Whoever cried for help is not to wait until a provider is believed again.
        urgency=int(Priority.CRISIS) if asked.is_shut else ANY_URGENCY,
        whose=asked.lane.whose,
        chats=asked.lane.pace.chats,
    )


def _one_a_chat(found: Sequence[Candidate], lane: Lane) -> Sequence[Candidate]:
    """Of several who share a chat, the first: the others wait as long as they would for themselves."""
    if lane.pace.chats is None:
        return found
    return list({one.message.to: one for one in reversed(found)}.values())[::-1]


async def _decided(work: Work, found: Sequence[Candidate], plans: Mapping[int, Plan], *, now: datetime) -> Bill:
    """What goes and what it costs; what does not go is given up or waits from now on."""
    order = sort_out(found, plans, now=now)
    going = {one.id for one in order.go}
    bill = await pay(work, [one for one in found if one.message.id in going], plans, now=now)
    await work.sending.give_up([*order.give_up, *bill.give_up], now=now)
    await work.sending.hold([*((one, until, None) for one, until in order.hold), *bill.hold])
    return bill
