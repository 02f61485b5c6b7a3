"""Whatever a rule or an activity can be is written in a programme, means one thing, and comes back the same."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.content.codec import freeze, thaw
from bot.content.edit import with_words
from bot.content.naming import placeholders_of
from bot.content.pages import page_of
from bot.content.programmes import read_programme
from bot.content.wordings import PERSON
from bot.domain.programme import Activity, Block, Programme
from bot.domain.recurrence import LAST, Days, MonthDay, MonthWeekday, Recurrence, Weeks
from bot.domain.rules import (
    AfterStart,
    AtNight,
    BeforeActivity,
    BeforeDay,
    BeforeFirst,
    BeforeMeeting,
    EveryMonths,
    NearMilestone,
    NearPhase,
    OnFreeDay,
    OnLastDay,
    ReminderRule,
    WallClock,
    When,
)
from tests.content.small import DIRECTORY, PROGRAMME, a_content_root
from tests.content.test_complaints import said
from tests.content.test_schemas import validator

AT = time(10)
NOVEMBER = date(2026, 11, 2)

RECURRENCES: list[tuple[str, Recurrence]] = [
    ("weekdays: [fri, mon]", Weeks(weekdays=(1, 5))),
    ("every: week, weekdays: [mon]", Weeks(weekdays=(1,))),
    (
        'every: 2 weeks, weekdays: [mon], counted-from: "2026-11-02"',
        Weeks(weekdays=(1,), every=2, counted_from=NOVEMBER),
    ),
    (
        'every: 52 weeks, weekdays: [sun], counted-from: "2026-11-02"',
        Weeks(weekdays=(7,), every=52, counted_from=NOVEMBER),
    ),
    ("every: month, on: 1", MonthDay(day=1)),
    ("every: month, on: 31", MonthDay(day=31)),
    ("every: month, on: last", MonthDay(day=LAST)),
    ("every: month, on: first mon", MonthWeekday(weekday=1, place=1)),
    ("every: month, on: fifth sun", MonthWeekday(weekday=7, place=5)),
    ("every: month, on: last fri", MonthWeekday(weekday=5, place=LAST)),
    ('dates: ["2026-12-15", "2026-12-01"]', Days(days=(date(2026, 12, 1), date(2026, 12, 15)))),
]
WHENS: list[tuple[str, When, OnFreeDay]] = [
    ("before: day, days: 0", BeforeDay(days=0, at=AT), OnFreeDay.SEND),
    ("before: first, days: 3", BeforeFirst(days=3, at=AT), OnFreeDay.SEND),
    ("before: meeting, days: 60", BeforeMeeting(days=60, at=AT), OnFreeDay.SEND),
    ("before: milestone, days: 0", NearMilestone(days=0, at=AT), OnFreeDay.BEFORE),
    ("before: phase-end, days: 7", NearPhase(days=7, at=AT, ends=True), OnFreeDay.BEFORE),
    ("after: milestone, days: 0", NearMilestone(days=0, at=AT), OnFreeDay.AFTER),
    ("after: milestone, days: 14", NearMilestone(days=-14, at=AT), OnFreeDay.AFTER),
    ("after: phase, days: 1", NearPhase(days=1, at=AT), OnFreeDay.AFTER),
    ("after: start, days: 730", AfterStart(days=730, at=AT), OnFreeDay.AFTER),
    ("every: 3 months, weekdays: [tue]", EveryMonths(months=3, weekday=2, at=AT), OnFreeDay.AFTER),
    ("every: 1 month, weekdays: [tue]", EveryMonths(months=1, weekday=2, at=AT), OnFreeDay.AFTER),
    *(
        (written, WallClock(recurs=recurs, at=AT), OnFreeDay.AFTER)
        for written, recurs in RECURRENCES
        if written.startswith("every")
    ),
]
REFUSED_OF_BOTH = [
    "weekdays: [mon], on: 15",
    "every: month, weekdays: [mon]",
    "every: month, on: 0",
    "every: month, on: 32",
    'every: month, on: "15"',
    "every: month, on: last day",
    "every: month, on: sixth mon",
    "every: 1 weeks, weekdays: [mon]",
    "every: 53 weeks, weekdays: [mon]",
    "every: 2 weeks, weekdays: [mon]",
    "every: 2 weeks, weekdays: [mon], counted-from: 2026-11",
    'every: week, weekdays: [mon], counted-from: "2026-11-02"',
    "every: day",
]
REFUSED_REMINDERS = [
    *REFUSED_OF_BOTH,
    "days: 1",
    "before: day",
    "before: day, every: week, days: 1, weekdays: [mon]",
    "before: day, days: 61",
    "before: day, days: 1, minutes: 15",
    "before: day, days: 1, on-free-day: after",
    "before: start, days: 1",
    "before: milestone, days: 1, say-drop-in: Hej",
    "after: start, days: 731",
    "after: start, days: 1, on-free-day: before",
    "after: meeting, days: 1",
    "after: phase, days: 1, weekdays: [mon]",
    "every: 13 months, weekdays: [mon]",
    "every: 3 months, weekdays: [mon, tue]",
    "every: 3 months, on: 15",
    "every: week, weekdays: [mon], at-night: never",
    "every: week, weekdays: [mon], blocks: about-me",
]
REFUSED_ACTIVITIES = [
    *REFUSED_OF_BOTH,
    "",
    "dates: []",
    'dates: ["1/12"]',
    'dates: ["2026-12-01", "2026-12-01"]',
    'dates: ["2026-12-01"], weekdays: [mon]',
    'weekdays: [mon], first-day: "12"',
    "weekdays: [mon], drop-in: 1",
    "every: 3 months, weekdays: [mon]",
]


def with_reminder(written: str) -> str:
    return PROGRAMME + f"  new: {{{written}, say: Hej}}\n"


def with_activity(written: str) -> str:
    whole = f'title: Gå, area: health, from: "09:00", to: "10:00", place: Parken{written and f", {written}"}'
    return PROGRAMME.replace("activities:\n", f"activities:\n  new: {{{whole}}}\n")


def reading(source: str) -> tuple[Programme, list[str]]:
    page = page_of(source, path="programme.yaml")
    programme = read_programme(page)
    assert programme is not None
    return programme, [str(complaint) for complaint in page.complaints]


def rule(written: str) -> ReminderRule:
    programme, complaints = reading(with_reminder(written))
    assert complaints == []
    return programme.rules[-1]


def activity(written: str) -> Activity:
    programme, complaints = reading(with_activity(written))
    assert complaints == []
    return programme.activities[0]


def fits_the_schema(source: str) -> bool:
    content: Any = YAML(typ="safe", pure=True).load(source)
    return validator("programme").is_valid(content)


@pytest.mark.parametrize(("written", "when", "free"), WHENS)
def test_a_moment_is_read_as_it_is_written(written: str, when: When, free: OnFreeDay) -> None:
    found = rule(f'{written}, at: "10:00"')
    assert (found.when, found.on_free_day, found.at_night) == (when, free, AtNight.HOLD)
    assert thaw(ReminderRule, freeze(found)) == found
    assert fits_the_schema(with_reminder(f'{written}, at: "10:00"'))


@pytest.mark.parametrize(("written", "recurs"), RECURRENCES)
def test_a_recurrence_is_read_as_it_is_written(written: str, recurs: Recurrence) -> None:
    found = activity(written)
    assert found.recurs == recurs
    assert thaw(Activity, freeze(found)) == found
    assert fits_the_schema(with_activity(written))


def test_minutes_before_an_activity_mean_nothing_when_it_has_begun() -> None:
    found = rule("before: activity, minutes: 90")
    assert found.when == BeforeActivity(lead=timedelta(minutes=90))
    assert found.expires_after == timedelta(minutes=90)
    assert fits_the_schema(with_reminder("before: activity, minutes: 90"))
    assert rule("before: activity, minutes: 90, expires-after: 15m").expires_after == timedelta(minutes=15)
    named = rule("before: activity, minutes: 2880, activities: [walk]")
    assert named.when == BeforeActivity(lead=timedelta(days=2), activities=("walk",))


@pytest.mark.parametrize("written", REFUSED_REMINDERS)
def test_reader_and_schema_refuse_the_same_reminders(written: str) -> None:
    source = with_reminder(f'{written}, at: "10:00"')
    assert (reading(source)[1] != [], fits_the_schema(source)) == (True, False)


@pytest.mark.parametrize(
    "written",
    [
        'before: activity, minutes: 60, at: "10:00"',
        "before: activity, minutes: 14",
        "before: activity, minutes: 2881",
        "before: activity, minutes: 60, on-free-day: after",
        "before: activity, days: 1",
        "before: day, days: 1",
        "every: week, weekdays: [mon]",
    ],
)
def test_reader_and_schema_refuse_the_same_hours(written: str) -> None:
    source = with_reminder(written)
    assert (reading(source)[1] != [], fits_the_schema(source)) == (True, False)


@pytest.mark.parametrize("written", REFUSED_ACTIVITIES)
def test_reader_and_schema_refuse_the_same_activities(written: str) -> None:
    source = with_activity(written)
    assert (reading(source)[1] != [], fits_the_schema(source)) == (True, False)


def test_a_rule_says_what_gives_way_to_free_days_and_nights() -> None:
    found = rule("before: activity, minutes: 30, on-free-day: drop, at-night: before, phases: [one]")
    assert (found.on_free_day, found.at_night, found.phases) == (OnFreeDay.DROP, AtNight.BEFORE, ("one",))
    assert rule('every: week, weekdays: [mon], on-free-day: send, at: "10:00"').on_free_day is OnFreeDay.SEND


@pytest.mark.parametrize(
    ("begins", "minutes", "said"),
    [
        # The night is over at seven.
        ("07:00", 30, True),
        ("07:01", 30, False),
        ("06:00", 60, True),
        ("20:30", 15, True),
        ("09:00", 720, False),
        ("20:00", 15, False),
    ],
)
def test_words_that_the_night_would_hold_until_it_has_begun_are_complained_of(
    begins: str, minutes: int, said: bool
) -> None:
    source = PROGRAMME.replace('from: "09:00"', f'from: "{begins}"').replace('to: "10:00"', 'to: "23:00"')
    what = "47:3: the night would hold the reminder 'new' until 'walk' has begun"
    for extra, expected in (("", said), (", at-night: drop", False)):
        _, complaints = reading(f"{source}  new: {{before: activity, minutes: {minutes}, say: Hej{extra}}}\n")
        assert [one.split(": ", 1)[1] if expected else one for one in complaints if "night" in one] == (
            [f"{what.split(': ', 1)[1]}: write 'at-night: before' or 'at-night: drop', or other minutes"]
            if expected
            else []
        )


def test_an_activity_says_for_whom_and_when_it_is_held() -> None:
    source = with_activity(
        'weekdays: [mon], block: about-me, first-day: "2026-11-02", last-day: "2027-05-31", held-on-free-days: true, '
        "drop-in: true"
    ).replace("activities:\n", "blocks:\n  about-me: {title: Om mig, note: Calm.}\nactivities:\n")
    programme, complaints = reading(source)
    assert complaints == []
    assert fits_the_schema(source)
    assert programme.blocks == (Block(slug="about-me", title="small/block-about-me/title"),)
    found = programme.activities[0]
    assert (found.block, found.first_on, found.last_on) == ("about-me", NOVEMBER, date(2027, 5, 31))
    assert (found.held_on_free_days, found.drop_in) == (True, True)
    assert thaw(Programme, freeze(programme)) == programme


def test_a_programme_says_when_it_is_closed_and_what_it_may_cost() -> None:
    top = 'red-days: SE\nclosed: ["2027-01-05", "2026-12-28..2026-12-30"]\nsms-budget: 500\nusual-reminders: false\n'
    programme, complaints = reading(PROGRAMME + top)
    assert complaints == []
    assert fits_the_schema(PROGRAMME + top)
    assert programme.red_days == "SE"
    assert programme.closed == (*(date(2026, 12, day) for day in (28, 29, 30)), date(2027, 1, 5))
    assert (programme.sms_budget, programme.usual_reminders) == (500, False)
    assert thaw(Programme, freeze(programme)) == programme


def test_what_was_published_before_there_were_usual_reminders_has_none() -> None:
    programme, _ = reading(PROGRAMME)
    assert programme.usual_reminders
    older = freeze(programme).replace('"usual_reminders":true,', "")
    assert not thaw(Programme, older).usual_reminders


def test_words_for_what_is_all_drop_in_promise_no_place() -> None:
    assert rule('before: day, days: 1, at: "10:00"').says_drop_in == "phrases/drop-in-day"
    assert rule('before: first, days: 1, at: "10:00"').says_drop_in == "phrases/drop-in-day"
    assert rule("before: activity, minutes: 60").says_drop_in == "phrases/drop-in-soon"
    assert rule('before: meeting, days: 1, at: "10:00"').says_drop_in is None
    own = rule('before: day, days: 1, at: "10:00", say-drop-in: "{activities}"')
    assert own.says_drop_in == "small/reminder-new/say-drop-in"


def test_a_programmes_own_gentle_words_are_changed_like_any_text() -> None:
    source = with_reminder('before: day, days: 1, at: "10:00", say-drop-in: "Om du vill: {activities}"')
    changed = with_words(source, key="small/reminder-new/say-drop-in", words="Välkommen! {activities}")
    assert changed == source.replace("Om du vill:", "Välkommen!")


@pytest.mark.parametrize(
    ("when", "named"),
    [
        (BeforeDay(days=1, at=AT), {"day", "activities", "first_time", "first_activity", "first_place"}),
        (BeforeFirst(days=1, at=AT), {"day", "activities", "first_time", "first_activity", "first_place"}),
        (BeforeActivity(lead=timedelta(hours=1)), {"day", "time", "title", "place"}),
        (BeforeMeeting(days=1, at=AT), {"day", "time", "place"}),
        (NearMilestone(days=1, at=AT), {"day", "milestone"}),
        (NearPhase(days=1, at=AT), {"day", "phase"}),
        (AfterStart(days=1, at=AT), {"day"}),
        (WallClock(recurs=Weeks(weekdays=(1,)), at=AT), {"day"}),
        (EveryMonths(months=3, weekday=1, at=AT), {"day"}),
        (OnLastDay(at=AT), {"day"}),
    ],
)
def test_a_reminder_names_what_is_known_at_its_moment(when: When, named: set[str]) -> None:
    assert placeholders_of(when) == PERSON | named
    assert placeholders_of(when) <= placeholders_of(None)


def test_a_date_on_which_the_programme_is_closed_is_complained_of(tmp_path: Path) -> None:
    dates = 'dates: ["2026-12-23", "2026-12-28"]'
    source = with_activity(dates) + 'closed: ["2026-12-28..2027-01-05"]\n'
    root = a_content_root(tmp_path, programme=source)
    remedy = "take the date away, or write 'held-on-free-days: true'"
    place = source.splitlines()[19].index("[")
    assert said(root) == [f"{DIRECTORY}/programme.yaml:20:{place + 1}: the programme is closed on 2026-12-28: {remedy}"]
    assert reading(source.replace(dates, f"{dates}, held-on-free-days: true"))[1] == []
