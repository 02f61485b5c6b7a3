"""An audience is a condition on people: who hears a firing is asked of the database, never person by person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, and_, cast, exists, literal, or_, select, true

from bot.domain.people import AddressState, Agreement, Presence
from bot.domain.programme import FAREWELL
from bot.storage.tables import (
    absences,
    addresses,
    coaches,
    enrolments,
    meetings,
    memberships,
    milestones,
    occurrences,
    participants,
)

_LIVE_MEETINGS = ("asked", "agreed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """Those on whose wall the same clock hangs and who keep the same calendars, as these are stored."""

    zone: str
    calendars: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Class:
    """A phase, and of some blocks those whose members are meant (`within`) and whose are not (`without`), on a day."""

    phase: str
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Firsts:
    """Whose first day something is: who began in the programme after a day, or in one of these blocks after its day."""

    programme_after: date
    blocks_after: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom a rule speaks to about a `day`. What is not given asks for nothing.

    `blocks`: members of any of them on that day. `in_programme`: only who takes part on that day. `firsts` are those
    whose first day it is, `not_firsts` all others. `started_on`, `phase_since`, `phase_until`, `ended_on` and
    `milestone` (slug, with `day` as its date) are the person's own; `meeting` asks for one on that day.
    """

    day: date
    phases: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    people: Class | None = None
    in_programme: bool = False
    firsts: Firsts | None = None
    not_firsts: Firsts | None = None
    started_on: tuple[date, ...] | None = None
    phase_since: bool = False
    phase_until: bool = False
    last_day: bool = False
    milestone: str | None = None
    meeting: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Those of a programme whose enrolment is after one number and up to another."""

    programme_id: int
    after: int
    upto: int


_newer = addresses.alias("newer")
# Of several addresses on the preferred channel the newest counts.
_NEWEST = ~exists().where(
    _newer.c.participant_id == addresses.c.participant_id,
    _newer.c.channel == addresses.c.channel,
    _newer.c.id > addresses.c.id,
)


def whole(audience: Audience) -> FromClause:
    """The tables that an audience is asked of. The coach is that of the meeting, of one who has a meeting."""
    people = enrolments.join(participants, participants.c.id == enrolments.c.participant_id).join(
        addresses,
        and_(
            addresses.c.participant_id == participants.c.id,
            addresses.c.channel == participants.c.preferred_channel,
            _NEWEST,
        ),
    )
    if audience.meeting:
        met = people.join(meetings, meetings.c.enrolment_id == enrolments.c.id)
        return met.join(coaches, coaches.c.id == meetings.c.coach_id)
    return people.join(coaches, coaches.c.id == enrolments.c.coach_id)


def welcome(wall: Wall, span: Span, *, now: datetime, today: date) -> ColumnElement[bool]:
    """Who may be written to now, as `Participant.may_be_written_to` has it; `today` is the date on their wall."""
    return and_(
        enrolments.c.programme_id == span.programme_id,
        enrolments.c.id > span.after,
        enrolments.c.id <= span.upto,
        enrolments.c.agreement == Agreement.AGREED,
        or_(enrolments.c.ended_on.is_(None), and_(enrolments.c.ended_on >= today, ~_seen_off)),
        participants.c.zone == wall.zone,
        participants.c.calendars == wall.calendars,
        participants.c.stopped_at.is_(None),
        participants.c.held_at.is_(None),
        ~participants.c.protected,
        or_(participants.c.paused_until.is_(None), participants.c.paused_until <= now),
        addresses.c.state == AddressState.ACTIVE,
    )


def meant(audience: Audience) -> ColumnElement[bool]:
    """Whom the rule is for, of all who may be written to."""
    day = audience.day
    asked: list[ColumnElement[bool]] = [true()]
    if audience.phases:
        asked.append(enrolments.c.phase.in_(audience.phases))
    if audience.blocks:
        asked.append(or_(*(_member(block, day) for block in audience.blocks)))
    if audience.people is not None:
        asked.append(enrolments.c.phase == audience.people.phase)
        asked += [_member(block, day) for block in audience.people.within]
        asked += [~_member(block, day) for block in audience.people.without]
    if audience.in_programme:
        asked.append(enrolments.c.started_on <= day)
        asked.append(or_(enrolments.c.ended_on.is_(None), enrolments.c.ended_on >= day))
    if audience.firsts is not None:
        asked.append(_first(audience.firsts, day))
    if audience.not_firsts is not None:
        asked.append(~_first(audience.not_firsts, day))
    return and_(*asked, *_own(audience))


def _own(audience: Audience) -> list[ColumnElement[bool]]:
    """What the person's own days are asked for."""
    day = audience.day
    asked: list[ColumnElement[bool]] = []
    if audience.started_on is not None:
        asked.append(enrolments.c.started_on.in_(audience.started_on))
    if audience.phase_since:
        asked.append(enrolments.c.phase_since == day)
    if audience.phase_until:
        asked.append(enrolments.c.phase_until == day)
    if audience.last_day:
        asked.append(enrolments.c.ended_on == day)
    if audience.milestone is not None:
        asked.append(
            exists().where(
                milestones.c.enrolment_id == enrolments.c.id,
                milestones.c.slug == audience.milestone,
                milestones.c.due_on == day,
                milestones.c.reached_on.is_(None),
            )
        )
    if audience.meeting:
        asked += [meetings.c.meets_on == day, meetings.c.state.in_(_LIVE_MEETINGS)]
    return asked


def away_among(span: Span, *days: date) -> Select[Any]:
    """Who of these is not coming on one of these days: coming late is coming."""
    return (
        select(absences.c.enrolment_id)
        .distinct()
        .where(
            absences.c.enrolment_id > span.after,
            absences.c.enrolment_id <= span.upto,
            absences.c.ended_at.is_(None),
            absences.c.category != Presence.LATE,
            or_(
                *(
                    and_(absences.c.begins_on <= day, or_(absences.c.ends_on.is_(None), absences.c.ends_on >= day))
                    for day in set(days)
                )
            ),
        )
    )


def classes(span: Span, *, blocks: tuple[str, ...], day: date) -> Select[Any]:
    """Which phases and memberships there are among these people on a day, each once."""
    marks = [_member(block, day).label(f"block_{place}") for place, block in enumerate(blocks)]
    return (
        select(enrolments.c.phase, *marks)
        .where(
            enrolments.c.programme_id == span.programme_id,
            enrolments.c.id > span.after,
            enrolments.c.id <= span.upto,
        )
        .distinct()
    )


def about_meeting() -> ColumnElement[str]:
    """What tells one meeting, and one hour of it, from every other."""
    return literal("meeting-") + cast(meetings.c.id, String) + "." + cast(meetings.c.number, String)


def _member(block: str, day: date) -> ColumnElement[bool]:
    return exists().where(
        memberships.c.enrolment_id == enrolments.c.id,
        memberships.c.block == block,
        memberships.c.since <= day,
        or_(memberships.c.until.is_(None), memberships.c.until >= day),
    )


def _first(firsts: Firsts, day: date) -> ColumnElement[bool]:
    since = [
        exists().where(
            memberships.c.enrolment_id == enrolments.c.id,
            memberships.c.block == block,
            memberships.c.since > after,
            memberships.c.since <= day,
        )
        for block, after in firsts.blocks_after
    ]
    return or_(enrolments.c.started_on > firsts.programme_after, *since)


_goodbyes = occurrences.alias("goodbyes")
_seen_off = exists().where(
    _goodbyes.c.enrolment_id == enrolments.c.id,
    _goodbyes.c.rule == FAREWELL,
    _goodbyes.c.on_day == enrolments.c.ended_on,
)
