"""Where somebody is told at once what is urgent is read here, and whether somebody is told in time at all."""

from sqlalchemy import ColumnElement, exists, literal, select

from bot.domain.people import AddressState, ChannelName
from bot.storage.tables import addresses, enrolments
from bot.storage.views.sight import Look

_AT_ONCE = (ChannelName.SMS, ChannelName.TELEGRAM)


async def own_channels(look: Look) -> dict[ChannelName, str]:
    """The reader's own channels with the newest address on each: a number, a chat, an e-mail address."""
    rows = await look.connection.execute(
        select(addresses.c.channel, addresses.c.cipher)
        .where(addresses.c.coach_id == look.sight.coach_id, addresses.c.state == AddressState.ACTIVE)
        .order_by(addresses.c.id)
    )
    return {ChannelName(row.channel): look.sealer.unseal(row.cipher).decode() for row in rows}


async def is_told_late(look: Look) -> bool:
    """Whether the reader accompanies somebody and has nothing but mail to be told by."""
    own = exists().where(enrolments.c.coach_id == look.sight.coach_id)
    return bool(await look.connection.scalar(select(own & ~told_at_once(literal(look.sight.coach_id)))))


def told_at_once(coach: ColumnElement[int]) -> ColumnElement[bool]:
    """True of the coaches whom something quicker than mail reaches."""
    return exists().where(
        addresses.c.coach_id == coach,
        addresses.c.state == AddressState.ACTIVE,
        addresses.c.channel.in_(_AT_ONCE),
    )
