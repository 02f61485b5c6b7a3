"""People who are asked if we may write, for the tests of it."""

from typing import Any

from sqlalchemy import select

from bot.domain.people import Agreement
from bot.services.asked import Asked
from bot.services.roster import ask_again
from bot.storage import tables
from tests.town import Person, Town


async def somebody_asked(town: Town, **more: Any) -> Person:
    """Somebody who was asked just now, and has read the question."""
    person = await town.a_person(agreement=Agreement.UNASKED, **more)
    await ask_again(town.app.database, town.app.shelf, Asked(enrolment=person.enrolment), now=town.now)
    await town.app.delivery.send_queued(now=town.now)
    assert person.news()[-1].endswith("Svara ja eller nej.")
    return person


async def agreement_of(person: Person) -> str:
    """How they stand to being written to."""
    table = tables.enrolments
    [row] = await person.town.rows(select(table.c.agreement).where(table.c.id == person.enrolment))
    return str(row.agreement)


async def answers_of(person: Person) -> list[tuple[str, str, str]]:
    """Every answer that was kept: what, in which language and where."""
    table = tables.agreements
    rows = await person.town.rows(select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id))
    return [(row.answer, row.language, row.channel) for row in rows]
