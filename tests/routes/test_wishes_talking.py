"""Words for the coach reach the coach, a stop comes first, and an answer is one although it sounds like a wish."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import ChannelName
from bot.storage.unit_of_work import unit_of_work
from tests.town import Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEKLY = "weekly-check-in"
AHEAD = timedelta(days=400)
"""As one step: the clock is simply set."""

BOTH = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


@BOTH
async def test_words_for_the_coach_reach_the_coach_at_once(shared_town: Town, channel: ChannelName) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins(WEEKLY)
    amina.news()

    answered = await amina.says("Coach: jag undrar en sak")
    await amina.says("1 3")

    assert answered == ["Karin får ditt meddelande. Vi läser meddelanden i dag till klockan 16:00."]
    assert await amina.alerts() == ["question"]
    assert [row.value for row in await amina.ratings()] == [2]


@BOTH
async def test_after_coach_the_next_text_is_the_coachs_whatever_was_asked(
    shared_town: Town, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins(WEEKLY)
    amina.news()

    first = await amina.says("prata med min coach")
    before = await amina.alerts()
    await amina.says("3")
    after = await amina.alerts()
    await amina.says("1 3")

    assert first == ["Skriv ditt meddelande nu. Karin får det."]
    assert (before, after) == ([], ["question"])
    assert [row.value for row in await amina.ratings()] == [2]


async def test_a_coach_who_was_asked_for_long_ago_gets_no_answer_by_mistake(town: Town) -> None:
    amina = await town.a_person()
    await amina.begins(WEEKLY)
    await amina.says("coach")

    await town.later(minutes=31)
    await amina.says("1 3")

    assert [row.value for row in await amina.ratings()] == [2]
    assert await amina.alerts() == []


async def test_a_stop_is_a_stop_also_where_words_for_the_coach_are_waited_for(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("coach")

    await amina.says("STOPP")

    assert await amina.alerts() == ["stopped"]


async def test_outside_the_staffed_hours_it_is_told_when_somebody_reads_next(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 27, 17, 0, tzinfo=STOCKHOLM).astimezone(UTC), step=AHEAD)
    amina.news()

    answered = await amina.says("till min coach: hej")

    assert answered == ["Karin får ditt meddelande. Vi läser igen måndag 30 november klockan 08:00."]


@BOTH
@pytest.mark.parametrize("words", ["STOPP", "stop", "/stop", "توقف", "Stopp tack!"])
async def test_a_stop_under_a_question_in_free_words_is_never_kept_as_an_answer(
    shared_town: Town, channel: ChannelName, words: str
) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins("next-step")
    for answer in ("1", "1", "3", "11 december"):
        await amina.says(answer)
    before = await amina.answers()
    question = amina.messages()[-1]

    await amina.says(words)

    assert "egna ord" in question
    assert await amina.answers() == before
    assert (await amina.outcomes())[-1] == "stopped"


@pytest.mark.parametrize("words", ["tack", "Tack!", "ja", "JA", "ok", "👍", "YES"])
async def test_who_stopped_is_not_brought_back_by_thanks_or_a_yes(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()
    await amina.says("STOPP")

    assert await amina.says(words) == []
    assert await amina.alerts() == ["stopped", "question"]


@pytest.mark.parametrize("words", ["START", "ja", "Ja tack"])
async def test_a_start_under_a_yes_or_no_question_is_an_answer(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    for answer in ("1", "2", "3"):
        await amina.says(answer)

    await amina.says(words)

    assert await amina.answers() == [("wants-call", "yes")]


@pytest.mark.parametrize("words", ["START", "JA", "ja"])
async def test_a_start_under_a_yes_or_no_question_never_brings_back_who_stopped(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    for answer in ("1", "2", "3"):
        await amina.says(answer)
    async with unit_of_work(shared_town.app.database) as work:
        # A stop ends what is open; here the question is still there all the same.
        await work.participants.change(amina.id, stopped_at=shared_town.now)

    assert await amina.says(words) == []
    async with unit_of_work(shared_town.app.database) as work:
        [still] = (await work.participants.people([amina.id]))[amina.id]

    assert still.stopped_at is not None
    assert await amina.answers() == []
    assert await amina.alerts() == ["question"]
