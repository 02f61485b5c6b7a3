"""The days that are free are those of the Swedish almanac and of people's own calendars, by public knowledge."""

import logging
from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest

from bot.content.almanac import COUNTRIES, Almanac, compiled_almanac, known_country, load_almanac, read_almanac
from bot.domain.free_days import FreeBecause, Keeping
from bot.domain.people import StaffedHours
from bot.domain.programme import Programme, QuietHours, SummaryLeaves, SummaryRule
from tests.almanac import almanac

NOW = datetime(2026, 11, 23, tzinfo=UTC)

# Written by hand from Almanackan, not from the library: (month, day) by year.
RED = {
    2026: {
        "Nyårsdagen": (1, 1),
        "Trettondedag jul": (1, 6),
        "Långfredagen": (4, 3),
        "Påskdagen": (4, 5),
        "Annandag påsk": (4, 6),
        "Första maj": (5, 1),
        "Kristi himmelsfärdsdag": (5, 14),
        "Pingstdagen": (5, 24),
        "Nationaldagen": (6, 6),
        "Midsommardagen": (6, 20),
        "Alla helgons dag": (10, 31),
        "Juldagen": (12, 25),
        "Annandag jul": (12, 26),
    },
    2027: {
        "Nyårsdagen": (1, 1),
        "Trettondedag jul": (1, 6),
        "Långfredagen": (3, 26),
        "Påskdagen": (3, 28),
        "Annandag påsk": (3, 29),
        "Första maj": (5, 1),
        "Kristi himmelsfärdsdag": (5, 6),
        "Pingstdagen": (5, 16),
        "Nationaldagen": (6, 6),
        "Midsommardagen": (6, 26),
        "Alla helgons dag": (11, 6),
        "Juldagen": (12, 25),
        "Annandag jul": (12, 26),
    },
    2028: {
        "Nyårsdagen": (1, 1),
        "Trettondedag jul": (1, 6),
        "Långfredagen": (4, 14),
        "Påskdagen": (4, 16),
        "Annandag påsk": (4, 17),
        "Första maj": (5, 1),
        "Kristi himmelsfärdsdag": (5, 25),
        "Pingstdagen": (6, 4),
        "Nationaldagen": (6, 6),
        "Midsommardagen": (6, 24),
        "Alla helgons dag": (11, 4),
        "Juldagen": (12, 25),
        "Annandag jul": (12, 26),
    },
}
EVES = {
    2026: {"Påskafton": (4, 4), "Midsommarafton": (6, 19), "Julafton": (12, 24), "Nyårsafton": (12, 31)},
    2027: {"Påskafton": (3, 27), "Midsommarafton": (6, 25), "Julafton": (12, 24), "Nyårsafton": (12, 31)},
    2028: {"Påskafton": (4, 15), "Midsommarafton": (6, 23), "Julafton": (12, 24), "Nyårsafton": (12, 31)},
}
KEPT = {
    Keeping.ISLAMIC: {
        "Eid al-fitr": ["2026-03-20", "2027-03-09", "2028-02-26"],
        "Eid al-adha": ["2026-05-27", "2027-05-16", "2028-05-05"],
    },
    Keeping.ORTHODOX: {
        "Ortodox juldag": ["2026-01-07", "2027-01-07", "2028-01-07"],
        "Ortodox långfredag": ["2026-04-10", "2027-04-30", "2028-04-14"],
        "Ortodox påskdag": ["2026-04-12", "2027-05-02", "2028-04-16"],
        "Ortodox annandag påsk": ["2026-04-13", "2027-05-03", "2028-04-17"],
    },
    Keeping.ETHIOPIAN: {
        "Gena (etiopisk och eritreansk jul)": ["2026-01-07", "2027-01-07", "2028-01-07"],
        "Timket": ["2026-01-19", "2027-01-19", "2028-01-20"],
        "Fasika (påskdagen)": ["2026-04-12", "2027-05-02", "2028-04-16"],
        "Enkutatash (nyår)": ["2026-09-11", "2027-09-12", "2028-09-11"],
        "Meskel": ["2026-09-27", "2027-09-28", "2028-09-27"],
    },
    Keeping.JEWISH: {
        "Pesach": ["2026-04-02", "2027-04-22", "2028-04-11"],
        "Shavuot": ["2026-05-22", "2027-06-11", "2028-05-31"],
        "Rosh hashana": ["2026-09-12", "2027-10-02", "2028-09-21"],
        "Jom kippur": ["2026-09-21", "2027-10-11", "2028-09-30"],
        "Sukkot": ["2026-09-26", "2027-10-16", "2028-10-05"],
        "Simchat tora": ["2026-10-04", "2027-10-24", "2028-10-13"],
    },
    Keeping.NOWRUZ: {"Nouruz (nyår)": ["2026-03-21", "2027-03-21", "2028-03-20"]},
}
OF_THE_MOON = {Keeping.ISLAMIC}


