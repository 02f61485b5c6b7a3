"""How fast words may leave is told for each sender, and holds for all processes together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.people import ChannelName
from bot.storage.outbox_heads import EVERYBODYS, Whose
from bot.storage.sending import Chats

_SET_RIGHT = timedelta(seconds=10)
"""A count that is from further ahead was made by a clock that has been set right since."""


LEASE = timedelta(seconds=30)
"""Longer than any channel's time-out, so that a lease that ran out means a process that died, or hung."""

MOST_IN_HAND = 50
"""What a process has under way at once: so many sends may be uncertain when it dies."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """So many messages a second (`None`: as many as there are), so many at once, and so many in hand of one process."""

    per_second: float | None = None
    burst: int = 1
    in_hand: int = MOST_IN_HAND
    chats: Chats | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One sender of a channel, and the programmes that send from there. `name` is unique among all channels."""

    name: str
    pace: Pace
    whose: Whose = EVERYBODYS


Lanes = Callable[[ChannelName], Sequence[Lane]]

UNHURRIED = Pace(in_hand=MOST_IN_HAND)
"""Of a channel that nobody set a pace for: as much as there is."""


def unhurried(channel: ChannelName) -> tuple[Lane, ...]:
    """One line for everything, as fast as it goes."""
    return (Lane(name=channel, pace=UNHURRIED),)


def _by_the_clock() -> timedelta:
    return timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """On what terms a process sends.

    `lease` is how long it may be silent before another settles what it had in hand. `ahead` is how far machine time
    is ahead of the database's own: in a test alone.
    """

    lanes: Lanes = unhurried
    lease: timedelta = LEASE
    ahead: Callable[[], timedelta] = _by_the_clock

    @property
    def patience(self) -> timedelta:
        """How long one send may take, and how much must be left of the lease for it to begin."""
        return self.lease * 2 / 3

    @property
    def margin(self) -> timedelta:
        """What must be left of the lease when a request is written: within it, the provider comes to read it."""
        return self.lease / 3


def telegram(bot: str) -> Lane:
    """Telegram lets a bot send thirty messages a second, and one a second to a chat; an answer may come sooner."""
    chats = Chats(every=timedelta(seconds=1), sooner=timedelta(seconds=2))
    # 26 and a burst of 3 stay below 30 in every second, however the seconds are cut.
    return Lane(name=f"telegram/{bot}", pace=Pace(per_second=26, burst=3, chats=chats))


def sms(sender: str, *, per_second: float, whose: Whose) -> Lane:
    """One number or Messaging Service."""
    pace = Pace(per_second=per_second, burst=max(1, round(per_second / 10)))
    return Lane(name=f"sms/{sender}", pace=pace, whose=whose)


def refilled(tokens: float, *, counted_at: datetime, now: datetime, pace: Pace) -> float:
    """How many tokens there are by now. A clock that went back gives none, and takes none away."""
    if pace.per_second is None:
        return float(pace.in_hand)
    if counted_at - now > _SET_RIGHT:
        return float(pace.burst)
    passed = max(0.0, (now - counted_at).total_seconds())
    return min(float(pace.burst), tokens + passed * pace.per_second)


def until_next(tokens: float, pace: Pace) -> float:
    """Seconds until there is a whole token; none if there is one."""
    return 0.0 if pace.per_second is None or tokens >= 1 else (1 - tokens) / pace.per_second
