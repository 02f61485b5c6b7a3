"""Whoever was away is asked gently whether they are back, and a word or a button answers."""

from datetime import timedelta

import pytest

from bot.domain.people import ChannelName
from tests.routes.test_absence import (
    AHEAD,
    ASKED,
    BACK,
    CHANNELS,
    DAY,
    TOLD,
    WEDNESDAY,
    absences,
    at,
    jump,
)
from tests.town import Town


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
