"""Queued words are handed to their channel, and receipts come back."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import Absent, Channel, Found, SendFailed, Unknown
from bot.channels.in_time import elapsed, to_be_written_by
from bot.domain.alerts import AlertKind
from bot.domain.messages import DeliveryReceipt, OutboxAct, OutboxMessage, OutboxStatus, Purpose, ReceiptStatus
from bot.domain.people import AddressState, ChannelName
from bot.services.claiming import NOTHING, Claim, Claims, Taken
from bot.services.noting import Noted, Result, alert, blocked, note, own_each, undelivered
from bot.services.outcomes import (
    address_state_by,
    after_delivery,
    after_failure,
    after_look_up,
    can_be_looked_up,
    let_go,
)
from bot.services.pace import Terms
from bot.services.published import Shelf
from bot.storage.alerts import NewAlert
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.unit_of_work import Work, unit_of_work

MOST_IN_DOUBT = 20
"""How many sends of unknown outcome are looked up at once."""

ARRIVES_WITHIN = timedelta(seconds=5)
"""What was handed over in the moment before a process died has reached the provider by then."""

RUN_LASTS = 5.0
"""After so many seconds the hour is asked for anew: what waits must not leave at night by yesterday's clock."""

LOOKS_AGAIN = 0.25
"""While a provider keeps us waiting, words that were queued meanwhile do not wait for it as well."""

