"""Somebody whose language we read and do not write is told so in it, and understood when they answer in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.content.people_table import Roll, open_table, read_people
from bot.domain.people import Agreement, ChannelName
from bot.storage import tables
from bot.storage.unit_of_work import looking
from tests.town import Town

TIGRINYA = "ቋንቋ መልእኽትታትና፦ ስዊድንኛ"


@pytest.mark.parametrize("channel", [ChannelName.SMS, ChannelName.TELEGRAM])
async def test_the_first_words_say_which_language_we_cannot_write(town: Town, channel: ChannelName) -> None:
    saba = await town.a_person(language="ti", first_name="Saba", channel=channel, agreement=Agreement.UNASKED)
    await saba.begins("welcome")
    told, *welcome = saba.news()
    assert TIGRINYA in told
    assert welcome[0].startswith("Hej Saba!")
    assert [row.language for row in await saba.outbox()][:2] == ["ti", "sv"]


async def test_nothing_is_said_about_a_language_that_we_write(town: Town) -> None:
    omar = await town.a_person(language="ar", agreement=Agreement.UNASKED)
    await omar.begins("welcome")
    assert [row.language for row in await omar.outbox()] == ["ar"]


async def test_answers_are_read_in_the_persons_language_though_the_question_came_in_swedish(town: Town) -> None:
    saba = await town.a_person(language="ti", first_name="Saba")
    await saba.begins("weekly-check-in")
    await saba.says("ዋላ ሓደ")
    await saba.says("ሰለስተ የቐንየለይ")
    assert [row.value for row in await saba.ratings()] == [0, 3]
    # Swedish numbers are not hers.
    await saba.says("fyra")
    assert [row.value for row in await saba.ratings()] == [0, 3]


ALONE = ("ti", "fa", "fa_AF", "uk", "ckb", "ku", "tr", "sq", "bs", "hr", "sr_Latn", "pl", "th")
"""The languages that we read and do not write."""


@pytest.mark.parametrize(("words", "meant"), [("ja", "yes"), ("Nej tack!", "no")])
async def test_whoever_is_asked_in_swedish_may_answer_with_the_words_it_asks_for(
    shared_town: Town, words: str, meant: str
) -> None:
    for language in ALONE:
        saba = await shared_town.a_person(language=language, first_name="Saba", agreement=Agreement.ASKED)
        await saba.begins("welcome")
        await saba.says(words)
        assert (language, await saba.answers()) == (language, [("messages-allowed", meant)])


@pytest.mark.parametrize("language", ["ti", "pl"])
async def test_a_yes_in_the_language_of_the_question_counts_later_too(shared_town: Town, language: str) -> None:
    saba = await shared_town.a_person(language=language, first_name="Saba", agreement=Agreement.ASKED)
    await saba.begins("welcome")
    shared_town.clock.now += timedelta(days=5)
    await shared_town.app.silence(shared_town.now)
    await saba.says("ja")
    assert ("messages-allowed", "yes") in await saba.answers()


@pytest.mark.parametrize(
    ("language", "words", "meant"),
    [
        ("sq", "jo", "no"),  # a Swedish yes
        ("sq", "po", "yes"),
        ("ku", "na", "no"),
        ("bs", "ne", "no"),
        ("tr", "no", None),  # "number", and not English
        ("sq", "j", None),  # a Swedish yes, or the Albanian no
        ("pl", "ja nie", "no"),  # "I: no"
    ],
)
async def test_a_word_of_the_own_language_keeps_its_meaning(
    shared_town: Town, language: str, words: str, meant: str | None
) -> None:
    saba = await shared_town.a_person(language=language, first_name="Saba", agreement=Agreement.ASKED)
    await saba.begins("welcome")
    await saba.says(words)
    assert await saba.answers() == ([("messages-allowed", meant)] if meant else [])


async def test_a_question_asked_in_swedish_may_be_passed_over_in_swedish(shared_town: Town) -> None:
    saba = await shared_town.a_person(language="ti", first_name="Saba")
    await saba.begins("weekly-check-in")
    await saba.says("ዋላ ሓደ")
    await saba.says("HOPPA")
    assert [row.value for row in await saba.ratings()] == [0, None]


@pytest.mark.parametrize("name", ["ትግርኛ", "tigrinja", "Tigrinya"])
async def test_whoever_wishes_for_a_language_that_we_only_read_is_told_in_it(town: Town, name: str) -> None:
    saba = await town.a_person(language="sv", first_name="Saba")
    assert [TIGRINYA in told for told in await saba.says(name)] == [True]
    await saba.begins("weekly-check-in")
    saba.news()
    await saba.says("ምንም")
    assert [row.value for row in await saba.ratings()] == [0]


@pytest.mark.parametrize(
    ("language", "word"),
    [
        *(("ti", "ደው በሉ"), ("fa", "لغو"), ("fa_AF", "پیام روان نکنید"), ("uk", "Не пишіть мені!"), ("ckb", "ڕایبگرە")),
        *(("ku", "rawestîne"), ("tr", "DURDUR"), ("sq", "ndalo"), ("bs", "Stani"), ("hr", "odjavi me")),
        *(("sr_Latn", "прекини"), ("pl", "Wypiszcie mnie"), ("th", "ยกเลิกค่ะ")),
    ],
)
async def test_a_stop_is_heard_in_every_language(town: Town, language: str, word: str) -> None:
    somebody = await town.a_person(language="sv")
    await somebody.says(word)
    assert language in town.app.shelf.readings
    stopped = select(tables.participants.c.stopped_at).where(tables.participants.c.id == somebody.id)
    assert [row.stopped_at is not None for row in await town.rows(stopped)] == [True]


async def test_a_table_may_name_a_language_that_the_programme_does_not_write(town: Town) -> None:
    async with looking(town.app.database) as work:
        plan = (await town.app.shelf.plans(work))[town.programme.id]
    against = Roll(
        programme=plan.programme, languages=plan.languages, coaches={"k@example.se": 1}, today=town.now.date()
    )
    people = read_people(
        open_table(b"first_name,coach,language\nSaba,k@example.se,ti\nBo,k@example.se,\n"), against=against
    )
    assert [one.language for one in people] == ["ti", "sv"]
    assert plan.languages[:4] == plan.programme.languages and set(plan.languages) == set(town.app.shelf.readings)
