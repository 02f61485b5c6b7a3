"""Whoever asks what we know is told in short, and by SMS nothing that somebody else should not read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import ChannelName
from bot.domain.sms_parts import sms_parts
from bot.storage.unit_of_work import unit_of_work
from tests.town import Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEKLY = "weekly-check-in"
AHEAD = timedelta(days=400)
"""As one step: the clock is simply set."""

BOTH = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


@BOTH
async def test_the_week_has_days_times_and_places_in_the_order_they_come(
    shared_town: Town, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    [week] = await amina.says("min vecka")

    lines = week.split("\n")
    # It is nine on Wednesday: what began just now is still to come.
    assert lines[:4] == [
        "Dina aktiviteter:",
        "onsdag 25 november",
        "09:00 Promenad, Stadsparken",
        "10:30 Fika och prat, Sal Björken",
    ]
    assert "tisdag 1 december" in lines
    assert "onsdag 2 december" not in lines
    assert sms_parts(week) <= 5


async def test_when_today_is_over_the_week_begins_tomorrow(town: Town) -> None:
    amina = await town.a_person()
    await town.at(datetime(2026, 11, 25, 12, 0, tzinfo=STOCKHOLM).astimezone(UTC), step=AHEAD)
    amina.news()

    [week] = await amina.says("schema")

    assert week.split("\n")[1] == "torsdag 26 november"
    assert "onsdag 2 december" in week


async def test_a_week_without_activities_says_so(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    async with unit_of_work(shared_town.app.database) as work:
        today = shared_town.now.date()
        await work.participants.change_enrolment(
            amina.enrolment, now=shared_town.now, started_on=today.replace(year=today.year + 1)
        )

    assert await amina.says("/min_vecka") == ["Du har inga aktiviteter de närmaste 7 dagarna."]


async def test_by_sms_no_value_and_no_name_of_a_question_is_said(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins(WEEKLY)
    for words in ("1 3", "hoppa", "2"):
        await amina.says(words)

    assert await amina.says("mina svar") == [
        "Du svarade senast onsdag 25 november. Frågor du svarade på: 1, 3. Vi skriver inga svar i sms. "
        "Karin kan visa dig dem."
    ]


async def test_in_telegram_the_latest_answers_are_told_in_plain_words(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.begins(WEEKLY)
    for words in ("1 3", "4"):
        await amina.says(words)

    [told] = await amina.says("mina svar")

    assert told.startswith("Dina svar onsdag 25 november:\n")
    assert "Jag tror att jag klarar ett arbete om jag får lite stöd." in told
    assert told.endswith("Vill du se fler? Karin kan visa dig.")


async def test_what_is_sensitive_is_not_written_into_a_chat(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    app = shared_town.app
    async with unit_of_work(app.database) as work:
        plan = (await app.shelf.plans(work))[shared_town.programme.id]
    private = {one.slug for one in plan.instrument.indicators if one.sensitive and one.question}
    assert private, "nothing in the instrument is sensitive"
    await amina.begins("full-check-in")
    amina.news()
    for _ in range(20):
        await amina.says("1")

    [told] = await amina.says("mina svar")

    assert private <= {row.indicator for row in await amina.ratings()}
    assert told.count("finns hos Karin") == len(private)


@BOTH
async def test_who_has_answered_nothing_is_told_so(shared_town: Town, channel: ChannelName) -> None:
    amina = await shared_town.a_person(channel=channel)

    assert await amina.says("mina svar") == ["Du har inte svarat på några frågor än."]


@BOTH
async def test_asking_what_is_kept_troubles_no_coach_and_asking_to_erase_it_does(
    shared_town: Town, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    [kept] = await amina.says("mina uppgifter")
    before = await amina.alerts()
    [erased] = await amina.says("RADERA")

    assert "Skriv RADERA." in kept
    assert before == []
    assert erased == "Tack. Karin får veta att du vill se, rätta eller radera dina uppgifter."
    assert await amina.alerts() == ["data-request"]


@BOTH
async def test_who_sees_is_answered_at_any_moment_and_the_question_goes_on_waiting(
    shared_town: Town, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.begins(WEEKLY)
    amina.news()

    [told] = await amina.says("Vem ser det här?")
    await amina.says("1 3")

    assert told.startswith("Karin och de som leder STEGA ser")
    assert [row.value for row in await amina.ratings()] == [2]


async def test_by_sms_help_tells_the_words_and_in_telegram_it_has_buttons(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    samir = await shared_town.a_person(channel=ChannelName.TELEGRAM)

    [by_sms] = await amina.says("hjälp")
    [in_telegram] = await samir.says("/help")
    for label in ("Min vecka", "Mina svar", "Senare", "Vem ser det här?", "Mina uppgifter"):
        assert await samir.taps(label) == 200
        await shared_town.listen()
        assert len(samir.news()) == 1, label

    assert "MIN VECKA" in by_sms
    assert "MIN VECKA" not in in_telegram
