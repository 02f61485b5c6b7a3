"""What is published changes nothing for whoever is in the middle of it, and comes back as it was written."""

import shutil
from datetime import UTC, datetime, timedelta
from difflib import ndiff
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.content.complaints import ContentRefused
from bot.domain.people import ChannelName
from bot.services.publishing import Wording, change_words, publish, sources
from bot.storage import tables
from tests.town import ROOT, STEGA, Person, Town

THURSDAY_TEN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AHEAD = timedelta(days=400)
WEEKLY = "flows/common/weekly-check-in.yaml"
PROGRAMME = "flows/programmes/stega/programme.yaml"


async def republished(town: Town, place: Path, path: str, *change: tuple[str, str]) -> None:
    """The whole content again, with words of one file changed."""
    content = place / "content"
    for part in ("flows", "locales"):
        shutil.copytree(ROOT / part, content / part, dirs_exist_ok=True)
    source = (content / path).read_text("utf-8")
    for was, becomes in change:
        assert was in source
        source = source.replace(was, becomes)
    (content / path).write_text(source, "utf-8")
    directory = content / STEGA.relative_to(ROOT)
    await publish(town.app.database, directory, content=content, organisation="testby", now=town.now)


async def answered(person: Person, *words: str) -> list[str]:
    """The first line of each thing that was said."""
    said = [line for each in words for line in await person.says(each)]
    return [one.split("\n")[0] for one in said]


async def test_who_is_in_the_middle_finishes_on_the_version_they_began(town: Town, tmp_path: Path) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    await amina.begins("weekly-check-in")
    await amina.says("1 3")

    await republished(town, tmp_path, WEEKLY, ("rotating: 3", "rotating: 1"))
    await bo.begins("weekly-check-in")
    old = await answered(amina, "4", "3", "nej")
    new = await answered(bo, "1 3", "nej")

    assert [len(await one.ratings()) for one in (amina, bo)] == [3, 1]
    assert [await one.outcomes() for one in (amina, bo)] == [["finished"], ["finished"]]
    assert old[-1] == "Tack för dina svar, Amina! Karin läser dem."
    assert new[-1] == "Tack för dina svar, Bo! Karin läser dem."


async def test_who_is_in_the_middle_hears_the_words_they_began_with(town: Town) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    await amina.begins("weekly-check-in")

    await change_words(
        town.app.database,
        town.programme.id,
        Wording(key="weekly-check-in/thanks/say", language="sv", words="Tack, {first_name}! Vi hörs."),
        now=town.now,
    )
    await bo.begins("weekly-check-in")

    assert (await answered(amina, "1", "4", "3", "nej"))[-1] == "Tack för dina svar, Amina! Karin läser dem."
    assert (await answered(bo, "1", "4", "3", "nej"))[-1] == "Tack, Bo! Vi hörs."


async def test_what_is_exported_is_what_was_written_and_one_changed_word_is_the_whole_difference(town: Town) -> None:
    before = await sources(town.app.database, "stega")

    await change_words(
        town.app.database,
        town.programme.id,
        Wording(
            key="weekly-check-in/thanks/say", language="sv", words="Tack för dina ord, {first_name}! {coach} läser dem."
        ),
        now=town.now,
    )
    after = await sources(town.app.database, "stega")

    assert before == {path: (ROOT / path).read_text("utf-8") for path in before}
    assert PROGRAMME in before and WEEKLY in before
    assert [path for path in before if before[path] != after[path]] == [WEEKLY]
    changed = ndiff(before[WEEKLY].splitlines(), after[WEEKLY].splitlines())
    assert [line for line in changed if line[:1] in "+-"] == [
        "-     say: Tack för dina svar, {first_name}! {coach} läser dem.",
        "+     say: Tack för dina ord, {first_name}! {coach} läser dem.",
    ]


async def test_words_that_cannot_be_said_are_refused_and_nothing_is_published(town: Town) -> None:
    async def change(key: str, words: str) -> None:
        await change_words(
            town.app.database, town.programme.id, Wording(key=key, language="sv", words=words), now=town.now
        )

    with pytest.raises(ContentRefused):
        await change("weekly-check-in/thanks/say", "Tack, {surname}!")
    with pytest.raises(KeyError):
        await change("weekly-check-in/nowhere/say", "Hej")

    assert {row.version for row in await town.rows(select(tables.definitions.c.version))} == {1}