@pytest.mark.parametrize("year", sorted(RED))
@pytest.mark.parametrize(("because", "table"), [(FreeBecause.RED, RED), (FreeBecause.EVE, EVES)])
def test_swedish_days_are_those_of_the_almanac_and_no_others(
    year: int, because: FreeBecause, table: dict[int, dict[str, tuple[int, int]]]
) -> None:
    found = {
        day.name: (on.month, on.day)
        for on, day in almanac().red["SE"].items()
        if on.year == year and day.because is because
    }
    assert found == table[year]


def test_a_sunday_is_no_red_day_by_itself() -> None:
    first = date(2026, 1, 4)
    sundays = [first + timedelta(days=7 * week) for week in range(52)]
    assert [day for day in sundays if day in almanac().red["SE"]] == [date(2026, 4, 5), date(2026, 5, 24)]


@pytest.mark.parametrize("half", ["2026-01-05", "2026-04-02", "2026-04-30", "2026-05-15", "2026-05-23", "2026-10-30"])
def test_a_day_on_which_many_work_until_noon_is_left_to_the_programme(half: str) -> None:
    assert date.fromisoformat(half) not in almanac().red["SE"]


@pytest.mark.parametrize("calendar", list(Keeping))
def test_what_people_keep_falls_on_the_days_that_are_known(calendar: Keeping) -> None:
    days = almanac().kept[calendar]
    assert {day.because for day in days.values()} == {FreeBecause.KEPT}
    for name, expected in KEPT[calendar].items():
        found = [day.on for day in days.values() if day.name == name and 2026 <= day.on.year <= 2028]
        assert [day.isoformat() for day in found] == expected, name


@pytest.mark.parametrize("calendar", sorted(OF_THE_MOON))
def test_the_first_day_of_a_feast_may_be_seen_a_day_later_and_is_free_then_as_well(calendar: Keeping) -> None:
    days = almanac().kept[calendar]
    for on, day in days.items():
        if not day.name.endswith("andra dagen"):
            assert on + timedelta(days=1) in days


def test_the_countries_that_are_known_are_those_of_the_library() -> None:
    assert frozenset(holidays.list_supported_countries(include_aliases=False)) == COUNTRIES


@pytest.mark.parametrize("code", ["", "se", "SWE", "Sverige", "XX", "SE ", "UK", "EU"])
def test_what_is_no_country_is_not_known(code: str) -> None:
    assert not known_country(code)


def test_every_country_can_be_worked_out_and_comes_back_as_it_was() -> None:
    whole = load_almanac(COUNTRIES, now=NOW)
    assert whole.red.keys() == COUNTRIES
    assert all(day.year in range(2025, 2030) for days in whole.red.values() for day in days)
    assert read_almanac(compiled_almanac(whole)) == whole


def test_a_country_that_was_known_once_has_no_red_days_and_operators_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, logger="bot.content.almanac"):
        found = almanac().with_country("YU")
    assert found.red["YU"] == {}
    assert "YU" in caplog.text


def test_an_almanac_reaches_while_two_years_lie_ahead() -> None:
    made = Almanac(first=2025, last=2029)
    assert made.reaches(datetime(2026, 1, 1, tzinfo=UTC))
    assert made.reaches(datetime(2027, 12, 31, tzinfo=UTC))
    assert not made.reaches(datetime(2028, 1, 1, tzinfo=UTC))
    assert not made.reaches(datetime(2025, 12, 31, tzinfo=UTC))


def a_programme(*, red_days: str | None, closed: tuple[date, ...] = ()) -> Programme:
    return Programme(
        slug="small",
        title="small/programme/title",
        zone="Europe/Stockholm",
        languages=("sv",),
        phases=(),
        activities=(),
        instrument="steps",
        rules=(),
        quiet=QuietHours(begins=time(20), ends=time(7)),
        staffed=StaffedHours(weekdays=(1, 2, 3, 4, 5), begins=time(8), ends=time(16)),
        summary=SummaryRule(weekday=1, at=time(7, 30), leaves=SummaryLeaves.NOTICE),
        flows=(),
        red_days=red_days,
        closed=closed,
    )


def test_free_in_a_programme_is_what_is_red_where_it_is_and_what_it_closes() -> None:
    programme = a_programme(red_days="SE", closed=(date(2026, 12, 24), date(2026, 12, 28)))
    free = almanac().free(programme)
    christmas, between = free.on(date(2026, 12, 24)), free.on(date(2026, 12, 28))
    assert christmas is not None
    assert (christmas.reason, christmas.name) == ("eve", "Julafton")
    assert between is not None
    assert (between.reason, between.name) == ("closed", "")
    assert free.on(date(2026, 12, 29)) is None


def test_a_programme_that_names_no_country_has_only_the_days_it_closes() -> None:
    free = almanac().free(a_programme(red_days=None, closed=(date(2026, 12, 28),)))
    assert list(free.programme) == [date(2026, 12, 28)]


def test_what_one_keeps_is_free_for_nobody_else() -> None:
    free, eid = almanac().free(a_programme(red_days="SE")), date(2027, 3, 9)
    kept = free.on(eid, calendars=("orthodox", "islamic"))
    assert kept is not None
    assert kept.reason == "kept"
    assert free.on(eid, calendars=("orthodox",)) is None
    assert free.on(eid) is None
    assert free.on(eid, calendars=("no-such-calendar",)) is None
