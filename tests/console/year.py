"""A year goes by on the street: many people, all that was written both ways, and all that was noted."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.storage.sealing import Sealer
from tests.console.street import Street

ACTIVITIES = (
    ("walk", "health"), ("training", "health"), ("job-club", "job"), ("digital-workshop", "skills"),
    ("practice", "job"),
)  # fmt: skip
INDICATORS = (
    "job-search", "work-belief", "labour-market-knowledge", "determination", "cooperation", "health", "everyday-life",
    "network-support", "concentration", "coach-belief", "occupational-skills",
)  # fmt: skip
PRESENCES = ("present",) * 12 + ("late", "illness", "not-valid", "other")
LANGUAGES = ("sv",) * 6 + ("ar",) * 3 + ("en",)
SAID = "Hej! I morgon, tisdag 24 november, är det träning klockan 9.00 i Idrottshallen. Hälsningar Karin"
HEARD = "Hej, jag har en fråga om praktiken. Kan vi ses någon dag nästa vecka?"

Row = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Year:
    """How much of it. Numbers of people begin at `first`, and everything of a person is numbered after them."""

    people: int
    weeks: int = 52
    a_coach_has: int = 30
    first: int = 100_000


@dataclass(frozen=True)
class _Place:
    organisation: int
    programme: int
    coaches: tuple[int, ...]
    each: int
    now: datetime

    def coach(self, number: int) -> int:
        return self.coaches[number // self.each]


def live(path: Path, street: Street, year: Year, *, sealer: Sealer) -> None:
    """Write it straight into the SQLite file: Karin's people come first, then those of coaches nobody knows."""
    connection = sqlite3.connect(path)
    try:
        place = _place(connection, street, year)
        with connection:
            for table, columns, rows in _everything(place, year, sealer):
                marks = ", ".join("?" * len(columns.split()))
                statement = f"INSERT INTO {table} ({', '.join(columns.split())}) VALUES ({marks})"
                connection.executemany(statement, rows)
        connection.execute("ANALYZE")
    finally:
        connection.close()