USUAL = Terms()

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How many sends were tried, and after how many seconds there may be more to send, if that is known."""

    tried: int
    again_in: float | None = None


class Delivery:
    """Sends, on the terms it is given. Leases and retries are of the database's own time, never the programme's."""

    def __init__(
        self, database: Database, shelf: Shelf, channels: Mapping[ChannelName, Channel], *, terms: Terms = USUAL
    ) -> None:
        self._database = database
        self._channels = channels
        self._holder = database.process
        self._terms = terms
        self._claims = Claims(database, shelf, terms)
        self._in_hand: dict[int, Claim] = {}
        self._unnoted: dict[ChannelName, list[Result]] = {}
        self._stopping = False

    async def begin(self) -> None:
        """To be called once, before anything is sent: what stands as ours to send is our dead predecessor's."""
        async with unit_of_work(self._database) as work:
            at = await self._machine_now(work) + min(ARRIVES_WITHIN, self._terms.lease)
            await work.sending.end_leases(self._holder, at=at)

    def no_more(self) -> None:
        """Take nothing in hand any more; what is, is finished."""
        self._stopping = True

    async def send_queued(self, *, now: datetime) -> int:
        """Send what may leave now, over every channel at once. Gives how many sends were tried."""
        sent = await asyncio.gather(*(self.send_on(channel, now=now) for channel in self._channels))
        return sum(one.tried for one in sent)

    async def send_on(self, channel: ChannelName, *, now: datetime) -> Sent:
        """The same for one channel, so that the slowness of one is never another's; for `RUN_LASTS` at most."""
        await self._note(channel, now=now)
        sending: dict[asyncio.Task[Result], Claim] = {}
        try:
            return await self._run(channel, sending, now=now)
        except asyncio.CancelledError:
            # Nobody waits for them any more: whoever comes next settles them when the lease has run out.
            for task, claim in sending.items():
                task.cancel()
                self._in_hand.pop(claim.message.id, None)
            raise
        except Exception:
            # What could not be noted is noted next time: what was sent meanwhile must not become uncertain.
            if sending:
                await asyncio.wait(sending)
                self._unnoted.setdefault(channel, []).extend(task.result() for task in sending)
            raise

    async def _run(self, channel: ChannelName, sending: dict[asyncio.Task[Result], Claim], *, now: datetime) -> Sent:
        ends, tried = elapsed() + RUN_LASTS, 0
        most = max(lane.pace.in_hand for lane in self._terms.lanes(channel))
        while True:
            taken, again_in = NOTHING, LOOKS_AGAIN
            is_over = self._stopping or elapsed() > ends
            if not is_over and len(sending) < most:
                taken = await self._claim(channel, most=most - len(sending), now=now)
                again_in = LOOKS_AGAIN if taken.again_in is None else taken.again_in
            tried += len(taken.claims)
            sending |= {asyncio.create_task(self._send(claim)): claim for claim in taken.claims}
            if not sending and (is_over or taken.again_in != 0):
                return Sent(tried=tried, again_in=0 if is_over else taken.again_in)
            if not sending:
                # All that was looked at was given up or is to wait: there may be more behind it.
                continue
            # No transaction is open while we wait for the provider: a slow provider must not hold the database.
            done, _ = await asyncio.wait(sending, timeout=again_in, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del sending[task]
                self._unnoted.setdefault(channel, []).append(task.result())
            await self._note(channel, now=now)

    async def _claim(self, channel: ChannelName, *, most: int, now: datetime) -> Taken:
        taken = await self._claims.take(channel, most=most, now=now)
        self._in_hand |= {claim.message.id: claim for claim in taken.claims}
        return taken

    async def _send(self, claim: Claim) -> Result:
        message, patience = claim.message, self._terms.patience.total_seconds()
        if claim.ends - elapsed() < patience:
            # We hung, or the machine did: by the time the provider answers, somebody else may have settled it.
            return Result(claim=claim, outcome=let_go(message))
        try:
            async with asyncio.timeout(patience):
                with to_be_written_by(claim.ends - self._terms.margin.total_seconds()):
                    delivered = await self._channels[message.channel].deliver(message)
        except SendFailed as failed:
            return Result(claim=claim, outcome=after_failure(message, failed), failed=failed)
        except TimeoutError:
            lost = SendFailed("timeout", unsettled=message.act is OutboxAct.SEND, away=True)
            return Result(claim=claim, outcome=after_failure(message, lost), failed=lost)
        return Result(claim=claim, outcome=after_delivery(message, delivered))

    async def _note(self, channel: ChannelName, *, now: datetime) -> None:
        # Taken out first: two may be sending on one channel in the same moment.
        results = self._unnoted.pop(channel, [])
        if not results:
            return
        try:
            await self._note_all(channel, results, now=now)
        except (DatabaseAway, asyncio.CancelledError):
            # All of them are noted next time.
            self._unnoted.setdefault(channel, []).extend(results)
            raise
        for one in results:
            self._in_hand.pop(one.claim.message.id, None)

    async def _note_all(self, channel: ChannelName, results: Sequence[Result], *, now: datetime) -> None:
        try:
            await self._noted(channel, results, now=now)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, one of them must not hold up the others
            await self._note_singly(channel, results, now=now)

    async def _note_singly(self, channel: ChannelName, results: Sequence[Result], *, now: datetime) -> None:
        for one in results:
            try:
                await self._noted(channel, [one], now=now)
            except DatabaseAway:
                raise
            except Exception as trouble:  # noqa: BLE001 - it is settled when its lease has run out
                log.error("message %s: not noted (%s)", one.claim.message.id, type(trouble).__name__)

    async def _noted(self, channel: ChannelName, results: Sequence[Result], *, now: datetime) -> None:
        async with unit_of_work(self._database) as work:
            by = Noted(holder=self._holder, now=now, machine_now=await self._machine_now(work))
            await note(work, channel, results, by=by)

    async def settle(self, *, now: datetime) -> int:
        """Find out about sends whose answer was lost, ours or a dead process's. Gives how many were looked at."""
        async with unit_of_work(self._database) as work:
            machine_now = await self._machine_now(work)
            # A clock that jumps takes nothing out of our own hands.
            doubtful = await work.sending.in_doubt(machine_now=machine_now, most=MOST_IN_DOUBT, but=self._in_hand)
            await work.sending.take_over(
                [one.id for one in doubtful],
                holder=self._holder,
                until=machine_now + self._terms.lease,
            )
        found = await asyncio.gather(*(self._look_up(message) for message in doubtful))
        async with unit_of_work(self._database) as work:
            theirs = await own_each(work, doubtful, found)
            pairs = zip(doubtful, theirs, strict=True)
            outcomes = [after_look_up(message, what, machine_now=machine_now) for message, what in pairs]
            await work.sending.note(outcomes, holder=self._holder, now=now, machine_now=await self._machine_now(work))
            uncertain = {one.id for one in outcomes if one.status is OutboxStatus.UNCERTAIN}
            await work.alerts.raise_these(
                [alert(one, AlertKind.UNCERTAIN) for one in doubtful if one.id in uncertain],
                now=now,
            )
        return len(doubtful)

    async def _look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        channel = self._channels.get(message.channel)
        return await channel.look_up(message) if channel is not None and can_be_looked_up(message) else Unknown()

    async def note_receipt(self, receipt: DeliveryReceipt, *, now: datetime) -> None:
        """What the provider said later. Only forward: late, repeated and backward ones change nothing."""
        async with unit_of_work(self._database) as work:
            row = await work.outbox.note_receipt(receipt, now=now)
            if row is not None and receipt.status is ReceiptStatus.FAILED and row.purpose == Purpose.CRISIS:
                await work.alerts.raise_these([undelivered(row, now=now)], now=now)
            if row is None or receipt.status is not ReceiptStatus.FAILED or row.participant_id is None:
                return
            state = address_state_by(receipt.error_code)
            if state is AddressState.STOPPED:
                await blocked(work, row.address_id, about=row.id, now=now)
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

    async def _machine_now(self, work: Work) -> datetime:
        return await work.machine.now() + self._terms.ahead()
