"""Whoever is not coming says so in a word: the coach knows at once, and the day falls silent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.people import ChannelName
from bot.storage import tables
from tests.town import Person, Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEDNESDAY = date(2026, 11, 25)
DAY = timedelta(days=1)
AHEAD = timedelta(days=400)
TOLD = (
    "Tack. Karin vet att du inte kommer i dag. Säg det också till Arbetsförmedlingen eller Försäkringskassan i dag. "
    "Efter 7 dagar behövs ett intyg."
)
ASKED = "Hej Amina! Är du tillbaka i dag? Svara ja eller nej."
BACK = "Tack, Amina. Karin vet att du är tillbaka. Välkommen!"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


async def jump(town: Town, moment: datetime) -> None:
    await town.at(moment, step=AHEAD)


async def absences(person: Person) -> list[tuple[str, date, date | None, bool]]:
    """Category, first and last day, and whether it is over."""
    table = tables.absences
    query = select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id)
    rows = await person.town.rows(query)
    assert all(row.reported_by == "participant" for row in rows)
    return [(row.category, row.begins_on, row.ends_on, row.ended_at is not None) for row in rows]


async def occurrences(person: Person) -> list[tuple[str, str, str | None]]:
    table = tables.occurrences
    query = select(table).where(table.c.enrolment_id == person.enrolment).order_by(table.c.id)
    return [(row.rule, row.state, row.reason) for row in await person.town.rows(query)]


CHANNELS = pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])


# What is no absence ---------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize(
    "words", ["min son är sjuk", "kan jag vara sjuk?", "var sjuk igår", "sjuk i eftermiddag", "sjuk och vab"]
)
async def test_what_is_not_clear_is_asked_about_and_reaches_the_coach(
    shared_town: Town, words: str, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    said = await amina.says(words)

    assert said == [
        "Menade du att du inte kommer? Skriv SJUK, VAB, MYNDIGHET, KOMMER INTE eller KOMMER SEN. "
        "Karin läser också det du skrev."
    ]
    assert await absences(amina) == []
    assert await amina.alerts() == ["question"]


async def test_free_words_that_a_question_asked_for_are_its_answer(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("next-step")
    for words in ("1", "1", "3", "hoppa"):
        await amina.says(words)

    await amina.says("jag var sjuk men nu vill jag söka jobb")

    assert (await amina.answers())[-1] == ("first-thing", "jag var sjuk men nu vill jag söka jobb")
    assert await absences(amina) == [] and "question" not in await amina.alerts()


async def test_under_a_question_a_mere_no_is_not_taken_for_not_coming(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("weekly-check-in")
    amina.news()

    said = await amina.says("kan inte")
    asked = await absences(amina)
    await amina.says("kommer inte")

    assert said[0].startswith("Vi förstod inte ditt svar.") and asked == []
    assert len(await absences(amina)) == 1 and await amina.outcomes() == [None]


async def test_what_somebody_wants_to_become_is_no_visit(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.begins("next-step")
    for words in ("1", "1", "3", "hoppa"):
        await amina.says(words)

    await amina.says("läkare")

    assert (await amina.answers())[-1] == ("first-thing", "läkare")
    assert await absences(amina) == []


async def test_a_yes_or_a_no_that_nobody_asked_for_is_for_the_coach(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("nej")
    assert await amina.alerts() == ["question"] and await absences(amina) == []


async def test_whoever_asked_for_silence_is_answered_nothing(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.says("STOPP")
    assert await amina.says("sjuk") == []
    assert (await amina.alerts())[-1] == "question"


# What is one ----------------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize(
    ("words", "category", "begins", "ends", "answer"),
    [
        ("kan inte idag sjuk", "illness", 0, 0, TOLD),
        ("sjuk", "illness", 0, None, TOLD),
        ("Hej Karin! Jag är sjuk idag. Mvh Amina", "illness", 0, 0, TOLD),
        ("vab", "care-of-child", 0, None, TOLD),
        ("läkarbesök kl 10", "authority-visit", 0, 0, "Tack för att du skriver. Karin vet att du inte kommer i dag."),
        ("jag kommer inte", "other", 0, 0, "Tack för att du skriver. Karin vet att du inte kommer i dag."),
        (
            "kommer inte på fredag",
            "other",
            2,
            2,
            "Tack för att du skriver. Karin vet att du inte kommer fredag 27 november.",
        ),
        (
            "sjuk till fredag",
            "illness",
            0,
            2,
            "Tack. Karin vet att du inte kommer onsdag 25 november - fredag 27 november. Säg det också till "
            "Arbetsförmedlingen eller Försäkringskassan första dagen. Efter 7 dagar behövs ett intyg.",
        ),
    ],
)
async def test_not_coming_is_kept_by_category_and_confirmed(
    shared_town: Town, words: str, category: str, begins: int, ends: int | None, answer: str, channel: ChannelName
) -> None:
    amina = await shared_town.a_person(channel=channel)

    assert await amina.says(words) == [answer]
    assert await absences(amina) == [
        (category, WEDNESDAY + begins * DAY, None if ends is None else WEDNESDAY + ends * DAY, False)
    ]
    assert await amina.alerts() == []


async def test_the_same_word_twice_is_one_absence_and_the_latest_word_counts(shared_town: Town) -> None:
    amina = await shared_town.a_person()

    await amina.says("sjuk")
    await amina.says("Sjuk!")
    await amina.says("sjuk till fredag")
    once = await absences(amina)
    await amina.says("kommer sen")

    assert once == [("illness", WEDNESDAY, WEDNESDAY + 2 * DAY, False)]
    assert await absences(amina) == [
        ("illness", WEDNESDAY, WEDNESDAY + 2 * DAY, True),
        ("late", WEDNESDAY, WEDNESDAY, False),
    ]


async def test_a_message_that_is_delivered_twice_is_one_absence(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    await amina.writes("sjuk")
    await amina.writes("sjuk")
    await shared_town.listen()
    assert len(await absences(amina)) == 1


async def test_in_the_evening_not_coming_means_the_next_day_with_something_to_come_to(town: Town) -> None:
    amina = await town.a_person()
    await jump(town, at(WEDNESDAY, 18, 5))
    amina.news()

    said = await amina.says("kan inte komma")
    await jump(town, at(WEDNESDAY + DAY, 7, 15))

    assert said == ["Tack för att du skriver. Karin vet att du inte kommer torsdag 26 november."]
    assert await absences(amina) == [("other", WEDNESDAY + DAY, WEDNESDAY + DAY, False)]
    assert amina.news() == []


# The day falls silent -------------------------------------------------------------------------------------------------


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


# Back again -----------------------------------------------------------------------------------------------------------


@CHANNELS
@pytest.mark.parametrize("words", ["frisk", "Jag är tillbaka", "mår bra igen"])
async def test_being_back_ends_it(shared_town: Town, words: str, channel: ChannelName) -> None:
    amina = await shared_town.a_person(channel=channel)
    await amina.says("sjuk")
    assert (await amina.says(words)) == [BACK]
    assert await absences(amina) == [("illness", WEDNESDAY, None, True)]


async def test_whoever_is_back_is_reminded_again(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk")
    await amina.says("frisk")
    amina.news()
    await jump(town, at(WEDNESDAY, 18))
    assert len(amina.news()) == 1


async def test_who_was_never_away_and_is_back_is_answered_kindly(shared_town: Town) -> None:
    amina = await shared_town.a_person()
    assert await amina.says("frisk") == [
        "Tack för att du skriver, Amina. Vi har inte skrivit att du är borta. Du är välkommen som vanligt."
    ]


@CHANNELS
async def test_the_next_day_asks_once_whether_they_are_back_and_yes_ends_it(town: Town, channel: ChannelName) -> None:
    amina = await town.a_person(channel=channel)
    await amina.says("sjuk")
    amina.news()

    await jump(town, at(WEDNESDAY + DAY, 7, 59))
    early = amina.news()
    await jump(town, at(WEDNESDAY + DAY, 8))
    asked = amina.news()
    await town.at(at(WEDNESDAY + DAY, 12), step=timedelta(hours=1))
    again = amina.news()

    assert (early, asked, again) == ([], [ASKED], [])
    assert await amina.says("ja") == [BACK]
    assert await absences(amina) == [("illness", WEDNESDAY, None, True)]


async def test_no_keeps_it_and_the_days_stay_counted_from_the_first(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk idag")
    await jump(town, at(WEDNESDAY + DAY, 8))
    asked = amina.news()[-1]

    said = await amina.says("nej tyvärr")
    await jump(town, at(WEDNESDAY + DAY, 18))

    assert asked == ASKED
    assert said == ["Tack för ditt svar. Karin vet att du inte är tillbaka än. Ta det lugnt."]
    assert await absences(amina) == [("illness", WEDNESDAY, None, False)]
    assert amina.news() == []


async def test_nobody_is_asked_every_day_nor_for_ever_nor_on_a_day_without_anything_to_come_to(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk")
    amina.news()

    heard = {}
    for day in range(1, 20):
        for hour in (8, 9, 13):
            await jump(town, at(WEDNESDAY + day * DAY, hour))
        if news := amina.news():
            heard[(WEDNESDAY + day * DAY).strftime("%a"), day] = news

    certificate = "Hej Amina! I morgon är det dag 8. Då behöver du ett intyg. Är du tillbaka? Skriv FRISK."
    assert heard == {
        ("Thu", 1): [ASKED],
        ("Mon", 5): [ASKED],
        ("Tue", 6): [certificate],
        ("Fri", 9): [ASKED],
        ("Tue", 13): [ASKED],
    }


async def test_after_an_authority_visit_nobody_is_asked(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("läkarbesök")
    amina.news()
    await jump(town, at(WEDNESDAY + DAY, 8))
    assert ASKED not in amina.news()


async def test_who_stopped_or_pauses_is_not_asked(town: Town) -> None:
    amina = await town.a_person()
    await amina.says("sjuk")
    await amina.says("STOPP")
    amina.news()
    await jump(town, at(WEDNESDAY + DAY, 8))
    assert amina.news() == []


async def test_a_check_in_that_is_still_open_does_not_stand_between_the_question_and_its_answer(town: Town) -> None:
    amina = await town.a_person()
    await town.at(at(WEDNESDAY, 16), step=AHEAD)
    await amina.begins("weekly-check-in")
    await amina.says("sjuk")
    await jump(town, at(WEDNESDAY + DAY, 8))

    assert amina.news()[-1] == ASKED
    assert await amina.says("ja") == [BACK]
    assert await amina.outcomes() == ["absent"]


# Buttons --------------------------------------------------------------------------------------------------------------


async def test_a_reminder_in_a_chat_has_buttons_and_the_menu_asks_for_the_category_only(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await jump(town, at(WEDNESDAY + DAY, 7, 15))
    amina.news()

    await amina.taps("Jag kan inte komma")
    await town.listen()
    asked = amina.news()
    await amina.taps("Vård av barn")
    await town.listen()

    assert asked == ["Varför kan du inte komma? Välj en knapp. Du behöver inte berätta mer."]
    assert amina.news() == [TOLD]
    assert await absences(amina) == [("care-of-child", WEDNESDAY + DAY, None, False)]
    assert await amina.alerts() == []


async def test_coming_late_is_one_tap(town: Town) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await jump(town, at(WEDNESDAY, 18))
    amina.news()

    await amina.taps("Jag blir sen")
    await town.listen()

    assert amina.news() == ["Tack för att du skriver. Karin vet att du blir sen."]
    # It is evening: tomorrow is meant.
    assert await absences(amina) == [("late", WEDNESDAY + DAY, WEDNESDAY + DAY, False)]


@pytest.mark.parametrize(
    ("label", "answer", "over"),
    [
        ("Ja", BACK, True),
        ("Nej", "Tack för ditt svar. Karin vet att du inte är tillbaka än. Ta det lugnt.", False),
    ],
)
async def test_the_question_whether_they_are_back_has_buttons(town: Town, label: str, answer: str, over: bool) -> None:
    amina = await town.a_person(channel=ChannelName.TELEGRAM)
    await amina.says("sjuk")
    await jump(town, at(WEDNESDAY + DAY, 8))
    amina.news()

    await amina.taps(label)
    await town.listen()

    assert amina.news() == [answer]
    assert await absences(amina) == [("illness", WEDNESDAY, None, over)]


async def test_an_unclear_word_has_the_categories_as_buttons(shared_town: Town) -> None:
    amina = await shared_town.a_person(channel=ChannelName.TELEGRAM)
    await amina.says("mår inte bra")
    await amina.taps("Jag är sjuk")
    await shared_town.listen()
    assert await absences(amina) == [("illness", WEDNESDAY, None, False)]
