"""Nobody looked at what fell due, for two hours or for three days: what still means something comes once, late."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.calendar import OccurrenceState
from bot.storage import tables
from tests.torture.fault import Place, Result
from tests.torture.ruled import a_programme, daily
from tests.town import Person, Town, a_town

FAULT = "F19"
TITLE = "nobody plans from 9 to 11, and for three days: 5 hours × 5 windows × says or asks, and a heap of missed ones"
FULL = 100

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BACK_AT = datetime(2026, 11, 28, 11, 0, tzinfo=STOCKHOLM).astimezone(UTC)
HOURS = ("09:00", "09:30", "10:00", "10:30", "10:50")
WINDOWS = {"5m": timedelta(minutes=5), "15m": timedelta(minutes=15), "45m": timedelta(minutes=45)}
WINDOWS |= {"90m": timedelta(minutes=90), "4h": timedelta(hours=4)}
MISSED = HOURS[:-1]
"""What is ten minutes late is not about the past yet."""

OUTAGES = (timedelta(hours=2), timedelta(days=3))
HEAP = "heap"
"""Somebody who missed everything: four reminders a day, each of which means something for five days."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One rule of its own, for one phase of its own."""

    at: str
    window: str
    begins: bool

    @property
    def phase(self) -> str:
        """Who hears this rule is in this phase, and hears no other."""
        return f"p-{self.at.replace(':', '')}-{self.window}-{'asks' if self.begins else 'says'}"

    @property
    def still_means_something(self) -> bool:
        """At eleven, on the day itself."""
        local = datetime.combine(BACK_AT.astimezone(STOCKHOLM).date(), time.fromisoformat(self.at), STOCKHOLM)
        return local.astimezone(UTC) + WINDOWS[self.window] > BACK_AT


CASES = tuple(
    Case(at=at, window=window, begins=begins) for at, window, begins in itertools.product(HOURS, WINDOWS, (False, True))
)


async def torture(tries: int, place: Place) -> Result:
    """All combinations, each with somebody of its own; then the heap."""
    tried = lost = doubled = 0
    wrong: list[str] = []
    cases = CASES[:: max(1, len(CASES) * len(OUTAGES) // tries)]
    for number, outage in enumerate(OUTAGES):
        url = await (place.sqlite() if number else place.postgresql())
        programme = _programme(place.directory(), cases)
        async with a_town(url, start=BACK_AT - outage - timedelta(minutes=1), programme=programme) as town:
            people = {case: await town.a_person(phase=case.phase) for case in cases}
            heap = await town.a_person(phase=HEAP)
            await town.step()
            await town.later(minutes=1 + outage.total_seconds() / 60)
            for _ in range(4):
                await town.later(minutes=5)
            for case, person in people.items():
                got, wanted = len(person.messages()), int(case.still_means_something)
                lost, doubled = lost + (got < wanted), doubled + (got > wanted)
                wrong += await _miscounted(town, person, case, outage)
                place.say(f"{outage} {case.phase}")
            tried += len(people)
            if len(heap.messages()) != 1:
                wrong.append(f"after {outage} somebody got {len(heap.messages())} messages about the past at once")
    notes = (f"a person who missed {len(MISSED)} a day got one message about the past after each outage",)
    return Result(tries=tried, lost=lost, doubled=doubled, wrong=tuple(wrong), notes=() if wrong else notes)


async def _miscounted(town: Town, person: Person, case: Case, outage: timedelta) -> list[str]:
    """Whatever was missed stands in the calendar, as sent or as expired: that is where a coach sees it counted."""
    table = tables.occurrences
    rows = await town.rows(select(table.c.state, table.c.reason).where(table.c.enrolment_id == person.enrolment))
    days = 1 if outage < timedelta(days=1) else outage.days
    sent = sum(row.state == OccurrenceState.QUEUED for row in rows)
    expired = [row.reason for row in rows if row.state == OccurrenceState.EXPIRED]
    fine = sent == case.still_means_something and sent + len(expired) == days and all(expired)
    return [] if fine else [f"{case.phase} after {outage}: {sent} sent, {len(expired)} expired, of {days}: {expired}"]


def _programme(home: Path, cases: tuple[Case, ...]) -> Path:
    rules = {case.phase: daily(case.at, case.window, case.phase, begins=case.begins) for case in cases}
    heap = {f"heap-{at.replace(':', '')}": daily(at, "5d", HEAP) for at in MISSED}
    return a_programme(home, rules | heap)
