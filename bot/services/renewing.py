"""A reminder that waits to leave and names what was changed says what holds now, or nothing if nothing is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendar import OccurrenceState
from bot.domain.firing import Clockwork
from bot.domain.rules import BeforeActivity, BeforeDay, BeforeFirst
from bot.domain.speaking import Speaking, speaking
from bot.domain.timetable import Planned
from bot.services.published import Plan
from bot.services.speeches import Spoken, speeches
from bot.storage.audiences import Wall
from bot.storage.renewal import Spoke
from bot.storage.spoken import Round, Speech
from bot.storage.unit_of_work import Work

EVERYBODY = 10**9


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """What was held, as a programme had it `before` and has it `after`: `was` is held no more as it was.

    `days` are those whose reminders name it, or should.
    """

    before: Plan
    after: Plan
    was: Planned | None
    days: frozenset[date]


async def renew(work: Work, one: Renewed, *, now: datetime) -> None:
    """Say anew what waits about these days. What has left is not said again: people are told of the change itself."""
    walls = await work.planning.walls()
    spoke = {each for wall in walls for each in _spoke(one, wall, now=now)}
    taken = [each for each in spoke if await work.renewal.take_back(each, mark=now)]
    if taken:
        await _say_again(work, one, walls, taken, now=now)
    for each in taken:
        await work.renewal.skip_rest(each, mark=now)


async def _say_again(work: Work, one: Renewed, walls: list[Wall], taken: list[Spoke], *, now: datetime) -> None:
    plan = one.after
    span, _ = await work.planning.span(plan.programme_id, after=0, most=EVERYBODY)
    known = {(each.rule, each.on_day) for each in taken}
    for wall in walls:
        for said in _speaking(plan, wall, one.days, now=now):
            # What was said of the one that is changed alone is not said again.
            if said.planned is None and (said.rule.slug, said.firing.on) in known:
                spoken = Spoken(plan=plan, wall=wall, speaking=said, span=span, now=now)
                for speech in await speeches(work, spoken):
                    await _queue(work, speech, Round(span=span, until=now, now=now))


async def _queue(work: Work, speech: Speech, this: Round) -> None:
    if speech.wordings and speech.state is OccurrenceState.QUEUED:
        await work.planning.queue(speech, this)


def _spoke(one: Renewed, wall: Wall, *, now: datetime) -> Iterator[Spoke]:
    for said in _speaking(one.before, wall, one.days, now=now):
        if said.planned is None or said.planned == one.was:
            yield Spoke(
                programme_id=one.before.programme_id,
                rule=said.rule.slug,
                on_day=said.firing.on,
                due_at=said.firing.at,
                about=None if said.planned is None else said.planned.ref,
            )


def _speaking(plan: Plan, wall: Wall, days: frozenset[date], *, now: datetime) -> list[Speaking]:
    """What was said about these days and could still wait."""
    rules = [one for one in plan.rules if isinstance(one.when, BeforeDay | BeforeFirst | BeforeActivity)]
    if not rules:
        return []
    clockwork = Clockwork(
        zone=wall.zone,
        quiet=plan.programme.quiet,
        free=plan.free,
        calendars=tuple(wall.calendars.split(",")) if wall.calendars else (),
    )
    longest = max(one.expires_after for one in rules)
    found = speaking(rules, plan.timetable, clockwork=clockwork, between=(now - longest, now))
    return [one for one in found if one.day in days and one.rule.says]
