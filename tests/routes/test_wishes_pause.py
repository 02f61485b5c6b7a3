"""Whoever wants a pause, no questions or something later gets just that, and nothing old comes afterwards."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import ChannelName
from bot.storage.unit_of_work import unit_of_work
from tests.town import Person, Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEKLY = "weekly-check-in"
BOTH = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


async def until(town: Town, moment: datetime) -> None:
    """Time passes, and the ticks come often enough to miss nothing."""
    await town.at(moment, step=timedelta(hours=1))


async def asked(person: Person) -> None:
    """The weekly questions have begun, and nothing of them is news."""
    await person.begins(WEEKLY)
    person.news()


@BOTH
async def test_a_pause_ends_what_is_open_and_nothing_comes_until_it_is_over(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)
    await asked(amina)

    confirmed = await amina.says("paus till måndag")
    await town.at(at(29, 23), step=timedelta(hours=8))
    meanwhile = amina.news()
    await until(town, at(30, 6, 59))
    night = amina.news()
    await until(town, at(30, 17))

    assert confirmed == ["Nu är det paus. Vi skriver igen måndag 30 november. Vill du börja tidigare? Skriv START."]
    assert await amina.outcomes() == ["paused"]
    assert meanwhile == night == []
    assert amina.news() != []


async def test_a_pause_without_days_is_a_week_and_none_is_longer_than_eight(town: Town) -> None:
    amina = await town.a_person()

    assert "onsdag 2 december" in (await amina.says("pausa"))[0]
    assert "onsdag 9 december" in (await amina.says("pausa i två veckor"))[0]
    assert "onsdag 20 januari" in (await amina.says("pausa 12 månader"))[0]
    assert "lördag 28 november" in (await amina.says("PAUSA 3 DAGAR TACK!"))[0]


@pytest.mark.parametrize("words", ["pausa inte", "en paus i fikat", "pausa 2", "pausa till i fjol", "pausa 0 dagar"])
async def test_what_only_sounds_like_a_pause_is_read_by_a_person(shared_town: Town, words: str) -> None:
    amina = await shared_town.a_person()

    await amina.says(words)

    assert await amina.alerts() == ["question"]


async def test_a_reminder_that_waits_for_the_morning_is_not_said_after_a_pause(town: Town) -> None:
    amina = await town.a_person()
    await until(town, at(25, 19, 59))
    await asked(amina)
    await until(town, at(25, 23, 30))
    waits = [row.status for row in await amina.outbox() if row.purpose == "nudge"]
    # Until midnight: in the morning the reminder of the question would still be in time.
    await amina.says("pausa 1 dag")

    await until(town, at(26, 7, 5))

    assert waits == ["queued"]
    assert amina.news() == []
    assert [(row.status, row.error) for row in await amina.outbox() if row.purpose == "nudge"] == [
        ("cancelled", "paused")
    ]


async def test_start_ends_a_pause_early_and_brings_no_old_question(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("pausa")

    back = await amina.says("START")
    await until(town, at(26, 12))

    assert back == ["Hej Amina! Nu skriver vi till dig igen. Vill du sluta? Skriv STOPP."]
    assert any("Fråga 1" in words for words in amina.news())


async def test_start_without_a_pause_says_that_all_is_as_usual(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)

    assert await amina.says("/start") == ["Vi skriver till dig som vanligt. Vill du sluta? Skriv STOPP."]
    assert await amina.says("start") == ["Vi skriver till dig som vanligt. Vill du sluta? Skriv STOPP."]
    assert await amina.alerts() == []


async def test_start_does_not_undo_what_a_coach_holds(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    async with unit_of_work(shared_town.app.database) as work:
        await work.participants.change(amina.id, held_at=shared_town.now)

    answered = await amina.says("start")
    async with unit_of_work(shared_town.app.database) as work:
        [still] = (await work.participants.people([amina.id]))[amina.id]

    assert still.held_at is not None
    assert "som vanligt" not in answered[0]
    assert await amina.alerts() == ["question"]


@BOTH
async def test_who_wants_no_questions_still_gets_reminders(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)
    await asked(amina)

    confirmed = await amina.says("stoppa frågorna")
    await until(town, at(27, 12))
    heard = amina.news()

    assert confirmed == [
        "Nu ställer vi inga frågor. Påminnelser kommer som vanligt. Vill du ha frågor igen? Skriv START."
    ]
    assert await amina.outcomes() == ["stopped"]
    assert heard != []
    assert not any("veckans frågor" in words for words in heard)


async def test_a_question_on_its_way_is_held_back_when_somebody_wants_none(town: Town) -> None:
    amina = await town.a_person()
    await until(town, at(25, 19, 59))
    await asked(amina)
    await until(town, at(25, 23, 30))
    before = [row.status for row in await amina.outbox() if row.purpose == "nudge"]

    async with unit_of_work(town.app.database) as work:
        # As if a coach, or another process, had been faster than the morning.
        await work.participants.change(amina.id, check_ins_stopped_at=town.now)
    await until(town, at(26, 7, 15))

    assert before == ["queued"]
    assert [(row.status, row.error) for row in await amina.outbox() if row.purpose == "nudge"] == [
        ("cancelled", "stopped")
    ]


async def test_who_wants_questions_again_gets_the_next_ones(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("stoppa frågorna")

    await amina.says("start")
    await until(town, at(26, 12))

    assert any("Fråga 1" in words for words in amina.news())


@BOTH
async def test_the_open_question_comes_again_when_it_was_wanted(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)
    await amina.begins(WEEKLY)
    question = amina.news()[-1]

    confirmed = await amina.says("om 2 timmar")
    await until(town, at(25, 10, 45))
    before = amina.news()
    await until(town, at(25, 11))
    again = amina.news()
    await amina.says("1 3")

    assert confirmed == ["Okej. Frågan kommer igen onsdag 25 november klockan 11:00."]
    assert before == []
    assert len(again) == 1
    assert question.endswith(again[0])
    assert [row.value for row in await amina.ratings()] == [2]


async def test_a_question_put_off_until_tomorrow_does_not_expire_and_never_comes_at_night(town: Town) -> None:
    amina = await town.a_person()
    await asked(amina)

    confirmed = [await amina.says(words) for words in ("imorgon", "påminn mig kl 22", "senare")]
    await until(town, at(25, 23))

    assert confirmed == [
        ["Okej. Frågan kommer igen torsdag 26 november klockan 09:00."],
        ["Okej. Frågan kommer igen torsdag 26 november klockan 07:00."],
        ["Okej. Frågan kommer igen onsdag 25 november klockan 10:00."],
    ]
    # Put off three times, said once: the last word counts.
    assert len([words for words in amina.news() if words.startswith("Fråga 1")]) == 1


async def test_a_question_that_came_again_is_not_repeated_once_more(town: Town) -> None:
    amina = await town.a_person()
    await asked(amina)
    await amina.says("om en timme")

    await until(town, at(26, 6))

    assert len([words for words in amina.news() if "Fråga 1" in words]) == 1
    assert await amina.outcomes() == ["expired"]


async def test_the_buttons_of_later_choose_another_time(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await asked(amina)
    await amina.says("senare")

    assert await amina.taps("I eftermiddag") == 200
    await town.listen()
    afternoon = amina.news()
    assert await amina.taps("I morgon") == 200
    await town.listen()

    assert afternoon == ["Okej. Frågan kommer igen onsdag 25 november klockan 14:00."]
    assert amina.news() == ["Okej. Frågan kommer igen torsdag 26 november klockan 09:00."]


async def test_a_reminder_is_said_again_when_it_was_wanted(town: Town) -> None:
    amina = await town.a_person()
    await until(town, at(25, 18))
    reminder = amina.news()[-1]

    confirmed = await amina.says("om en timme")
    await until(town, at(25, 19))

    assert confirmed == ["Okej. Vi påminner dig igen onsdag 25 november klockan 19:00."]
    assert amina.news() == [reminder]


async def test_a_reminder_that_would_come_too_late_is_not_promised(town: Town) -> None:
    amina = await town.a_person()
    await until(town, at(25, 18))
    amina.news()

    # The first activity begins on Thursday at nine.
    refused = await amina.says("imorgon 10")
    await until(town, at(26, 9, 55))

    assert refused == ["Det blir för sent att påminna dig då. Det gör inget. Skriv till Karin om du undrar något."]
    assert not any("I morgon" in words for words in amina.news())


async def test_later_without_anything_to_repeat_is_read_by_a_person(town: Town) -> None:
    amina = await town.a_person()

    await amina.says("imorgon")

    assert await amina.alerts() == ["question"]


@BOTH
async def test_a_time_that_may_be_two_is_asked_for_and_never_taken_for_an_answer(
    town: Town, channel: ChannelName
) -> None:
    amina = await town.a_person(channel=channel)
    await asked(amina)

    unclear = [await amina.says(words) for words in ("senare kl 3", "3", "kl 25")]
    answers = await amina.ratings()
    clear = await amina.says("15.30")
    await until(town, at(25, 15))
    early = amina.news()
    await until(town, at(25, 15, 30))

    assert unclear == [["Vi förstod inte vilken tid. Skriv till exempel 9.30 eller 14.00."]] * 3 and answers == []
    assert clear == ["Okej. Frågan kommer igen onsdag 25 november klockan 15:30."]
    assert early == [] and len(amina.news()) == 1
    assert await amina.says("3") and len(await amina.ratings()) == 1


async def test_whoever_does_not_say_when_is_asked_the_question_again_and_a_number_is_its_answer(town: Town) -> None:
    amina = await town.a_person()
    await asked(amina)

    await amina.says("senare kl 3")
    await until(town, at(25, 11))
    again = amina.news()
    await amina.says("3")

    assert len(again) == 1 and len(await amina.ratings()) == 1


async def test_an_answer_in_words_is_still_one_while_we_wait_for_a_time(town: Town) -> None:
    amina = await town.a_person()
    await asked(amina)

    await amina.says("senare kl 3")
    await amina.says("Läst jobbannonser")
    await amina.says("3")

    assert len(await amina.ratings()) == 2


async def test_an_unclear_time_for_what_asks_nothing_is_read_by_a_person(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("påminn mig kl 8")
    assert await amina.alerts() == ["question"]
