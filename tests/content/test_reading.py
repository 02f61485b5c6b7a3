"""What is written is what is meant: each key of a file becomes the one thing the engine and the services read."""

import re
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.content.compiled import definitions, keys_of
from bot.content.edit import read_any
from bot.content.flows import read_flow
from bot.content.instruments import read_instrument
from bot.content.packages import load_package
from bot.content.pages import page_of
from bot.content.programmes import read_programme
from bot.domain.people import StaffedHours
from bot.domain.programme import (
    Activity,
    Area,
    Instrument,
    Milestone,
    Phase,
    Programme,
    QuietHours,
    SmsWording,
    SummaryLeaves,
    SummaryRule,
)
from bot.domain.recurrence import Weeks
from bot.domain.rules import BeforeDay, EveryMonths, NearMilestone, OnFreeDay, ReminderRule, WallClock, WhenBusy
from bot.engine.definition import END, AlertOn, AnswerKind, Ask, Branch, Choice, Flow, Say
from tests.content.small import DIRECTORY, FLOW, INSTRUMENT, PROGRAMME, a_content_root

README = Path(__file__).parents[2] / "flows/README.md"


def an_instrument() -> Instrument:
    instrument = read_instrument(page_of(INSTRUMENT, path="steps.yaml"))
    assert instrument is not None
    return instrument


def a_flow(source: str = FLOW) -> Flow:
    page = page_of(source, path="hello.yaml")
    flow = read_flow(page, instrument=an_instrument())
    assert page.complaints == []
    assert flow is not None
    return flow


def complaints_of(source: str) -> list[str]:
    page = page_of(source, path="hello.yaml")
    read_flow(page, instrument=an_instrument())
    return [complaint.what for complaint in page.complaints]


def a_programme(source: str = PROGRAMME) -> Programme:
    page = page_of(source, path="programme.yaml")
    programme = read_programme(page)
    assert page.complaints == []
    assert programme is not None
    return programme


BELIEF = Ask(
    id="belief",
    text="steps/belief/question",
    answer=AnswerKind.SCALE,
    sms_text="steps/belief/neutral",
    saves="belief",
    indicator="belief",
    anchors=("steps/belief/anchor-1", "steps/belief/anchor-2", "steps/belief/anchor-3"),
    low=1,
    high=3,
    skip=True,
    sensitive=True,
)
SEARCH = Ask(
    id="search",
    text="steps/search/question",
    answer=AnswerKind.SEVERAL,
    sms_text="steps/search/neutral",
    saves="search",
    indicator="search",
    choices=(
        Choice(value="asked", label="steps/search/behaviour-asked"),
        Choice(value="wrote", label="steps/search/behaviour-wrote"),
    ),
    low=1,
    high=3,
    skip=True,
    counts=True,
)


def test_a_flow_is_read_whole() -> None:
    assert a_flow() == Flow(
        slug="hello",
        check_in=True,
        expires_after=timedelta(hours=5),
        nudge_after=timedelta(hours=1),
        nudge="hello/nudge/say",
        instrument="steps",
        steps=(
            Say(id="greet", text="hello/greet/say"),
            BELIEF,
            SEARCH,
            Ask(
                id="call",
                text="hello/call/ask",
                sms_text="hello/call/sms",
                answer=AnswerKind.YES_NO,
                saves="wants-call",
                unclear=("hello/call/unclear-1",),
                branches=(Branch(answer="no", to="bye"),),
                alerts=(AlertOn(answer="yes", alert="wants-call"),),
                next="likes",
            ),
            Ask(
                id="likes",
                text="hello/likes/ask",
                answer=AnswerKind.CHOICE,
                choices=(
                    Choice(value="walk", label="hello/likes/choice-walk"),
                    Choice(value="read", label="hello/likes/choice-read"),
                ),
                next="often",
            ),
            Ask(id="often", text="hello/often/ask", answer=AnswerKind.NUMBER, low=0, high=5),
            Ask(
                id="feels",
                text="hello/feels/ask",
                answer=AnswerKind.SCALE,
                anchors=("hello/feels/anchor-1", "hello/feels/anchor-2"),
                low=1,
                high=2,
            ),
            Say(id="bye", text="hello/bye/say"),
        ),
    )


