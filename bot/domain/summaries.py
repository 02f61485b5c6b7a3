"""A coach's week is told by exception: who needs a call, who moved and who is silent, never who is better."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.alerts import AlertKind, kind_of
from bot.domain.calendar import zone_of
from bot.domain.messages import OutboxStatus, Purpose
from bot.domain.moves import Move, moves, up_first
from bot.domain.people import Presence
from bot.domain.silence import Silence, silence
from bot.domain.timetable import Timetable
from bot.domain.weeks import CheckedIn, OpenAlert, PersonWeek, ProgrammeWeek, WeekFacts, Window

HERE = (Presence.PRESENT, Presence.LATE)


class Ahead(StrEnum):
    """What the coming week brings, in the order of one day."""

    START = "start"
    MEETING = "meeting"
    MILESTONE = "milestone"
    LAST_DAY = "last-day"


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """One person's week in one line. `absences` is empty in what leaves the house: there only `away` is told."""

    first_name: str
    programme_id: int
    phase: str
    phase_title: str | None
    attended: int
    planned: int
    noted: int
    away: int
    absences: Mapping[Presence, int]
    checked_in: CheckedIn
    moves: tuple[Move, ...]
    last_heard_on: date | None
    new_since: date | None
    paused_until: date | None
    held: bool
    ended_on: date | None
    protected: bool


@dataclass(frozen=True, kw_only=True)
class SilentLine:
    """Somebody of whom nothing is heard, and why."""

    first_name: str
    why: Silence
    last_heard_on: date | None
    protected: bool


@dataclass(frozen=True, kw_only=True)
class AheadLine:
    """Something the coming week brings. `title` is a milestone's text key, `None` when it is gone.

    `slug` is a milestone's, or the hour of a meeting.
    """

    on: date
    what: Ahead
    first_name: str
    programme_id: int
    protected: bool
    slug: str = ""
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Did:
    """How many messages of the week were sent, did not arrive, or still wait."""

    reminders: int = 0
    talk: int = 0
    failed: int = 0
    uncertain: int = 0
    expired: int = 0
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class WeeklySummary:
    """The week about people, in the order it is read. `withheld` counts what is told only in the house."""

    window: Window
    needs: tuple[OpenAlert, ...]
    people: tuple[PersonLine, ...]
    changed: tuple[Move, ...]
    silent: tuple[SilentLine, ...]
    coming: tuple[AheadLine, ...]
    did: Did
    programmes: Mapping[int, str]
    """The text key of each programme's title, by id."""
    withheld_changes: int = 0
    withheld_people: int = 0


def summarise(facts: WeekFacts, *, now: datetime) -> WeeklySummary:
    """What a coach should know of the week that ended, and of what is open `now`."""
    told = [(one, _told(one.people)) for one in facts.programmes]
    moved = {person.enrolment_id: moves(person, week) for week, people in told for person in people}
    return WeeklySummary(
        window=facts.window,
        needs=tuple(sorted(facts.alerts, key=_urgency)),
        people=tuple(
            _line(person, week, window=facts.window, moved=moved[person.enrolment_id], now=now)
            for week, people in told
            for person in people
            if person.started_on < facts.window.until and not _gone(person, by=facts.window.since)
        ),
        changed=tuple(sorted((move for each in moved.values() for move in each), key=up_first)),
        silent=_silent(told, zone=facts.window.zone, now=now),
        coming=_coming(told, first=facts.window.until),
        did=_did(facts.programmes),
        programmes={one.programme_id: one.programme.title for one in facts.programmes},
    )


def for_outside(summary: WeeklySummary) -> WeeklySummary:
    """The same without what must not leave the house: sensitive changes, why somebody was away, protected people."""
    shown = tuple(replace(one, absences={}, moves=_harmless(one.moves)) for one in summary.people if not one.protected)
    changed = _harmless(summary.changed)
    return replace(
        summary,
        needs=tuple(one for one in summary.needs if not one.protected),
        people=shown,
        changed=changed,
        silent=tuple(one for one in summary.silent if not one.protected),
        coming=tuple(one for one in summary.coming if not one.protected),
        withheld_changes=len(summary.changed) - len(changed),
        withheld_people=len(summary.people) - len(shown),
    )


