"""The facts of a coach's week are found here in a fixed number of questions, however many people there are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.check_ins import RaterKind
from bot.domain.meetings import MeetingState
from bot.domain.messages import OutboxAct, OutboxStatus, Purpose
from bot.domain.people import AddressState, ChannelName, Coach, Presence
from bot.domain.weeks import CheckedIn, Held, OpenAlert, PersonWeek, Rated, Window
from bot.storage.memberships import MEMBERSHIPS, memberships_of
from bot.storage.tables import (
    addresses,
    alerts,
    attendances,
    check_ins,
    enrolments,
    given_ratings,
    meetings,
    milestones,
    outbox,
    participants,
)

Counts = dict[tuple[OutboxStatus, Purpose], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoachWeek:
    """What is kept about a coach's week: people and messages by programme, and what nobody has seen to yet."""

    people: dict[int, list[PersonWeek]]
    outbox: dict[int, Counts]
    alerts: list[OpenAlert]


_PEOPLE: Select[Any] = (
    select(
        participants.c.id,
        participants.c.first_name,
        participants.c.last_heard_at,
        participants.c.stopped_at,
        participants.c.paused_until,
        participants.c.held_at,
        participants.c.protected,
        enrolments.c.id.label("enrolment_id"),
        enrolments.c.programme_id,
        enrolments.c.phase,
        enrolments.c.coach_since,
        enrolments.c.started_on,
        enrolments.c.ended_on,
        addresses.c.state,
        MEMBERSHIPS.label("belongs"),
    )
    .join(enrolments, enrolments.c.participant_id == participants.c.id)
    .outerjoin(
        addresses,
        and_(
            addresses.c.participant_id == participants.c.id,
            addresses.c.channel == participants.c.preferred_channel,
        ),
    )
    # Of several addresses on the preferred channel the newest counts.
    .order_by(enrolments.c.id, addresses.c.id.desc())
)


