"""Some days are free: red days and eves, days on which a programme is closed, and days that a person keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class FreeBecause(StrEnum):
    """Why a day is free."""

    RED = "red-day"
    EVE = "eve"
    CLOSED = "closed"
    KEPT = "kept"
    """A holiday of a religious calendar that the person chose."""


class Keeping(StrEnum):
    """The calendars whose holidays somebody may want to have free from our messages, by their own choice."""

    ISLAMIC = "islamic"
    ORTHODOX = "orthodox"
    ETHIOPIAN = "ethiopian"
    """The Ethiopian and the Eritrean church: Enkutatash, Meskel, Gena, Timket and Fasika."""
    JEWISH = "jewish"
    NOWRUZ = "nowruz"


DAYS_OFF = "days-off"
"""The slug of the flow in which people choose them, and what its answer is saved as: names with commas between."""


def kept_of(answer: str) -> str:
    """The calendars that an answer names, as they are kept with a person: what is none of them is passed over."""
    named = answer.split(",")
    return ",".join(one for one in Keeping if one in named)


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeDay:
    """A day that is free. `name` is what coaches call it, in Swedish where it has a Swedish name.

    It is empty for a day on which a programme is closed.
    """

    on: date
    because: FreeBecause
    name: str = ""

    @property
    def reason(self) -> str:
        """As it is kept with what was moved or left out because of it: `red-day`, never which day somebody keeps."""
        return self.because.value


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeDays:
    """What is free for a programme, and by the name of a calendar what is free for those who keep it."""

    programme: Mapping[date, FreeDay] = field(default_factory=dict)
    kept: Mapping[str, Mapping[date, FreeDay]] = field(default_factory=dict)

    def on(self, day: date, *, calendars: tuple[str, ...] = ()) -> FreeDay | None:
        """Why this day is free for somebody who keeps these calendars; `None` if it is not."""
        if day in self.programme:
            return self.programme[day]
        return next((self.kept[name][day] for name in calendars if day in self.kept.get(name, {})), None)


NONE_FREE = FreeDays()
"""Every day is a day like any other."""
