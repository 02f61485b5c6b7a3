"""What somebody said to the question whether we may write is kept with the words it was asked in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Agreement
from bot.domain.programme import WELCOME
from bot.storage.tables import agreements, conversations, enrolments

IN_PERSON = "in-person"
"""The channel of an answer that a coach heard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAgreement:
    """An answer, agreed or refused. `definition_id` is the edition that asked; `noted_by` the coach who heard it."""

    enrolment_id: int
    answer: Agreement
    language: str
    channel: str
    definition_id: int | None = None
    noted_by: int | None = None


_SET = update(enrolments).where(enrolments.c.id == bindparam("enrolment")).values(agreement=bindparam("new_agreement"))
_LAST_ASKED = (
    select(conversations.c.definition_id)
    .where(conversations.c.enrolment_id == bindparam("enrolment"), conversations.c.flow == WELCOME)
    .order_by(conversations.c.id.desc())
    .limit(1)
)
_HOW_OFTEN = select(func.count()).where(
    conversations.c.enrolment_id == bindparam("enrolment"), conversations.c.flow == WELCOME
)


class Agreements:
    """How each place stands to being written to, and every answer that was given."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, enrolment_ids: Sequence[int]) -> None:
        """They are being asked from now on."""
        await self._stand([(one, Agreement.ASKED) for one in enrolment_ids])

    async def keep(self, given: Sequence[NewAgreement], *, now: datetime) -> None:
        """Keep these answers: the last one of each place counts."""
        if not given:
            return
        await self._connection.execute(
            insert(agreements),
            [
                {
                    "enrolment_id": one.enrolment_id,
                    "answer": one.answer,
                    "definition_id": one.definition_id,
                    "language": one.language,
                    "channel": one.channel,
                    "noted_by": one.noted_by,
                    "given_at": now,
                }
                for one in given
            ],
        )
        await self._stand([(one.enrolment_id, one.answer) for one in given])

    async def last_asked(self, enrolment_id: int) -> int | None:
        """The edition of the welcome that asked them last; `None` for whoever was never asked."""
        found: int | None = await self._connection.scalar(_LAST_ASKED, {"enrolment": enrolment_id})
        return found

    async def how_often_asked(self, enrolment_id: int) -> int:
        """How many times the welcome began with them."""
        return int(await self._connection.scalar(_HOW_OFTEN, {"enrolment": enrolment_id}) or 0)

    async def _stand(self, each: Sequence[tuple[int, Agreement]]) -> None:
        if each:
            await self._connection.execute(
                _SET, [{"enrolment": one, "new_agreement": agreement} for one, agreement in each]
            )
