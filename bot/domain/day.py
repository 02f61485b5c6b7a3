"""What a day asks of a coach follows from what is known of the day, and from nothing else."""

from dataclasses import dataclass
from datetime import date

from bot.domain.people import Presence


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAbsence:
    """Not coming, by category only. Without `ends_on` it lasts until somebody says that it is over.

    Raises `ValueError` if it ends before it begins, if it is a presence, or if minutes are given of anything but
    coming late.
    """

    category: Presence
    begins_on: date
    ends_on: date | None = None
    late_minutes: int | None = None
    reported_by: str = "coach"
    """`coach` or `participant`."""

    def __post_init__(self) -> None:
        if self.category is Presence.PRESENT:
            raise ValueError("whoever is present is not absent")
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise ValueError("an absence ends when it began, or later")
        if self.late_minutes is not None and self.category is not Presence.LATE:
            raise ValueError("only coming late has minutes")

    @property
    def last_day(self) -> date | None:
        """The last day it is true of: coming late is true of one day. `None` if nobody knows yet."""
        return self.begins_on if self.category is Presence.LATE else self.ends_on
