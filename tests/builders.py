"""A test says what matters to it; everything else has a plain default."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, insert

from bot.domain.people import ChannelName
from bot.storage import tables
from bot.storage.database import Database

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday at nine in Stockholm: the moment at which things begin, unless a test says otherwise."""

_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """One person in one programme, by number."""

    organisation_id: int
    programme_id: int
    coach_id: int
    participant_id: int
    enrolment_id: int
    address_id: int


async def an_organisation(database: Database, **columns: Any) -> int:
    """Gives its number."""
    slug = f"organisation-{next(_numbers)}"
    return await _one(
        database, tables.organisations, {"slug": slug, "name": slug.title(), "created_at": MONDAY} | columns
    )


async def a_programme(database: Database, *, organisation: int | None = None, **columns: Any) -> int:
    """Gives its number. Nothing is published in it."""
    organisation = organisation or await an_organisation(database)
    row = {"organisation_id": organisation, "slug": f"programme-{next(_numbers)}", "created_at": MONDAY}
    return await _one(database, tables.programmes, row | columns)


async def a_coach(database: Database, *, organisation: int | None = None, **columns: Any) -> int:
    """Gives its number."""
    organisation = organisation or await an_organisation(database)
    row = {"organisation_id": organisation, "first_name": "Eva", "email": f"eva{next(_numbers)}@example.se"}
    return await _one(database, tables.coaches, row | {"created_at": MONDAY} | columns)


async def a_participant(
    database: Database,
    *,
    language: str = "sv",
    channel: ChannelName = ChannelName.SMS,
    address: str | None = None,
    phase: str = "start",
    **columns: Any,
) -> Enrolled:
    """Enrolled in a programme of their own, with a coach and one address. `columns` are the participant's own."""
    organisation = await an_organisation(database)
    programme = await a_programme(database, organisation=organisation)
    coach = await a_coach(database, organisation=organisation)
    person = {"organisation_id": organisation, "first_name": "Amina", "language": language, "created_at": MONDAY}
    person |= {"zone": "Europe/Stockholm", "preferred_channel": channel}
    participant = await _one(database, tables.participants, person | columns)
    days: dict[str, Any] = dict.fromkeys(("phase_since", "coach_since", "started_on"), MONDAY.date())
    place = {"organisation_id": organisation, "programme_id": programme, "participant_id": participant}
    return Enrolled(
        organisation_id=organisation,
        programme_id=programme,
        coach_id=coach,
        participant_id=participant,
        enrolment_id=await _one(database, tables.enrolments, {**place, **days, "coach_id": coach, "phase": phase}),
        address_id=await an_address(
            database,
            organisation=organisation,
            channel=channel,
            participant_id=participant,
            value=address or f"+4670174{next(_numbers):04}",
        ),
    )


async def an_address(database: Database, *, organisation: int, channel: ChannelName, value: str, **owner: int) -> int:
    """Gives its number. `owner` is `participant_id` or `coach_id`."""
    kept = {"hash": database.sealer.hash(channel, value), "cipher": database.sealer.seal(value.encode())}
    row = {"organisation_id": organisation, "channel": channel, "state": "active", "state_at": MONDAY}
    return await _one(database, tables.addresses, row | kept | owner)


async def a_check_in(database: Database, who: Enrolled, *, rater: str = "participant", at: datetime = MONDAY) -> int:
    """Gives its number. Nobody has rated anything in it."""
    row = {"enrolment_id": who.enrolment_id, "participant_id": who.participant_id, "flow": "weekly-check-in"}
    row |= {"instrument": "progress", "instrument_version": 1, "rater": rater, "began_at": at}
    return await _one(database, tables.check_ins, row)


async def a_rating(
    database: Database,
    who: Enrolled,
    *,
    value: int | None,
    indicator: str = "sleep",
    check_in: int | None = None,
    at: datetime = MONDAY,
    **columns: Any,
) -> int:
    """Gives its number. On a scale from 1 to 5, by the participant, in a check-in of its own."""
    rater = columns.get("rater", "participant")
    check_in = check_in or await a_check_in(database, who, rater=rater, at=at)
    row = {"check_in_id": check_in, "participant_id": who.participant_id, "enrolment_id": who.enrolment_id}
    row |= {"indicator": indicator, "instrument": "progress", "instrument_version": 1, "value": value, "low": 1}
    return await _one(
        database, tables.given_ratings, row | {"high": 5, "rater": rater, "language": "sv", "rated_at": at} | columns
    )


async def an_attendance(
    database: Database, who: Enrolled, *, on: date, presence: str = "present", **columns: Any
) -> int:
    """Gives its number."""
    row = {"enrolment_id": who.enrolment_id, "activity": "morning-walk", "area": "health", "held_on": on}
    row |= {"presence": presence, "noted_by": "coach", "noted_at": MONDAY}
    return await _one(database, tables.attendances, row | columns)


async def _one(database: Database, table: Table, row: dict[str, Any]) -> int:
    async with database.transaction() as connection:
        number: int = (await connection.execute(insert(table).values(row).returning(table.c.id))).scalar_one()
        return number