def test_indicators_take_turns_when_the_step_rotates() -> None:
    flow = a_flow(FLOW.replace("    skip: true\n", "    rotating: 1\n"))
    assert flow.rotating == 1
    assert flow.rotating_indicators == ("belief", "search")
    assert flow.steps[1] == replace(BELIEF, skip=False, rotates=True)


def test_a_flow_without_a_nudge_of_its_own_uses_the_common_one() -> None:
    flow = a_flow("flow: hello\nsteps: {a: {say: Hej}}\n")
    assert flow == Flow(slug="hello", steps=(Say(id="a", text="hello/a/say"),))


def test_only_the_indicators_that_are_named_are_asked() -> None:
    flow = a_flow(FLOW.replace("rate: all", "rate: [search]"))
    assert [step.id for step in flow.steps][:3] == ["greet", "search", "call"]


def test_a_way_to_a_rating_leads_to_its_first_question() -> None:
    flow = a_flow(FLOW.replace("no: bye", "no: ratings"))
    assert flow.steps[flow.places["call"]] == replace(
        next(step for step in a_flow().steps if step.id == "call"), branches=(Branch(answer="no", to="belief"),)
    )


def test_a_way_to_the_end_is_a_way_to_the_end() -> None:
    flow = a_flow(FLOW.replace("    say: Hej då!", "    say: Hej då!\n    next: end"))
    assert flow.steps[-1] == Say(id="bye", text="hello/bye/say", next=END)


def test_a_scale_may_begin_at_nought() -> None:
    flow = a_flow(FLOW.replace("    anchors: [Det", "    low: 0\n    anchors: [Det"))
    feels = flow.steps[flow.places["feels"]]
    assert isinstance(feels, Ask)
    assert (feels.low, feels.high) == (0, 1)


def test_what_follows_a_question_whose_every_answer_leads_elsewhere_is_not_reached() -> None:
    ask = "  a:\n    ask: Ja?\n    answer: yes-no\n    next: {yes: c, no: c}\n"
    rest = "  b:\n    say: Nå\n  c:\n    say: Hej\n"
    assert complaints_of(f"flow: hello\nsteps:\n{ask}{rest}") == ["nothing leads to step 'b'"]
    # Somebody who does not want to answer goes on to what follows.
    assert complaints_of(f"flow: hello\nsteps:\n{ask}    skip: true\n{rest}") == []


def test_a_circle_of_questions_whose_turn_may_not_come_is_a_circle_without_a_question() -> None:
    source = "flow: hello\ncheck-in: true\nsteps:\n  a:\n    say: Hej\n  b:\n    rate: all\n    rotating: 1\n  c:\n"
    assert complaints_of(f"{source}    say: Igen\n    next: a\n") == [
        "from step 'a' the flow goes in a circle without a question"
    ]


def test_a_circle_that_asks_may_be_walked() -> None:
    again = "  a:\n    ask: En gång till?\n    answer: yes-no\n    next: {yes: a, no: end}\n"
    assert complaints_of(f"flow: hello\nsteps:\n{again}") == []


def test_a_flow_says_its_own_keys_and_its_indicators() -> None:
    keys = keys_of(a_flow())
    assert {"hello/nudge/say", "hello/likes/choice-walk", "steps/search/behaviour-wrote", "hello/call/sms"} <= keys
    assert not any(key.startswith("phrases/") for key in keys)


