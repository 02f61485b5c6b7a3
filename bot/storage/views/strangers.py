"""Whoever wrote and is nobody's is seen by every coach of the organisation, until somebody says whose it is."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from bot.domain.people import ChannelName
from bot.storage.strangers import strange, unclaimed
from bot.storage.tables import addresses, audit, coaches, enrolments, inbox, participants
from bot.storage.views.inbox import Last
from bot.storage.views.names import name_like
from bot.storage.views.sight import Look


@dataclass(frozen=True, kw_only=True, slots=True)
class StrangerSeen:
    """An address that is nobody's. `value` is a number or a chat id; `last` is of `times` messages."""

    id: int
    channel: ChannelName
    value: str
    last: Last
    times: int


async def how_many(look: Look) -> int:
    """How many addresses of the organisation wait for somebody to say whose they are."""
    counted = select(func.count()).select_from(addresses).where(unclaimed(look.sight.organisation_id))
    return int(await look.connection.scalar(counted) or 0)


async def strangers(look: Look, *, most: int, skip: int = 0, only: int | None = None) -> list[StrangerSeen]:
    """Addresses of the organisation that nobody has claimed or put away, whoever wrote last first."""
    organisation = look.sight.organisation_id
    said = inbox.alias("each")
    theirs = and_(
        said.c.sender_hash == addresses.c.hash,
        said.c.channel == addresses.c.channel,
        strange(said, organisation),
    )
    newest = select(func.max(said.c.id)).where(theirs).correlate(addresses).scalar_subquery()
    times = select(func.count()).select_from(said).where(theirs).correlate(addresses).scalar_subquery()
    wanted = (
        select(
            addresses.c.id,
            addresses.c.channel,
            addresses.c.cipher,
            inbox.c.words,
            inbox.c.kind,
            inbox.c.received_at,
            times.label("times"),
        )
        .select_from(addresses)
        .join(inbox, inbox.c.id == newest)
        .where(unclaimed(organisation))
        .order_by(inbox.c.id.desc())
    )
    if only is not None:
        wanted = wanted.where(addresses.c.id == only)
    rows = await look.connection.execute(wanted.limit(most).offset(skip))
    return [
        StrangerSeen(
            id=row.id,
            channel=ChannelName(row.channel),
            value=look.sealer.unseal(row.cipher).decode(),
            last=Last(words=row.words or "", kind=row.kind, at=row.received_at),
            times=row.times,
        )
        for row in rows
    ]


async def words_of(look: Look, address: int, *, most: int) -> list[Last]:
    """What was written from an unclaimed address, the newest last."""
    rows = await look.connection.execute(
        select(inbox.c.words, inbox.c.kind, inbox.c.received_at.label("at"))
        .select_from(inbox)
        .join(addresses, and_(addresses.c.hash == inbox.c.sender_hash, addresses.c.channel == inbox.c.channel))
        .where(
            addresses.c.id == address,
            unclaimed(look.sight.organisation_id),
            strange(inbox, look.sight.organisation_id),
        )
        .order_by(inbox.c.id.desc())
        .limit(most)
    )
    return [Last(words=row.words or "", kind=row.kind, at=row.at) for row in rows][::-1]


async def by_name(look: Look, name: str, *, most: int) -> list[tuple[int, str, str]]:
    """Whose name holds this: enrolment, first name and coach, of those who are seen and have not left."""
    rows = await look.connection.execute(
        select(enrolments.c.id, participants.c.first_name, coaches.c.first_name.label("coach"))
        .join(participants, participants.c.id == enrolments.c.participant_id)
        .join(coaches, coaches.c.id == enrolments.c.coach_id)
        .where(look.sees, name_like(participants.c.first_name, name, dialect=look.connection.dialect.name))
        .order_by(enrolments.c.ended_on.is_not(None), participants.c.first_name, enrolments.c.id)
        .limit(most)
    )
    return [(row.id, row.first_name, row.coach) for row in rows]


async def settled(look: Look, address: int) -> bool:
    """Whether a colleague has said before whose this stranger's address is, or that it is nobody's."""
    found = await look.connection.scalar(
        select(audit.c.id)
        .where(
            audit.c.organisation_id == look.sight.organisation_id,
            audit.c.what.in_(("claimed", "put-away")),
            audit.c.about == str(address),
        )
        .limit(1)
    )
    return found is not None
