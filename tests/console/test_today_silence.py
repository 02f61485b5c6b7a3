"""The database finds exactly those of whom the decision says that nothing is heard."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from sqlalchemy import insert, select

from bot.domain.access import Sight
from bot.domain.people import AddressState
from bot.domain.silence import Silence, silence
from bot.storage import tables
from bot.storage.views.sight import looking
from bot.storage.views.today_people import Part
from bot.storage.views.today_silent import Measure, silent_people
from tests.console.day import TODAY
from tests.console.street import NOW, Street

ZONE = "Europe/Stockholm"
AFTER = 7
MOMENTS = (None, *(NOW - timedelta(days=7, seconds=off) for off in (-1, 0, 1)), NOW + timedelta(days=1))
DAYS = tuple(TODAY + timedelta(days=off) for off in (-30, -8, -7, -6, 0, 1))
ENDS = (None, None, TODAY - timedelta(days=1), TODAY)
KEPT = ("protected", "stopped_at", "paused_until", "held_at", "last_heard_at")
REACHES = (AddressState.ACTIVE, AddressState.ACTIVE, AddressState.STOPPED, AddressState.BAD, AddressState.WRONG, None)
TOLD = {Silence.NO_WORD, Silence.UNREACHABLE, Silence.BLOCKED}


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One way of being heard from."""

    last_heard_at: datetime | None
    started_on: date
    reach: AddressState | None
    ended_on: date | None = None
    stopped_at: datetime | None = None
    paused_until: datetime | None = None
    held_at: datetime | None = None
    protected: bool = False


def everybody() -> list[Somebody]:
    """Some hundred people, the plainest and the oddest among them."""
    dice = Random(7)
    plain = [
        Somebody(last_heard_at=heard, started_on=began, reach=reach)
        for heard, began, reach in product(MOMENTS, DAYS, dict.fromkeys(REACHES))
    ]
    reasons: list[dict[str, Any]] = [{"protected": True}, {"held_at": NOW}, {"stopped_at": NOW}]
    reasons += [{"paused_until": NOW + timedelta(seconds=off)} for off in (-1, 0, 1)]
    reasons += [{"ended_on": TODAY - timedelta(days=ago)} for ago in (-1, 0, 1)]
    excused = [
        Somebody(last_heard_at=None, started_on=TODAY - timedelta(days=30), reach=reach, **reason)
        for reach, reason in product(dict.fromkeys(REACHES), reasons)
    ]
    odd = [
        Somebody(
            last_heard_at=dice.choice(MOMENTS),
            started_on=dice.choice(DAYS),
            ended_on=dice.choice(ENDS),
            stopped_at=dice.choice((None, None, NOW)),
            paused_until=dice.choice((None, None, NOW - timedelta(days=1), NOW, NOW + timedelta(seconds=1))),
            held_at=dice.choice((None, None, NOW)),
            protected=dice.random() < 0.2,
            reach=dice.choice(REACHES),
        )
        for _ in range(150)
    ]
    return plain + excused + odd


async def test_the_database_and_the_decision_agree_on_who_is_silent(both_streets: Street) -> None:
    street, people = both_streets, everybody()
    await _settle(street, people)
    programme = street.programmes["norrby/annan"]
    measure = Measure(after={programme: AFTER}, zone=ZONE, now=NOW)
    organisation = await _organisation(street)
    sight = Sight(organisation_id=organisation, coach_id=street.coaches["Lisa"], leads=frozenset({programme}))
    async with looking(street.database, sight) as look:
        found = await silent_people(look, Part(most=10_000), measure=measure)
    told = {line.person.first_name: line.why for section in found.values() for line in section.lines}
    told.pop("Olga")
    expected = {str(number): silence(one, after=AFTER, zone=ZONE, now=NOW) for number, one in enumerate(people)}
    wanted = {name: why for name, why in expected.items() if why in TOLD}
    assert told == wanted
    assert set(wanted.values()) == TOLD and len(wanted) < len(people) * 0.6
    assert [section.total for section in found.values()] == [len(section.lines) for section in found.values()]


async def _organisation(street: Street) -> int:
    async with street.database.reading() as connection:
        wanted = tables.coaches.c.id == street.coaches["Lisa"]
        return int(await connection.scalar(select(tables.coaches.c.organisation_id).where(wanted)) or 0)


async def _settle(street: Street, people: list[Somebody]) -> None:
    """All of them take part in the other programme, with their number as their name."""
    organisation = await _organisation(street)
    first = 1000
    rows: dict[str, list[dict[str, Any]]] = {"participants": [], "enrolments": [], "addresses": []}
    for number, one in enumerate(people):
        person = {"id": first + number, "organisation_id": organisation}
        rows["participants"].append(
            person
            | {"first_name": str(number), "language": "sv", "zone": ZONE, "preferred_channel": "sms", "created_at": NOW}
            | {name: getattr(one, name) for name in KEPT}
        )
        rows["enrolments"].append(
            {"organisation_id": organisation, "programme_id": street.programmes["norrby/annan"], "phase": "phase-1"}
            | {"participant_id": first + number, "coach_id": street.coaches["Olof"], "ended_on": one.ended_on}
            | dict.fromkeys(("phase_since", "coach_since", "started_on"), one.started_on)
        )
        # Of several addresses the newest counts, and one of another channel does not.
        states = [] if one.reach is None else [("sms", "bad"), ("sms", one.reach.value)]
        for place, (channel, state) in enumerate([*states, ("telegram", "active")]):
            value = street.database.sealer.seal(b"1")
            rows["addresses"].append(
                {"organisation_id": organisation, "participant_id": first + number, "channel": channel, "state": state}
                | {"hash": bytes([place] * 32), "cipher": value, "state_at": NOW}
            )
    async with street.database.transaction() as connection:
        for table, several in rows.items():
            await connection.execute(insert(tables.metadata.tables[table]), several)
