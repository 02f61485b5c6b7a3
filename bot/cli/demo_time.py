"""Programme time can be moved on: whatever falls due on the way happens at its own moment, in order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.console.desk import Journey
from bot.domain.firing import Clockwork
from bot.domain.reminding import all_rules
from bot.domain.speaking import speaking
from bot.services.published import Plan
from bot.storage.database import Database
from bot.storage.views.demo import looking

Now = Callable[[], datetime]

LONGEST_STEP = timedelta(hours=12)
"""Time never jumps further than this at once, due or not."""


class ProgrammeClock:
    """The machine's clock and a distance. Leases, retries and rates ask the machine's and never this one."""

    def __init__(self, machine: Now) -> None:
        self._machine = machine
        self._ahead = timedelta()
        self._held: datetime | None = None

    def now(self) -> datetime:
        """Programme time. Stands still while time is being moved, at the step that is being taken."""
        return self._held if self._held is not None else self._machine() + self._ahead

    def hold(self, at: datetime) -> None:
        """Stand still at this moment."""
        self._held = at

    def go_on(self, *, since: datetime) -> None:
        """Run again, with `since` as the present moment."""
        self._ahead = since - self._machine()
        self._held = None


@dataclass
class TimeMachine:
    """Moves programme time on, and calls `step` at every moment at which something can be due."""

    clock: ProgrammeClock
    database: Database
    plan: Plan
    zones: tuple[str, ...]
    step: Callable[[datetime], Awaitable[None]]
    journey: Journey = field(default_factory=Journey)

    async def move_to(self, target: datetime) -> None:
        """Go to `target`, which is later than now. Whoever asks meanwhile is told how far it came."""
        at = self.clock.now()
        self.clock.hold(at)
        self.journey.begins, self.journey.at, self.journey.target = at, at, max(at, target)
        try:
            while at < target:
                at = await self.next_moment(after=at, until=target)
                self.clock.hold(at)
                self.journey.at = at
                await self.step(at)
        finally:
            self.clock.go_on(since=at)
            self.journey.target = None

    async def next_moment(self, *, after: datetime, until: datetime) -> datetime:
        """The first moment after `after` at which anything can fall due; `until` if nothing does before.

        What can be due: a rule's time of day in somebody's zone, a conversation that has been silent for long enough,
        words that were held until later, a coach's summary. Everything else is a consequence of these.
        """
        until = min(until, after + LONGEST_STEP)
        async with looking(self.database) as views:
            kept = await views.moments(after=after)
        due = [one for one in (kept.silent_at, kept.available_at, kept.summary_at) if one is not None]
        programme = self.plan.programme
        due += [
            one.firing.at
            for zone in self.zones
            for one in speaking(
                all_rules(programme),
                self.plan.timetable,
                clockwork=Clockwork(zone=zone, quiet=programme.quiet, free=self.plan.free),
                between=(after, until),
            )
        ]
        return min([until, *due])
