"""What was ticked of several can be ticked otherwise for a day: the buttons show it, and "done" changes the answer."""

from datetime import timedelta

import pytest

from bot.domain.people import ChannelName
from bot.services.wording import TICK
from tests.routes.test_corrections import counting, keyboards
from tests.town import Person, Town


async def tap(person: Person, place: int, *, message: int = 0) -> None:
    """Tap the button at this place (-2: done, -1: no answer) under the first message that has any."""
    with_buttons = [one for one in person.chat_messages() if one["reply_markup"].get("inline_keyboard")]
    found = with_buttons[message]
    button = found["reply_markup"]["inline_keyboard"][place][0]
    person.town.telegram.tap(person.chat, found["message_id"], button["callback_data"])
    assert (await person.town.telegram.call())[-1] == 200
    await person.town.listen()


def ticked(person: Person, *, message: int = 0) -> list[int]:
    """Which buttons of that message bear a tick."""
    shown = [one for one in keyboards(person) if one][message]
    return [place for place, label in enumerate(shown) if label.startswith(TICK)]


async def ticking(town: Town, *places: int) -> Person:
    """Somebody who has ticked these in the first question of a weekly check-in, and was done."""
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins("weekly-check-in")
    for place in (*places, -2):
        await tap(amina, place)
    amina.news()
    return amina


async def rows_of(person: Person) -> list[tuple[int | None, bool]]:
    """Every value of the question, and whether it counts."""
    return [(row.value, row.corrected_at is None) for row in await person.ratings() if row.indicator == "job-search"]


async def test_what_was_ticked_stays_marked_and_can_be_ticked_otherwise(shared_town: Town) -> None:
    amina = await ticking(shared_town, 0, 2)
    assert ticked(amina) == [0, 2]

    await tap(amina, 1)
    assert ticked(amina) == [0, 1, 2]
    assert await rows_of(amina) == [(2, True)], "it counts when they say that they are done"
    await tap(amina, -2)

    assert ticked(amina) == [0, 1, 2]
    assert await rows_of(amina) == [(2, False), (3, True)]
    assert amina.news() == [] and await amina.alerts() == []
    assert shared_town.telegram.answered_taps[-1]["text"] == "Tack! Ditt svar är sparat."


async def test_a_choice_can_be_taken_away_also_when_the_check_in_is_over(shared_town: Town) -> None:
    amina = await ticking(shared_town, 0, 2)
    for words in ("3", "4", "nej"):
        await amina.says(words)
    assert await amina.outcomes() == ["finished"]

    for place in (0, 2, 1, -2):
        await tap(amina, place)

    assert ticked(amina) == [1]
    assert await counting(amina) == {"job-search": 1, "work-belief": 3, "labour-market-knowledge": 4}
    assert await amina.outcomes() == ["finished"]


async def test_nothing_ticked_and_no_answer_are_corrections_too(shared_town: Town) -> None:
    amina = await ticking(shared_town, 0)

    await tap(amina, 0)
    await tap(amina, -2)
    assert (await rows_of(amina))[-1] == (0, True)
    await tap(amina, -1)
    assert (await rows_of(amina))[-1] == (None, True)
    await tap(amina, 3)
    assert ticked(amina) == [3]
    await tap(amina, -2)

    assert await rows_of(amina) == [(1, False), (0, False), (None, False), (1, True)]


async def test_whoever_wrote_the_answer_ticks_from_what_the_buttons_show(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins("weekly-check-in")
    await amina.says("1 3")
    assert ticked(amina) == []

    for place in (1, 2, 3, -2):
        await tap(amina, place)

    assert await rows_of(amina) == [(2, False), (3, True)]


async def test_the_same_ticks_again_keep_one_answer(shared_town: Town) -> None:
    amina = await ticking(shared_town, 0, 2)

    for place in (1, 1, -2, -2):
        await tap(amina, place)

    assert await rows_of(amina) == [(2, True)]


async def test_ticks_never_reach_the_question_that_waits(shared_town: Town) -> None:
    amina = await ticking(shared_town, 0)
    await tap(amina, 1)

    await amina.says("3")
    await tap(amina, -2)

    assert await counting(amina) == {"job-search": 2, "work-belief": 3}


async def test_words_with_names_are_ticked_otherwise_as_well(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins("next-step")
    await tap(amina, 0)
    await tap(amina, 1, message=1)
    await tap(amina, -2, message=1)

    await tap(amina, 3, message=1)
    await tap(amina, -2, message=1)

    assert await amina.answers() == [("next-area", "job"), ("what-helps", "talk"), ("what-helps", "talk,course")]
    assert await amina.answers_that_count() == [("next-area", "job"), ("what-helps", "talk,course")]


async def test_after_a_day_a_tick_changes_nothing_and_takes_the_buttons_away(town: Town) -> None:
    amina = await ticking(town, 0, 2)
    assert len(keyboards(amina)[1]) > 4
    town.clock.now += timedelta(hours=24, minutes=1)

    await tap(amina, 1)

    assert "stängd" in amina.news()[0]
    assert await rows_of(amina) == [(2, True)]
    assert keyboards(amina)[1] == []


@pytest.mark.parametrize("whose", ["nobody's", "somebody else's"])
async def test_ticks_of_somebody_elses_message_are_not_found(shared_town: Town, whose: str) -> None:
    amina = await ticking(shared_town, 0, 2)
    bo = await ticking(shared_town, 1)
    number = bo.chat_messages()[0]["message_id"] if whose == "somebody else's" else 99_999
    data = amina.chat_messages()[-2]["reply_markup"]["inline_keyboard"][1][0]["callback_data"]

    shared_town.telegram.tap(amina.chat, number, data)
    await shared_town.telegram.call()
    await shared_town.listen()

    assert await rows_of(amina) == [(2, True)] and await rows_of(bo) == [(1, True)]