async def test_publishing_the_same_again_makes_no_new_version(town: Town, tmp_path: Path) -> None:
    await republished(town, tmp_path, PROGRAMME)

    assert {row.version for row in await town.rows(select(tables.definitions.c.version))} == {1}


@pytest.mark.parametrize("when_busy", ["skip", "interrupt"])
async def test_a_rule_skips_or_interrupts_an_open_conversation_as_it_says(
    town: Town, tmp_path: Path, when_busy: str
) -> None:
    rule = "begin: weekly-check-in\n    when-busy: "
    await republished(town, tmp_path, PROGRAMME, (rule + "wait", rule + when_busy))
    amina = await town.a_person()
    await town.at(THURSDAY_TEN - timedelta(minutes=1), step=AHEAD)
    await amina.begins("milestone-reached")
    amina.news()

    await town.at(THURSDAY_TEN, step=AHEAD)
    due = [one.split("\n")[0] for one in amina.news()]
    after = await answered(amina, "nej")
    await town.step()

    assert due == ([] if when_busy == "skip" else ["Hej Amina! Nu kommer veckans frågor."])
    assert await amina.outcomes() == (["finished"] if when_busy == "skip" else ["interrupted", None])
    assert after[0].startswith("Tack för ditt svar" if when_busy == "skip" else "Fråga 2 av 4")
    assert amina.news() == []


async def test_a_rule_that_is_gone_begins_nothing_that_waited_for_it(town: Town, tmp_path: Path) -> None:
    amina = await town.a_person()
    await town.at(THURSDAY_TEN - timedelta(minutes=1), step=AHEAD)
    await amina.begins("milestone-reached")
    await town.at(THURSDAY_TEN, step=AHEAD)

    await republished(town, tmp_path, PROGRAMME, ("  weekly:\n    every: week", "  friday:\n    every: week"))
    await amina.says("nej")
    await town.step()

    assert await amina.outcomes() == ["finished"]


@pytest.mark.slow
async def test_rotating_questions_take_turns_over_the_weeks(town: Town) -> None:
    amina = await town.a_person()
    asked = []

    for week in range(4):
        await town.at(THURSDAY_TEN + timedelta(weeks=week), step=AHEAD)
        before = len(await amina.ratings())
        await answered(amina, "1", "2", "3", "nej")
        asked.append([row.indicator for row in (await amina.ratings())[before:]])

    assert asked == [
        ["job-search", "work-belief", "labour-market-knowledge"],
        ["determination", "cooperation", "health"],
        ["everyday-life", "network-support", "concentration"],
        ["job-search", "work-belief", "labour-market-knowledge"],
    ]


async def test_a_rating_says_all_that_others_need_to_know_of_it(town: Town) -> None:
    samir = await town.a_person(language="ar", first_name="سمير", channel=ChannelName.TELEGRAM)
    await town.at(THURSDAY_TEN, step=AHEAD)

    await answered(samir, "١ ٣", "٤", "تخطي", "لا")
    rows = await town.rows(text("SELECT * FROM ratings ORDER BY rating_id"))  # type: ignore[arg-type]

    kept = await samir.ratings()
    check_in = (await town.rows(select(tables.check_ins)))[0]
    assert [(row.indicator, row.value, row.low, row.high) for row in rows] == [
        ("job-search", 2, 0, 5),
        ("work-belief", 4, 1, 5),
        ("labour-market-knowledge", None, 1, 5),
    ]
    assert {
        (row.participant_id, row.enrolment_id, row.instrument, row.instrument_version, row.rater, row.language)
        for row in rows
    } == {(samir.id, samir.enrolment, "progress", 1, "participant", "ar")}
    assert {row.rated_at for row in kept} == {town.now}
    assert {row.check_in_id for row in rows} == {check_in.id}
    assert (check_in.flow, check_in.rater, check_in.began_at, check_in.ended_at) == (
        "weekly-check-in",
        "participant",
        THURSDAY_TEN,
        town.now,
    )


async def test_ratings_after_the_questions_changed_are_of_another_version(town: Town, tmp_path: Path) -> None:
    amina, bo = await town.a_person(), await town.a_person(first_name="Bo")
    await amina.begins("weekly-check-in")
    instrument = "flows/instruments/progress.yaml"

    await republished(town, tmp_path, instrument, ("sensitive: true", "sensitive: false"))
    await bo.begins("weekly-check-in")
    for person in (amina, bo):
        await person.says("1")

    assert [[row.instrument_version for row in await one.ratings()] for one in (amina, bo)] == [[1], [2]]
