"""What lies on the landing is read and answered: a batch of people at a time, each person in order."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.incoming import Unreadable
from bot.domain.alerts import AlertKind
from bot.domain.messages import InboundMessage
from bot.domain.people import ChannelName
from bot.services.callers import Heard
from bot.services.listening import Batch
from bot.services.published import Shelf
from bot.storage.alerts import NewAlert
from bot.storage.away import DatabaseAway
from bot.storage.database import Database
from bot.storage.inbox import MOST_TRIES, Handled, Waiting
from bot.storage.unit_of_work import Work, unit_of_work

MOST_AT_ONCE = 50

Reader = Callable[[bytes], InboundMessage]

log = logging.getLogger(__name__)


class Reception:
    """Handles arrivals. Safe to call from many processes: one that is held by another is left alone."""

    def __init__(self, database: Database, shelf: Shelf, readers: Mapping[ChannelName, Reader]) -> None:
        self._database = database
        self._shelf = shelf
        self._readers = readers

    async def receive(self, *, now: datetime) -> int:
        """Handle all that waits; gives how many arrivals were settled.

        One that cannot be handled is tried `MOST_TRIES` times, then set aside with its reason for a person to see; it
        never holds up anybody else. Raises `DatabaseAway` and counts no try when the database cannot be reached.
        """
        settled = 0
        while batch := await self.receive_some(now=now):
            settled += batch
        return settled

    async def receive_some(self, *, now: datetime) -> int:
        """Handle one batch, of at most one arrival of each sender; otherwise as `receive`. 0: nothing waits."""
        ids: list[int] = []
        try:
            async with unit_of_work(self._database) as work:
                waiting = await work.inbox.heads(most=MOST_AT_ONCE)
                ids = [one.id for one in waiting]
                return await self._handle(work, waiting, now=now)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, whoever it was not about must not wait
            log.warning(
                "a batch of %d arrivals could not be handled together; each is tried alone",
                len(ids),
            )
        return sum([await self._alone(one, now=now) for one in ids])

    async def _alone(self, arrival: int, *, now: datetime) -> int:
        try:
            async with unit_of_work(self._database) as work:
                waiting = await work.inbox.one(arrival)
                return 0 if waiting is None else await self._handle(work, [waiting], now=now)
        except DatabaseAway:
            raise
        except Exception as wrong:  # noqa: BLE001 - the message is set aside, not the program
            reason = type(wrong).__name__
            # The exception's own text may hold a person's words: only its kind is told.
            log.error("arrival %d could not be handled: %s", arrival, reason)
        async with unit_of_work(self._database) as work:
            if await work.inbox.tried(arrival, reason=reason) < MOST_TRIES:
                return 0
            await work.inbox.settle([_aside(arrival, reason)], now=now)
            await work.alerts.raise_these(
                [
                    NewAlert(
                        organisation_id=organisation,
                        kind=AlertKind.SET_ASIDE,
                        about=arrival,
                        once=f"aside/{arrival}",
                    )
                    for organisation in (await work.programmes.organisation_ids())[:1]
                ],
                now=now,
            )
            return 1

    async def _handle(self, work: Work, waiting: list[Waiting], *, now: datetime) -> int:
        heard, unreadable = [], []
        for one in waiting:
            try:
                heard.append(Heard(waiting=one, message=self._readers[one.channel](one.raw)))
            except Unreadable as wrong:
                unreadable.append(_aside(one.id, str(wrong)))
        await work.inbox.settle(unreadable, now=now)
        if not heard:
            return len(unreadable)
        batch = await Batch.load(work, self._shelf, heard, now=now)
        return len(unreadable) + await batch.answer()


def _aside(arrival: int, reason: str) -> Handled:
    return Handled(id=arrival, state="aside", kind=None, words=None, reason=reason)