class Weeks:
    """What happened around a coach's people."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, coach: Coach, window: Window) -> CoachWeek:
        """The week of everybody this coach accompanies now. What is open is told as it is now."""
        people = await self._people(coach.id, window)
        ids = [one.enrolment_id for several in people.values() for one in several]
        held = await self._held(ids, window)
        before, rated = await self._rated(ids, window)
        asked = await self._checked_in(ids, window)
        ahead = await self._milestones(ids, window)
        meet = await self._meetings(ids, window)
        whole = {
            programme: [
                replace(
                    one,
                    held=tuple(held.get(one.enrolment_id, ())),
                    before=tuple(before.get(one.enrolment_id, ())),
                    rated=tuple(rated.get(one.enrolment_id, ())),
                    checked_in=asked.get(one.enrolment_id, CheckedIn.NOT_ASKED),
                    milestones=tuple(ahead.get(one.enrolment_id, ())),
                    meetings=tuple(meet.get(one.enrolment_id, ())),
                )
                for one in several
            ]
            for programme, several in people.items()
        }
        return CoachWeek(people=whole, outbox=await self._outbox(coach.id, window), alerts=await self._alerts(coach))

    async def known_channels(self, coach_id: int) -> set[ChannelName]:
        """On which channels the coach has, or had, an address: also those that may not be written to."""
        rows = await self._connection.execute(select(addresses.c.channel).where(addresses.c.coach_id == coach_id))
        return {ChannelName(channel) for channel in rows.scalars()}

    async def _people(self, coach_id: int, window: Window) -> dict[int, list[PersonWeek]]:
        rows = await self._connection.execute(
            _PEOPLE.where(
                enrolments.c.coach_id == coach_id,
                or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= window.since),
                enrolments.c.started_on < window.until + timedelta(days=7),
            )
        )
        found: dict[int, dict[int, PersonWeek]] = {}
        for row in rows:
            found.setdefault(row.programme_id, {}).setdefault(row.enrolment_id, _person(row))
        return {programme: list(several.values()) for programme, several in found.items()}

    async def _held(self, ids: Iterable[int], window: Window) -> dict[int, list[Held]]:
        rows = await self._connection.execute(
            select(attendances)
            .where(attendances.c.enrolment_id.in_(ids))
            .where(attendances.c.held_on >= window.since, attendances.c.held_on < window.until)
            .order_by(attendances.c.held_on, attendances.c.activity)
        )
        found: dict[int, list[Held]] = {}
        for row in rows:
            one = Held(activity=row.activity, on=row.held_on, presence=Presence(row.presence))
            found.setdefault(row.enrolment_id, []).append(one)
        return found

    async def _rated(self, ids: Iterable[int], window: Window) -> tuple[dict[int, list[Rated]], dict[int, list[Rated]]]:
        """The latest values before the window and in it, of each indicator and version, by enrolment."""
        inside = case((given_ratings.c.rated_at >= window.begins, 1), else_=0).label("inside")
        line = (given_ratings.c.enrolment_id, given_ratings.c.indicator)
        version = (given_ratings.c.instrument, given_ratings.c.instrument_version)
        newest = (given_ratings.c.rated_at.desc(), given_ratings.c.id.desc())
        values = (
            select(
                *line,
                *version,
                given_ratings.c.value,
                given_ratings.c.rated_at,
                inside,
                func.row_number().over(partition_by=(*line, *version, inside), order_by=newest).label("place"),
            )
            .where(
                given_ratings.c.enrolment_id.in_(ids),
                given_ratings.c.rater == RaterKind.PARTICIPANT,
                given_ratings.c.value.is_not(None),
                # A corrected value counts no more, wherever it stood.
                given_ratings.c.corrected_at.is_(None),
                given_ratings.c.rated_at < window.ends,
            )
            .subquery()
        )
        found: tuple[dict[int, list[Rated]], dict[int, list[Rated]]] = ({}, {})
        rows = await self._connection.execute(select(values).where(values.c.place == 1).order_by(values.c.rated_at))
        for row in rows:
            one = Rated(
                indicator=row.indicator,
                instrument=row.instrument,
                version=row.instrument_version,
                value=row.value,
                rated_at=row.rated_at,
            )
            found[row.inside].setdefault(row.enrolment_id, []).append(one)
        return found

    async def _checked_in(self, ids: Iterable[int], window: Window) -> dict[int, CheckedIn]:
        answered = exists().where(given_ratings.c.check_in_id == check_ins.c.id, given_ratings.c.corrected_at.is_(None))
        rows = await self._connection.execute(
            select(check_ins.c.enrolment_id, func.max(case((answered, 1), else_=0)).label("answered"))
            .where(
                check_ins.c.enrolment_id.in_(ids),
                check_ins.c.rater == RaterKind.PARTICIPANT,
                check_ins.c.began_at >= window.begins,
                check_ins.c.began_at < window.ends,
            )
            .group_by(check_ins.c.enrolment_id)
        )
        return {row.enrolment_id: CheckedIn.ANSWERED if row.answered else CheckedIn.UNANSWERED for row in rows}

    async def _milestones(self, ids: Iterable[int], window: Window) -> dict[int, list[tuple[str, date]]]:
        rows = await self._connection.execute(
            select(milestones)
            .where(
                milestones.c.enrolment_id.in_(ids),
                milestones.c.reached_on.is_(None),
                milestones.c.due_on >= window.until,
                milestones.c.due_on < window.until + timedelta(days=7),
            )
            .order_by(milestones.c.due_on, milestones.c.id)
        )
        found: dict[int, list[tuple[str, date]]] = {}
        for row in rows:
            found.setdefault(row.enrolment_id, []).append((row.slug, row.due_on))
        return found

    async def _meetings(self, ids: Iterable[int], window: Window) -> dict[int, list[tuple[date, time]]]:
        rows = await self._connection.execute(
            select(meetings.c.enrolment_id, meetings.c.meets_on, meetings.c.begins)
            .where(
                meetings.c.enrolment_id.in_(ids),
                meetings.c.state.not_in((MeetingState.DECLINED, MeetingState.CALLED_OFF)),
                meetings.c.meets_on >= window.until,
                meetings.c.meets_on < window.until + timedelta(days=7),
            )
            .order_by(meetings.c.meets_on, meetings.c.begins, meetings.c.id)
        )
        found: dict[int, list[tuple[date, time]]] = {}
        for row in rows:
            found.setdefault(row.enrolment_id, []).append((row.meets_on, row.begins))
        return found

    async def _outbox(self, coach_id: int, window: Window) -> dict[int, Counts]:
        rows = await self._connection.execute(
            select(outbox.c.programme_id, outbox.c.status, outbox.c.purpose, func.count().label("messages"))
            .join(
                enrolments,
                and_(
                    enrolments.c.participant_id == outbox.c.participant_id,
                    enrolments.c.programme_id == outbox.c.programme_id,
                ),
            )
            .where(
                enrolments.c.coach_id == coach_id,
                outbox.c.act == OutboxAct.SEND,
                outbox.c.queued_at >= window.begins,
                outbox.c.queued_at < window.ends,
            )
            .group_by(outbox.c.programme_id, outbox.c.status, outbox.c.purpose)
        )
        found: dict[int, Counts] = {}
        for row in rows:
            kind = (OutboxStatus(row.status), Purpose(row.purpose))
            found.setdefault(row.programme_id, {})[kind] = row.messages
        return found

    async def _alerts(self, coach: Coach) -> list[OpenAlert]:
        theirs = exists().where(
            enrolments.c.participant_id == alerts.c.participant_id,
            enrolments.c.coach_id == coach.id,
            or_(alerts.c.programme_id.is_(None), alerts.c.programme_id == enrolments.c.programme_id),
        )
        # What is about no participant and meant for no coach is for everybody in the organisation to see.
        nobodys = and_(
            alerts.c.participant_id.is_(None),
            alerts.c.organisation_id == coach.organisation_id,
            or_(alerts.c.coach_id.is_(None), alerts.c.coach_id == coach.id),
        )
        rows = await self._connection.execute(
            select(
                alerts.c.kind,
                alerts.c.participant_id,
                participants.c.first_name,
                func.coalesce(participants.c.protected, false()).label("protected"),
                func.count().label("times"),
                func.min(alerts.c.raised_at).label("raised_at"),
            )
            .outerjoin(participants, participants.c.id == alerts.c.participant_id)
            .where(alerts.c.acknowledged_at.is_(None), or_(theirs, nobodys))
            .group_by(alerts.c.kind, alerts.c.participant_id, participants.c.first_name, participants.c.protected)
            .order_by(func.min(alerts.c.id))
        )
        return [
            OpenAlert(
                kind=row.kind,
                raised_at=row.raised_at,
                count=row.times,
                first_name=row.first_name,
                protected=bool(row.protected),
            )
            for row in rows
        ]


def _person(row: Row[Any]) -> PersonWeek:
    return PersonWeek(
        participant_id=row.id,
        enrolment_id=row.enrolment_id,
        first_name=row.first_name,
        phase=row.phase,
        coach_since=row.coach_since,
        started_on=row.started_on,
        ended_on=row.ended_on,
        last_heard_at=row.last_heard_at,
        stopped_at=row.stopped_at,
        paused_until=row.paused_until,
        held_at=row.held_at,
        protected=row.protected,
        memberships=memberships_of(row.belongs),
        reach=None if row.state is None else AddressState(row.state),
    )