def _harmless(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    return tuple(one for one in moves if not one.sensitive and not one.protected)


def _urgency(alert: OpenAlert) -> tuple[int, datetime, str]:
    return tuple(AlertKind).index(kind_of(alert.kind)), alert.raised_at, alert.first_name or ""


def _told(people: Iterable[PersonWeek]) -> list[PersonWeek]:
    # By name, whatever the week was like: an order by anything else would be a ranking.
    return sorted(people, key=lambda one: (one.first_name.casefold(), one.enrolment_id))


def _gone(person: PersonWeek, *, by: date) -> bool:
    return person.ended_on is not None and person.ended_on < by


def _line(
    person: PersonWeek, week: ProgrammeWeek, *, window: Window, moved: tuple[Move, ...], now: datetime
) -> PersonLine:
    planned = _planned(person, week.timetable, window=window)
    # Whoever likes comes to a drop-in: it is neither planned nor missed.
    drop_ins = {one.slug for one in week.programme.activities if one.drop_in}
    held = [one for one in person.held if one.activity not in drop_ins]
    sessions = {(one.activity, one.on) for one in held}
    absences = {kind: sum(one.presence is kind for one in held) for kind in Presence if kind not in HERE}
    titles = {phase.slug: phase.title for phase in week.programme.phases}
    paused = person.paused_until if person.paused_until and person.paused_until > now else None
    return PersonLine(
        first_name=person.first_name,
        programme_id=week.programme_id,
        phase=person.phase,
        phase_title=titles.get(person.phase),
        attended=sum(one.presence in HERE for one in held),
        planned=len(planned | sessions),
        noted=len(sessions),
        away=sum(absences.values()),
        absences={kind: count for kind, count in absences.items() if count},
        checked_in=person.checked_in,
        moves=moved,
        last_heard_on=_day(person.last_heard_at, window.zone),
        new_since=person.coach_since if person.coach_since >= window.since else None,
        paused_until=_day(paused, window.zone),
        held=person.held_at is not None,
        ended_on=person.ended_on if _gone(person, by=window.until) else None,
        protected=person.protected,
    )


def _planned(person: PersonWeek, timetable: Timetable, *, window: Window) -> set[tuple[str, date]]:
    days = [window.since + timedelta(days=ahead) for ahead in range(7)]
    return {
        (held.activity.slug, on)
        for on in days
        if person.started_on <= on and not _gone(person, by=on)
        for held in timetable.on_for(on, phase=person.phase, blocks=person.blocks(on))
        if not held.activity.drop_in
    }


def _silent(
    told: Iterable[tuple[ProgrammeWeek, list[PersonWeek]]], *, zone: str, now: datetime
) -> tuple[SilentLine, ...]:
    found: dict[int, SilentLine] = {}
    for week, people in told:
        for person in people:
            why = silence(person, after=week.programme.summary.silent_after_days, zone=zone, now=now)
            if why is not None:
                found[person.participant_id] = SilentLine(
                    first_name=person.first_name,
                    why=why,
                    last_heard_on=_day(person.last_heard_at, zone),
                    protected=person.protected,
                )
    order = list(Silence)
    return tuple(
        sorted(found.values(), key=lambda one: (order.index(one.why), one.last_heard_on or date.min, one.first_name))
    )


def _coming(told: Iterable[tuple[ProgrammeWeek, list[PersonWeek]]], *, first: date) -> tuple[AheadLine, ...]:
    found = []
    for week, people in told:
        titles = {one.slug: one.title for phase in week.programme.phases for one in phase.milestones}
        for person in people:
            days = [
                (Ahead.START, "", person.started_on),
                *((Ahead.MEETING, f"{begins:%H:%M}", on) for on, begins in person.meetings if not _gone(person, by=on)),
                *((Ahead.MILESTONE, slug, on) for slug, on in person.milestones if not _gone(person, by=on)),
                *([(Ahead.LAST_DAY, "", person.ended_on)] if person.ended_on else []),
            ]
            found += [
                AheadLine(
                    on=on,
                    what=what,
                    first_name=person.first_name,
                    programme_id=week.programme_id,
                    protected=person.protected,
                    slug=slug,
                    title=titles.get(slug),
                )
                for what, slug, on in days
                if first <= on < first + timedelta(days=7)
            ]
    order = list(Ahead)

    def place(one: AheadLine) -> tuple[date, int, str, str, str]:
        # Meetings come by the hour, everything else by name.
        hour = one.slug if one.what is Ahead.MEETING else ""
        return one.on, order.index(one.what), hour, one.first_name.casefold(), one.slug

    return tuple(sorted(found, key=place))


def _did(weeks: Iterable[ProgrammeWeek]) -> Did:
    counts: dict[str, int] = {}
    for week in weeks:
        for (status, purpose), count in week.outbox.items():
            name = _became(status, purpose)
            counts[name] = counts.get(name, 0) + count
    counts.pop("", None)
    return Did(**counts)


def _became(status: OutboxStatus, purpose: Purpose) -> str:
    match status:
        case OutboxStatus.SENT | OutboxStatus.DELIVERED:
            return "reminders" if purpose in (Purpose.REMINDER, Purpose.NUDGE) else "talk"
        case OutboxStatus.QUEUED | OutboxStatus.SENDING | OutboxStatus.UNSETTLED:
            return "waiting"
        case OutboxStatus.FAILED | OutboxStatus.UNCERTAIN | OutboxStatus.EXPIRED:
            return status.value
        case OutboxStatus.CANCELLED:
            # Taken back on purpose: nothing that anybody must know.
            return ""


def _day(at: datetime | None, zone: str) -> date | None:
    return None if at is None else at.astimezone(zone_of(zone)).date()
