"""What a rule says, and to whom, is worked out once for all who hear the same; names are put in where it is queued."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.calendar import OccurrenceState, falls_on, moment, zone_of
from bot.domain.messages import Purpose
from bot.domain.programme import FAREWELL
from bot.domain.reminding import said_by
from bot.domain.rules import (
    AfterStart,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    EveryMonths,
    NearMilestone,
    NearPhase,
    OnLastDay,
    ReminderRule,
)
from bot.domain.speaking import Speaking
from bot.domain.timetable import Planned, blocks_of
from bot.services.published import Plan
from bot.services.reminder_words import Told, wording
from bot.storage.audiences import Audience, Class, Firsts, Span, Wall
from bot.storage.spoken import Speech, Wording
from bot.storage.unit_of_work import Work

Values = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A rule that speaks, on one wall, of one programme; `now` is the present and `span` of whom it is asked."""

    plan: Plan
    wall: Wall
    speaking: Speaking
    span: Span
    now: datetime

    @property
    def rule(self) -> ReminderRule:
        """The rule."""
        return self.speaking.rule


async def speeches(work: Work, spoken: Spoken) -> list[Speech]:
    """All that this firing says: one for each group of people who hear the same words."""
    match spoken.rule.when:
        case BeforeDay() | BeforeFirst():
            return await _of_the_day(work, spoken)
        case BeforeActivity():
            return _of_one_activity(spoken)
        case NearMilestone():
            return _of_milestones(spoken)
        case NearPhase():
            return _of_phases(spoken)
        case EveryMonths():
            return await _of_months(work, spoken)
        case _:
            return [_speech(spoken, _plain_audience(spoken))]


def _plain_audience(spoken: Spoken) -> Audience:
    rule, about = spoken.rule, spoken.speaking.day
    match rule.when:
        case BeforeMeeting():
            return Audience(day=about, phases=rule.phases, blocks=rule.blocks, meeting=True)
        case AfterStart():
            return Audience(day=about, phases=rule.phases, blocks=rule.blocks, started_on=(about,))
        case OnLastDay():
            return Audience(day=about, last_day=True)
        case _:
            return Audience(day=about, phases=rule.phases, blocks=rule.blocks)


async def _of_the_day(work: Work, spoken: Spoken) -> list[Speech]:
    """One for each group who have the same activities on that day."""
    rule, about, plan = spoken.rule, spoken.speaking.day, spoken.plan
    blocks = blocks_of(plan.timetable.on(about))
    found = []
    for people in await work.planning.classes(spoken.span, blocks=blocks, day=about):
        held = plan.timetable.on_for(about, phase=people.phase, blocks=people.within)
        if not held or (rule.phases and people.phase not in rule.phases):
            continue
        firsts = _firsts(plan, people, about, blocks=[one.activity.block for one in held])
        audience = Audience(
            day=about,
            blocks=rule.blocks,
            people=people,
            in_programme=True,
            firsts=firsts if isinstance(rule.when, BeforeFirst) else None,
            not_firsts=firsts if _told_as_first(plan, rule) else None,
        )
        found.append(_speech(spoken, audience, held=held))
    return found


def _firsts(plan: Plan, people: Class, about: date, *, blocks: list[str | None]) -> Firsts:
    """Since when somebody must have begun for this to be their first day, in the programme or in a block."""
    own = [(block, _day_of_block_before(plan, block, about)) for block in dict.fromkeys(blocks) if block is not None]
    before = plan.timetable.day_before(about, phase=people.phase, blocks=people.within)
    return Firsts(programme_after=before, blocks_after=tuple(own))


def _day_of_block_before(plan: Plan, block: str, about: date) -> date:
    for back in range(1, 100):
        other = about - timedelta(days=back)
        if any(one.activity.block == block for one in plan.timetable.on(other)):
            return other
    return about - timedelta(days=100)


def _told_as_first(plan: Plan, rule: ReminderRule) -> bool:
    """Whether another rule tells those whose first day it is, as long before."""
    if not isinstance(rule.when, BeforeDay):
        return False
    days = rule.when.days
    return any(isinstance(other.when, BeforeFirst) and other.when.days == days for other in plan.rules)


