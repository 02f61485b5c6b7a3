"""Whatever falls due is claimed once for each person, and then said or begun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.content.texts import clock, day
from bot.domain.calendar import OccurrenceState, falls_on
from bot.domain.firing import Clockwork, Firing
from bot.domain.messages import Draft, Priority, Purpose
from bot.domain.people import Participant
from bot.domain.programme import (
    FAREWELL,
)
from bot.domain.recurrence import falls
from bot.domain.reminding import all_rules
from bot.domain.rules import BeforeDay, EveryMonths, NearMilestone, OnLastDay, ReminderRule, WallClock
from bot.domain.speaking import speaking
from bot.domain.timetable import Planned
from bot.services.beginning import MOST_AT_ONCE, begin_ready
from bot.services.farewells import fall_quiet, seen_off
from bot.services.published import Plan, Shelf
from bot.services.wording import Occasion, drafts, not_coming_buttons, say
from bot.storage.absences import ABSENT, Away
from bot.storage.calendar import Claim
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.unit_of_work import Work, unit_of_work

MOST_WAITING = 200


@dataclass(frozen=True, kw_only=True)
class Due:
    """One rule that speaks to one person now. `about` is the milestone's slug, if it is about one."""

    participant: Participant
    rule: ReminderRule
    firing: Firing
    about: str = ""

    @property
    def once(self) -> str:
        """What this occurrence's words are queued under."""
        moment = f"{self.firing.at:%Y%m%dT%H%M}"
        return f"rule/{self.participant.enrolment_id}/{self.rule.slug}/{moment}/{self.about}"


