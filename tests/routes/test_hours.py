"""Whatever we begin comes at the hour on the person's own wall, and never at night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.town import Town, a_town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)
AHEAD = timedelta(days=400)
"""As one step: the clock is simply set."""


async def jump(town: Town, moment: datetime) -> None:
    """Nobody was there until this moment, and now the ticks come once."""
    await town.at(moment.astimezone(UTC), step=AHEAD)


async def test_at_night_we_begin_nothing_and_an_answer_is_answered_at_once(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, datetime(2026, 11, 25, 19, 30, tzinfo=STOCKHOLM))
    await amina.begins("weekly-check-in")
    amina.news()

    await jump(town, datetime(2026, 11, 25, 22, 30, tzinfo=STOCKHOLM))
    night = amina.news()
    await jump(town, datetime(2026, 11, 26, 6, 59, tzinfo=STOCKHOLM))
    still_night = amina.news()
    await jump(town, datetime(2026, 11, 26, 7, 0, tzinfo=STOCKHOLM))
    morning = amina.news()

    assert night == still_night == []
    assert [words.split("\n")[0] for words in morning] == ["Hej Amina! Du kan fortfarande svara. Du måste inte."]


async def test_who_answers_at_night_is_not_reminded_of_that_question_in_the_morning(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, datetime(2026, 11, 25, 19, 30, tzinfo=STOCKHOLM))
    await amina.begins("weekly-check-in")

    await jump(town, datetime(2026, 11, 25, 23, 0, tzinfo=STOCKHOLM))
    amina.news()
    answered = await amina.says("1 3")
    await jump(town, datetime(2026, 11, 26, 7, 0, tzinfo=STOCKHOLM))

    assert len(answered) == 1
    assert amina.news() == []


async def test_the_hour_is_the_one_on_the_persons_own_wall(town: Town) -> None:
    london = await town.a_person(zone="Europe/London")
    tehran = await town.a_person(first_name="Sara", zone="Asia/Tehran")

    await jump(town, datetime(2026, 11, 27, 7, 15, tzinfo=ZoneInfo("Asia/Tehran")))
    first = [len(one.news()) for one in (london, tehran)]
    await jump(town, datetime(2026, 11, 27, 7, 15, tzinfo=STOCKHOLM))
    second = [len(one.news()) for one in (london, tehran)]
    await jump(town, datetime(2026, 11, 27, 7, 15, tzinfo=ZoneInfo("Europe/London")))

    assert (first, second) == ([0, 1], [0, 0])
    assert [len(one.news()) for one in (london, tehran)] == [1, 0]


@pytest.mark.parametrize(
    ("saturday", "utc_hours"),
    [(date(2026, 3, 28), (17, 16)), (date(2026, 10, 24), (16, 17))],
    ids=["the clock goes forward", "the clock goes back"],
)
async def test_six_in_the_evening_is_six_in_the_evening_when_the_clock_changes(
    database_url: str, saturday: date, utc_hours: tuple[int, int]
) -> None:
    thursday = datetime(saturday.year, saturday.month, saturday.day - 2, 12, 0, tzinfo=UTC)
    async with a_town(database_url, start=thursday) as town:
        amina = await town.a_person()
        heard = []
        for days, hour in ((0, utc_hours[0]), (3, utc_hours[1])):
            six = thursday.replace(hour=hour) + timedelta(days=days)
            await jump(town, six - MINUTE)
            amina.news()
            await jump(town, six)
            heard.append([words.split(":")[0] for words in amina.news()])

    friday = "fredag 27 mars" if saturday.month == 3 else "fredag 23 oktober"
    monday = "måndag 30 mars" if saturday.month == 3 else "måndag 26 oktober"
    assert heard == [[f"Hej Amina! I morgon, {friday}"], [f"Hej Amina! I morgon, {monday}"]]


async def test_a_question_that_is_asked_again_at_night_does_not_wait_for_the_morning(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, datetime(2026, 11, 25, 22, 30, tzinfo=STOCKHOLM))
    # The first question waits for the morning, and she writes before it has left.
    await amina.begins("weekly-check-in")
    assert amina.news() == []

    second = await amina.says("1 3")
    first = await amina.says("fel")
    changed = await amina.says("2")

    assert [len(one) for one in (second, first, changed)] == [1, 1, 1]
    assert (second[0][:8], first[0][:8]) == ("Fråga 2 ", "Fråga 1 ")
    assert changed[0].startswith("Tack! Ditt svar är ändrat.\nFråga 2 ")
    await jump(town, datetime(2026, 11, 26, 7, 0, tzinfo=STOCKHOLM))
    # What had waited is answered by then.
    assert [words.split("\n")[1][:8] for words in amina.news()] == ["Fråga 2 "]


async def test_a_question_that_was_answered_before_it_left_is_not_asked_in_the_morning(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, datetime(2026, 11, 26, 6, 30, tzinfo=STOCKHOLM))
    await amina.begins("weekly-check-in")

    [second] = await amina.says("1 3")
    await jump(town, datetime(2026, 11, 26, 7, 15, tzinfo=STOCKHOLM))

    assert second.startswith("Fråga 2 ")
    assert [words for words in amina.news() if "Fråga" in words] == []
    assert [(row.status, row.error) for row in await amina.outbox()][:2] == [("cancelled", "answered"), ("sent", None)]