def _of_one_activity(spoken: Spoken) -> list[Speech]:
    rule, planned = spoken.rule, spoken.speaking.planned
    assert planned is not None
    activity = planned.activity
    phases = tuple(one for one in activity.phases if one in rule.phases) if rule.phases else activity.phases
    if rule.phases and activity.phases and not phases:
        return []
    blocks = rule.blocks if activity.block is None else (activity.block,)
    if activity.block is not None and rule.blocks and activity.block not in rule.blocks:
        return []
    audience = Audience(day=planned.on, phases=phases or rule.phases, blocks=blocks, in_programme=True)
    return [_speech(spoken, audience, held=(planned,), about=planned.ref)]


def _of_milestones(spoken: Spoken) -> list[Speech]:
    rule, about = spoken.rule, spoken.speaking.day
    milestones = [one for phase in spoken.plan.programme.phases for one in phase.milestones]
    return [
        _speech(
            spoken,
            Audience(day=about, phases=rule.phases, blocks=rule.blocks, milestone=one.slug),
            about=one.slug,
            names={"milestone": one.title},
        )
        for one in milestones
    ]


def _of_phases(spoken: Spoken) -> list[Speech]:
    rule, when = spoken.rule, spoken.rule.when
    assert isinstance(when, NearPhase)
    return [
        _speech(
            spoken,
            Audience(
                day=spoken.speaking.day,
                phases=(phase.slug,),
                blocks=rule.blocks,
                phase_since=not when.ends,
                phase_until=when.ends,
            ),
            about=phase.slug,
            names={"phase": phase.title},
        )
        for phase in spoken.plan.programme.phases
        if not rule.phases or phase.slug in rule.phases
    ]


async def _of_months(work: Work, spoken: Spoken) -> list[Speech]:
    rule, on = spoken.rule, spoken.speaking.day
    assert isinstance(rule.when, EveryMonths)
    starts = await work.planning.starts(spoken.plan.programme_id)
    began = tuple(day for day in starts if falls_on(rule.when, on, started_on=day))
    audience = Audience(day=on, phases=rule.phases, blocks=rule.blocks, started_on=began)
    return [_speech(spoken, audience)] if began else []


def _speech(
    spoken: Spoken,
    audience: Audience,
    *,
    held: tuple[Planned, ...] = (),
    about: str = "",
    names: Values | None = None,
) -> Speech:
    """`names` are text keys, said in each language."""
    firing, rule = spoken.speaking.firing, spoken.rule
    expires_at = min([firing.at + rule.expires_after, *_over(spoken, held)])
    drop_in = bool(held) and all(one.activity.drop_in for one in held)
    says = said_by(rule, drop_in=drop_in)
    state, reason = _becomes(spoken, expires_at=expires_at, says=says)
    return Speech(
        rule=rule.slug,
        wall=spoken.wall,
        audience=audience,
        on_day=firing.on,
        due_at=firing.at,
        expires_at=expires_at,
        shift=firing.shift,
        state=state,
        reason=reason,
        about=about,
        # A farewell is said whoever is ill: there is no other day for it.
        days=() if rule.slug == FAREWELL else _days(spoken),
        wordings=_wordings(spoken, Told(says=says, held=held, names=names or {})) if says else (),
        purpose=Purpose.CONFIRMATION if rule.slug == FAREWELL else Purpose.REMINDER,
    )


def _over(spoken: Spoken, held: tuple[Planned, ...]) -> list[datetime]:
    """When the day's first has begun there is nothing to be reminded of."""
    zone = zone_of(spoken.plan.programme.zone)
    return [moment(one.on, one.begins, zone) for one in held[:1]]


def _becomes(spoken: Spoken, *, expires_at: datetime, says: str | None) -> tuple[OccurrenceState, str | None]:
    firing = spoken.speaking.firing
    if firing.dropped is not None:
        return OccurrenceState.SKIPPED, firing.dropped
    if spoken.now >= expires_at:
        return OccurrenceState.EXPIRED, "late"
    return (OccurrenceState.QUEUED if says else OccurrenceState.DUE), None


def _days(spoken: Spoken) -> tuple[date, ...]:
    """The day on which somebody hears it, and the day they would come."""
    here = spoken.speaking.firing.at.astimezone(zone_of(spoken.wall.zone)).date()
    coming = isinstance(spoken.rule.when, BeforeDay | BeforeActivity | BeforeFirst | BeforeMeeting)
    return (here, spoken.speaking.day) if coming else (here,)


def _wordings(spoken: Spoken, told: Told) -> tuple[Wording, ...]:
    languages = spoken.plan.programme.languages
    return tuple(wording(spoken.plan, spoken.speaking, told, language=language) for language in languages)