class Reminders:
    """Plans what falls due. One for each process; they share the work without meeting."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    async def queue_due(self, *, now: datetime) -> int:
        """Safe to call as often as you like: an occurrence is queued once. Gives how many were.

        What fell due since the last call is planned; what is later than its rule allows is marked expired, not sent.
        """
        async with unit_of_work(self._database) as work:
            programmes = [one.id for one in await work.programmes.all()]
        queued = 0
        for programme_id in programmes:
            # One programme, one transaction: the trouble of one is never another's.
            async with unit_of_work(self._database) as work:
                held = await work.programmes.held(programme_id)
                if held is not None and held.stopped_at is None:
                    queued += await self._plan(work, held, now=now)
        full = True
        while full:
            async with unit_of_work(self._database) as work:
                begun = await begin_ready(work, self._shelf, now=now)
            queued += begun
            full = begun == MOST_AT_ONCE
        return queued

    async def _plan(self, work: Work, row: ProgrammeRow, *, now: datetime) -> int:
        plan = (await self._shelf.plans(work, [row.id])).get(row.id)
        after = row.planned_until or now
        if plan is None or after >= now:
            return 0
        speaking = await self._speaking(work, plan, after=after, now=now)
        await work.programmes.change(row.id, planned_until=now)
        if not speaking:
            return 0
        people = [one for one in await work.participants.of_programme(row.id) if one.may_be_written_to(now=now)]
        gone = await seen_off(work, people)
        people = [one for one in people if one.enrolment_id not in gone]
        due = [
            one
            for zone, rule, firing in speaking
            for one in await self._audience(work, plan, rule, firing, people=[p for p in people if p.zone == zone])
        ]
        return await self._claim_and_queue(work, plan, due, now=now)

    async def _speaking(
        self, work: Work, plan: Plan, *, after: datetime, now: datetime
    ) -> list[tuple[str, ReminderRule, Firing]]:
        zones = await work.participants.zones(plan.programme_id)
        return [
            (zone, one.rule, one.firing)
            for zone in zones
            for one in speaking(
                all_rules(plan.programme),
                plan.timetable,
                clockwork=Clockwork(zone=zone, quiet=plan.programme.quiet, free=plan.free),
                between=(after, now),
            )
        ]

    async def _audience(
        self,
        work: Work,
        plan: Plan,
        rule: ReminderRule,
        firing: Firing,
        *,
        people: Sequence[Participant],
    ) -> list[Due]:
        if rule.slug == FAREWELL:
            return [Due(participant=one, rule=rule, firing=firing) for one in people if one.ended_on == firing.on]
        heard = [one for one in people if not rule.phases or one.phase in rule.phases]
        match rule.when:
            case NearMilestone(days=days):
                by_enrolment = {one.enrolment_id: one for one in heard}
                due = await work.calendar.milestones_due(plan.programme_id, on=firing.on + timedelta(days=days))
                return [
                    Due(
                        participant=by_enrolment[one.enrolment_id],
                        rule=rule,
                        firing=firing,
                        about=one.slug,
                    )
                    for one in due
                    if one.enrolment_id in by_enrolment
                ]
            case BeforeDay(days=days):
                ahead = firing.on + timedelta(days=days)
                heard = [
                    one
                    for one in heard
                    if plan.timetable.on_for(ahead, phase=one.phase, blocks=one.blocks(ahead)) and _is_in(one, ahead)
                ]
            case WallClock(recurs=recurs):
                heard = heard if falls(recurs, firing.on) else []
            case OnLastDay():
                heard = []
            case EveryMonths():
                heard = [one for one in heard if falls_on(rule.when, firing.on, started_on=one.started_on)]
        return [Due(participant=one, rule=rule, firing=firing) for one in heard]

    async def _claim_and_queue(self, work: Work, plan: Plan, due: Sequence[Due], *, now: datetime) -> int:
        away = await _away(work, due)
        claims = [_claim(plan, one, now=now, away=away) for one in due]
        new = await work.calendar.claim(claims, now=now)
        mine = [
            (one, claim)
            for one, claim in zip(due, claims, strict=True)
            if (claim.enrolment_id, claim.rule, claim.about) in new
            and claim.state in (OccurrenceState.QUEUED, OccurrenceState.DUE)
        ]
        await fall_quiet(work, [one.participant for one, _ in mine if one.rule.slug == FAREWELL], now=now)
        await work.outbox.queue(
            [draft for one, _ in mine if one.rule.says for draft in _words(plan, one, now=now)],
            now=now,
        )
        return len(mine)


def _is_in(one: Participant, on: date) -> bool:
    return one.started_on <= on and (one.ended_on is None or on <= one.ended_on)


async def _away(work: Work, due: Sequence[Due]) -> Away:
    """Who of these is away on the days they would be written to, or about: asked once for all."""
    days = [day for one in due for day in _days(one)]
    people = {one.participant.enrolment_id for one in due}
    return await work.absences.away(people, first=min(days), last=max(days)) if days else Away(days={})


def _days(due: Due) -> tuple[date, ...]:
    """The day on which somebody hears it, and the day they would come."""
    on = due.firing.on
    return (on, on + timedelta(days=due.rule.when.days)) if isinstance(due.rule.when, BeforeDay) else (on,)


def _claim(plan: Plan, due: Due, *, now: datetime, away: Away) -> Claim:
    expires_at = due.firing.at + due.rule.expires_after
    late = now >= expires_at
    # A farewell is said whoever is ill: there is no other day for it.
    absent = due.rule.slug != FAREWELL and away.on(due.participant.enrolment_id, *_days(due))
    return Claim(
        programme_id=plan.programme_id,
        enrolment_id=due.participant.enrolment_id,
        rule=due.rule.slug,
        on_day=due.firing.on,
        due_at=due.firing.at,
        expires_at=expires_at,
        about=due.about,
        state=_state(due.rule, late=late, absent=absent),
        reason="late" if late else ABSENT if absent else None,
    )


def _state(rule: ReminderRule, *, late: bool, absent: bool) -> OccurrenceState:
    if late:
        return OccurrenceState.EXPIRED
    if absent:
        return OccurrenceState.SKIPPED
    return OccurrenceState.QUEUED if rule.says else OccurrenceState.DUE


def _words(plan: Plan, due: Due, *, now: datetime) -> list[Draft]:
    participant, rule = due.participant, due.rule
    assert participant.address is not None and rule.says is not None
    occasion = Occasion(
        once=due.once,
        purpose=Purpose.CONFIRMATION if rule.slug == FAREWELL else Purpose.REMINDER,
        priority=Priority.REMINDER,
        expires_at=due.firing.at + rule.expires_after,
        now=now,
    )
    said = say(plan, rule.says, participant=participant, values=_values(plan, due))
    if isinstance(rule.when, BeforeDay) and rule.slug != FAREWELL:
        said = replace(said, buttons=not_coming_buttons(plan, participant))
    return drafts([said], participant=participant, address=participant.address, occasion=occasion)


def _values(plan: Plan, due: Due) -> dict[str, str]:
    language = plan.language_of(due.participant.language)

    def words(key: str) -> str:
        return plan.texts.say(key, language=language, fallback=plan.programme.languages, values={})

    match due.rule.when:
        case NearMilestone(days=days):
            milestones = {one.slug: one for phase in plan.programme.phases for one in phase.milestones}
            title = words(milestones[due.about].title) if due.about in milestones else ""
            return {
                "milestone": title,
                "day": day(due.firing.on + timedelta(days=days), language),
            }
        case BeforeDay(days=days):
            ahead = due.firing.on + timedelta(days=days)
            today = plan.timetable.on_for(ahead, phase=due.participant.phase, blocks=due.participant.blocks(ahead))
            return {"day": day(ahead, language)} | _activities(plan, today, language=language)
        case _:
            return {"day": day(due.firing.on, language)}


def _activities(plan: Plan, today: tuple[Planned, ...], *, language: str) -> dict[str, str]:
    if not today:
        return {}

    def words(key: str, **values: str) -> str:
        return plan.texts.say(key, language=language, fallback=plan.programme.languages, values=values)

    lines = [
        words(
            "phrases/activity-line",
            begins=clock(one.begins),
            title=words(one.activity.title),
            place=one.place or words(one.activity.place),
        )
        for one in today
    ]
    return {
        "activities": "\n".join(lines),
        "first_time": clock(today[0].begins),
        "first_activity": words(today[0].activity.title),
        "first_place": today[0].place or words(today[0].activity.place),
    }
