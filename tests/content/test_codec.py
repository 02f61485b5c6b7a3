"""What was published last year is read back the same this year."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.content.codec import freeze, thaw
from bot.content.compiled import definitions, read_definition, reworded
from bot.content.complaints import ContentRefused
from bot.content.packages import load_package
from bot.domain.definitions import DefinitionKind
from bot.domain.programme import Instrument, Programme
from bot.domain.recurrence import Weeks
from bot.domain.rules import BeforeDay, EveryMonths, NearMilestone, ReminderRule, WallClock, When
from bot.engine.definition import AnswerKind, Ask, Flow, Say
from tests.content.small import DIRECTORY, a_content_root
from tests.content.test_catalogs import a_translated_root

FLOW = Flow(
    slug="x",
    steps=(Say(id="a", text="x/a/say"), Ask(id="b", text="x/b/ask", answer=AnswerKind.YES_NO, next="end")),
    nudge_after=timedelta(minutes=90),
)


def test_a_flow_comes_back_the_same() -> None:
    assert thaw(Flow, freeze(FLOW)) == FLOW


def test_a_frozen_flow_reads_as_it_was_agreed() -> None:
    # Stored for years: a change here makes what is published unreadable.
    assert freeze(FLOW) == (
        '{"check_in":false,"expires_after":72000,"instrument":null,"instrument_version":0,"left":"phrases/left",'
        '"nudge":"phrases/nudge","nudge_after":5400,"rotating":0,"slug":"x","steps":['
        '{"id":"a","kind":"say","next":null,"text":"x/a/say"},'
        '{"alerts":[],"anchors":[],"answer":"yes-no","branches":[],"choices":[],"counts":false,"high":5,"id":"b",'
        '"indicator":null,"kind":"ask","low":1,"next":"end","past":false,"rotates":false,"saves":null,"sensitive":false,'
        '"sheet":null,"short":null,"signs":[],"skip":false,"sms_text":null,"text":"x/b/ask","unclear":[]}],"version":0}'
    )


@pytest.mark.parametrize(
    "when",
    [
        BeforeDay(days=1, at=time(18)),
        NearMilestone(days=1, at=time(18)),
        WallClock(recurs=Weeks(weekdays=(1, 4)), at=time(10, 30)),
        EveryMonths(months=3, weekday=2, at=time(10)),
    ],
)
def test_each_kind_of_moment_comes_back_as_itself(when: When) -> None:
    rule = ReminderRule(slug="r", when=when, says="p/reminder-r/say")
    assert thaw(ReminderRule, freeze(rule)) == rule


def test_a_whole_package_comes_back_the_same(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    assert thaw(Programme, freeze(package.programme)) == package.programme
    assert thaw(Instrument, freeze(package.instrument)) == package.instrument
    assert thaw(Flow, freeze(package.flows["hello"])) == package.flows["hello"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"slug":"x"}', '{"slug":"x","steps":[{"kind":"shout"}]}', '{"steps":7}']
)
def test_what_was_never_frozen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a frozen Flow"):
        thaw(Flow, text)


def test_publishing_the_same_twice_gives_the_same_hashes(tmp_path: Path) -> None:
    root = a_content_root(tmp_path)
    first, second = (load_package(root / DIRECTORY, content=root) for _ in range(2))
    assert definitions(first) == definitions(second)


def test_a_flow_carries_the_words_of_its_indicators(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    words = read_definition(flow).words["sv"]
    assert words["steps/belief/neutral"] == "Fråga {number}?"
    assert words["steps/search/behaviour-asked"] == "Frågat"
    assert words["hello/nudge/say"] == "Hej igen {first_name}!"
    assert not any(key.startswith(("phrases/", "small/")) for key in words)


def test_one_word_changed_in_a_stored_flow_is_that_word_in_its_source(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    changed = reworded(flow, key="hello/bye/say", language="sv", words="Hej så länge!")
    assert changed.source == flow.source.replace("Hej då!", "Hej så länge!")
    assert read_definition(changed).words["sv"]["hello/bye/say"] == "Hej så länge!"
    assert changed.content_hash != flow.content_hash


def test_an_indicators_words_change_in_a_flow_without_its_source(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    changed = reworded(flow, key="steps/belief/question", language="sv", words="Hur är det?")
    assert changed.source == flow.source
    assert read_definition(changed).words["sv"]["steps/belief/question"] == "Hur är det?"


def test_words_that_could_not_be_said_change_nothing(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    with pytest.raises(ContentRefused, match="is not known here"):
        reworded(flow, key="hello/bye/say", language="sv", words="Hej {stranger}")


def test_a_translation_changed_in_place_still_fills_in_what_its_original_does(tmp_path: Path) -> None:
    root = a_translated_root(tmp_path)
    package = load_package(root / DIRECTORY, content=root)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    changed = reworded(flow, key="hello/greet/say", language="en", words="Hi {first_name}!")
    assert changed.source == flow.source
    assert read_definition(changed).words["en"]["hello/greet/say"] == "Hi {first_name}!"
    with pytest.raises(ContentRefused, match="is lost"):
        reworded(flow, key="hello/greet/say", language="en", words="Hi!")


def test_a_definition_without_the_text_is_left_alone(tmp_path: Path) -> None:
    package = load_package(a_content_root(tmp_path) / DIRECTORY, content=tmp_path)
    flow = next(each for each in definitions(package) if each.kind is DefinitionKind.FLOW)
    assert reworded(flow, key="phrases/left", language="sv", words="Hej") == flow
