"""Every shipped flow ends, every indicator is asked, and no file of ours is complained of."""

from datetime import date
from pathlib import Path

import pytest

from bot.cli.parts_table import most_parts
from bot.content.checks import check, parts
from bot.content.packages import Package, load_package, load_words
from bot.content.shelf import programme_directories
from bot.content.typography import PLAIN
from bot.domain.programme import AskedOf
from bot.domain.rules import BeforeActivity, When
from bot.domain.sms_parts import foreign_letters
from bot.engine.definition import END, Ask, Flow
from tests.almanac import almanac

CONTENT = Path(__file__).parents[2]
PROGRAMMES = programme_directories(CONTENT)


@pytest.fixture(params=PROGRAMMES, ids=lambda directory: directory.name, scope="module")
def package(request: pytest.FixtureRequest) -> Package:
    return load_package(request.param, content=CONTENT)


def test_nothing_we_ship_is_complained_of() -> None:
    assert [str(complaint) for complaint in check(CONTENT)] == []


def test_there_is_a_programme_to_begin_with() -> None:
    assert "stega" in [directory.name for directory in PROGRAMMES]


def ends(flow: Flow, step_id: str, seen: frozenset[str]) -> bool:
    """Whether every way from a step comes to the end, when no step is passed twice."""
    if step_id == END:
        return True
    if step_id in seen:
        return False
    place = flow.places[step_id]
    step = flow.steps[place]
    following = flow.steps[place + 1].id if place + 1 < len(flow.steps) else END
    ways = {step.next or following}
    if isinstance(step, Ask):
        ways |= {branch.to for branch in step.branches}
    return all(ends(flow, way, seen | {step_id}) for way in ways)


def test_every_flow_ends_whatever_is_answered(package: Package) -> None:
    for flow in package.flows.values():
        assert ends(flow, flow.steps[0].id, frozenset()), flow.slug


def test_every_indicator_is_asked_of_the_participants_it_is_meant_for(package: Package) -> None:
    asked = {step.indicator for flow in package.flows.values() for step in flow.steps if isinstance(step, Ask)} - {None}
    meant = {each.slug for each in package.instrument.indicators if each.asked_of is AskedOf.BOTH}
    assert asked == meant


def test_every_key_has_words_in_every_language_of_the_programme(package: Package) -> None:
    for language in package.programme.languages:
        assert set(package.words[language]) == set(package.words["sv"])


def test_stega_asks_eleven_indicators_of_which_nine_of_the_participant() -> None:
    package = load_package(CONTENT / "flows/programmes/stega", content=CONTENT)
    indicators = package.instrument.indicators
    assert len(indicators) == 11
    assert sum(each.asked_of is AskedOf.BOTH for each in indicators) == 9
    assert sum(bool(each.behaviours) for each in indicators) == 1
    assert all(len(each.anchors) == 5 for each in indicators if not each.behaviours)
    assert len(package.flows["weekly-check-in"].rotating_indicators) == 9
    assert package.flows["weekly-check-in"].rotating == 3


def test_stega_reminds_before_days_and_milestones_and_asks_weekly_and_quarterly() -> None:
    programme = load_package(CONTENT / "flows/programmes/stega", content=CONTENT).programme
    assert len(programme.phases) == 3
    moments: list[tuple[type[When], int | None]] = [
        (type(rule.when), getattr(rule.when, "days", None)) for rule in programme.rules
    ]
    names = sorted((kind.__name__, days if days is not None else -1) for kind, days in moments)
    assert names == [
        ("BeforeDay", 0),
        ("BeforeDay", 1),
        ("EveryMonths", -1),
        ("NearMilestone", 1),
        ("NearMilestone", 3),
        ("WallClock", -1),
    ]


def test_nobody_is_promised_in_stega_on_a_red_day_or_an_eve() -> None:
    programme = load_package(CONTENT / "flows/programmes/stega", content=CONTENT).programme
    free = almanac().free(programme)
    # What stood in the file by hand, day by day, before red days were known.
    by_hand = [*((2026, 12, day) for day in (24, 25, 31)), (2027, 1, 1), (2027, 1, 6), (2027, 3, 26), (2027, 3, 29)]
    by_hand += [(2027, 5, 6), (2027, 6, 25), (2027, 12, 24), (2027, 12, 31)]
    assert [day for day in by_hand if free.on(date(*day)) is None] == []


def test_the_open_door_keeps_no_place_where_nobody_is_waited_for() -> None:
    programme = load_package(CONTENT / "flows/programmes/open-door", content=CONTENT).programme
    drop_ins = {one.slug for one in programme.activities if one.drop_in}
    assert drop_ins == {"breakfast", "open-house", "workshop", "walk"}
    reminded = {
        slug for rule in programme.rules if isinstance(rule.when, BeforeActivity) for slug in rule.when.activities
    }
    # One line a week says that the door is open; it is no reminder of each open hour.
    assert reminded & drop_ins == {"breakfast"}
    assert {one.block for one in programme.activities} - {None} == {one.slug for one in programme.blocks}


def test_no_text_takes_more_parts_than_the_translators_were_told() -> None:
    dear = [row for row in parts(CONTENT) if row.parts > most_parts(row.key, row.language)]
    assert [row for row in dear if not row.key.endswith("/coach-question")] == []


def test_swedish_english_and_somali_keep_to_the_small_alphabet() -> None:
    said = {language: words for language, words in load_words(CONTENT).items() if language in PLAIN}
    assert said.keys() == {"sv", "en", "so"}
    foreign = {
        (language, key): foreign_letters(words) for language, texts in said.items() for key, words in texts.items()
    }
    assert {place: letters for place, letters in foreign.items() if letters} == {}
