"""A programme with any number of people, written straight into a database, with STEGA and its coach."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.services.publishing import publish
from bot.storage.database import Database
from bot.storage.unit_of_work import unit_of_work

ROOT = Path(__file__).resolve().parents[1]
BEGAN = datetime(2026, 9, 1, 8, tzinfo=UTC)
"""When the programme was published and everybody came."""

_NUMBERS = {
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) ",
    False: "WITH n(i) AS (SELECT generate_series(1, CAST(:people AS bigint))) ",
}
_PEOPLE = (
    "INSERT INTO participants (organisation_id, first_name, language, zone, preferred_channel, created_at)"
    " {numbers} SELECT 1, CASE i % 3 WHEN 0 THEN 'Amina' WHEN 1 THEN 'Bo' ELSE 'Åsa' END,"
    " CASE i % 4 WHEN 0 THEN 'sv' WHEN 1 THEN 'en' WHEN 2 THEN 'ar' ELSE 'so' END, 'Europe/Stockholm',"
    " CASE i % 5 WHEN 0 THEN 'telegram' ELSE 'sms' END, :now FROM n"
)
_ADDRESSES = (
    "INSERT INTO addresses (organisation_id, participant_id, channel, hash, cipher, state, state_at)"
    " SELECT 1, id, preferred_channel, {hash}, :cipher, 'active', :now FROM participants"
)
_ENROLMENTS = (
    "INSERT INTO enrolments (organisation_id, programme_id, participant_id, coach_id, phase, phase_since, coach_since,"
    " started_on) SELECT 1, 1, id, 1, CASE id % 3 WHEN 0 THEN 'phase-1' WHEN 1 THEN 'phase-2' ELSE 'phase-3' END,"
    " :today, :today, :today FROM participants"
)


async def settle(database: Database, people: int) -> None:
    """STEGA, Karin, and so many people in all its phases and languages, most of them with a telephone."""
    await publish(database, ROOT / "flows" / "programmes" / "stega", content=ROOT, organisation="testby", now=BEGAN)
    async with unit_of_work(database) as work:
        await work.coaches.add("Karin", organisation_id=1, email="karin@example.se", language="sv", now=BEGAN)
    hash_of = "CAST(hex(id) AS BLOB)" if database.is_sqlite else "sha256(CAST(CAST(id AS text) AS bytea))"
    values: dict[str, object] = {"now": BEGAN, "today": BEGAN.date()}
    if database.is_sqlite:
        values = {"now": f"{BEGAN:%Y-%m-%d %H:%M:%S.%f}", "today": BEGAN.date().isoformat()}
    async with database.transaction() as connection:
        numbers = _NUMBERS[database.is_sqlite]
        await connection.execute(text(_PEOPLE.format(numbers=numbers)), {"people": people, "now": values["now"]})
        cipher = database.sealer.seal(b"+46701740001")
        await connection.execute(text(_ADDRESSES.format(hash=hash_of)), {"cipher": cipher, "now": values["now"]})
        await connection.execute(text(_ENROLMENTS), {"today": values["today"]})
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))
