"""Words are taken in hand by one process at a time, and only whoever has them says what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import OutboxMessage, OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.outbox_heads import EVERYBODYS, Whose, heads
from bot.storage.outbox_marks import (
    ADOPT_PROVIDER_ID,
    CLAIM,
    CLAIM_AT_ONCE,
    GIVE_UP,
    HOLD,
    MARK_SENT_AT_ONCE,
    NOTE,
    sent_at_once,
)
from bot.storage.outbox_rows import Candidate, Outcome, candidate_of, message_of, outcome_row
from bot.storage.sealing import Sealer
from bot.storage.tables import addresses, outbox

_IN_HAND = (OutboxStatus.SENDING, OutboxStatus.UNSETTLED)

ANY_URGENCY = 1_000
"""Every priority there is."""


# To plan the question for the next words anew takes the server longer than to answer it, by the same plan each time.
_PLANNED_ONCE = text("SET LOCAL plan_cache_mode = force_generic_plan")
_SPOKEN_TO = update(addresses).where(addresses.c.id == bindparam("address")).values(spoken_at=bindparam("until"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Chats:
    """How often one chat may be written to: words leave once `every`, answers sooner by `sooner` at most."""

    every: timedelta
    sooner: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which words are looked for, and how many. `chats` are spared if that is given."""

    channel: ChannelName
    most: int
    urgency: int = ANY_URGENCY
    whose: Whose = EVERYBODYS
    chats: Chats | None = None