def test_a_programme_is_read_whole() -> None:
    assert a_programme() == Programme(
        slug="small",
        title="small/programme/title",
        zone="Europe/Stockholm",
        languages=("sv",),
        phases=(
            Phase(
                slug="one",
                title="small/phase-one/title",
                milestones=(Milestone(slug="plan", title="small/milestone-plan/title"),),
            ),
        ),
        activities=(
            Activity(
                slug="walk",
                title="small/activity-walk/title",
                area=Area.HEALTH,
                recurs=Weeks(weekdays=(1, 3)),
                begins=time(9),
                ends=time(10),
                place="small/activity-walk/place",
                phases=("one",),
            ),
        ),
        instrument="steps",
        rules=(
            ReminderRule(
                slug="evening",
                when=BeforeDay(days=1, at=time(18)),
                says="small/reminder-evening/say",
                says_drop_in="phrases/drop-in-day",
                phases=("one",),
            ),
            ReminderRule(
                slug="plan-soon",
                when=NearMilestone(days=3, at=time(10)),
                says="small/reminder-plan-soon/say",
                on_free_day=OnFreeDay.BEFORE,
            ),
            ReminderRule(
                slug="weekly",
                when=WallClock(recurs=Weeks(weekdays=(4,)), at=time(10)),
                begins="hello",
                when_busy=WhenBusy.SKIP,
                on_free_day=OnFreeDay.AFTER,
            ),
            ReminderRule(
                slug="third-month",
                when=EveryMonths(months=3, weekday=2, at=time(10)),
                begins="hello",
                on_free_day=OnFreeDay.AFTER,
            ),
        ),
        quiet=QuietHours(begins=time(20), ends=time(7)),
        staffed=StaffedHours(weekdays=(1, 5), begins=time(8), ends=time(16)),
        summary=SummaryRule(weekday=1, at=time(7, 30), leaves=SummaryLeaves.CONTENT, silent_after_days=7),
        flows=("hello",),
        sms_wording=SmsWording.NEUTRAL,
        telegram=True,
        health_every_day=True,
        farewell="small/programme/farewell",
        usual_reminders=True,
    )


def test_nothing_about_people_leaves_the_house_unless_the_programme_says_so() -> None:
    silent = PROGRAMME.replace("sms-wording: neutral\n", "").replace(", leaves: content, silent-after-days: 7", "")
    programme = a_programme(silent)
    assert programme.summary == SummaryRule(weekday=1, at=time(7, 30), leaves=SummaryLeaves.NOTICE)
    assert programme.sms_wording is SmsWording.NEUTRAL


def test_each_phase_needs_something_for_health_on_each_of_its_days() -> None:
    source = PROGRAMME.replace("activities:\n", "  two:\n    title: Fas 2\nactivities:\n")
    source = source.replace(
        "reminders:\n",
        '  work:\n    title: Arbete\n    area: job\n    weekdays: [mon, tue]\n    from: "09:00"\n    to: "10:00"\n'
        "    place: Verkstaden\n    phases: [one, two]\nreminders:\n",
    )
    page = page_of(source, path="programme.yaml")
    read_programme(page)
    assert [complaint.what for complaint in page.complaints] == [
        "in phase 'one' there is nothing for health on tue",
        "in phase 'two' there is nothing for health on mon",
        "in phase 'two' there is nothing for health on tue",
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        (time(20), time(7), time(20), True),
        (time(20), time(7), time(6, 59), True),
        (time(20), time(7), time(7), False),
        (time(20), time(7), time(19, 59), False),
        (time(1), time(5), time(3), True),
        (time(1), time(5), time(5), False),
        (time(1), time(5), time(23), False),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_their_last(
    begins: time, ends: time, at: time, quiet: bool
) -> None:
    assert QuietHours(begins=begins, ends=ends).hold(at) is quiet


def hashes(root: Path) -> dict[str, str]:
    package = load_package(root / DIRECTORY, content=root)
    return {definition.slug: definition.content_hash for definition in definitions(package)}


def test_a_changed_comment_makes_a_new_version_of_that_file_alone(tmp_path: Path) -> None:
    before = hashes(a_content_root(tmp_path))
    after = hashes(a_content_root(tmp_path, flow=f"# New.\n{FLOW}"))
    assert {slug for slug in before if before[slug] != after[slug]} == {"hello"}


def test_a_changed_question_makes_a_new_version_of_every_flow_that_asks_it(tmp_path: Path) -> None:
    before = hashes(a_content_root(tmp_path))
    after = hashes(a_content_root(tmp_path, instrument=INSTRUMENT.replace("Fråga {number}?", "Nummer {number}?")))
    assert {slug for slug in before if before[slug] != after[slug]} == {"hello", "steps"}


def test_a_file_that_begins_with_a_byte_order_mark_is_read() -> None:
    assert a_flow(f"\ufeff{FLOW}") == a_flow()


@pytest.mark.parametrize("heading", ["A flow", "A programme"])
def test_what_the_readme_shows_can_be_read(heading: str) -> None:
    section = README.read_text("utf-8").partition(f"## {heading}\n")[2]
    # A second example of the same section goes on where the first ends.
    examples = re.findall(r"```yaml\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    page = page_of("".join(examples), path="README.md")
    read_any(page)
    assert page.texts
    assert [str(complaint) for complaint in page.complaints] == []
