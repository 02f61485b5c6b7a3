"""Whoever asks us to stop hears nothing more: what is open ends, and what waits is not sent."""

from collections.abc import Iterable
from datetime import datetime

from bot.storage.unit_of_work import Work


async def silence(work: Work, people: Iterable[int], *, now: datetime) -> None:
    """These people asked us to stop: what is open with them ends, and what waits for them is not sent."""
    ids = list(people)
    await work.conversations.end(ids, outcome="stopped", now=now)
    await work.outbox.cancel_for(ids, why="stopped", now=now)
    for one in ids:
        await work.participants.change(one, stopped_at=now)
