"""A unit of work is one transaction: what it reads is locked, and all it writes is kept together or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.absences import Absences
from bot.storage.activity_changes import ActivityChanges
from bot.storage.addresses import Addresses
from bot.storage.agreements import Agreements
from bot.storage.alerts import Alerts, Summaries
from bot.storage.almanacs import Almanacs
from bot.storage.appointments import Appointments
from bot.storage.attendances import Attendances
from bot.storage.audit import Audit
from bot.storage.bookmarks import Bookmarks
from bot.storage.by_hand import ByHand
from bot.storage.calendar import Calendar
from bot.storage.coaches import Coaches
from bot.storage.colleagues import Colleagues
from bot.storage.concerned import Concerned
from bot.storage.credentials import Credentials
from bot.storage.database import Database
from bot.storage.fallbacks import Fallbacks
from bot.storage.given import GivenAnswers
from bot.storage.imports import Imports
from bot.storage.inbox import Inbox
from bot.storage.machine_time import MachineTime
from bot.storage.meetings import Meetings
from bot.storage.memberships import Memberships
from bot.storage.newcomers import Newcomers
from bot.storage.notes import Notes
from bot.storage.offsets import Offsets
from bot.storage.outbox import Outbox
from bot.storage.pauses import Pauses
from bot.storage.people import Participants
from bot.storage.planning import Planning
from bot.storage.programmes import Programmes
from bot.storage.published import Definitions
from bot.storage.put_asides import PutAsides
from bot.storage.rates import Rates
from bot.storage.ratings import Ratings
from bot.storage.renewal import Renewal
from bot.storage.restoring import Restoring
from bot.storage.said import Said
from bot.storage.sealing import Sealer
from bot.storage.sending import Sending
from bot.storage.sessions import Sessions
from bot.storage.sign_in_links import SignInLinks
from bot.storage.spending import Spending
from bot.storage.strangers import Strangers
from bot.storage.talk import Conversations
from bot.storage.tries import Tries
from bot.storage.unsigned import Unsigned
from bot.storage.urgent import Urgent
from bot.storage.vocabularies import Vocabularies
from bot.storage.week import Weeks
from bot.storage.wished import Wished


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """The stores of one transaction. They read like sentences: `work.addresses.behind(hashes)`."""

    participants: Participants
    addresses: Addresses
    coaches: Coaches
    programmes: Programmes
    definitions: Definitions
    calendar: Calendar
    conversations: Conversations
    ratings: Ratings
    alerts: Alerts
    summaries: Summaries
    given: GivenAnswers
    inbox: Inbox
    outbox: Outbox
    sending: Sending
    pauses: Pauses
    rates: Rates
    spending: Spending
    machine: MachineTime
    week: Weeks
    appointments: Appointments
    sessions: Sessions
    credentials: Credentials
    links: SignInLinks
    tries: Tries
    colleagues: Colleagues
    audit: Audit
    notes: Notes
    absences: Absences
    attendances: Attendances
    put_asides: PutAsides
    bookmarks: Bookmarks
    by_hand: ByHand
    strangers: Strangers
    imports: Imports
    newcomers: Newcomers
    said: Said
    agreements: Agreements
    unsigned: Unsigned
    urgent: Urgent
    vocabularies: Vocabularies
    almanacs: Almanacs
    wished: Wished
    restoring: Restoring
    changes: ActivityChanges
    concerned: Concerned
    memberships: Memberships
    renewal: Renewal
    planning: Planning
    offsets: Offsets
    meetings: Meetings
    fallbacks: Fallbacks


@asynccontextmanager
async def unit_of_work(database: Database) -> AsyncIterator[Work]:
    """Everything or nothing: committed on leaving, rolled back if raised."""
    async with database.transaction() as connection:
        yield _stores(connection, database.sealer)


@asynccontextmanager
async def looking(database: Database) -> AsyncIterator[Work]:
    """The same stores, for reading only: nothing is locked, and writing fails."""
    async with database.reading() as connection:
        yield _stores(connection, database.sealer)


def _stores(connection: AsyncConnection, sealer: Sealer) -> Work:
    return Work(**{one.name: _made(one.type, connection, sealer) for one in _FIELDS})


def _made(store: Any, connection: AsyncConnection, sealer: Sealer) -> Any:
    return store(connection, sealer) if store in _SEALING else store(connection)


_FIELDS = fields(Work)
_SEALING = (Participants, Addresses, Coaches, Credentials, Inbox, Outbox, Sending, Imports, Newcomers, Fallbacks)
"""Stores of addresses and other secrets."""
