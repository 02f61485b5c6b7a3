"""Of whom nothing is heard is decided once, for the day's page and for the weekly summary alike."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.calendar import moment, zone_of
from bot.domain.people import AddressState


class Silence(StrEnum):
    """Why nothing is heard from somebody, in the order they are told."""

    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    """Messages are wanted, and the provider holds them back."""
    STOPPED = "stopped"
    NO_WORD = "no-word"


class Heard(Protocol):
    """What must be known of somebody. `reach` is the preferred address's state, `None` without an address."""

    @property
    def started_on(self) -> date: ...
    @property
    def ended_on(self) -> date | None: ...
    @property
    def last_heard_at(self) -> datetime | None: ...
    @property
    def stopped_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> datetime | None: ...
    @property
    def held_at(self) -> datetime | None: ...
    @property
    def protected(self) -> bool: ...
    @property
    def reach(self) -> AddressState | None: ...


def silence(person: Heard, *, after: int, zone: str, now: datetime) -> Silence | None:
    """Why nothing is heard from somebody for `after` days or more; `None` if all is as it should be."""
    today = now.astimezone(zone_of(zone)).date()
    gone = person.ended_on is not None and person.ended_on < today
    # Somebody we never write to owes us no word.
    if person.protected or person.started_on > today or gone:
        return None
    if person.stopped_at is not None:
        return Silence.STOPPED
    if person.reach is AddressState.STOPPED:
        return Silence.BLOCKED
    if person.reach is not AddressState.ACTIVE:
        return Silence.UNREACHABLE
    paused = person.held_at is not None or (person.paused_until is not None and person.paused_until > now)
    since = moment(person.started_on, time(0), zone_of(zone))
    heard = max(person.last_heard_at, since) if person.last_heard_at else since
    return Silence.NO_WORD if not paused and now - heard >= timedelta(days=after) else None
