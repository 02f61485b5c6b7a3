"""Occurrences are claimed here before anything is done about them; milestones stand here with their dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.calendar import OccurrenceState
from bot.storage.tables import attendances, conversations, enrolments, milestones, occurrences
from bot.storage.upsert import insert_into, insert_new


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One rule, one enrolment, one moment. `about` tells two of the same moment apart (a milestone's slug)."""

    programme_id: int
    enrolment_id: int
    rule: str
    on_day: date
    due_at: datetime
    expires_at: datetime
    about: str = ""
    state: OccurrenceState = OccurrenceState.QUEUED
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyOccurrence:
    """A conversation that is to begin, or to be given up: it is due, the person is free by now, or it is too late."""

    id: int
    programme_id: int
    enrolment_id: int
    rule: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DueMilestone:
    """A milestone not yet reached, and its date."""

    enrolment_id: int
    slug: str
    due_on: date


# Somebody in two programmes is one person with one phone: a conversation in the other one keeps them busy too.
_busy = exists().where(
    conversations.c.participant_id == enrolments.c.participant_id,
    conversations.c.ended_at.is_(None),
    enrolments.c.id == occurrences.c.enrolment_id,
)
_READY = (
    select(
        occurrences.c.id,
        occurrences.c.programme_id,
        occurrences.c.enrolment_id,
        occurrences.c.rule,
        occurrences.c.due_at,
        occurrences.c.expires_at,
    )
    .where(
        # Spelt out, and first: an index of these two alone is used for nothing else.
        text("occurrences.state IN ('due', 'waiting')"),
        or_(
            occurrences.c.state == OccurrenceState.DUE,
            and_(
                occurrences.c.state == OccurrenceState.WAITING,
                or_(occurrences.c.expires_at <= bindparam("now"), ~_busy),
            ),
        ),
    )
    .order_by(occurrences.c.due_at, occurrences.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=occurrences)
)
_SETTLE = (
    update(occurrences)
    .where(occurrences.c.id == bindparam("occurrence"))
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"))
)


class Calendar:
    """What falls due, for whom, once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, claims: Sequence[Claim], *, now: datetime) -> set[tuple[int, str, str]]:
        """Claim these; gives (enrolment, rule, about) of those that nobody had claimed before."""
        if not claims:
            return set()
        rows = await self._connection.execute(
            insert_new(self._connection, occurrences).returning(
                occurrences.c.enrolment_id, occurrences.c.rule, occurrences.c.about
            ),
            [
                {
                    "programme_id": one.programme_id,
                    "enrolment_id": one.enrolment_id,
                    "rule": one.rule,
                    "on_day": one.on_day,
                    "due_at": one.due_at,
                    "expires_at": one.expires_at,
                    "about": one.about,
                    "state": one.state,
                    "reason": one.reason,
                    "claimed_at": now,
                }
                for one in claims
            ],
        )
        return {(row.enrolment_id, row.rule, row.about) for row in rows}

    async def ready(self, *, now: datetime, most: int) -> list[ReadyOccurrence]:
        """Occurrences about which something can be decided now, the oldest first; held.

        One that waits for a busy person is not among them: however many wait, they stand in nobody's way.
        """
        rows = await self._connection.execute(_READY, {"now": now, "most": most})
        return [ReadyOccurrence(**row._mapping) for row in rows]

    async def settle(self, settled: Sequence[tuple[int, OccurrenceState, str | None]]) -> None:
        """What became of these occurrences: id, state and reason."""
        if settled:
            await self._connection.execute(
                _SETTLE,
                [{"occurrence": one, "new_state": state, "new_reason": reason} for one, state, reason in settled],
            )

    async def spoken(self, rule: str, *, enrolments: Iterable[int]) -> set[tuple[int, datetime]]:
        """Enrolment and moment of each time that this rule spoke, or was meant to, to these."""
        wanted = sorted(set(enrolments))
        if not wanted:
            return set()
        rows = await self._connection.execute(
            select(occurrences.c.enrolment_id, occurrences.c.due_at).where(
                occurrences.c.rule == rule, occurrences.c.enrolment_id.in_(wanted)
            )
        )
        return {(row.enrolment_id, row.due_at) for row in rows}

    async def milestones_due(self, programme_id: int, *, on: date) -> list[DueMilestone]:
        """The milestones of a programme's people that have this date and are not reached."""
        rows = await self._connection.execute(
            select(milestones.c.enrolment_id, milestones.c.slug, milestones.c.due_on)
            .join(enrolments, enrolments.c.id == milestones.c.enrolment_id)
            .where(
                enrolments.c.programme_id == programme_id,
                milestones.c.due_on == on,
                milestones.c.reached_on.is_(None),
            )
            .order_by(milestones.c.id)
        )
        return [DueMilestone(**row._mapping) for row in rows]

    async def set_milestone(
        self,
        enrolment: int,
        slug: str,
        *,
        due_on: date | None = None,
        reached_on: date | None = None,
    ) -> None:
        """Give a milestone its date, or say that it was reached."""
        row = {
            "enrolment_id": enrolment,
            "slug": slug,
            "due_on": due_on,
            "reached_on": reached_on,
        }
        changed = {name: row[name] for name in ("due_on", "reached_on") if row[name] is not None}
        await self._connection.execute(
            insert_into(self._connection, milestones)
            .values(**row)
            .on_conflict_do_update(index_elements=["enrolment_id", "slug"], set_=changed)
        )

    async def note_presence(
        self,
        rows: Iterable[tuple[int, str, str, date, str]],
        *,
        noted_by: str,
        now: datetime,
    ) -> None:
        """How a day went for somebody: enrolment, activity, area, day, presence. The latest word counts."""
        for enrolment, activity, area, held_on, presence in rows:
            await self._connection.execute(
                insert_into(self._connection, attendances)
                .values(
                    enrolment_id=enrolment,
                    activity=activity,
                    area=area,
                    held_on=held_on,
                    presence=presence,
                    noted_by=noted_by,
                    noted_at=now,
                )
                .on_conflict_do_update(
                    index_elements=["enrolment_id", "activity", "held_on"],
                    set_={"presence": presence, "noted_by": noted_by, "noted_at": now},
                )
            )
