"""Other tools read ratings, progress and attendance as they count now."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text, update

from bot.storage import tables
from bot.storage.database import Database
from tests.builders import MONDAY, a_check_in, a_participant, a_rating, an_attendance


async def _all(database: Database, view: str) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(text(f"SELECT * FROM {view} ORDER BY 1, 2, 3, 4, 5"))).all())


async def test_a_corrected_rating_is_shown_as_corrected(database: Database) -> None:
    amina = await a_participant(database)
    check_in = await a_check_in(database, amina)
    first = await a_rating(database, amina, value=3, check_in=check_in)
    async with database.transaction() as connection:
        await connection.execute(
            update(tables.given_ratings).where(tables.given_ratings.c.id == first).values(corrected_at=MONDAY)
        )
    await a_rating(database, amina, value=5, check_in=check_in)
    (row,) = await _all(database, "ratings")
    assert (row.value, row.low, row.high, row.rater, row.check_in_id) == (5, 1, 5, "participant", check_in)
    assert (row.participant_id, row.enrolment_id) == (amina.participant_id, amina.enrolment_id)


async def test_an_answer_withheld_is_a_rating_without_a_value_and_no_progress(database: Database) -> None:
    amina = await a_participant(database)
    await a_rating(database, amina, value=None)
    (row,) = await _all(database, "ratings")
    assert row.value is None
    assert await _all(database, "progress") == []


async def test_progress_is_first_against_latest_for_each_rater(database: Database) -> None:
    amina = await a_participant(database)
    for week, value in enumerate((2, None, 5, 4)):
        await a_rating(database, amina, value=value, at=MONDAY + timedelta(weeks=week))
    await a_rating(database, amina, value=1, rater="coach")
    await a_rating(database, await a_participant(database), value=5)
    rows = {row.rater: row for row in await _all(database, "progress") if row.enrolment_id == amina.enrolment_id}
    seen = {rater: (row.first_value, row.latest_value, row.times, row.change) for rater, row in rows.items()}
    assert seen == {"participant": (2, 4, 3, 2), "coach": (1, 1, 1, 0)}


async def test_values_of_two_scales_are_not_compared(database: Database) -> None:
    amina = await a_participant(database)
    await a_rating(database, amina, value=2)
    await a_rating(database, amina, value=6, high=7, at=MONDAY + timedelta(weeks=1))
    (row,) = await _all(database, "progress")
    assert (row.first_value, row.latest_value, row.change) == (2, 6, None)


async def test_attendance_names_nobody_and_tells_day_activity_and_category(database: Database) -> None:
    amina = await a_participant(database)
    await an_attendance(database, amina, on=date(2026, 3, 3), presence="illness")
    (row,) = await _all(database, "attendance")
    assert (row.activity, row.area, str(row.held_on), row.presence) == (
        "morning-walk",
        "health",
        "2026-03-03",
        "illness",
    )
    assert "Amina" not in str(row)
