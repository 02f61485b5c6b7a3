"""Queued words are handed to their channel, and receipts come back."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import Absent, Channel, Delivered, Found, SendFailed, Unknown
from bot.domain.calendar import is_quiet, quiet_until
from bot.domain.messages import (
    DeliveryReceipt,
    OutboxMessage,
    OutboxStatus,
    Purpose,
    ReceiptStatus,
)
from bot.domain.people import AddressState, ChannelName
from bot.services.published import Plan, Shelf
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.outbox import ALWAYS_SENT, Candidate, Outcome
from bot.storage.unit_of_work import Work, unit_of_work

MOST_IN_HAND = 20
LEASE = timedelta(seconds=30)
"""Longer than any channel's time-out, so that a lease that ran out means a process that died."""

SETTLE_AFTER = timedelta(seconds=20)
SETTLE_WITHIN = timedelta(minutes=10)
"""A receipt comes, or the look-up knows, within this time; after it the send is uncertain."""

MOST_ATTEMPTS = 8
LOOKED_UP = (ChannelName.SMS,)
REPEATED = (Purpose.CRISIS, Purpose.CANCELLATION)
"""What is sent again even when it may have left already: twice is better than not at all."""

# What we begin ourselves, and therefore never at night.
BEGUN_BY_US = (Purpose.REMINDER, Purpose.NUDGE)

STOPPED_BY_PERSON = "21610"
BAD_NUMBERS = frozenset({"21211", "21614", "21217", "30005", "30006"})

MachineClock = Callable[[], datetime]

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The candidates of one claim, sorted by what is done with each."""

    go: list[OutboxMessage]
    give_up: list[tuple[int, OutboxStatus, str]]
    hold: list[tuple[int, datetime]]


class Delivery:
    """Sends. `machine_clock` is the machine's own time: leases and retries never follow a moved programme clock."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        channels: Mapping[ChannelName, Channel],
        *,
        holder: str,
        machine_clock: MachineClock,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._channels = channels
        self._holder = holder
        self._machine_clock = machine_clock

    async def send_queued(self, *, now: datetime) -> int:
        """Send what may leave now, over every channel at once. Gives how many sends were tried."""
        tried = await asyncio.gather(*(self._drain(channel, now=now) for channel in self._channels))
        return sum(tried)

    async def _drain(self, channel: ChannelName, *, now: datetime) -> int:
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
            order = _sort(found, plans, now=now)
            await work.outbox.give_up(order.give_up, now=now)
            await work.outbox.hold(order.hold)
            await work.outbox.claim(
                [one.id for one in order.go],
                holder=self._holder,
                until=machine_now + LEASE,
                machine_now=machine_now,
            )
        return order.go, len(found)

    async def _send(self, message: OutboxMessage) -> tuple[Outcome, tuple[OutboxMessage, SendFailed] | None]:
        try:
            delivered = await self._channels[message.channel].deliver(message)
        except SendFailed as failed:
            return self._failed(message, failed), (message, failed)
        return _sent(message, delivered), None

    def _failed(self, message: OutboxMessage, failed: SendFailed) -> Outcome:
        machine_now = self._machine_clock()
        if failed.unsettled:
            return self._in_doubt(message, failed.code, machine_now=machine_now)
        if failed.retry_after is not None:
            # The provider asked the whole channel to wait: that is nobody's fault, and no attempt.
            retry_at = machine_now + failed.retry_after
            return Outcome(
                id=message.id,
                status=OutboxStatus.QUEUED,
                error=failed.code,
                retry_at=retry_at,
            )
        if failed.permanent or failed.gone or message.attempts + 1 >= MOST_ATTEMPTS:
            return Outcome(id=message.id, status=OutboxStatus.FAILED, error=failed.code)
        retry_at = machine_now + timedelta(seconds=min(2**message.attempts * 5, 900))
        return Outcome(
            id=message.id,
            status=OutboxStatus.QUEUED,
            error=failed.code,
            retry_at=retry_at,
        )

    def _in_doubt(self, message: OutboxMessage, code: str, *, machine_now: datetime) -> Outcome:
        if message.purpose in REPEATED:
            retry_at = machine_now + timedelta(seconds=5)
            return Outcome(id=message.id, status=OutboxStatus.QUEUED, error=code, retry_at=retry_at)
        if message.channel in LOOKED_UP:
            retry_at = machine_now + SETTLE_AFTER
            return Outcome(
                id=message.id,
                status=OutboxStatus.UNSETTLED,
                error=code,
                retry_at=retry_at,
            )
        return Outcome(id=message.id, status=OutboxStatus.UNCERTAIN, error=code)

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
            uncertain = {one.id for one in outcomes if one.status is OutboxStatus.UNCERTAIN}
            await work.alerts.raise_these(
                [_alert(message, "uncertain") for message, _ in failures if message.id in uncertain],
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
                until=machine_now + LEASE,
            )
        outcomes = await asyncio.gather(*(self._look_up(message, machine_now=machine_now) for message in doubtful))
        async with unit_of_work(self._database) as work:
            await work.outbox.note(outcomes, holder=self._holder, now=now)
            uncertain = {one.id for one in outcomes if one.status is OutboxStatus.UNCERTAIN}
            await work.alerts.raise_these(
                [_alert(one, "uncertain") for one in doubtful if one.id in uncertain],
                now=now,
            )
        return len(doubtful)

    async def _look_up(self, message: OutboxMessage, *, machine_now: datetime) -> Outcome:
        if message.purpose in REPEATED:
            return Outcome(id=message.id, status=OutboxStatus.QUEUED, error="repeated")
        if message.channel not in LOOKED_UP or message.channel not in self._channels:
            return Outcome(id=message.id, status=OutboxStatus.UNCERTAIN, error="answer-lost")
        match await self._channels[message.channel].look_up(message):
            case Found(provider_id=provider_id):
                return Outcome(id=message.id, status=OutboxStatus.SENT, provider_id=provider_id)
            case Absent():
                return Outcome(id=message.id, status=OutboxStatus.QUEUED, error="never-arrived")
            case Unknown():
                claimed = message.claimed_at or machine_now
                if machine_now - claimed > SETTLE_WITHIN:
                    return Outcome(
                        id=message.id,
                        status=OutboxStatus.UNCERTAIN,
                        error="answer-lost",
                    )
                return Outcome(
                    id=message.id,
                    status=OutboxStatus.UNSETTLED,
                    error="answer-lost",
                    retry_at=machine_now + SETTLE_AFTER,
                )

    async def note_receipt(self, receipt: DeliveryReceipt, *, now: datetime) -> None:
        """What the provider said later. Only forward: late, repeated and backward ones change nothing."""
        async with unit_of_work(self._database) as work:
            row = await work.outbox.note_receipt(receipt, now=now)
            if row is None or receipt.status is not ReceiptStatus.FAILED or row.participant_id is None:
                return
            state = _state_by_code(receipt.error_code)
            if state is not None:
                await work.participants.set_address_state([(row.address_id, state)], now=now)
                await work.alerts.raise_these(
                    [
                        NewAlert(
                            organisation_id=row.organisation_id,
                            programme_id=row.programme_id,
                            participant_id=row.participant_id,
                            kind="bouncing",
                            about=row.id,
                            once=f"bouncing/{row.address_id}/{state}",
                        )
                    ],
                    now=now,
                )


