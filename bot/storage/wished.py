"""What people changed about our messages by themselves stands in their story beside what coaches changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import changes


class Own(StrEnum):
    """What somebody changed. A pause became the day on which it ends."""

    LANGUAGE = "language"
    CHANNEL = "channel"
    PAUSE = "pause"
    NO_QUESTIONS = "no-questions"
    START = "start"


_NOTE = insert(changes)


class Wished:
    """Noted once for each wish that was granted."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, enrolment: int, what: Own, *, became: str = "", was: str | None = None, now: datetime) -> None:
        """This is so from now on."""
        await self._connection.execute(
            _NOTE, {"enrolment_id": enrolment, "what": what, "was": was, "became": became, "changed_at": now}
        )
