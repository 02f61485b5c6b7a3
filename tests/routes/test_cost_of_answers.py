"""Plain answers cost the database the same for many people as for one: nothing is asked that nobody needs."""

from tests.statements import counted
from tests.town import Person, Town

MOST = 12
"""Four to know who wrote what and where they stand, six to keep what it led to, and what the database itself needs."""

SHEET = "4 3 5 2 1 - 3 4"


async def test_a_batch_of_answers_asks_as_much_for_many_people_as_for_one(town: Town) -> None:
    crowd = [await _asked(town) for _ in range(9)]
    await _answer(town, crowd[:1], "0")

    one, many = await _answer(town, crowd[1:2], "0"), await _answer(town, crowd[2:], "0")
    sheet, sheets = await _answer(town, crowd[:1], SHEET), await _answer(town, crowd[1:], SHEET)

    assert many == one
    assert sheets == sheet
    assert max(len(many), len(sheets)) <= MOST, many


async def _asked(town: Town) -> Person:
    person = await town.a_person()
    await person.begins("full-check-in")
    return person


async def _answer(town: Town, people: list[Person], words: str) -> list[str]:
    """What one batch asks the database; then everybody has heard the next question."""
    for one in people:
        assert await one.writes(words) == 200
    with counted() as asked:
        assert await town.app.reception.receive_some(now=town.now) == len(people)
    await town.app.delivery.send_queued(now=town.now)
    return [" ".join(one.split()[:4]) for one in asked]