class Sending:
    """The way out of the outbox. Moments called machine time are the database's own."""

    def __init__(self, connection: AsyncConnection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def heads(self, wanted: Wanted, *, now: datetime, machine_now: datetime) -> list[Candidate]:
        """The next words for each address of a channel, most urgent first; held until the end of the unit of work."""
        values: dict[str, Any] = {"now": now, "machine_now": machine_now, "most": wanted.most}
        values |= {"channel": wanted.channel, "urgency": wanted.urgency}
        if wanted.whose.only is not None:
            values["only"] = wanted.whose.only
        if wanted.whose.but:
            values["but"] = wanted.whose.but
        if wanted.chats is not None:
            values |= {"spoken_by": machine_now, "answered_by": machine_now + wanted.chats.sooner}
        asked = heads(
            only=wanted.whose.only is not None, but=bool(wanted.whose.but), by_chat=wanted.chats is not None
        )  # fmt: skip
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_PLANNED_ONCE)
        return [candidate_of(row, self._sealer) for row in await self._connection.execute(asked, values)]

    async def claim(self, ids: Sequence[int], *, holder: str, until: datetime, machine_now: datetime) -> None:
        """These are being sent from now on. Machine time: a lease never follows a moved clock."""
        if not ids:
            return
        values = {"holder": holder, "until": until, "now": machine_now}
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(CLAIM_AT_ONCE, values | {"messages": list(ids)})
        else:
            await self._connection.execute(CLAIM, [values | {"message": one} for one in ids])

    async def spoken_to(self, chats: Iterable[int], *, machine_now: datetime, every: timedelta) -> None:
        """Words leave for these addresses now: their next ones wait, and a burst of them is made up for."""
        wanted = sorted(set(chats))
        if not wanted:
            return
        rows = await self._connection.execute(
            select(addresses.c.id, addresses.c.spoken_at).where(addresses.c.id.in_(wanted))
        )
        # A moment far ahead is of a clock that has been set right since.
        last = {row.id: row.spoken_at for row in rows if row.spoken_at and row.spoken_at < machine_now + 60 * every}
        await self._connection.execute(
            _SPOKEN_TO,
            [{"address": one, "until": max(machine_now, last.get(one, machine_now)) + every} for one in wanted],
        )

    async def give_up(self, ids: Sequence[tuple[int, OutboxStatus, str]], *, now: datetime) -> None:
        """These will not be sent: the status (expired, cancelled) and why."""
        if ids:
            await self._connection.execute(
                GIVE_UP,
                [{"message": one, "new_status": status, "new_error": why, "now": now} for one, status, why in ids],
            )

    async def hold(self, held: Sequence[tuple[int, datetime, str | None]]) -> None:
        """These may leave later: the end of the quiet hours, of a pause, or of a day whose money is spent; and why."""
        if held:
            await self._connection.execute(
                HOLD, [{"message": one, "until": until, "new_error": why} for one, until, why in held]
            )

    async def note(self, outcomes: Sequence[Outcome], *, holder: str, now: datetime, machine_now: datetime) -> None:
        """What the tries of this holder led to. `now` is programme time."""
        sent = [one for one in outcomes if one.status is OutboxStatus.SENT]
        others = [one for one in outcomes if one.status is not OutboxStatus.SENT]
        if self._connection.dialect.name != "postgresql":
            sent, others = [], list(outcomes)
        noted: set[int] = set()
        if sent:
            rows = await self._connection.execute(MARK_SENT_AT_ONCE, sent_at_once(sent, holder, now))
            noted = set(rows.scalars())
        if others:
            rows = await self._connection.execute(
                NOTE, [outcome_row(one, holder, now=now, machine_now=machine_now) for one in others]
            )
            # All were ours still: none of them waits to learn the provider's name for it.
            noted |= {one.id for one in others} if rows.rowcount == len(others) else set()
        late = [one for one in outcomes if one.provider_id is not None and one.id not in noted]
        if late:
            # The receipt may have come first: the status stays, the provider's id is still worth having.
            await self._connection.execute(
                ADOPT_PROVIDER_ID,
                [{"message": one.id, "new_provider_id": one.provider_id} for one in late],
            )

    async def in_doubt(self, *, machine_now: datetime, most: int, but: Iterable[int] = ()) -> list[OutboxMessage]:
        """Sends whose outcome is not known: their lease ran out, or the answer was lost; held.

        `but` these, which are in hand at this moment whatever a clock says.
        """
        rows = await self._connection.execute(
            select(outbox, addresses.c.cipher)
            .join(addresses, addresses.c.id == outbox.c.address_id)
            .where(
                or_(
                    and_(
                        outbox.c.status == OutboxStatus.SENDING,
                        outbox.c.lease_until < machine_now,
                        outbox.c.id.not_in(sorted(but)),
                    ),
                    and_(
                        outbox.c.status == OutboxStatus.UNSETTLED,
                        outbox.c.retry_at <= machine_now,
                    ),
                )
            )
            .order_by(outbox.c.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=outbox)
        )
        return [message_of(row, self._sealer) for row in rows]

    async def names_taken(self, provider_ids: Iterable[str], *, at: Iterable[int]) -> set[str]:
        """Which of these names of the provider's are known to be of a message to one of these telephones."""
        wanted, there = sorted(set(provider_ids)), sorted(set(at))
        if not wanted:
            return set()
        telephones = select(addresses.c.hash).where(addresses.c.id.in_(there))
        # By person, as there is an index: with everybody who has the same telephone.
        people = select(addresses.c.participant_id).where(addresses.c.hash.in_(telephones))
        mine = or_(
            outbox.c.participant_id.in_(people.where(addresses.c.participant_id.is_not(None))),
            and_(outbox.c.participant_id.is_(None), outbox.c.address_id.in_(there)),
        )
        found = await self._connection.execute(
            select(outbox.c.provider_id).where(mine, outbox.c.provider_id.in_(wanted))
        )
        return set(found.scalars())

    async def waiting_for_twins(self, ids: Sequence[int]) -> set[int]:
        """Which of these cannot be told yet from the same words to the same telephone.

        Those are being sent just now, or are in doubt too and came first.
        """
        twin, there, here = outbox.alias("twin"), addresses.alias("there"), addresses.alias("here")
        first = or_(
            twin.c.status == OutboxStatus.SENDING,
            and_(twin.c.status == OutboxStatus.UNSETTLED, twin.c.id < outbox.c.id),
        )
        found = await self._connection.execute(
            select(outbox.c.id)
            .join(here, here.c.id == outbox.c.address_id)
            .join(there, there.c.hash == here.c.hash)
            .join(twin, and_(twin.c.address_id == there.c.id, twin.c.text == outbox.c.text, first))
            .where(outbox.c.id.in_(ids), twin.c.id.not_in(ids), twin.c.status.in_(_IN_HAND))
            .distinct()
        )
        return set(found.scalars())

    async def end_leases(self, holder: str, *, at: datetime) -> None:
        """What this holder was sending is anybody's to settle from `at` on (machine time)."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.status == OutboxStatus.SENDING, outbox.c.leased_by == holder, outbox.c.lease_until > at)
            .values(lease_until=at)
        )

    async def take_over(self, ids: Sequence[int], *, holder: str, until: datetime) -> None:
        """Settle these instead of whoever claimed them. `until` is machine time."""
        if ids:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(ids))
                .values(
                    status=OutboxStatus.UNSETTLED,
                    leased_by=holder,
                    lease_until=None,
                    retry_at=until,
                )
            )