def _sort(found: Sequence[Candidate], plans: Mapping[int, Plan], *, now: datetime) -> Sorted:
    order = Sorted(go=[], give_up=[], hold=[])
    for one in found:
        message = one.message
        why = _given_up(one, now=now)
        until = None if why else _held_until(one, plans, now=now)
        if why is not None:
            order.give_up.append((message.id, *why))
        elif until is not None:
            order.hold.append((message.id, until))
        else:
            order.go.append(message)
    return order


def _given_up(one: Candidate, *, now: datetime) -> tuple[OutboxStatus, str] | None:
    """Why words that wait are not sent after all, asked in the moment before they would leave."""
    if one.expires_at is not None and one.expires_at <= now:
        return OutboxStatus.EXPIRED, "late"
    if one.programme_stopped_at is not None and one.message.purpose is not Purpose.CRISIS:
        return OutboxStatus.CANCELLED, "programme-stopped"
    if one.address_state is not AddressState.ACTIVE and one.message.purpose is not Purpose.CRISIS:
        return OutboxStatus.CANCELLED, "address"
    if one.message.purpose in ALWAYS_SENT:
        return None
    if one.stopped_at is not None:
        return OutboxStatus.CANCELLED, "stopped"
    if one.protected and one.message.purpose in BEGUN_BY_US:
        return OutboxStatus.CANCELLED, "protected"
    return None


def _held_until(one: Candidate, plans: Mapping[int, Plan], *, now: datetime) -> datetime | None:
    """Until when words wait: what we begin is not begun at night, nor in a pause."""
    if one.message.purpose not in BEGUN_BY_US:
        return None
    if one.paused_until is not None and one.paused_until > now:
        return one.paused_until
    plan = plans.get(one.message.programme_id or 0)
    if plan is None or one.zone is None or not is_quiet(plan.programme.quiet, zone=one.zone, now=now):
        return None
    return quiet_until(plan.programme.quiet, zone=one.zone, now=now)


def _sent(message: OutboxMessage, delivered: Delivered) -> Outcome:
    return Outcome(
        id=message.id,
        status=OutboxStatus.SENT,
        provider_id=delivered.provider_id,
        parts=delivered.parts,
    )


async def _address_news(work: Work, message: OutboxMessage, failed: SendFailed, *, now: datetime) -> None:
    """What a refusal says about the address itself."""
    if failed.moved_to is not None:
        await work.participants.move_address(
            message.address_id, channel=message.channel, value=failed.moved_to, now=now
        )
    elif failed.gone:
        state = AddressState.STOPPED if failed.stopped else AddressState.BAD
        await work.participants.set_address_state([(message.address_id, state)], now=now)
        if message.participant_id is not None:
            await work.alerts.raise_these([_alert(message, "blocked" if failed.stopped else "bouncing")], now=now)


def _alert(message: OutboxMessage, kind: str) -> NewAlert:
    return NewAlert(
        organisation_id=message.organisation_id,
        programme_id=message.programme_id,
        participant_id=message.participant_id,
        coach_id=message.coach_id,
        kind=kind,
        about=message.id,
        once=f"{kind}/out/{message.id}",
    )


def _state_by_code(code: str | None) -> AddressState | None:
    if code == STOPPED_BY_PERSON:
        return AddressState.STOPPED
    return AddressState.BAD if code in BAD_NUMBERS else None
