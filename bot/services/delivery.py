"""Queued words are handed to their channel, and receipts come back."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.channels.channel import Channel, SendFailed, Unknown
from bot.domain.alerts import AlertKind
from bot.domain.messages import (
    DeliveryReceipt,
    OutboxAct,
    OutboxMessage,
    OutboxStatus,
    Purpose,
    ReceiptStatus,
)
from bot.domain.people import AddressState, ChannelName
from bot.services.last_look import sort_out
from bot.services.outcomes import (
    address_state_by,
    after_delivery,
    after_failure,
    after_look_up,
    can_be_looked_up,
)
from bot.services.pile import alert_about
from bot.services.published import Shelf
from bot.services.silences import silence
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.outbox_rows import Outcome
from bot.storage.unit_of_work import Work, unit_of_work

MOST_IN_HAND = 20
HELP_IS_LATE = 2
"""When help in a crisis was refused more often than this, somebody is called as if it would never arrive."""

LEASE = timedelta(seconds=30)
"""Longer than any channel's time-out, so that a lease that ran out means a process that died."""

ARRIVES_WITHIN = timedelta(seconds=5)
"""What was handed over in the moment before a process died has reached the provider by then."""

MachineClock = Callable[[], datetime]

log = logging.getLogger(__name__)


class Delivery:
    """Sends. `machine_clock` is the machine's own time: leases and retries never follow a moved programme clock.

    `lease` is how long this process may be silent before another settles what it had in hand.
    """

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        channels: Mapping[ChannelName, Channel],
        *,
        machine_clock: MachineClock,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._channels = channels
        self._holder = database.process
        self._machine_clock = machine_clock
        self._lease = lease

    async def begin(self) -> None:
        """To be called once, before anything is sent: what stands as ours to send is our dead predecessor's."""
        async with unit_of_work(self._database) as work:
            await work.outbox.end_leases(self._holder, at=self._machine_clock() + min(ARRIVES_WITHIN, self._lease))

    async def send_queued(self, *, now: datetime) -> int:
        """Send what may leave now, over every channel at once. Gives how many sends were tried."""
        return sum(await asyncio.gather(*(self.send_on(channel, now=now) for channel in self._channels)))

    async def send_on(self, channel: ChannelName, *, now: datetime) -> int:
        """The same for one channel, so that the slowness of one is never another's."""
        tried = 0
        while True:
            in_hand, looked_at = await self._claim(channel, now=now)
            if not looked_at:
                return tried
            # No transaction is open while we wait for the provider: a slow provider must not hold the database.
            results = await asyncio.gather(*(self._send(message) for message in in_hand))
            tried += len(in_hand)
            await self._note(
                channel,
                [one for one, _ in results],
                [one for _, one in results if one],
                now=now,
            )

    async def _claim(self, channel: ChannelName, *, now: datetime) -> tuple[list[OutboxMessage], int]:
        machine_now = self._machine_clock()
        async with unit_of_work(self._database) as work:
            if await work.pauses.until(channel, machine_now=machine_now) is not None:
                return [], 0
            found = await work.outbox.heads(channel, most=MOST_IN_HAND, now=now, machine_now=machine_now)
            if not found:
                return [], 0
            plans = await self._shelf.plans(
                work,
                {one.message.programme_id for one in found if one.message.programme_id},
            )
            order = sort_out(found, plans, now=now)
            await work.outbox.give_up(order.give_up, now=now)
            await work.outbox.hold(order.hold)
            await work.outbox.claim(
                [one.id for one in order.go],
                holder=self._holder,
                until=machine_now + self._lease,
                machine_now=machine_now,
            )
        return order.go, len(found)

    async def _send(self, message: OutboxMessage) -> tuple[Outcome, tuple[OutboxMessage, SendFailed] | None]:
        try:
            delivered = await self._channels[message.channel].deliver(message)
        except SendFailed as failed:
            return after_failure(message, failed, machine_now=self._machine_clock()), (message, failed)
        return after_delivery(message, delivered), None

    async def _note(
        self,
        channel: ChannelName,
        outcomes: Sequence[Outcome],
        failures: Sequence[tuple[OutboxMessage, SendFailed]],
        *,
        now: datetime,
    ) -> None:
        if not outcomes:
            return
        async with unit_of_work(self._database) as work:
            await work.outbox.note(outcomes, holder=self._holder, now=now)
            waits = [failed.retry_after for _, failed in failures if failed.retry_after is not None]
            if waits:
                await work.pauses.set(channel, until=self._machine_clock() + max(waits), reason="provider")
            for message, failed in failures:
                await _address_news(work, message, failed, now=now)
            over = {one.id for one in outcomes if one.status in (OutboxStatus.UNCERTAIN, OutboxStatus.FAILED)}
            words = [message for message, why in failures if message.act is OutboxAct.SEND and not why.gone]
            late = [message for message, _ in failures if message.id in over or message.attempts >= HELP_IS_LATE]
            await work.alerts.raise_these(
                [_undelivered(one, now=now) for one in late if one.purpose is Purpose.CRISIS], now=now
            )
            await work.alerts.raise_these(
                [_alert(message, AlertKind.UNCERTAIN) for message in words if message.id in over],
                now=now,
            )

    async def settle(self, *, now: datetime) -> int:
        """Find out about sends whose answer was lost, ours or a dead process's. Gives how many were looked at."""
        machine_now = self._machine_clock()
        async with unit_of_work(self._database) as work:
            doubtful = await work.outbox.in_doubt(machine_now=machine_now, most=MOST_IN_HAND)
            await work.outbox.take_over(
                [one.id for one in doubtful],
                holder=self._holder,
                until=machine_now + self._lease,
            )
        outcomes = await asyncio.gather(*(self._look_up(message, machine_now=machine_now) for message in doubtful))
        async with unit_of_work(self._database) as work:
            await work.outbox.note(outcomes, holder=self._holder, now=now)
            uncertain = {one.id for one in outcomes if one.status is OutboxStatus.UNCERTAIN}
            await work.alerts.raise_these(
                [_alert(one, AlertKind.UNCERTAIN) for one in doubtful if one.id in uncertain],
                now=now,
            )
        return len(doubtful)

    async def _look_up(self, message: OutboxMessage, *, machine_now: datetime) -> Outcome:
        channel = self._channels.get(message.channel)
        found = await channel.look_up(message) if channel is not None and can_be_looked_up(message) else Unknown()
        return after_look_up(message, found, machine_now=machine_now)

    async def note_receipt(self, receipt: DeliveryReceipt, *, now: datetime) -> None:
        """What the provider said later. Only forward: late, repeated and backward ones change nothing."""
        async with unit_of_work(self._database) as work:
            row = await work.outbox.note_receipt(receipt, now=now)
            if row is not None and receipt.status is ReceiptStatus.FAILED and row.purpose == Purpose.CRISIS:
                await work.alerts.raise_these([_undelivered(row, now=now)], now=now)
            if row is None or receipt.status is not ReceiptStatus.FAILED or row.participant_id is None:
                return
            state = address_state_by(receipt.error_code)
            if state is AddressState.STOPPED:
                await _blocked(work, row.address_id, about=row.id, now=now)
            elif state is not None:
                await work.addresses.set_state([(row.address_id, state)], now=now)
                await work.alerts.raise_these(
                    [
                        NewAlert(
                            organisation_id=row.organisation_id,
                            programme_id=row.programme_id,
                            participant_id=row.participant_id,
                            kind=AlertKind.BOUNCING,
                            about=row.id,
                            once=f"bouncing/{row.address_id}/{state}",
                        )
                    ],
                    now=now,
                )


