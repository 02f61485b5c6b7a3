"""What a database that was put back would say again is settled as unsaid, in few statements however much it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, Update, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import OccurrenceState
from bot.domain.meetings import MeetingState
from bot.domain.messages import OutboxStatus
from bot.domain.people import ChannelName
from bot.storage.copies import adopt, served_by_others
from bot.storage.imports import ImportState
from bot.storage.tables import (
    absences,
    activity_changes,
    check_ins,
    coaches,
    conversations,
    cursors,
    imports,
    inbox,
    leases,
    meetings,
    occurrences,
    outbox,
    participants,
    pauses,
    programmes,
    sessions,
    sign_in_links,
)

RESTORED = "restored"
"""Why something did not go, or did not begin: it may have, before the copy was put back."""

ASKED_IN_A_LOST_ONE = 0
"""In place of a conversation about a meeting, of which the copy does not know whether it was begun."""

_PAST = datetime(1970, 1, 1, tzinfo=UTC)
_UNDER_WAY = (OutboxStatus.SENDING, OutboxStatus.UNSETTLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How much was settled, of each kind."""

    waited: int
    under_way: int
    occurrences: int
    conversations: int
    changes: int
    meetings: int
    imports: int


class Restoring:
    """One database that was put back. Everything here is safe to do again."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def served_by_others(self) -> bool:
        """Whether a process is at work on it all the same."""
        return await served_by_others(self._connection)

    async def doubtful(self) -> Sequence[Row[Any]]:
        """What was waiting or under way when the copy was made."""
        status = outbox.c.status.in_((OutboxStatus.QUEUED, *_UNDER_WAY))
        return (await self._connection.execute(select(outbox).where(status).order_by(outbox.c.id))).all()

    async def settle(self, *, since: datetime, now: datetime) -> Settled:
        """Nothing of what was planned, queued or under way before `since` leaves; planning goes on from there."""
        await self._begin_anew(since=since)
        await self._fall_back_no_more(now=now)
        await self._nobody_holds_anything(now=now)
        return Settled(
            waited=await self._give_up(outbox.c.status == OutboxStatus.QUEUED, OutboxStatus.CANCELLED, now=now),
            under_way=await self._give_up(outbox.c.status.in_(_UNDER_WAY), OutboxStatus.UNCERTAIN, now=now),
            occurrences=await self._change(
                update(occurrences)
                .where(occurrences.c.state.in_((OccurrenceState.DUE, OccurrenceState.WAITING)))
                .values(state=OccurrenceState.SKIPPED, reason=RESTORED)
            ),
            conversations=await self._end_conversations(now=now),
            changes=await self._change(
                update(activity_changes).where(activity_changes.c.told_at.is_(None)).values(told_at=now)
            ),
            meetings=await self._change(
                update(meetings)
                .where(meetings.c.state == MeetingState.ASKED, meetings.c.conversation_id.is_(None))
                .values(conversation_id=ASKED_IN_A_LOST_ONE)
            ),
            imports=await self._stop_imports(now=now),
        )

    async def set_aside(self, *, now: datetime) -> list[int]:
        """What had arrived and waited is answered by people: the program may have answered it. Gives which."""
        rows = await self._connection.scalars(
            update(inbox)
            .where(inbox.c.state == "waiting")
            .values(state="aside", reason=RESTORED, handled_at=now)
            .returning(inbox.c.id)
        )
        return sorted(rows)

    async def adopt(self) -> None:
        """It is a copy no more."""
        await adopt(self._connection)

    async def _begin_anew(self, *, since: datetime) -> None:
        await self._connection.execute(
            update(programmes).values(planned_until=since, planning_until=None, planning_after=None)
        )
        # Who moved, and which zone data there were, is of the time before.
        moved = participants.c.zone_before.is_not(None)
        await self._connection.execute(update(participants).where(moved).values(zone_before=None))
        await self._connection.execute(delete(cursors).where(cursors.c.name.startswith("zone/", autoescape=True)))
        # A coach whose moment was never set gets the next one, and nothing is sent because of that.
        late = coaches.c.summary_next_at <= since
        await self._connection.execute(update(coaches).where(late).values(summary_next_at=None))
        asked = or_(absences.c.asked_back_at.is_(None), absences.c.asked_back_at < since)
        await self._connection.execute(
            update(absences).where(absences.c.ended_at.is_(None), asked).values(asked_back_at=since)
        )

    async def _fall_back_no_more(self, *, now: datetime) -> None:
        """What Telegram had refused may have gone by SMS since."""
        refused = (outbox.c.status == OutboxStatus.FAILED, outbox.c.channel == ChannelName.TELEGRAM)
        lasts = or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now)
        await self._connection.execute(update(outbox).where(*refused, lasts).values(expires_at=now))

    async def _nobody_holds_anything(self, *, now: datetime) -> None:
        # The number of a lease goes on growing.
        await self._connection.execute(update(leases).values(holder="", until=_PAST))
        await self._connection.execute(delete(pauses))
        # Who signed out since, or used a link, is not known: everybody signs in anew.
        await self._over(sessions, sessions.c.ended_at, now=now)
        await self._over(sign_in_links, sign_in_links.c.used_at, now=now)

    async def _over(self, table: Table, column: ColumnElement[Any], *, now: datetime) -> None:
        await self._connection.execute(update(table).where(column.is_(None)).values({column: now}))

    async def _give_up(self, which: ColumnElement[bool], status: OutboxStatus, *, now: datetime) -> int:
        return await self._change(
            update(outbox)
            .where(which)
            .values(status=status, error=RESTORED, settled_at=now, lease_until=None, retry_at=None)
        )

    async def _end_conversations(self, *, now: datetime) -> int:
        open_ones = select(conversations.c.id).where(conversations.c.ended_at.is_(None))
        await self._connection.execute(
            update(check_ins)
            .where(check_ins.c.conversation_id.in_(open_ones), check_ins.c.ended_at.is_(None))
            .values(ended_at=now)
        )
        return await self._change(
            update(conversations)
            .where(conversations.c.ended_at.is_(None))
            # As whenever nobody answered: an answer that comes later is still understood.
            .values(ended_at=now, silent_at=None, outcome=func.coalesce(conversations.c.outcome, "expired"))
        )

    async def _stop_imports(self, *, now: datetime) -> int:
        # As `services.imports.reason_of` writes it.
        reason = f'{{"row": 0, "column": "", "slug": "{RESTORED}", "values": {{}}}}'
        over = {"state": ImportState.REFUSED, "reason": reason, "cipher": None, "ended_at": now}
        return await self._change(update(imports).where(imports.c.state == ImportState.RUNNING).values(over))

    async def _change(self, statement: Update) -> int:
        return int((await self._connection.execute(statement)).rowcount)
