"""The rest of the day is silent for whoever is away, and for nobody else."""

from tests.routes.test_absence import (
    DAY,
    TOLD,
    WEDNESDAY,
    at,
    jump,
    occurrences,
)
from tests.town import Town


async def test_the_rest_of_the_day_is_silent_and_the_next_day_is_not(town: Town) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    await amina.says("kan inte idag sjuk")
    amina.news()

    await jump(town, at(WEDNESDAY, 18))
    evening = amina.news()
    await jump(town, at(WEDNESDAY + DAY, 7, 15))

    assert evening == [] and len(bo.news()) == 2
    assert [words.split("!")[0] for words in amina.news()] == ["God morgon Amina"]
    assert await occurrences(amina) == [("evening-before", "skipped", "absent"), ("same-morning", "queued", None)]


async def test_nobody_is_told_of_a_day_on_which_they_are_away(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk imorgon")
    amina.news()

    await jump(town, at(WEDNESDAY, 18))
    await jump(town, at(WEDNESDAY + DAY, 7, 15))
    await jump(town, at(WEDNESDAY + DAY, 10))

    assert amina.news() == [] and await amina.outcomes() == []
    assert {(state, reason) for _, state, reason in await occurrences(amina)} == {("skipped", "absent")}


async def test_lateness_silences_nothing(town: Town) -> None:
    amina = await town.a_person()
    assert await amina.says("försenad 20 min") == ["Tack för att du skriver. Karin vet att du blir sen."]
    await jump(town, at(WEDNESDAY, 18))
    assert len(amina.news()) == 1


async def test_what_waits_to_leave_is_cancelled_and_a_question_nobody_saw_is_over(town: Town) -> None:
    amina = await town.a_person()
    town.clock.now = at(WEDNESDAY + DAY, 10)
    await town.app.plan(town.now)

    await amina.says("sjuk")

    assert amina.messages() == [TOLD]
    rows = [(row.purpose, row.status, row.error) for row in await amina.outbox()]
    assert rows[:-1] and all(row == ("reminder", "cancelled", "absent") for row in rows[:-1])
    assert await amina.outcomes() == ["absent"]


async def test_a_question_that_was_seen_may_still_be_answered_but_is_not_asked_again(town: Town) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    for person in (amina, bo):
        await person.begins("weekly-check-in")
    await amina.says("4")
    await amina.says("sjuk")
    await amina.says("3")
    bo.news()
    before = len(await amina.ratings())
    amina.news()

    await town.later(hours=9)
    await town.later(days=1)

    assert before == 2 and await amina.outcomes() == ["absent"]
    assert not any("fortfarande svara" in words for words in amina.news())
    assert any("fortfarande svara" in words for words in bo.news())


async def test_a_conversation_that_waited_does_not_begin_with_somebody_who_is_away(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, at(WEDNESDAY + DAY, 9))
    await amina.begins("milestone-reached")
    await jump(town, at(WEDNESDAY + DAY, 10))
    await amina.says("sjuk")
    await amina.says("nej")
    amina.news()

    await town.step()

    assert amina.news() == []
    assert ("weekly", "skipped", "absent") in await occurrences(amina)
