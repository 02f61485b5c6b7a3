"""The holidays of each religious calendar are known by their Swedish names, for those who chose to keep it."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from bot.domain.free_days import FreeBecause, FreeDay, Keeping

# An Ethiopian leap year ends with a sixth day of Pagume: its new year, and what is counted from it, comes a day later.
_LEAP = 4


def kept_days(calendar: Keeping, years: range) -> Mapping[date, FreeDay]:
    """The days of one calendar in these years, by day.

    Those of the moon are estimates: where people look for it themselves they begin a day earlier or later.
    """
    found = {
        day: FreeDay(on=day, because=FreeBecause.KEPT, name=name)
        for year in years
        for day, name in _IN[calendar](year)
        if day.year in years
    }
    return dict(sorted(found.items()))


def _islamic(year: int) -> Iterator[tuple[date, str]]:
    # A second day: both feasts last for several, and the first may be seen a day later than it is counted.
    moon = importlib.import_module("holidays.calendars.islamic")._IslamicLunar()
    for name, found in (("Eid al-fitr", moon.eid_al_fitr_dates(year)), ("Eid al-adha", moon.eid_al_adha_dates(year))):
        for first, _ in found:
            yield from _run(first, (name, f"{name}, andra dagen"))


def _orthodox(year: int) -> Iterator[tuple[date, str]]:
    # Thirteen days after the other Christmas, until the year 2100.
    yield date(year, 1, 7), "Ortodox juldag"
    yield from _easter(year, {-2: "Ortodox långfredag", 0: "Ortodox påskdag", 1: "Ortodox annandag påsk"})


def _ethiopian(year: int) -> Iterator[tuple[date, str]]:
    yield date(year, 1, 7), "Gena (etiopisk och eritreansk jul)"
    yield date(year, 1, 20 if year % _LEAP == 0 else 19), "Timket"
    yield from _easter(year, {-2: "Etiopisk och eritreansk långfredag", 0: "Fasika (påskdagen)"})
    late = timedelta(days=year % _LEAP == _LEAP - 1)
    yield date(year, 9, 11) + late, "Enkutatash (nyår)"
    yield date(year, 9, 27) + late, "Meskel"


def _jewish(year: int) -> Iterator[tuple[date, str]]:
    # The days on which no work is done, as they are kept outside Israel. Each begins at sunset the day before.
    moon = importlib.import_module("holidays.calendars.hebrew")._HebrewLunisolar()
    pesach, sukkot = moon.passover_date(year), moon.sukkot_date(year)
    yield from _run(pesach, ("Pesach", "Pesach, andra dagen"))
    yield from _run(pesach + timedelta(days=6), ("Pesach, sjunde dagen", "Pesach, åttonde dagen"))
    yield from _run(moon.shavuot_date(year), ("Shavuot", "Shavuot, andra dagen"))
    yield from _run(moon.rosh_hashanah_date(year), ("Rosh hashana", "Rosh hashana, andra dagen"))
    yield moon.yom_kippur_date(year), "Jom kippur"
    yield from _run(sukkot, ("Sukkot", "Sukkot, andra dagen"))
    yield from _run(sukkot + timedelta(days=7), ("Shemini atseret", "Simchat tora"))


def _nowruz(year: int) -> Iterator[tuple[date, str]]:
    # The day of the equinox in Tehran.
    yield importlib.import_module("holidays.calendars.persian")._Persian().new_year_date(year), "Nouruz (nyår)"


def _easter(year: int, named: Mapping[int, str]) -> Iterator[tuple[date, str]]:
    rules = importlib.import_module("dateutil.easter")
    sunday: date = rules.easter(year, rules.EASTER_ORTHODOX)
    for days, name in named.items():
        yield sunday + timedelta(days=days), name


def _run(first: date, names: Iterable[str]) -> Iterator[tuple[date, str]]:
    for later, name in enumerate(names):
        yield first + timedelta(days=later), name


_IN = {
    Keeping.ISLAMIC: _islamic,
    Keeping.ORTHODOX: _orthodox,
    Keeping.ETHIOPIAN: _ethiopian,
    Keeping.JEWISH: _jewish,
    Keeping.NOWRUZ: _nowruz,
}