def _place(connection: sqlite3.Connection, street: Street, year: Year) -> _Place:
    organisation = connection.execute(
        "SELECT organisation_id FROM coaches WHERE id = ?", (street.coaches["Karin"],)
    ).fetchone()[0]
    programme = street.programmes["norrby/stega"]
    more = max(0, -(-year.people // year.a_coach_has) - 1)
    added = [
        (50_000 + n, organisation, f"Coach {n}", f"coach{n}@norrby.example", _at(street.hours.now)) for n in range(more)
    ]
    with connection:
        connection.executemany(
            "INSERT INTO coaches (id, organisation_id, first_name, email, created_at) VALUES (?, ?, ?, ?, ?)", added
        )
        connection.executemany(
            "INSERT INTO appointments (coach_id, role, programme_id, since) VALUES (?, 'coach', ?, ?)",
            [(one[0], programme, one[4]) for one in added],
        )
    coaches = (street.coaches["Karin"], *(int(one[0]) for one in added))
    return _Place(organisation, programme, coaches, year.a_coach_has, street.hours.now)


def _everything(place: _Place, year: Year, sealer: Sealer) -> Iterator[tuple[str, str, Iterable[Row]]]:
    yield (
        "participants",
        "id organisation_id first_name language zone preferred_channel last_heard_at created_at",
        _people(place, year),
    )
    yield "addresses", "id organisation_id participant_id channel hash cipher state_at", _addresses(place, year, sealer)
    yield (
        "enrolments",
        "id organisation_id programme_id participant_id coach_id phase phase_since coach_since started_on",
        _enrolments(place, year),
    )
    yield (
        "outbox",
        "organisation_id programme_id participant_id address_id channel act purpose priority text language once status"
        " available_at queued_at sent_at",
        _outbox(place, year),
    )
    yield (
        "inbox",
        "channel provider_id account sender_hash raw received_at state participant_id kind words handled_at",
        _inbox(place, year),
    )
    yield (
        "occurrences",
        "programme_id enrolment_id rule on_day due_at state expires_at claimed_at",
        _occurrences(place, year),
    )
    yield (
        "attendances",
        "enrolment_id activity area held_on presence noted_by noted_at",
        _attendances(place, year),
    )
    yield (
        "check_ins",
        "id enrolment_id participant_id flow instrument instrument_version rater began_at ended_at",
        _check_ins(place, year),
    )
    yield (
        "given_ratings",
        "check_in_id participant_id enrolment_id indicator instrument instrument_version value low high rater language"
        " rated_at",
        _ratings(place, year),
    )
    yield "notes", "enrolment_id coach_id visibility words written_at", _notes(place, year)
    yield "absences", "enrolment_id category begins_on ends_on reported_by reported_at ended_at", _absences(place, year)
    yield (
        "alerts",
        "organisation_id programme_id participant_id coach_id kind once raised_at acknowledged_at",
        _alerts(place, year),
    )
    yield "audit", "organisation_id programme_id coach_id what participant_id came_from done_at", _log(place, year)


def _each(year: Year) -> Iterator[tuple[int, int]]:
    """Which in the row, and the person's number, which is the enrolment's and the address's as well."""
    for n in range(year.people):
        yield n, year.first + n


def _days(year: Year) -> Iterator[tuple[int, int]]:
    """Weeks and days before today, the first day first: things are kept in the order in which they happened."""
    return ((week, day) for week in reversed(range(year.weeks)) for day in reversed(range(6)))


def _people(place: _Place, year: Year) -> Iterator[Row]:
    for n, person in _each(year):
        heard = place.now - timedelta(days=n % 40, hours=3)
        yield (
            person, place.organisation, f"Person {n}", LANGUAGES[n % len(LANGUAGES)], "Europe/Stockholm", "sms",
            _at(heard), _at(place.now - timedelta(weeks=year.weeks)),
        )  # fmt: skip


def _addresses(place: _Place, year: Year, sealer: Sealer) -> Iterator[Row]:
    for n, person in _each(year):
        number = f"+467017{n:05}"
        yield (
            person, place.organisation, person, "sms", sealer.hash("sms", number), sealer.seal(number.encode()),
            _at(place.now),
        )  # fmt: skip


def _enrolments(place: _Place, year: Year) -> Iterator[Row]:
    began = (place.now - timedelta(weeks=year.weeks)).date().isoformat()
    for n, person in _each(year):
        yield (
            person, place.organisation, place.programme, person, place.coach(n), f"phase-{n % 3 + 1}", began, began,
            began,
        )  # fmt: skip


def _outbox(place: _Place, year: Year) -> Iterator[Row]:
    for week, day in _days(year):
        for n, person in _each(year):
            at = _at(place.now - timedelta(weeks=week, days=day, hours=2))
            status = "failed" if (n + week) % 97 == 0 else "delivered"
            yield (
                    place.organisation, place.programme, person, person, "sms", "send",
                    "question" if day == 5 else "reminder", 5, SAID, "sv", f"y-{n}-{week}-{day}", status, at, at, at,
                )  # fmt: skip


def _inbox(place: _Place, year: Year) -> Iterator[Row]:
    for week in reversed(range(year.weeks)):
        for n, person in _each(year):
            at = _at(place.now - timedelta(weeks=week, days=n % 7, hours=1))
            yield (
                "sms", f"y-{n}-{week}", "x", person.to_bytes(32, "big"), b"{}", at, "handled", person, "words", HEARD,
                at,
            )  # fmt: skip


def _occurrences(place: _Place, year: Year) -> Iterator[Row]:
    for week, day in _days(year):
        for n, person in _each(year):
            at = _at(place.now - timedelta(weeks=week, days=day, hours=2, minutes=n % 60))
            rule = "weekly-check-in" if day == 5 else f"before-{ACTIVITIES[day][0]}"
            yield place.programme, person, rule, at[:10], at, "queued", at, at


def _attendances(place: _Place, year: Year) -> Iterator[Row]:
    for week in reversed(range(year.weeks)):
        for n, person in _each(year):
            for day, (activity, area) in enumerate(ACTIVITIES):
                on = (place.now - timedelta(weeks=week, days=day + 1)).date().isoformat()
                presence = PRESENCES[(n + week + day) % len(PRESENCES)]
                yield person, activity, area, on, presence, "coach", _at(place.now - timedelta(weeks=week))


def _check_ins(place: _Place, year: Year) -> Iterator[Row]:
    for number, person, rater, at in _occasions(place, year):
        yield number, person, person, "weekly-check-in", "progress", 1, rater, at, at


def _occasions(place: _Place, year: Year) -> Iterator[tuple[int, int, str, str]]:
    """A check-in each month, every third one by the coach as well."""
    number = 1_000_000
    for _, person in _each(year):
        for month in range(max(1, year.weeks // 5)):
            for rater in ("participant", "coach") if month % 3 == 0 else ("participant",):
                number += 1
                yield number, person, rater, _at(place.now - timedelta(weeks=5 * month, days=2))


def _ratings(place: _Place, year: Year) -> Iterator[Row]:
    for number, person, rater, at in _occasions(place, year):
        for place_, indicator in enumerate(INDICATORS):
            value = (number + place_) % 5 + 1
            yield number, person, person, indicator, "progress", 1, value, 1, 5, rater, "sv", at


def _notes(place: _Place, year: Year) -> Iterator[Row]:
    for n, person in _each(year):
        for week in range(0, year.weeks, 4):
            yield person, place.coach(n), ("me", "team")[week % 8 // 4], HEARD, _at(place.now - timedelta(weeks=week))


def _absences(place: _Place, year: Year) -> Iterator[Row]:
    for n, person in _each(year):
        for week in range(n % 13 and 1, year.weeks, 6):
            at = place.now - timedelta(weeks=week)
            day = at.date().isoformat()
            over = None if week == 0 else _at(at)
            yield person, "illness", day, None if week == 0 else day, "participant", _at(at), over


def _alerts(place: _Place, year: Year) -> Iterator[Row]:
    for n, person in _each(year):
        for week in range(0, year.weeks, 8):
            at = place.now - timedelta(weeks=week, hours=n % 24)
            seen_to = None if week == 0 and n % 10 == 0 else _at(at)
            kind = ("question", "wants-call", "media")[week % 3]
            yield (
                place.organisation, place.programme, person, place.coach(n), kind, f"y-{n}-{week}", _at(at), seen_to,
            )  # fmt: skip


def _log(place: _Place, year: Year) -> Iterator[Row]:
    for week in reversed(range(year.weeks)):
        for n, person in _each(year):
            yield (
                place.organisation, place.programme, place.coach(n), "person-read", person, "192.0.2.1",
                _at(place.now - timedelta(weeks=week)),
            )  # fmt: skip


def _at(moment: datetime) -> str:
    """As SQLAlchemy keeps it on SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