async def _address_news(work: Work, message: OutboxMessage, failed: SendFailed, *, now: datetime) -> None:
    """What a refusal says about the address itself."""
    if failed.moved_to is not None:
        await work.addresses.move(message.address_id, channel=message.channel, value=failed.moved_to, now=now)
    elif failed.stopped:
        await _blocked(work, message.address_id, about=message.id, now=now)
    elif failed.gone:
        await work.addresses.set_state([(message.address_id, AddressState.BAD)], now=now)
        if message.participant_id is not None:
            await work.alerts.raise_these([_alert(message, AlertKind.BOUNCING)], now=now)


async def _blocked(work: Work, address: int, *, about: int, now: datetime) -> None:
    """The person stopped us at the provider: that is a stop like any other, for everybody with this telephone."""
    twins = await work.addresses.twins(address)
    await work.addresses.block((one for one, _ in twins), now=now)
    people = await work.participants.people(person for _, person in twins if person is not None)
    going = [one for one, places in people.items() if places[0].stopped_at is None]
    await silence(work, going, now=now)
    # Whoever had stopped us already is no news.
    await work.alerts.raise_these(
        [alert_about(people[one][0], AlertKind.BLOCKED, once=f"out/{about}/{one}", about=about) for one in going],
        now=now,
    )


def _undelivered(message: OutboxMessage | Any, *, now: datetime) -> NewAlert:
    """Help in a crisis did not arrive: somebody must call now. It may be the row of a receipt."""
    return NewAlert(
        organisation_id=message.organisation_id,
        programme_id=message.programme_id,
        participant_id=message.participant_id,
        kind=AlertKind.CRISIS_UNDELIVERED,
        about=message.id,
        once=f"crisis-undelivered/out/{message.id}",
        escalates_at=now,
    )


def _alert(message: OutboxMessage, kind: AlertKind) -> NewAlert:
    return NewAlert(
        organisation_id=message.organisation_id,
        programme_id=message.programme_id,
        participant_id=message.participant_id,
        coach_id=message.coach_id,
        kind=kind,
        about=message.id,
        once=f"{kind}/out/{message.id}",
    )
