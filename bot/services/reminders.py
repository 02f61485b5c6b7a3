"""Whatever falls due is claimed once for each person, and then said or begun, for many people at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.calendar import zone_of
from bot.domain.firing import Clockwork
from bot.domain.programme import FAREWELL
from bot.domain.speaking import Speaking, speaking
from bot.services.beginning import MOST_AT_ONCE, begin_ready
from bot.services.farewells import fall_quiet
from bot.services.published import Plan, Shelf
from bot.services.speeches import Spoken, speeches
from bot.storage.audiences import Span, Wall
from bot.storage.database import Database
from bot.storage.programmes import ProgrammeRow
from bot.storage.spoken import Moved, Round, Speech
from bot.storage.unit_of_work import Work, unit_of_work

FIRST_BATCH, A_BATCH = 1_000, 10_000
"""Places planned in one transaction: the first people need not wait for all, and others come in between."""

LATE = timedelta(minutes=15)
"""Whatever is planned later than this after its moment is about the past: of that a person gets one message."""

A_DAY, A_MOMENT = timedelta(days=1), timedelta(seconds=1)
SET_BACK = timedelta(minutes=5)
"""Two hosts' clocks differ by less; whoever is further ahead of us was wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What one look did: how much it queued or began, and whether there is more to be done at once."""

    queued: int = 0
    more: bool = False


class Reminders:
    """Plans what falls due. One for each process; they share the work batch by batch."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    async def queue_due(self, *, now: datetime) -> int:
        """Safe to call as often as you like: an occurrence is queued once. Gives how many were.

        What fell due since the last call is planned; what is later than its rule allows is marked expired, not sent.
        """
        queued, more = 0, True
        while more:
            done = await self.queue_some(now=now)
            queued, more = queued + done.queued, done.more
        return queued

    async def queue_some(self, *, now: datetime) -> Planned:
        """The same, a batch of each programme at a time, so that what is queued can leave before all of it is."""
        async with unit_of_work(self._database) as work:
            programmes = [one.id for one in await work.programmes.all() if one.stopped_at is None]
            walls, moved = await work.planning.walls(), await work.planning.moved()
        queued, more, all_held = 0, False, True
        for programme_id in programmes:
            # One programme, one transaction: the trouble of one is never another's.
            async with unit_of_work(self._database) as work:
                held = await work.programmes.held(programme_id)
                if held is None:
                    all_held = False
                    continue
                here = [one for one in moved if one.programme_id == programme_id]
                queued += await self._catch_up(work, held, here, now=now) if here else 0
                done = await self._batch(work, held, walls, now=now)
            queued, more = queued + done.queued, more or done.more
        async with unit_of_work(self._database) as work:
            if all_held:
                await work.planning.settled_in(moved)
            begun = await begin_ready(work, self._shelf, now=now)
        return Planned(queued=queued + begun, more=more or begun == MOST_AT_ONCE)

    async def _catch_up(self, work: Work, row: ProgrammeRow, moved: list[Moved], *, now: datetime) -> int:
        """Say what a move jumped over: the old wall had not come to it yet, and the new one is past it already."""
        plan = (await self._shelf.plans(work, [row.id])).get(row.id)
        if plan is None or row.stopped_at is not None or row.planned_until is None:
            return 0
        queued, until = 0, min(row.planned_until, now)
        for one in moved:
            span = Span(programme_id=row.id, after=one.enrolment_id - 1, upto=one.enrolment_id)
            spoken = _speaking(plan, one.wall, after=until - A_DAY, until=until)
            each = [Spoken(plan=plan, wall=one.wall, speaking=said, span=span, now=now) for said in spoken]
            said = [speech for spoken in each for speech in await speeches(work, spoken)]
            queued += await _claim_and_queue(work, said, Round(span=span, until=now, now=now), outage=False)
        return queued

    async def _batch(self, work: Work, row: ProgrammeRow, walls: list[Wall], *, now: datetime) -> Planned:
        plan = (await self._shelf.plans(work, [row.id])).get(row.id)
        if row.planned_until is not None and row.planned_until - now > SET_BACK:
            # A clock that was wrong has been set right: what it said was late is looked at again.
            first = await work.planning.forget(row.id, after=now)
            await work.offsets.forget([row.id])
            anew = now if first is None else min(now, first - A_MOMENT)
            await work.programmes.change(row.id, planned_until=anew, planning_until=None, planning_after=None)
            return Planned(more=anew < now)
        after, until = row.planned_until or now, row.planning_until or now
        if plan is None or row.stopped_at is not None or after >= until:
            return Planned()
        known = await work.offsets.of(row.id)
        spoken = [
            (wall, one)
            for wall in walls
            for one in _speaking(plan, wall, after=after - _jumped(wall, known, at=after), until=until)
        ]
        if not spoken:
            await _planned(work, row, walls, known, until=until)
            return Planned()
        most = A_BATCH if row.planning_after else FIRST_BATCH
        span, more = await work.planning.span(row.id, after=row.planning_after or 0, most=most)
        this = Round(span=span, until=until, now=now)
        said = [
            one
            for wall, each in spoken
            for one in await speeches(work, Spoken(plan=plan, wall=wall, speaking=each, span=span, now=now))
        ]
        queued = await _claim_and_queue(work, said, this, outage=until - after > LATE)
        if more:
            await work.programmes.change(row.id, planning_until=until, planning_after=span.upto)
        else:
            await _planned(work, row, walls, known, until=until)
        return Planned(queued=queued, more=more)


async def _planned(
    work: Work, row: ProgrammeRow, walls: list[Wall], known: Mapping[str, int], *, until: datetime
) -> None:
    """Everything has been looked at until then."""
    await work.programmes.change(row.id, planned_until=until, planning_until=None, planning_after=None)
    news = {wall.zone: _ahead(wall, at=until) for wall in walls}
    await work.offsets.keep(row.id, {zone: ahead for zone, ahead in news.items() if known.get(zone) != ahead})


def _jumped(wall: Wall, known: Mapping[str, int], *, at: datetime) -> timedelta:
    """What another release of the zone data lets the wall jump over: by the old one it had not come to it."""
    return timedelta(seconds=max(0, _ahead(wall, at=at) - known.get(wall.zone, _ahead(wall, at=at))))


def _ahead(wall: Wall, *, at: datetime) -> int:
    return int((at.astimezone(zone_of(wall.zone)).utcoffset() or timedelta()).total_seconds())


def _speaking(plan: Plan, wall: Wall, *, after: datetime, until: datetime) -> list[Speaking]:
    clockwork = Clockwork(
        zone=wall.zone,
        quiet=plan.programme.quiet,
        free=plan.free,
        calendars=tuple(wall.calendars.split(",")) if wall.calendars else (),
    )
    return speaking(plan.rules, plan.timetable, clockwork=clockwork, between=(after, until))


async def _claim_and_queue(work: Work, said: list[Speech], this: Round, *, outage: bool) -> int:
    claimed = []
    for speech in said:
        today = this.now.astimezone(zone_of(speech.wall.zone)).date()
        if await work.planning.claim(speech, this, today=today):
            claimed.append(speech)
    if claimed and outage:
        await work.planning.thin(this, late_before=this.until - LATE)
    await _see_off(work, claimed, this)
    queued = 0
    for speech in claimed:
        if speech.wordings:
            queued += await work.planning.queue(speech, this)
    return queued


async def _see_off(work: Work, said: list[Speech], this: Round) -> None:
    if any(speech.rule == FAREWELL for speech in said):
        people = await work.participants.enrolled(await work.planning.heard(FAREWELL, this))
        await fall_quiet(work, list(people.values()), now=this.now)
