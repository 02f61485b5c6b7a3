"""A session begins at the door, is renewed by being used, and ends where it is kept."""

from datetime import datetime, timedelta

from bot.storage.database import Database
from bot.storage.sessions import OpenSession
from bot.storage.unit_of_work import looking, unit_of_work

TOUCHED = timedelta(minutes=5)
"""A page that is looked at every minute need not write every minute."""


async def begin(database: Database, coach_id: int, *, browser: str, machine_now: datetime) -> str:
    """Let a coach in who has shown who they are. Gives the token that their browser keeps."""
    async with unit_of_work(database) as work:
        return await work.sessions.begin(coach_id, browser=browser, now=machine_now)


async def behind(
    database: Database, token: str, *, now: datetime, machine_now: datetime, used: bool = True
) -> OpenSession | None:
    """Whose session this is, if it is open. Being asked keeps it open, unless nobody used it."""
    async with looking(database) as work:
        found = await work.sessions.behind(token, today=now, now=machine_now)
    if used and found is not None and machine_now - found.seen_at > TOUCHED:
        async with unit_of_work(database) as work:
            await work.sessions.touch(found.id, now=machine_now)
    return found


async def end(database: Database, coach_id: int, *, session_id: int | None = None, machine_now: datetime) -> int:
    """End one session of a coach, or all of them. Gives how many ended."""
    async with unit_of_work(database) as work:
        only = None if session_id is None else (session_id,)
        return await work.sessions.end(coach_id, only=only, now=machine_now)
