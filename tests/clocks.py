"""Two clocks that a test moves: the programme's, and the machine's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Hour:
    """A clock that a test moves."""

    now: datetime


@dataclass
class Machine:
    """The machine's own time, which a test lets run ahead of the real one: leases, retries and pauses follow it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead
