"""An address that nobody claims is a stranger's; once it is somebody's, so is what was written from it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, delete, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import AddressState, ChannelName
from bot.storage.tables import addresses, inbox, outbox, participants, programmes


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """An address without an owner."""

    id: int
    organisation_id: int
    channel: ChannelName
    hash: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """What came with a claimed address. `newest` is the last of its words in the inbox, `None` without any."""

    newest: int | None


def strange(said: FromClause, organisation_id: int) -> ColumnElement[bool]:
    """True of arrivals from strangers that were not written to another organisation's own number."""
    elsewhere = select(programmes.c.id).where(
        programmes.c.organisation_id != organisation_id, programmes.c.sms_sender == said.c.account
    )
    # Spelt out: an index of strangers alone is found only by the word itself.
    return and_(said.c.state == literal_column("'stranger'"), ~elsewhere.correlate(said).exists())


def unclaimed(organisation_id: int) -> ColumnElement[bool]:
    """True of addresses of the organisation that are nobody's, were not put away, and were written from."""
    said = inbox.alias("said")
    written = select(said.c.id).where(
        said.c.sender_hash == addresses.c.hash,
        said.c.channel == addresses.c.channel,
        strange(said, organisation_id),
    )
    return and_(
        addresses.c.organisation_id == organisation_id,
        addresses.c.participant_id.is_(None),
        addresses.c.coach_id.is_(None),
        addresses.c.state == AddressState.ACTIVE,
        written.correlate(addresses).exists(),
    )


_HELD = (
    select(addresses.c.id, addresses.c.organisation_id, addresses.c.channel, addresses.c.hash)
    .where(
        addresses.c.id == bindparam("address"),
        addresses.c.organisation_id == bindparam("organisation"),
        addresses.c.participant_id.is_(None),
        addresses.c.coach_id.is_(None),
    )
    .with_for_update()
)
_OWN = (
    select(addresses.c.id, addresses.c.hash)
    .where(addresses.c.participant_id == bindparam("person"), addresses.c.channel == bindparam("channel"))
    .order_by(addresses.c.id.desc())
)
_REPOINT = update(outbox).where(outbox.c.address_id == bindparam("was")).values(address_id=bindparam("becomes"))


class Strangers:
    """Numbers and chats that are nobody's."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def held(self, address: int, *, organisation: int) -> Stranger | None:
        """This stranger of the organisation, held until the end of the unit of work."""
        row = (await self._connection.execute(_HELD, {"address": address, "organisation": organisation})).first()
        if row is None:
            return None
        return Stranger(id=row.id, organisation_id=row.organisation_id, channel=ChannelName(row.channel), hash=row.hash)

    async def claim(self, stranger: Stranger, person: int, *, writes_here: bool, now: datetime) -> Claimed:
        """The address is this person's from now on, and so are its words.

        With `writes_here` it is the one of its channel that is written to; without, the one that was stays it.
        """
        own = list(await self._connection.execute(_OWN, {"person": person, "channel": stranger.channel}))
        theirs = await self._give(stranger, person, same=next((one.id for one in own if one.hash == stranger.hash), 0))
        newest = max([theirs, *(one.id for one in own)])
        wanted = theirs if writes_here or not own else own[0].id
        if wanted != newest:
            # Of several addresses on a channel the newest is written to.
            await self.renew(wanted, person, now=now)
        return await self._adopt(stranger, person)

    async def _give(self, stranger: Stranger, person: int, *, same: int) -> int:
        """Gives the number of the person's address: `same` if they had it already."""
        theirs = same or stranger.id
        if same:
            await self._move_mail(stranger.id, to=same)
            await self._connection.execute(delete(addresses).where(addresses.c.id == stranger.id))
        await self._connection.execute(
            update(addresses)
            .where(addresses.c.id == theirs)
            # Whoever writes can be reached.
            .values(participant_id=person, state=AddressState.ACTIVE)
        )
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.address_id == theirs, outbox.c.participant_id.is_(None))
            .values(participant_id=person)
        )
        return theirs

    async def renew(self, address: int, person: int, *, now: datetime) -> int:
        """This address of theirs is the newest from now on. Gives its new number."""
        row = (await self._connection.execute(select(addresses).where(addresses.c.id == address))).one()
        values = {name: value for name, value in row._mapping.items() if name != "id"}
        # A person has an address once, so the old row lets go of it before the new one takes it.
        await self._connection.execute(update(addresses).where(addresses.c.id == address).values(participant_id=None))
        again = await self._connection.scalar(
            insert(addresses).values(values | {"participant_id": person, "state_at": now}).returning(addresses.c.id)
        )
        await self._move_mail(address, to=int(again or 0))
        await self._connection.execute(delete(addresses).where(addresses.c.id == address))
        return int(again or 0)

    async def _move_mail(self, address: int, *, to: int) -> None:
        await self._connection.execute(_REPOINT, {"was": address, "becomes": to})

    async def _adopt(self, stranger: Stranger, person: int) -> Claimed:
        theirs = and_(
            inbox.c.sender_hash == stranger.hash,
            inbox.c.channel == stranger.channel,
            strange(inbox, stranger.organisation_id),
        )
        last = (
            await self._connection.execute(
                select(inbox.c.id, inbox.c.received_at).where(theirs).order_by(inbox.c.id.desc()).limit(1)
            )
        ).first()
        if last is None:
            return Claimed(newest=None)
        await self._connection.execute(update(inbox).where(theirs).values(participant_id=person, state="handled"))
        never = or_(participants.c.last_heard_at.is_(None), participants.c.last_heard_at < last.received_at)
        await self._connection.execute(
            update(participants).where(participants.c.id == person, never).values(last_heard_at=last.received_at)
        )
        return Claimed(newest=last.id)
