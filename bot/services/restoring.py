"""After a copy was put back nothing is said twice: what may have gone counts as gone, and people see which it is."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts import AlertKind
from bot.domain.messages import OutboxAct, OutboxStatus, Purpose
from bot.storage.alerts import NewAlert
from bot.storage.database import Database
from bot.storage.restoring import Settled
from bot.storage.unit_of_work import Work, unit_of_work


class StillServed(Exception):
    """Another process is at work on this database."""


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What became of what was in the copy. `unanswered`: arrivals that a person has to look at."""

    settled: Settled
    unanswered: int


async def resume(database: Database, *, since: datetime, now: datetime) -> Resumed:
    """Go on from `since`: what falls due from then on is said, and nothing of what waited or was under way before.

    All or nothing; safe to call again. Raises `StillServed`, and then nothing is changed.
    """
    async with unit_of_work(database) as work:
        if await work.restoring.served_by_others():
            raise StillServed
        await _tell(work, now=now)
        settled = await work.restoring.settle(since=since, now=now)
        aside = await work.restoring.set_aside(now=now)
        await work.alerts.raise_these(
            [
                NewAlert(organisation_id=organisation, kind=AlertKind.SET_ASIDE, about=one, once=f"aside/{one}")
                for organisation in (await work.programmes.organisation_ids())[:1]
                for one in aside
            ],
            now=now,
        )
        await work.restoring.adopt()
    return Resumed(settled=settled, unanswered=len(aside))


async def adopt(database: Database) -> None:
    """It is the same database in another place, and nothing was sent since it was copied. Raises `StillServed`."""
    async with unit_of_work(database) as work:
        if await work.restoring.served_by_others():
            raise StillServed
        await work.restoring.adopt()


async def _tell(work: Work, *, now: datetime) -> None:
    """A coach must see what was under way, and help that somebody may not have got calls a person at once."""
    rows = await work.restoring.doubtful()
    found = [(row, AlertKind.CRISIS_UNDELIVERED) for row in rows if row.purpose == Purpose.CRISIS]
    found += [
        (row, AlertKind.UNCERTAIN)
        for row in rows
        if row.purpose != Purpose.CRISIS and row.act == OutboxAct.SEND and row.status != OutboxStatus.QUEUED
    ]
    await work.alerts.raise_these(
        [
            NewAlert(
                organisation_id=row.organisation_id,
                programme_id=row.programme_id,
                participant_id=row.participant_id,
                coach_id=row.coach_id,
                kind=kind,
                about=row.id,
                once=f"{kind}/out/{row.id}",
                escalates_at=now if kind is AlertKind.CRISIS_UNDELIVERED else None,
            )
            for row, kind in found
        ],
        now=now,
    )
