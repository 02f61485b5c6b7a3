"""Red days and the holidays people keep are worked out by a library once, kept as one text, and come back from it."""

import hashlib
import importlib
import importlib.metadata
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from bot.content.codec import freeze, thaw
from bot.content.kept_days import kept_days
from bot.domain.free_days import FreeBecause, FreeDay, FreeDays, Keeping
from bot.domain.programme import Programme

SWEDEN = "SE"

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)

COUNTRIES = frozenset(_CODES.split())
"""The countries (ISO 3166, two capitals) whose red days are known. A test holds the list to the library's own."""

BACK, AHEAD = 1, 3
"""Years around the present one for which days are worked out."""

LEAST_AHEAD = 2
"""So many years must still lie ahead; with fewer, the days are worked out anew."""

# Sundays are as free as a programme's weekdays make them: they are not red days here.
_PUBLIC, _EVES = "public", "de_facto"

_EASTER_EVE = "Påskafton"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Almanac:
    """What is red in some countries, and free by some calendars, in the years from `first` to `last`.

    `mark` is what it is kept under; empty when it is not kept as it is.
    """

    first: int = 0
    last: int = -1
    red: Mapping[str, Mapping[date, FreeDay]] = field(default_factory=dict)
    kept: Mapping[str, Mapping[date, FreeDay]] = field(default_factory=dict)
    mark: str = ""

    def reaches(self, now: datetime) -> bool:
        """Whether it holds what is asked for at this moment: last year's days, and those of two years to come."""
        return self.first <= now.year - BACK and now.year + LEAST_AHEAD <= self.last

    def with_country(self, code: str) -> "Almanac":
        """The same with one more country's red days. Takes a third of a second when the library is to be read."""
        return replace(self, red={**self.red, code: _red(code, self._years)}, mark="")

    def free(self, programme: Programme) -> FreeDays:
        """What is free in this programme, and for people in it who keep a calendar."""
        closed = {day: FreeDay(on=day, because=FreeBecause.CLOSED) for day in programme.closed}
        # What everybody knows to be free is the better reason for a day on which the programme is closed as well.
        return FreeDays(programme={**closed, **self.red.get(programme.red_days or "", {})}, kept=self.kept)

    @property
    def _years(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True, kw_only=True)
class _Named:
    name: str
    days: tuple[FreeDay, ...]


@dataclass(frozen=True, kw_only=True)
class _Kept:
    first: int
    last: int
    red: tuple[_Named, ...]
    kept: tuple[_Named, ...]


def known_country(code: str) -> bool:
    """Whether the red days of this country are known. `code` is ISO 3166, two capitals."""
    return code in COUNTRIES


def load_almanac(countries: Iterable[str], *, now: datetime) -> Almanac:
    """The days of these countries and of every calendar in the years around `now`, as the library counts them.

    Takes half a second and twenty megabytes that stay: to be called in a thread, and seldom.
    """
    first, last = now.year - BACK, now.year + AHEAD
    years = range(first, last + 1)
    return Almanac(
        first=first,
        last=last,
        red={code: _red(code, years) for code in sorted(set(countries))},
        kept={name.value: kept_days(name, years) for name in Keeping},
    )


def compiled_almanac(almanac: Almanac) -> str:
    """The same as text for `read_almanac`, which takes some milliseconds and needs no library."""
    return freeze(_Kept(first=almanac.first, last=almanac.last, red=_listed(almanac.red), kept=_listed(almanac.kept)))


def read_almanac(compiled: str) -> Almanac:
    """What was compiled. Raises `ValueError` for anything else."""
    kept = thaw(_Kept, compiled)
    return Almanac(first=kept.first, last=kept.last, red=_by_day(kept.red), kept=_by_day(kept.kept))


@cache
def mark_of_days() -> str:
    """What changes whenever the same years may come out otherwise: 64 hexadecimal digits."""
    mark = hashlib.sha256()
    for library in ("framsteg", "holidays"):
        mark.update(importlib.metadata.version(library).encode())
    mark.update(" ".join(Keeping).encode())
    return mark.hexdigest()


def _red(code: str, years: range) -> Mapping[date, FreeDay]:
    if not years:
        # Who looks up before anything was worked out is told nothing, and the library is not read for it.
        return {}
    if not known_country(code):
        # A programme was published when the country was still known: what is not known is not free.
        log.error("no red days are known for the country %r: its rules keep to 'closed'", code)
        return {}
    # Not at the head of the file: a process that reads what is kept never carries the library.
    holidays = importlib.import_module("holidays")
    found = _of_category(holidays, code, _EVES, years) if code == SWEDEN else {}
    if code == SWEDEN:
        found |= _easter_eves(holidays, years)
    return dict(sorted((found | _of_category(holidays, code, _PUBLIC, years)).items()))


def _of_category(holidays: Any, code: str, category: str, years: range) -> dict[date, FreeDay]:
    because = FreeBecause.RED if category == _PUBLIC else FreeBecause.EVE
    language = "sv" if "sv" in getattr(holidays, code).supported_languages else None
    days = holidays.country_holidays(code, years=years, categories=(category,), language=language)
    return {day: FreeDay(on=day, because=because, name=name) for day, name in days.items()}


def _easter_eves(holidays: Any, years: range) -> dict[date, FreeDay]:
    """The Saturday between two red days: no law names it, but nobody is at work between Good Friday and Easter."""
    days = holidays.country_holidays(SWEDEN, years=years, categories=("optional",), language="sv")
    found = days.get_named(_EASTER_EVE, lookup="exact")
    return {day: FreeDay(on=day, because=FreeBecause.EVE, name=_EASTER_EVE) for day in found}


def _listed(days: Mapping[str, Mapping[date, FreeDay]]) -> tuple[_Named, ...]:
    return tuple(_Named(name=name, days=tuple(of.values())) for name, of in sorted(days.items()))


def _by_day(named: tuple[_Named, ...]) -> dict[str, Mapping[date, FreeDay]]:
    return {one.name: {day.on: day for day in one.days} for one in named}
