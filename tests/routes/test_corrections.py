"""An answer can be changed for a day: the new one counts, the old one stays as what was said, and no SMS repeats it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import column, select, table

from bot.domain.people import ChannelName
from bot.services.wording import TICK
from bot.storage import tables
from tests.fakes.bot_api import private
from tests.town import Person, Town

WEEKLY = "weekly-check-in"


async def checked_in(town: Town, *words: str, channel: ChannelName = ChannelName.SMS) -> Person:
    """Somebody who has written this in a weekly check-in."""
    person = await town.a_person(channel=channel)
    await person.begins(WEEKLY)
    for text in words:
        await person.says(text)
    person.news()
    return person


async def counting(person: Person) -> dict[str, int | None]:
    return {row.indicator: row.value for row in await person.ratings() if row.corrected_at is None}


def keyboards(person: Person) -> list[list[str]]:
    """What stands on the buttons of each message now."""
    return [
        [button["text"] for row in one["reply_markup"].get("inline_keyboard", []) for button in row]
        for one in person.chat_messages()
    ]


async def edits(person: Person, words: str, *, message: int) -> list[str]:
    person.town.telegram.edit(person.chat, message, words)
    assert (await person.town.telegram.call())[-1] == 200
    await person.town.listen()
    return person.news()


async def writes(person: Person, words: str, *, message: int) -> None:
    sent = {"message_id": message, "date": 1_700_000_000, "chat": private(person.chat), "text": words}
    person.town.telegram.push("message", sent)
    await person.town.telegram.call()
    await person.town.listen()


async def test_the_old_value_stays_with_its_question_and_with_when_it_stopped_counting(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3")

    await amina.says("2=5")

    old, new = [row for row in await amina.ratings() if row.indicator == "work-belief"]
    assert (old.value, new.value) == (3, 5)
    assert old.corrected_at == shared_town.now and new.corrected_at is None
    assert (old.number, new.number) == (2, 2)
    assert new.rated_at == old.rated_at
    words = {row.id: row.words for row in await shared_town.rows(select(tables.inbox))}
    assert (words[old.arrival_id], words[new.arrival_id]) == ("3", "2=5")


@pytest.mark.parametrize("words", ["2=5", "fråga 2 = 5", "2: 5", "fel, fråga 2 ska vara 5"])
async def test_an_sms_never_repeats_a_value(shared_town: Town, words: str) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "nej")

    assert await amina.says(words) == ["Tack! Svaret på fråga 2 är ändrat."]
    assert (await counting(amina))["work-belief"] == 5


@pytest.mark.parametrize("words", ["2=9", "2=bra", "2=3-4", "2=-1"])
async def test_words_that_are_no_answer_change_nothing(shared_town: Town, words: str) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "nej")

    assert "förstod inte" in (await amina.says(words))[0]
    assert (await counting(amina))["work-belief"] == 3


async def test_a_number_that_was_not_asked_is_kindly_not_found(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3")

    [said] = await amina.says("8=4")

    assert said.startswith("Vi hittar inget svar på fråga 8.") and "Fråga 3 av 4" in said
    assert await counting(amina) == {"job-search": 2, "work-belief": 3}


@pytest.mark.parametrize("words", ["nej 2 barn", "nej jag kan inte svara på det"])
async def test_a_no_that_is_no_correction_is_read_as_other_words(shared_town: Town, words: str) -> None:
    amina = await checked_in(shared_town, "1 3", "3")

    await amina.says(words)

    assert await counting(amina) == {"job-search": 2, "work-belief": 3}


async def test_somebody_who_answered_nothing_is_heard_by_a_person(shared_town: Town) -> None:
    amina = await shared_town.a_person()

    await amina.says("fel")
    await amina.says("3=5")

    assert await amina.alerts() == ["question", "question"]


async def test_a_correction_that_nobody_finishes_leaves_everything_as_it_was(town: Town) -> None:
    amina = await checked_in(town, "1 3", "3", "4", "nej")
    assert len(await amina.says("fel")) == 1

    await town.at(town.now + timedelta(hours=23), step=timedelta(hours=1))

    assert not any("uppringd" in text or "fortfarande" in text for text in amina.news())
    assert await amina.outcomes() == ["finished"]
    assert await amina.answers_that_count() == [("wants-call", "no")]


async def test_a_correction_not_understood_leaves_the_answer_and_a_person_reads_it(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "fel", "bla", "bla")

    [said] = await amina.says("bla")

    assert said.startswith("Vi förstod inte ändringen. Ditt första svar är kvar.") and "Fråga 3 av 4" in said
    assert (await counting(amina))["work-belief"] == 3
    assert await amina.alerts() == ["question"]


async def test_an_answer_that_no_longer_asks_for_a_call_leaves_the_alert_and_says_so(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "ja")
    assert await amina.alerts() == ["wants-call"]

    await amina.says("fel, nej")

    assert await amina.answers_that_count() == [("wants-call", "no")]
    assert await amina.alerts() == ["wants-call", "corrected"]
    await amina.says("fel, ja")
    assert await amina.alerts() == ["wants-call", "corrected", "wants-call"]


async def test_the_same_answer_again_raises_nothing_twice(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "ja", "fel", "ja", "4=ja")

    assert await amina.alerts() == ["wants-call"]
    assert await amina.answers_that_count() == [("wants-call", "yes")]


async def test_several_answers_of_one_message_are_not_guessed_between(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("full-check-in")
    for words in ("0", "4 3 5 2 4 3 5 2"):
        await amina.says(words)
    before = await counting(amina)

    [said] = await amina.says("fel")

    assert said.startswith("Vilken fråga blev fel?")
    assert await counting(amina) == before


async def test_another_tap_changes_the_answer_and_its_mark(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    await amina.taps("3")
    await shared_town.listen()
    assert f"{TICK}3" in keyboards(amina)[-2]
    await amina.taps("4", above=True)
    await shared_town.listen()

    assert f"{TICK}4" in keyboards(amina)[-2] and f"{TICK}3" not in keyboards(amina)[-2]
    assert await counting(amina) == {"job-search": 2, "work-belief": 4}
    assert shared_town.telegram.answered_taps[-1]["text"] == "Tack! Ditt svar är sparat."


async def test_the_same_button_again_keeps_one_answer(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    await amina.taps("3")
    await shared_town.listen()
    await amina.taps(f"{TICK}3", above=True)
    await shared_town.listen()

    assert [row.value for row in await amina.ratings()] == [2, 3]


async def test_a_tap_after_a_day_changes_nothing_and_takes_the_buttons_away(town: Town) -> None:
    amina = await checked_in(town, "1 3", "3", "4", channel=ChannelName.TELEGRAM)
    await amina.taps("Nej")
    await town.listen()
    town.clock.now += timedelta(hours=24, minutes=1)
    amina.news()
    await amina.taps("Ja")
    await town.listen()

    assert "stängd" in amina.news()[0]
    assert not any("Ja" in one for one in keyboards(amina))
    assert await amina.answers_that_count() == [("wants-call", "no")]


async def test_last_weeks_button_answers_nothing_of_this_week(town: Town) -> None:
    amina = await checked_in(town, "1 3", channel=ChannelName.TELEGRAM)
    town.clock.now += timedelta(days=7)
    await town.app.silence(town.now)
    await town.app.silence(town.now + timedelta(days=2))
    async with town.app.database.transaction() as connection:
        await connection.execute(tables.conversations.update().values(ended_at=town.now, outcome="expired"))
    old = amina.chat_messages()[-1]
    assert old["reply_markup"]["inline_keyboard"][0][4]["callback_data"].endswith(":5")
    await amina.begins(WEEKLY)
    await amina.says("1")
    before = await counting(amina)
    town.telegram.tap(amina.chat, old["message_id"], old["reply_markup"]["inline_keyboard"][0][4]["callback_data"])
    await town.telegram.call()
    await town.listen()

    assert await counting(amina) == before


async def test_an_edited_message_changes_the_answer_it_gave(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    await writes(amina, "3", message=81_001)
    amina.news()

    assert await edits(amina, "4", message=81_001) == ["Tack! Ditt svar är ändrat."]
    assert await edits(amina, "fem", message=81_001) == ["Tack! Ditt svar är ändrat."]
    assert await counting(amina) == {"job-search": 2, "work-belief": 5}
    assert [row.value for row in await amina.ratings()] == [2, 3, 4, 5]
    assert await amina.alerts() == []


@pytest.mark.parametrize("words", ["kanske 4", "4 eller 5", "9"])
async def test_an_edit_that_is_not_plain_leaves_the_answer_and_is_shown_to_the_coach(
    shared_town: Town, words: str
) -> None:
    amina = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    await writes(amina, "3", message=82_001)
    amina.news()

    assert await edits(amina, words, message=82_001) == []
    assert (await counting(amina))["work-belief"] == 3
    assert await amina.alerts() == ["edited"]


async def test_an_edited_question_to_the_coach_is_shown_and_changes_nothing(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "nej", channel=ChannelName.TELEGRAM)
    await writes(amina, "när börjar bussen gå", message=83_001)

    await edits(amina, "5", message=83_001)

    assert await counting(amina) == {"job-search": 2, "work-belief": 3, "labour-market-knowledge": 4}
    assert await amina.alerts() == ["question", "edited"]


async def test_somebody_elses_message_of_the_same_number_is_not_found(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    bo = await checked_in(shared_town, "1 3", channel=ChannelName.TELEGRAM)
    await writes(amina, "3", message=84_001)

    await edits(bo, "5", message=84_001)

    assert (await counting(amina))["work-belief"] == 3
    assert "work-belief" not in await counting(bo)


async def test_the_ratings_that_other_tools_read_are_the_new_ones(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "nej", "2=5")
    view = table("ratings", column("participant_id"), column("indicator"), column("value"))

    rows = await shared_town.rows(select(view).where(view.c.participant_id == amina.id))

    assert {row.indicator: row.value for row in rows} == {
        "job-search": 2,
        "work-belief": 5,
        "labour-market-knowledge": 4,
    }


async def test_nothing_said_about_a_correction_holds_a_digit_but_the_questions_number(shared_town: Town) -> None:
    amina = await checked_in(shared_town, "1 3", "3", "4", "nej")
    said = [text for words in ("fel, ja", "3=1", "fel", "nej") for text in await amina.says(words)]

    assert {digit for text in said for digit in re.findall("[0-9]", text)} <= {"3"}
