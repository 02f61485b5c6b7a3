"""A number that is given to somebody new starts clean: from that moment it is no longer an old one of somebody else."""

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.alerts import AlertKind
from bot.domain.people import ChannelName
from bot.storage.unit_of_work import Work


async def let_go(
    work: Work, organisation: int, wanted: Iterable[tuple[ChannelName, str]], *, today: date, now: datetime
) -> None:
    """Whoever is reached elsewhere by now, or left, has these numbers and chats no more: before they are given.

    Somebody who is still reached there shares it with the new owner: a family may have one telephone.
    """
    freed = await work.newcomers.let_go(organisation, wanted, today=today, now=now)
    if not freed:
        return
    await work.outbox.cancel_at(freed, why=AlertKind.WRONG_NUMBER, now=now)
    # Nobody is asked any more which of the two is writing.
    for sender in set(freed.values()):
        await work.unsigned.give_up(sender, now=now)
